import { parse as parseForm } from 'node:querystring'
import type { FastifyRequest } from 'fastify'
import { dayIn, type Instant, isoTime } from '../../domain/time.ts'
import { readJson, readText } from '../../http/body.ts'
import { fail } from '../../http/fault.ts'
import type { Answer, Wire } from '../../http/speak.ts'
import { identify } from './auth.ts'
import { render } from './errors.ts'
import { metering } from './limits.ts'
import { versionOf } from './version.ts'

/** What every route of both versions shares: who is calling, bodies, headers, envelopes and dates. */
export const pipedriveWire = (): Wire => ({
  name: 'pipedrive',
  // Recorded without a charset.
  contentType: 'application/json',
  identify,
  render,
  headers,
  meter: metering(),
  bodies: { 'application/json': readJson, 'application/x-www-form-urlencoded': readFormBody },
})

/** Only v1 and OAuth take forms. */
function readFormBody(bytes: Buffer, req: FastifyRequest): unknown {
  if (versionOf(req) === 2) fail({ kind: 'media_type' })
  const text = readText(bytes)
  // The parser would put something else in the place of bytes that are no UTF-8.
  if (!isDecodable(text)) fail({ kind: 'malformed', what: 'utf8' })
  return { ...parseForm(text) }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** On every answer, errors included. */
export const headers = (req: FastifyRequest): Readonly<Record<string, string>> => ({
  'cache-control': versionOf(req) === 2 ? 'no-cache, private' : 'no-cache',
  vary: 'accept-encoding',
  'x-correlation-id': req.id,
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'X-RateLimit-Remaining, X-RateLimit-Limit, X-RateLimit-Reset, X-Daily-RateLimit-Token-Limit, X-Daily-RateLimit-Token-Remaining',
})

/** One thing, in both versions. v1 adds other things beside it. */
export const one = (data: unknown, beside: object = {}, status = 200): Answer => ({
  status,
  body: { success: true, data, ...beside },
})

/** A page of v2. The key is there at the end, too. */
export const page = (data: readonly unknown[], nextCursor: string | null): Answer => ({
  status: 200,
  body: { success: true, data, additional_data: { next_cursor: nextCursor } },
})

/** A page of v1. `next_start` is there only where more follows: the Singer tap reads it then and only then. */
export const offsetPage = (
  data: readonly unknown[],
  { start, limit, more }: { start: number; limit: number; more: boolean },
  beside: object = {},
): Answer => {
  const pagination = { start, limit, more_items_in_collection: more, ...(more ? { next_start: start + limit } : {}) }
  return { status: 200, body: { success: true, data, additional_data: { pagination }, ...beside } }
}

/** `2026-05-15T10:13:14Z`, as v2 writes moments: whole seconds. */
export const zulu = (at: Instant): string => `${isoTime(at).slice(0, 19)}Z`

/** `2026-05-15 10:13:14`, as v1 writes moments: UTC without saying so. */
export const plainTime = (at: Instant): string => isoTime(at).slice(0, 19).replace('T', ' ')

/** Either of them, or null where there is no moment. */
export const orNull = <T, U>(value: T | null, write: (value: T) => U): U | null => (value === null ? null : write(value))

/** The calendar day of a moment where the team is. */
export const localDay = (timeZone: string, at: Instant | null): string | null => orNull(at, (time) => dayIn(timeZone, time))
