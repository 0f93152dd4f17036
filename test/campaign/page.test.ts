import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, expect, test } from 'vitest'
import { serve } from '../../src/cli/campaign/status-server.ts'
import { statusPage } from '../../src/report/pages/status-page.ts'

const open: (() => void)[] = []
afterAll(() => {
  for (const close of open) close()
})

type Diagram = (campaign: string, cause: string) => Promise<string | undefined>
const none: Diagram = async () => undefined

async function served(status: () => Promise<object>, diagram = none): Promise<number> {
  const { server, port } = await serve(0, status, diagram)
  open.push(() => server.close())
  return port
}

async function asked(port: number, path: string, host = `127.0.0.1:${port}`, method = 'GET') {
  const sent = request({ host: '127.0.0.1', port, path, method, headers: { host } }).end()
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { code: response.statusCode, text, headers: response.headers }
}

test('the page, and what it asks for', async () => {
  const port = await served(async () => ({ queue: 'shards' }))
  const page = await asked(port, '/')
  expect(page).toMatchObject({ code: 200, text: statusPage() })
  expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  expect(JSON.parse((await asked(port, '/status.json')).text)).toEqual({ queue: 'shards' })
  expect((await asked(port, '/etc/passwd')).code).toBe(404)
})

test('another name that leads here, and another method, are refused', async () => {
  const port = await served(async () => ({}))
  expect((await asked(port, '/status.json', 'evil.example')).code).toBe(403)
  expect((await asked(port, '/status.json', undefined, 'POST')).code).toBe(405)
})

test('a queue that is away is said, and the page stays', async () => {
  const port = await served(() => Promise.reject(new Error('Redis is away')))
  expect(await asked(port, '/status.json')).toMatchObject({ code: 503, text: '{"error":"Redis is away"}' })
  expect((await asked(port, '/')).code).toBe(200)
})

test('a port that is taken is a mistake of the user’s', async () => {
  const port = await served(async () => ({}))
  await expect(serve(port, async () => ({}), none)).rejects.toThrow(`cannot be served on port ${port} (EADDRINUSE)`)
})

test('a diagram is asked for by its names, and nothing in it can run', async () => {
  const port = await served(
    async () => ({}),
    async (...names) => (names.join() === 'ab,12' ? '<svg/>' : undefined),
  )
  const { code, text, headers } = await asked(port, '/diagrams/ab/12.svg')
  expect({ code, text, type: headers['content-type'] }).toEqual({
    ...{ code: 200, text: '<svg/>', type: 'image/svg+xml; charset=utf-8' },
  })
  expect(headers['content-security-policy']).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox")
  for (const path of ['/diagrams/ab/13.svg', '/diagrams/../x.svg', '/diagrams/ab/12', '/diagrams/%2e/12.svg']) {
    expect((await asked(port, path)).code).toBe(404)
  }
})

test('what comes from a queue is never markup', () => {
  expect(statusPage()).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval\(/)
})
