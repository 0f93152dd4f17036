import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UsageError } from '../model/index.ts'
import { statusPage } from '../report/status-page.ts'

const HERE = '127.0.0.1'

/** Headers of every answer: nothing is loaded from elsewhere, nothing is kept, and no other page may frame it. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'",
}

/**
 * Serves a page, and what it asks for, to this machine only.
 * @returns the server, and the port that it listens on
 */
export async function serve(
  port: number,
  status: () => Promise<object>,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => {
    const answer = (code: number, type: string, text: string): void => {
      response.writeHead(code, { ...HEADERS, 'content-type': `${type}; charset=utf-8` }).end(text)
    }
    // A page of somebody else's, whose name leads here, would be one more reader.
    const host = request.headers.host?.replace(/:\d+$/, '')
    if (host !== HERE && host !== 'localhost') answer(403, 'text/plain', 'ask 127.0.0.1')
    else if (request.method !== 'GET') answer(405, 'text/plain', 'only GET')
    else if (request.url === '/') answer(200, 'text/html', statusPage())
    else if (request.url === '/status.json') {
      status().then(
        (so) => answer(200, 'application/json', JSON.stringify(so)),
        (error: Error) => answer(503, 'application/json', JSON.stringify({ error: error.message })),
      )
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
