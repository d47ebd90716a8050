import type { FastifyRequest } from 'fastify'
import { toDecimal } from '../../domain/money.ts'
import type { Caller } from '../../domain/store.ts'
import { type Instant, isoTime } from '../../domain/time.ts'
import { tokenOf } from '../../domain/undo.ts'
import { type Answer, bearer, header, type Wire } from '../../http/speak.ts'
import { requireOwnPage, sessionIn } from './cookie.ts'
import { render } from './problem.ts'

/** How our own API authenticates and answers, whatever the noun. */
export const wire: Wire<Caller> = {
  name: 'native',
  contentType: 'application/json',
  async identify(req, host) {
    // Whoever shows a token means the token: a wrong one never falls back to whoever is signed in.
    if (req.headers.authorization !== undefined) {
      const token = bearer(req)
      return token === undefined ? undefined : host.registry.authenticate(token, host.now())
    }
    const session = sessionIn(req)
    if (session === undefined) return undefined
    requireOwnPage(req)
    return host.registry.resume(session, host.now())
  },
  render,
  headers: (req) => ({ 'x-request-id': req.id, 'cache-control': 'private, no-cache' }),
}

// —— envelopes ——

export const ok = (data: unknown): Answer => ({ status: 200, body: { data } })
export const created = (data: unknown): Answer => ({ status: 201, body: { data } })
export const gone: Answer = { status: 204 }

/** One page of a list with the cursor of the next. */
export const page = (data: readonly unknown[], next: string | null): Answer => ({ status: 200, body: { data, next } })

/** A list that is short enough to be told whole. */
export const whole = (data: readonly unknown[]): Answer => page(data, null)

/** What takes back the changes that a request made; nothing where it made none. */
export const undoHeader = (firstEvent: number | null): Readonly<Record<string, string>> =>
  firstEvent === null ? {} : { 'undo-token': tokenOf(firstEvent) }

// —— values ——

/** RFC 3339 with milliseconds, in UTC. */
export const time: (at: Instant) => string = isoTime
export const timeOrNull = (at: Instant | null): string | null => (at === null ? null : time(at))

declare global {
  interface JSON {
    /** In V8 since Node 21; TypeScript's library does not know it yet. */
    rawJSON(text: string): object
  }
}

/** A sum in minor units. Sums can be larger than a JavaScript number counts exactly; JSON has no such limit. */
export const exact = (sum: bigint): number =>
  // Only ever handed to JSON.stringify, for which the raw text is the number it says.
  Number.isSafeInteger(Number(sum)) ? Number(sum) : (JSON.rawJSON(String(sum)) as unknown as number)

/** A sum as the wire tells it: exact minor units, and the same as decimal text. */
export const money = (sum: bigint, currency: string) => ({ amount: exact(sum), value: toDecimal(sum, currency) })

// —— entity tags ——

/** The entity tag of a record is its version. */
export const tagOf = (version: number): string => `"${version}"`

/** The tags of `If-Match` or `If-None-Match`; undefined where the header is not there, `'*'` for any. Weak ones keep their `W/`. */
export function tagsIn(req: FastifyRequest, name: 'if-match' | 'if-none-match'): readonly string[] | '*' | undefined {
  const value = header(req, name)?.trim()
  if (value === undefined || value === '*') return value
  return value.split(',').map((tag) => tag.trim())
}
