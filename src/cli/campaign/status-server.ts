import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UsageError } from '../../model/index.ts'
import { statusPage } from '../../report/pages/status-page.ts'

const HERE = '127.0.0.1'

/** Headers of every answer: nothing is loaded from elsewhere, nothing is kept, and no other page may frame it. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; connect-src 'self'; img-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'",
}

/** A diagram comes from elsewhere: even looked at by itself, nothing in it is run. */
const PICTURE = { ...HEADERS, 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox" }
const DIAGRAM = /^\/diagrams\/(?<campaign>[0-9a-f]{1,64})\/(?<cause>[0-9a-f]{1,64})\.svg$/

/**
 * Serves a page, and what it asks for, to this machine only.
 * @param diagram the picture of one cause of one campaign, if there is any
 * @returns the server, and the port that it listens on
 */
export async function serve(
  port: number,
  status: () => Promise<object>,
  diagram: (campaign: string, cause: string) => Promise<string | undefined>,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => {
    const answer = (code: number, type: string, text: string, headers = HEADERS): void => {
      response.writeHead(code, { ...headers, 'content-type': `${type}; charset=utf-8` }).end(text)
    }
    const failed = ({ message }: Error): void => answer(503, 'application/json', JSON.stringify({ error: message }))
    const { campaign, cause } = request.url?.match(DIAGRAM)?.groups ?? {}
    // A page of somebody else's, whose name leads here, would be one more reader.
    const host = request.headers.host?.replace(/:\d+$/, '')
    if (host !== HERE && host !== 'localhost') answer(403, 'text/plain', 'ask 127.0.0.1')
    else if (request.method !== 'GET') answer(405, 'text/plain', 'only GET')
    else if (request.url === '/') answer(200, 'text/html', statusPage())
    else if (request.url === '/status.json') {
      status().then((so) => answer(200, 'application/json', JSON.stringify(so)), failed)
    } else if (campaign !== undefined && cause !== undefined) {
      diagram(campaign, cause).then((svg) => {
        if (svg === undefined) answer(404, 'text/plain', 'there is no such diagram')
        else answer(200, 'image/svg+xml', svg, PICTURE)
      }, failed)
    } else answer(404, 'text/plain', 'there is / and /status.json')
  })
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        new UsageError(`the page cannot be served on port ${port} (${error.code})`, 'give another port with --page'),
      ),
    )
    server.listen(port, HERE, done)
  })
  return { server, port: (server.address() as AddressInfo).port }
}
