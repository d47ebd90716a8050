/**
 * Counters behind the vendors' rate limits. They live in this process: with several, each allows its own share.
 * Whether anything is refused is the host's choice (`--rate-limits`); the arithmetic is always shown.
 */

/** A number of calls within the last so many seconds, counted in two buckets that slide. */
export interface WindowState {
  limit: number
  remaining: number
  resetSeconds: number
}

interface Bucket {
  start: number
  now: number
  before: number
}

const maxKeys = 10_000

/** Counts calls per key in a rolling window. */
export class RollingWindow {
  readonly #buckets = new Map<string, Bucket>()
  readonly #limit: number
  readonly #windowMs: number

  constructor(limit: number, windowMs: number) {
    this.#limit = limit
    this.#windowMs = windowMs
  }

  /** Counts one call, if there is still room for it; `remaining` is -1 where there was none. */
  take(key: string, at: number): WindowState {
    const start = at - (at % this.#windowMs)
    let bucket = this.#buckets.get(key)
    if (!bucket || bucket.start + this.#windowMs < start) bucket = { start, now: 0, before: 0 }
    else if (bucket.start < start) bucket = { start, now: 0, before: bucket.now }
    const share = 1 - (at - start) / this.#windowMs
    const used = bucket.now + Math.floor(bucket.before * share)
    const room = used < this.#limit
    if (room) bucket.now++
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    this.#forget()
    return {
      limit: this.#limit,
      remaining: room ? this.#limit - used - 1 : -1,
      resetSeconds: Math.max(1, Math.ceil((start + this.#windowMs - at) / 1000)),
    }
  }

  /** The key that was used longest ago goes first. */
  #forget(): void {
    if (this.#buckets.size <= maxKeys) return
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }
}

/** A budget of tokens per key and day that calls draw on by their cost. */
export class DailyBudget {
  readonly #spent = new Map<string, { day: number; tokens: number }>()
  readonly #dayMs = 86_400_000

  /** Draws on the budget, if it suffices. `remaining` is what is left afterwards. */
  draw(
    key: string,
    cost: number,
    limit: number,
    at: number,
  ): { allowed: boolean; limit: number; remaining: number; resetSeconds: number } {
    const day = Math.floor(at / this.#dayMs)
    const kept = this.#spent.get(key)
    const spent = kept?.day === day ? kept.tokens : 0
    const allowed = spent + cost <= limit
    this.#spent.set(key, { day, tokens: allowed ? spent + cost : spent })
    return {
      allowed,
      limit,
      remaining: Math.max(0, limit - spent - (allowed ? cost : 0)),
      resetSeconds: Math.ceil(((day + 1) * this.#dayMs - at) / 1000),
    }
  }
}
