import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { pino } from 'pino'
import { dialects } from '../../src/dialects/index.ts'
import { openOutbox } from '../../src/store/outbox.ts'
import { openTransport } from '../../src/webhooks/transport.ts'
import { openWorker, type Worker, type WorkerOptions } from '../../src/webhooks/worker.ts'
import type { TestStore } from './app.ts'

/** What a receiver was sent. */
export interface Received {
  path: string
  headers: Record<string, string>
  body: string
  at: number
}

export interface Receiver {
  /** `http://127.0.0.1:PORT` */
  origin: string
  /** In the order in which they came. */
  received: Received[]
  /** What is answered from now on: a status, or whatever the function does with the answer. */
  answer: number | ((req: Received, res: ServerResponse) => void)
  close(): Promise<void>
}

/** Somebody who subscribes: a server of its own on a free port. */
export async function openReceiver(): Promise<Receiver> {
  const server: Server = createServer((req, res) => {
    read(req).then((body) => {
      const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]))
      const received = { path: req.url ?? '', headers, body, at: Date.now() }
      receiver.received.push(received)
      if (typeof receiver.answer === 'function') receiver.answer(received, res)
      else res.writeHead(receiver.answer).end()
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answer: 200,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}

/** What a server of nothing but TCP does when it hears the first of a connection. */
export type Talk = (socket: Socket) => void

/** A server that speaks TCP and whatever it likes. */
export async function openRaw(talk: Talk): Promise<{ origin: string; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => talk(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** Answers with ten gigabytes, as far as anybody takes them. */
export function pouring(): { talk: Talk; written(): number } {
  let written = 0
  const chunk = Buffer.alloc(65_536)
  const talk: Talk = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n')
    const pour = () => {
      while (!socket.destroyed && socket.write(chunk)) written += chunk.length
      socket.once('drain', pour)
    }
    pour()
  }
  return { talk, written: () => written }
}

/** Answers a byte at a time, and never comes to the end of its headers. */
export const dripping: Talk = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\n')
  const drip = setInterval(() => socket.write('x-a: b\r\n'), 20)
  socket.once('close', () => clearInterval(drip))
}

async function read(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** One that delivers only when it is told to, by the clock it is given, and to this machine too. */
export const workerOn = (store: Pick<TestStore, 'engine' | 'registry'>, options: Partial<WorkerOptions> = {}): Worker =>
  openWorker({
    registry: store.registry,
    outbox: openOutbox(store.engine),
    dialects,
    transport: openTransport({ allowPrivate: true }),
    logger: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    random: () => 0.5,
    ...options,
  })
