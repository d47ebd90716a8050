import type { FastifyRequest } from 'fastify'
import { readJson } from '../../http/body.ts'
import { fail } from '../../http/fault.ts'
import { RollingWindow } from '../../http/limits.ts'
import { header, type Wire } from '../../http/speak.ts'
import { render } from './errors.ts'

export const prefix = '/productive'
export const mediaType = 'application/vnd.api+json'

/**
 * What every route shares: who is calling, in which organization, and the one media type. `Accept` is never looked at: the vendor's own
 * examples send a browser's and are answered in JSON:API.
 */
export const productiveWire = (): Wire => ({
  name: 'productive',
  contentType: `${mediaType}; charset=utf-8`,
  identify,
  render,
  headers,
  meter: metering(),
  // Parameters do not count: some clients send `ext=bulk` with everything.
  bodies: { [mediaType]: readJson },
})

/** A token alone is not enough, because the vendor's users can be in many organizations (guide: Authentication). */
const identify: Wire['identify'] = async (req, { registry, now }) => {
  const token = header(req, 'x-auth-token')?.trim()
  const credential = token ? await registry.authenticate(token, now()) : undefined
  if (!credential) return undefined
  const organization = header(req, 'x-organization-id')?.trim()
  if (organization !== String(credential.workspace.id)) fail({ kind: 'bad_header', header: 'x-organization-id' })
  return credential
}

/** As recorded on the vendor's answers. */
export const headers = (req: FastifyRequest): Readonly<Record<string, string>> => ({
  'cache-control': 'max-age=0, private, must-revalidate',
  vary: 'Accept,Origin,Accept-Encoding',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-request-id': req.id,
  'x-xss-protection': '0',
})

const [calls, seconds] = [100, 10]

/** The vendor publishes no figure; this is the one that the rate limiter of a public client keeps to. */
function metering(): NonNullable<Wire['meter']> {
  const window = new RollingWindow(calls, seconds * 1000)
  return ({ credential, host }) => {
    if (!host.enforceLimits) return {}
    const state = window.take(String(credential.tokenId), host.now())
    return state.remaining < 0 ? { fault: { kind: 'rate_limited', retryAfterSeconds: state.resetSeconds } } : {}
  }
}
