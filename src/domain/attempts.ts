import { refuse } from './errors.ts'
import type { Visitor } from './session.ts'
import type { Registry } from './store.ts'
import { dayInMs, type Instant } from './time.ts'

/** Attempts to sign in since the last success: for one e-mail address, or from one network address. */
export interface Attempts {
  readonly failures: number
  readonly lastAt: Instant
}

interface Limit {
  /** So many failures cost nothing. */
  readonly free: number
  /** The wait after the next one; every further failure doubles it. */
  readonly firstMs: number
  readonly longestMs: number
}

/** An e-mail address is guessed at from many places, so it is guarded more closely than a network that an office may share. */
const limits: Readonly<Record<'email' | 'network', Limit>> = {
  email: { free: 5, firstMs: 30_000, longestMs: 15 * 60_000 },
  network: { free: 50, firstMs: 1_000, longestMs: 5 * 60_000 },
}

/** Without a further failure for so long, all is forgotten. */
const forgottenAfterMs = dayInMs

/** When the next attempt is heard. */
export function heardFrom({ failures, lastAt }: Attempts, { free, firstMs, longestMs }: Limit): Instant {
  return failures < free ? lastAt : lastAt + Math.min(longestMs, firstMs * 2 ** (failures - free))
}

/** Says that the attempt succeeded, inside the transaction that lets them in. */
export type Succeeded = (tx: Registry) => Promise<void>

/**
 * Counts an attempt as a failure before anybody knows, so that a thousand at the same time are not a thousand guesses for the price of one.
 * Refuses while the address or the network has to wait. Whether anybody has this e-mail address makes no difference.
 */
export async function beginAttempt(
  registry: Registry,
  { email, network }: { email: string } & Pick<Visitor, 'network'>,
  at: Instant,
): Promise<Succeeded> {
  const [emailKey, networkKey] = [`email ${email}`, `network ${network}`]
  await registry.transaction(async ({ attempts }) => {
    const byEmail = await known(attempts, emailKey, at)
    const byNetwork = await known(attempts, networkKey, at)
    const heardAt = Math.max(heardFrom(byEmail, limits.email), heardFrom(byNetwork, limits.network))
    // An attempt that is not heard is not counted: whoever comes too early does not wait any longer.
    if (heardAt > at) refuse({ kind: 'rate_limited', retryAfterSeconds: Math.ceil((heardAt - at) / 1000) })
    await attempts.save(emailKey, { failures: byEmail.failures + 1, lastAt: at })
    await attempts.save(networkKey, { failures: byNetwork.failures + 1, lastAt: at })
  })
  return async ({ attempts }) => {
    await attempts.remove(emailKey)
    // Whoever has an account of their own cannot buy guesses at others' with it: the network gets back no more than this attempt.
    const { failures, lastAt } = await attempts.lock(networkKey, at)
    await attempts.save(networkKey, { failures: Math.max(0, failures - 1), lastAt })
    await attempts.removeBefore(at - forgottenAfterMs)
  }
}

async function known(attempts: Registry['attempts'], key: string, at: Instant): Promise<Attempts> {
  const kept = await attempts.lock(key, at)
  return kept.lastAt <= at - forgottenAfterMs ? { failures: 0, lastAt: at } : kept
}
