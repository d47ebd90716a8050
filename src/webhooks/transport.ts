import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { HttpAgent, httpRequest } from '../http/node-http.ts'
import { isPublic, targetsOf } from './target.ts'

/** One POST to somebody who may be slow, hostile or gone. */
export interface Post {
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  timeoutMs: number
}

/** What came of it: a status, or why there is none. Answers themselves are not kept. */
export interface Sent {
  status: number | null
  error: string | null
  durationMs: number
}

export interface Transport {
  post(post: Post): Promise<Sent>
  /** Cuts off what is still under way. */
  close(): void
}

/** Beyond this an answer is not read; the status is all that counts. */
const maxAnswer = 4096
/** So long an answer may take to end once its status is known, so that the connection can be used again. */
const tailMs = 1000

/** In all there are enough for one of each lane that a worker has: those that get no answer hold on to theirs. */
const connections = { keepAlive: true, maxSockets: 64, maxTotalSockets: 1000, timeout: 30_000 }

export interface TransportOptions {
  allowPrivate: boolean
  /** In the place of the system's resolver. */
  lookup?: typeof systemLookup
}

export function openTransport({ allowPrivate, lookup = systemLookup }: TransportOptions): Transport {
  const agents = { 'http:': new HttpAgent(connections), 'https:': new HttpsAgent(connections) }
  const targets = targetsOf({ allowPrivate })
  const resolve = allowPrivate ? undefined : checked(lookup)
  const running = new Set<ClientRequest>()
  let isClosed = false

  const once = (url: URL, post: Post): Promise<Outcome> =>
    new Promise((done) => {
      const secure = url.protocol === 'https:'
      const options: RequestOptions = {
        method: 'POST',
        agent: agents[secure ? 'https:' : 'http:'],
        headers: { ...post.headers, 'content-length': String(Buffer.byteLength(post.body)) },
        maxHeaderSize: 16_384,
        ...(resolve ? { lookup: resolve } : {}),
      }
      const req = secure ? httpsRequest(url, options) : httpRequest(url, options)
      running.add(req)
      const end = (outcome: Outcome) => {
        clearTimeout(timer)
        running.delete(req)
        done(outcome)
      }
      let timer: NodeJS.Timeout | undefined
      // Waiting for one of the connections to this host is not the receiver's slowness.
      req.once('socket', () => {
        timer = setTimeout(() => req.destroy(new Error('timeout')), post.timeoutMs)
      })
      req.once('response', (res) => {
        clearTimeout(timer)
        drain(res, () => end({ status: res.statusCode ?? null, error: null, wasStale: false }))
      })
      req.once('error', (error) => end({ status: null, error: wordsOf(error), wasStale: req.reusedSocket && isReset(error) }))
      req.end(post.body)
    })

  return {
    async post(post) {
      const began = performance.now()
      const tell = ({ status, error }: Pick<Outcome, 'status' | 'error'>): Sent => ({
        status,
        error,
        durationMs: Math.round(performance.now() - began),
      })
      if (isClosed) return tell({ status: null, error: 'stopped' })
      // An address that was allowed when it was subscribed need not be so today.
      if (targets.fault(post.url)) return tell({ status: null, error: 'address not allowed' })
      const url = new URL(post.url)
      const first = await once(url, post)
      // The receiver closed a kept connection at the moment it was used again: it has seen nothing.
      return tell(first.wasStale ? await once(url, post) : first)
    },
    close() {
      isClosed = true
      for (const req of running) req.destroy(new Error('stopped'))
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

interface Outcome {
  status: number | null
  error: string | null
  wasStale: boolean
}

/** Reads a short answer to its end, and turns away from any other. */
function drain(res: IncomingMessage, done: () => void): void {
  let size = 0
  const cut = setTimeout(() => res.destroy(), tailMs)
  res.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxAnswer) res.destroy()
  })
  res.on('error', () => {})
  res.once('close', () => {
    clearTimeout(cut)
    done()
  })
}

/**
 * Looks a name up once, and hands on nothing but public addresses: the connection goes to the very address that was looked at, whatever the
 * name says a moment later.
 */
const checked =
  (lookup: typeof systemLookup): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? []
      if (error || !first) return callback(error ?? new Error('ENOTFOUND'), '', 4)
      if (!addresses.every(({ address }) => isPublic(address))) return callback(new Error('address not allowed'), '', 4)
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }

const codeOf = (error: Error): string | undefined => (error as NodeJS.ErrnoException).code

const isReset = (error: Error): boolean => codeOf(error) === 'ECONNRESET' || codeOf(error) === 'EPIPE'

/** Short and without anything that the receiver has sent. */
const wordsOf = (error: Error): string => (codeOf(error) ?? error.message).slice(0, 100)
