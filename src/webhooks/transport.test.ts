import { afterEach, beforeEach, expect, test } from 'vitest'
import { dripping, openRaw, openReceiver, pouring, type Receiver, type Talk } from '../../test/support/receiver.ts'
import { openTransport, type Transport, type TransportOptions } from './transport.ts'

let receiver: Receiver
const open: { close(): unknown }[] = []
beforeEach(async () => {
  receiver = await openReceiver()
})
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
  await receiver.close()
})

const transport = (options: Partial<TransportOptions> = {}): Transport => {
  const opened = openTransport({ allowPrivate: true, ...options })
  open.push(opened)
  return opened
}
const post = (to: Transport, url = receiver.origin, timeoutMs = 5000) =>
  to.post({ url, headers: { 'content-type': 'text/plain' }, body: 'grüße', timeoutMs })

/** A server that speaks TCP and whatever it likes. */
async function rawServer(talk: Talk): Promise<string> {
  const server = await openRaw(talk)
  open.push(server)
  return server.origin
}

test('a body arrives byte by byte, and connections are kept', async () => {
  const to = transport()
  for (let n = 0; n < 3; n++) expect(await post(to)).toMatchObject({ status: 200, error: null })
  expect(receiver.received.map(({ body, headers }) => [body, headers['content-length']])).toEqual(Array(3).fill(['grüße', '7']))
})

test('a redirect is an answer like any other: it is not followed', async () => {
  receiver.answer = (_, res) => res.writeHead(307, { location: `${receiver.origin}/elsewhere` }).end()
  expect(await post(transport())).toMatchObject({ status: 307 })
  expect(receiver.received).toHaveLength(1)
})

test('one that never answers is given up after the time it has', async () => {
  const url = await rawServer(() => {})
  const sent = await post(transport(), url, 200)
  expect(sent).toMatchObject({ status: null, error: 'timeout' })
  expect(sent.durationMs).toBeLessThan(2000)
})

test('one that drips its headers has no more time than others', async () => {
  const url = await rawServer(dripping)
  expect(await post(transport(), url, 300)).toMatchObject({ status: null, error: 'timeout' })
})

test('one that drips its body is answered by its status', async () => {
  const url = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n')
    const drip = setInterval(() => socket.write('x'), 20)
    socket.once('close', () => clearInterval(drip))
  })
  const sent = await post(transport(), url)
  expect(sent).toMatchObject({ status: 200, error: null })
  expect(sent.durationMs).toBeLessThan(3000)
})

test('of ten gigabytes a few kilobytes are read', async () => {
  const pour = pouring()
  const url = await rawServer(pour.talk)
  expect(await post(transport(), url)).toMatchObject({ status: 200, error: null })
  // What the kernel buffers, and no more.
  expect(pour.written()).toBeLessThan(50_000_000)
})

test('headers without end, nonsense and hanging up are no answers', async () => {
  const endless = await rawServer((socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`))
  const nonsense = await rawServer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'))
  const rude = await rawServer((socket) => socket.resetAndDestroy())
  for (const url of [endless, nonsense, rude])
    expect(await post(transport(), url)).toMatchObject({ status: null, error: expect.any(String) })
  expect(await post(transport(), 'http://127.0.0.1:1/')).toMatchObject({ status: null, error: 'ECONNREFUSED' })
})

test('a kept connection that was closed in the meantime costs nobody an attempt', async () => {
  let connections = 0
  const url = await rawServer((socket) => {
    connections++
    socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    // Says nothing about closing, and does so at the next request.
    socket.once('data', () => socket.resetAndDestroy())
  })
  const to = transport()
  expect(await post(to, url)).toMatchObject({ status: 204 })
  expect(await post(to, url)).toMatchObject({ status: 204 })
  expect(connections).toBe(2)
})

test('private addresses are refused as they are written, and after they were looked up', async () => {
  let asked = 0
  const resolver = (addresses: string[]): NonNullable<TransportOptions['lookup']> =>
    Object.assign(
      (_name: string, _options: unknown, callback: (error: null, list: object[]) => void) => {
        asked++
        callback(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        )
      },
      { __promisify__: () => Promise.reject(new Error('not used')) },
    ) as unknown as NonNullable<TransportOptions['lookup']>
  const { port } = new URL(receiver.origin)
  const refused = { status: null, error: 'address not allowed' }
  expect(await post(transport({ allowPrivate: false }))).toMatchObject(refused)
  for (const addresses of [['127.0.0.1'], ['93.184.216.34', '10.0.0.1'], ['::1'], ['169.254.169.254']]) {
    const to = transport({ allowPrivate: false, lookup: resolver(addresses) })
    expect(await post(to, `http://rebound.example:${port}/`)).toMatchObject(refused)
  }
  expect([asked, receiver.received.length]).toEqual([4, 0])
})

test('a name is looked up once, and the connection goes to the address that was looked at', async () => {
  const answers = [['93.184.216.34'], ['127.0.0.1']]
  let asked = 0
  const lookup = ((_name: string, _options: unknown, callback: (error: null, list: object[]) => void) => {
    callback(
      null,
      (answers[asked++] ?? []).map((address) => ({ address, family: 4 })),
    )
  }) as unknown as NonNullable<TransportOptions['lookup']>
  const { port } = new URL(receiver.origin)
  // The public address is not there for us; a second look would have found the receiver.
  const sent = await post(transport({ allowPrivate: false, lookup }), `http://rebound.example:${port}/`, 300)
  expect([sent.status, asked, receiver.received.length]).toEqual([null, 1, 0])
})

test('closing cuts off what is under way', async () => {
  const url = await rawServer(() => {})
  const to = transport()
  const sending = post(to, url, 60_000)
  await new Promise((resolve) => setTimeout(resolve, 50))
  to.close()
  expect(await sending).toMatchObject({ status: null, error: 'stopped' })
  expect(await post(to, url)).toMatchObject({ error: 'stopped' })
})
