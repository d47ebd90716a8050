import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { readProxies } from '../../src/config.ts'
import { dialects } from '../../src/dialects/index.ts'
import { beginAttempt } from '../../src/domain/attempts.ts'
import { type CrmuxServer, createServer } from '../../src/http/server.ts'
import { openTestStore, request } from '../support/app.ts'

/** Whose word is taken for who asks. The test itself is the proxy: it asks from the loopback. */

const store = await openTestStore()
const servers: CrmuxServer[] = []
const clock = { at: Date.UTC(2026, 5, 1) }
// Whatever was guessed before is forgotten.
beforeEach(() => {
  clock.at += 2 * 86_400_000
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
afterAll(() => store.close())

interface Open {
  origin: string
  /** The lines of the log, as they were written. */
  lines(): { msg: string; address: string }[]
}

async function open(trustProxy: readonly string[]): Promise<Open> {
  const written: string[] = []
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk))
      done()
    },
  })
  const server = createServer({
    dialects,
    registry: store.registry,
    now: () => clock.at,
    logger: pino({ level: 'info' }, sink),
    trustProxy,
  })
  servers.push(server)
  const [{ port } = { port: 0 }] = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    origin: `http://127.0.0.1:${port}`,
    lines: () =>
      written
        .flatMap((text) => text.trim().split('\n'))
        .map((line) => JSON.parse(line))
        .filter(({ msg }) => msg === 'request'),
  }
}

let guessed = 0

/** What a guess at a password is answered that came through the proxy from elsewhere. */
async function guess(origin: string, forwarded: string): Promise<number> {
  const headers = { origin, 'x-forwarded-for': forwarded }
  const body = { email: `guess-${guessed++}@nobody.example`, password: 'not it at all' }
  return (await request(`${origin}/api/v1/session`, { method: 'POST', headers, body })).status
}

/** Guesses before, from one network at so many addresses: the next is free as long as there are fewer than 50. */
async function guessesFrom(network: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++)
    await beginAttempt(store.registry, { email: `guess-${guessed++}@nobody.example`, network }, clock.at)
}

test('a proxy that is not trusted speaks for itself: another address in each guess buys none', async () => {
  const { origin, lines } = await open(['10.0.0.7'])
  await guessesFrom('127.0.0.1', 49)
  expect(await guess(origin, '198.51.100.1')).toBe(401)
  expect(await guess(origin, '198.51.100.2')).toBe(429)
  expect(lines().map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.1'])
})

test('by default nobody is trusted', async () => {
  const { origin, lines } = await open([])
  await request(`${origin}/healthz`, { headers: { 'x-forwarded-for': '198.51.100.1' } })
  expect(lines().map(({ address }) => address)).toEqual(['127.0.0.1'])
})

test('a trusted proxy is believed: its callers are counted one by one, and what they themselves say of others is not heard', async () => {
  const { origin, lines } = await open(readProxies('loopback'))
  await guessesFrom('203.0.113.5', 49)
  // The proxy adds the last; what stands before it came from the caller.
  expect(await guess(origin, '192.0.2.1, 203.0.113.5')).toBe(401)
  expect(await guess(origin, '192.0.2.2, 203.0.113.5')).toBe(429)
  expect(await guess(origin, '203.0.113.6')).toBe(401)
  expect(lines().map(({ address }) => address)).toEqual(['203.0.113.5', '203.0.113.5', '203.0.113.6'])
})

test('several proxies in a row are passed through; what is no address is the proxy’s own', async () => {
  const { origin, lines } = await open(readProxies('127.0.0.1, 10.0.0.0/8, fd00::/8'))
  for (const forwarded of ['203.0.113.7, 10.1.2.3', '2001:db8::7, fd00::1, 10.1.2.3', 'unknown']) {
    await request(`${origin}/healthz`, { headers: { 'x-forwarded-for': forwarded } })
  }
  expect(lines().map(({ address }) => address)).toEqual(['203.0.113.7', '2001:db8::7', 'unknown'])
  // Nor is it somebody else at each guess.
  await guessesFrom('127.0.0.1', 50)
  expect(await guess(origin, 'unknown')).toBe(429)
  expect(await guess(origin, '203.0.113.8')).toBe(401)
})

test('links and cookies follow the scheme and the host that a trusted proxy was asked for, and nobody else’s word', async () => {
  const { token } = await store.workspace()
  const link = async (trustProxy: readonly string[]) => {
    const { origin } = await open(trustProxy)
    const { body } = await request(`${origin}/sell/v2/deals`, {
      headers: { authorization: `Bearer ${token}`, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'crm.example' },
    })
    return [(body as { meta: { links: { self: string } } }).meta.links.self, origin]
  }
  expect((await link(['loopback']))[0]).toMatch(/^https:\/\/crm\.example\/sell\//)
  const [own, origin] = await link([])
  expect(own?.startsWith(`${origin}/sell/`)).toBe(true)
})

test.each(['true', '*', '10.0.0.0/33', 'fd00::/129', 'proxy.example', '10.0.0', '10.0.0.1/', '1/2/3'])(
  '%j is no list of proxies',
  (text) => expect(() => readProxies(text)).toThrow('--trust-proxy takes addresses'),
)
