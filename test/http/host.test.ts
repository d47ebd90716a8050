import { randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import { createServer } from '../../src/http/server.ts'
import { openTestApp, openTestStore, request, type TestApp } from '../support/app.ts'

let app: TestApp

beforeAll(async () => {
  app = await openTestApp({ own: dialects.map(({ name }) => name) })
})
afterAll(() => app.close())

/** A GET with any Host header, which fetch would not send. */
const getAs = (port: number, path: string, host: string): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    httpRequest({ port, path, headers: { host, 'user-agent': 'test' } }, (answer) => {
      let body = ''
      answer.on('data', (chunk) => {
        body += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
      .on('error', reject)
      .end()
  })

const portOf = (origin: string): number => Number(new URL(origin).port)

/** An error answer without what differs from request to request. */
const shape = (text: string): string =>
  text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID').replace(/"instance":"[^"]*"/g, '')

test('health, readiness and metrics answer without a token', async () => {
  expect(await request(`${app.origin}/healthz`)).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect(await request(`${app.origin}/readyz`)).toMatchObject({ status: 200, body: { status: 'ready' } })
  const metrics = await request(`${app.origin}/metrics`)
  expect(metrics.text).toMatch(/http_request_duration_seconds_bucket\{.*route="\/readyz"/)
  expect(metrics.text).toContain('process_resident_memory_bytes')
})

test('the front page names every API and runs no script', async () => {
  const page = await request(`${app.origin}/`)
  expect(page.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'self'")
  for (const { prefix } of dialects) expect(page.text).toContain(prefix)
})

test('a path that is nobody’s is a plain 404', async () => {
  expect((await request(`${app.origin}/nowhere`)).status).toBe(404)
})

describe.each(dialects.map((dialect) => [dialect.name, dialect] as const))('%s', (name, dialect) => {
  test('answers an unknown path alike under its prefix, its host names and its own port', async () => {
    const port = portOf(app.origin)
    const path = '/no/such/path'
    const byPrefix = await getAs(port, dialect.prefix + path, '127.0.0.1')
    expect(byPrefix.status).toBeGreaterThanOrEqual(400)
    expect(byPrefix.status).toBeLessThan(500)
    const hosts = [`${name}.localhost`, ...dialect.hosts.map((host) => host.replace('*', 'acme'))]
    for (const host of hosts) {
      const byHost = await getAs(port, path, `${host}:${port}`)
      expect([host, byHost.status, shape(byHost.body).replaceAll(path, '')]).toEqual([
        host,
        byPrefix.status,
        shape(byPrefix.body)
          .replaceAll(dialect.prefix + path, '')
          .replaceAll(path, ''),
      ])
    }
    const own = await getAs(app.own[name] ?? 0, path, '127.0.0.1')
    expect(own.status).toBe(byPrefix.status)
  })

  test('answers bytes that are no URL, and a URL that never ends, in its own voice', async () => {
    for (const path of ['/%ff%fe', '/%zz', `/${'x'.repeat(9000)}`, `/x?${'y'.repeat(9000)}`]) {
      const answer = await getAs(portOf(app.origin), dialect.prefix + path, '127.0.0.1')
      expect(answer.status, path.slice(0, 20)).toBeGreaterThanOrEqual(400)
      expect(answer.status, path.slice(0, 20)).toBeLessThan(500)
      expect(() => JSON.parse(answer.body), path.slice(0, 20)).not.toThrow()
    }
  })

  test('no other dialect’s answer comes through its prefix', async () => {
    for (const other of dialects.filter((candidate) => candidate !== dialect)) {
      const routes = app.server.routes.filter(
        (route) => route.dialect === other.name && route.method === 'GET' && !route.url.includes(':'),
      )
      const own = new Set(app.server.routes.filter((route) => route.dialect === name).map((route) => route.url))
      const foreign = routes.find((route) => !own.has(route.url))
      if (!foreign) continue
      const answer = await getAs(portOf(app.origin), dialect.prefix + foreign.url, '127.0.0.1')
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
    }
    expect(app.server.routes.some((route) => route.dialect === name)).toBe(true)
  })
})

test('nobody keeps a connection by sending a request that never ends', async () => {
  // Node looks every five seconds; a test that waits for it would take longer than all others.
  const { headersTimeout, requestTimeout } = app.server.app.server
  expect({ headersTimeout, requestTimeout }).toEqual({ headersTimeout: 20_000, requestTimeout: 60_000 })
  // Headers beyond Node's 16 kB are refused before anybody looks at them.
  const { status } = await request(`${app.origin}/api/v1/me`, { headers: { 'x-large': 'x'.repeat(20_000) } })
  expect(status).toBe(431)
})

test('a call without a Host, as HTTP/1.0 allows, is answered', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(portOf(app.origin), '127.0.0.1', () =>
      socket.write(
        'POST /api/v1/session HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: 2\r\norigin: null\r\n\r\n{}',
      ),
    )
    let text = ''
    socket
      .on('data', (chunk) => (text += chunk))
      .on('end', () => resolve(text))
      .on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1\.1 422 /)
})

test('logs tell who did what and never a secret', async () => {
  const store = await openTestStore()
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const server = createServer({ dialects, registry: store.registry, logger: pino({ level: 'trace' }, sink) })
  try {
    const [main] = await server.listen({ host: '127.0.0.1', port: 0 })
    const { token } = await store.workspace()
    const secret = `s3cret-${randomUUID()}`
    for (const { prefix } of dialects) {
      const url = `http://127.0.0.1:${main?.port}${prefix}/x?api_token=${token}&password=${secret}`
      await request(url, { headers: { authorization: `Bearer ${token}`, cookie: `session=${secret}` } })
      await request(`http://127.0.0.1:${main?.port}${prefix}/x`, {
        method: 'POST',
        headers: { 'x-api-token': token },
        body: `{"password":"${secret}"`,
      })
    }
    const log = lines.join('')
    expect(log).toContain('"msg":"request"')
    expect(log).not.toContain(token)
    expect(log).not.toContain(secret)
  } finally {
    await server.close()
    await store.close()
  }
})
