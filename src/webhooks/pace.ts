import { performance } from 'node:perf_hooks'

/** So long a look at how busy the process is holds. */
const windowMs = 100
/** Busy: little of it was idle, and so many requests were answered in it. */
const full = 0.8
const manyRequests = 20
/** So many deliveries begin in it then. */
const politely = 30

/** What a pace is set by. */
export interface Signs {
  /** How many requests this process has answered so far. */
  answered(): number
  /** Which share of the time since it was last asked the process was busy. */
  busy(): number
  /** Milliseconds, from whenever. */
  now(): number
}

export function signsOf(answered: () => number): Signs {
  let before = performance.eventLoopUtilization()
  const busy = () => {
    const present = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(present, before)
    before = present
    return utilization
  }
  return { answered, busy, now: () => performance.now() }
}

/**
 * How many deliveries may begin. Whoever waits for an answer goes first: where requests take all that the process has, deliveries take a small
 * part of it and catch up afterwards; otherwise they go as fast as their receivers take them.
 */
export class Pace {
  readonly #signs: Signs
  #answered: number
  #ends = Number.NEGATIVE_INFINITY
  #left = Number.POSITIVE_INFINITY

  constructor(signs: Signs) {
    this.#signs = signs
    this.#answered = signs.answered()
  }

  /** As many as wanted, or as are left. */
  take(wanted: number): number {
    const given = Math.min(wanted, this.left)
    this.#left -= given
    return given
  }

  get left(): number {
    const at = this.#signs.now()
    if (at >= this.#ends) this.#look(at)
    return this.#left
  }

  /** Until there are some again. */
  get waitMs(): number {
    return Math.max(1, Math.ceil(this.#ends - this.#signs.now()))
  }

  #look(at: number): void {
    const answered = this.#signs.answered()
    const windows = (at - this.#ends) / windowMs + 1
    const isFull = this.#signs.busy() > full && answered - this.#answered >= manyRequests * windows
    this.#left = isFull ? politely : Number.POSITIVE_INFINITY
    this.#answered = answered
    this.#ends = at + windowMs
  }
}
