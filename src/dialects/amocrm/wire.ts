import type { FastifyRequest } from 'fastify'
import type { Instant } from '../../domain/time.ts'
import { readJson } from '../../http/body.ts'
import type { Answer, Host, Wire } from '../../http/speak.ts'
import { identify } from './auth.ts'
import { render } from './errors.ts'
import { generationOf } from './generation.ts'
import { metering } from './limits.ts'
import { readForm } from './php.ts'
import { seconds } from './time.ts'

/** What every route of the three generations shares: who is calling, bodies, headers, envelopes and times. */
export const amocrmWire = (host: Host): Wire => ({
  name: 'amocrm',
  contentType: 'application/hal+json',
  identify,
  render: (fault, req) => render(fault, req, host.now()),
  headers: (req) => headers(req, host.now()),
  meter: metering(),
  bodies: {
    'application/json': readJson,
    'application/hal+json': readJson,
    'application/x-www-form-urlencoded': readForm,
  },
})

/** On every answer, errors included. The vendor's PHP library keeps the request id in its exceptions. */
export function headers(req: FastifyRequest, now: Instant): Readonly<Record<string, string>> {
  switch (generationOf(req)) {
    case 'v2':
      return { 'runtime-timestamp': String(seconds(now)) }
    case 'v4':
      return { 'x-request-id': req.id }
    case 'legacy':
    case 'oauth':
      return {}
  }
}

/** An answer of the first generation. */
export const legacy = (response: object, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  body: { response },
  // As recorded, quotes included.
  headers: { 'content-type': 'application/json; charset="utf-8"', ...headers },
})

/** An answer of v2 or v4. */
export const hal = (body: object): Answer => ({ status: 200, body })

/** Nothing was found, or nothing is left to say. */
export const empty: Answer = { status: 204 }
