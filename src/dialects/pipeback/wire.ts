import { parse as parseForm } from 'node:querystring'
import type { FastifyRequest } from 'fastify'
import { type Instant, isoTime } from '../../domain/time.ts'
import { readJson, readText } from '../../http/body.ts'
import { fail } from '../../http/fault.ts'
import { RollingWindow } from '../../http/limits.ts'
import { type Answer, bearer, header, type Wire } from '../../http/speak.ts'
import { render } from './errors.ts'

export const contentType = 'application/json'

/** What every route shares: who is calling and for which workspace, bodies, the rate limit, envelopes and dates. */
export const pipebackWire = (): Wire => ({
  name: 'pipeback',
  contentType,
  identify,
  render,
  meter: metering(),
  // No page says so, but applications of this sort take forms as well.
  bodies: { 'application/json': readJson, 'application/x-www-form-urlencoded': readForm },
  showsUnknownPaths: true,
})

const workspaceHeader = 'x-workspace-id'

/** The one call that tells a caller what to put into the header can do without it. */
const needsWorkspace = (req: FastifyRequest): boolean => req.routeOptions.url !== '/pipeback/app/workspaces'

/**
 * Both headers are required (Authentication, Required Headers). At the vendor a token opens every workspace of its user; here it opens
 * one, so that no credential sees another workspace's rows, and the header has to name that one. Any other uuid is refused alike.
 */
const identify: Wire['identify'] = async (req, { registry, now }) => {
  const token = bearer(req)
  const credential = token === undefined ? undefined : await registry.authenticate(token, now())
  if (!credential) return undefined
  const named = header(req, workspaceHeader)?.trim().toLowerCase()
  const isGiven = named !== undefined && named !== ''
  if (isGiven ? named !== credential.workspace.uuid : needsWorkspace(req)) fail({ kind: 'bad_header', header: workspaceHeader })
  return credential
}

/** Of a name that is there twice the last one counts. */
function readForm(bytes: Buffer): unknown {
  const text = readText(bytes)
  try {
    decodeURIComponent(text)
  } catch {
    // The parser would put something else in the place of bytes that are no UTF-8.
    fail({ kind: 'malformed', what: 'utf8' })
  }
  return Object.fromEntries(Object.entries(parseForm(text)).map(([name, value]) => [name, [value].flat().at(-1)]))
}

const perMinute = 60

/** No page gives a figure. 60 a minute for each token is what such applications are made with. */
function metering(): NonNullable<Wire['meter']> {
  const minute = new RollingWindow(perMinute, 60_000)
  return ({ credential, host }) => {
    const { remaining, resetSeconds } = minute.take(String(credential.tokenId), host.now())
    const headers = { 'x-ratelimit-limit': String(perMinute), 'x-ratelimit-remaining': String(Math.max(0, remaining)) }
    const isOver = remaining < 0 && host.enforceLimits
    return isOver ? { headers, fault: { kind: 'rate_limited', retryAfterSeconds: resetSeconds } } : { headers }
  }
}

export const one = (data: object): Answer => ({ status: 200, body: { data } })

/** What was just made. No page gives the status; a resource that was just created is 201 in applications of this sort. */
export const made = (data: object): Answer => ({ status: 201, body: { data } })

/** A list that is not paged. */
export const all = (data: readonly object[]): Answer => ({ status: 200, body: { data } })

/** An empty object, which clients that always parse the answer can parse (Pipeline Stages, Delete). */
export const gone: Answer = { status: 200, body: {} }

/** `2025-10-26 16:00:00`, in UTC without saying so. */
export const moment = (at: Instant): string => isoTime(at).slice(0, 19).replace('T', ' ')
