import type { FastifyRequest } from 'fastify'
import { DailyBudget, RollingWindow } from '../../http/limits.ts'
import { bearer, type Wire } from '../../http/speak.ts'
import { apiToken } from './auth.ts'

/**
 * The limits of a Lite account with five seats, the vendor's smallest plan: what keeps within them keeps within all others. Recorded
 * answers of such an account show the same two numbers for an OAuth client.
 */
const perTwoSeconds = { token: 20, oauth: 80, search: 10 }
const perDay = 30_000 * 5

/** Counts calls per token in a rolling window of two seconds, and their costs per company and day. */
export function metering(): NonNullable<Wire['meter']> {
  const bursts = {
    token: new RollingWindow(perTwoSeconds.token, 2000),
    oauth: new RollingWindow(perTwoSeconds.oauth, 2000),
    search: new RollingWindow(perTwoSeconds.search, 2000),
  }
  const budget = new DailyBudget()
  return ({ req, credential, spec, host }) => {
    const at = host.now()
    const burst = bursts[spec.group === 'search' ? 'search' : meansOf(req)].take(String(credential.tokenId), at)
    const over = burst.remaining < 0 && host.enforceLimits
    const day = budget.draw(String(credential.workspace.id), over ? 0 : (spec.cost ?? 0), perDay, at)
    const spent = !over && !day.allowed && host.enforceLimits
    const headers = {
      'x-ratelimit-limit': String(burst.limit),
      // The Singer tap takes a 429 with something remaining for the spent budget, and one with nothing for the burst.
      'x-ratelimit-remaining': String(Math.max(spent ? 1 : 0, burst.remaining)),
      'x-ratelimit-reset': String(burst.resetSeconds),
      'x-daily-ratelimit-token-limit': String(day.limit),
      'x-daily-ratelimit-token-remaining': String(day.remaining),
    }
    const retryAfterSeconds = over ? burst.resetSeconds : day.resetSeconds
    return over || spent ? { headers, fault: { kind: 'rate_limited', retryAfterSeconds } } : { headers }
  }
}

const meansOf = (req: FastifyRequest): 'token' | 'oauth' =>
  apiToken(req) === undefined && bearer(req) !== undefined ? 'oauth' : 'token'
