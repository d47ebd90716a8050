import { Readable } from 'node:stream'
import type { Store } from '../../domain/store.ts'
import type { Host } from '../../http/speak.ts'
import { type Cursor, hasLost, message, newest, type Page, pageAfter, writeCursor } from './live-page.ts'

export interface Limits {
  /** Streams at once: in this process, and of one member. */
  streams: number
  ofOne: number
  /** Who has missed more events than this reads the workspace anew. */
  behind: number
  /** So long a reader may leave what is there untaken. */
  stalledMs: number
}

export const usualLimits: Limits = { streams: 2000, ofOne: 30, behind: 1000, stalledMs: 30_000 }

/** A comment says so often that the line is open, and so often it is asked whether the listener may still listen. */
const beatMs = 15_000
const checkMs = 5_000
/** In a flood of commits it is asked, and looked, no more often than this. */
const leastCheckMs = 1000
const leastLookMs = 25

export interface Listener {
  workspaceId: number
  userId: number
  /** From where on it wants to hear; undefined: from now on. */
  from: Cursor | undefined
  /** Whether it may still listen. */
  isWelcome(): Promise<boolean>
}

interface Stream {
  userId: number
  /** Since when something lies there untaken; null while the reader waits for news. */
  offeredAt: number | null
  isOver: boolean
  wake(): void
  /** Ends it at once, whether or not its reader takes what is there. */
  drop(): void
}

/**
 * Tells everybody who listens what happens in their workspace. A stream is pulled by its reader, so a slow one holds no more than one page
 * of events; what it misses meanwhile is read from the log when it takes more.
 */
export class LiveFeed {
  readonly #host: Host
  readonly #limits: Limits
  readonly #streams = new Map<number, Set<Stream>>()
  /** Looks into the log under way, by workspace and cursor: a hundred listeners who are woken together cost one. */
  readonly #looks = new Map<string, Promise<Page>>()
  #count = 0
  #end: (() => void) | undefined

  constructor(host: Host, limits: Limits = usualLimits) {
    this.#host = host
    this.#limits = limits
  }

  /** Undefined where there are too many already. */
  open(listener: Listener): Readable | undefined {
    const { workspaceId, userId } = listener
    const streams = this.#streams.get(workspaceId) ?? new Set()
    const ofOne = [...streams].filter((other) => other.userId === userId).length
    if (this.#count >= this.#limits.streams || ofOne >= this.#limits.ofOne) return undefined
    this.#end ??= this.#begin()
    const stream: Stream = { userId, offeredAt: null, isOver: false, wake: () => {}, drop: () => {} }
    const leave = () => {
      stream.isOver = true
      stream.wake()
      if (!streams.delete(stream)) return
      if (streams.size === 0) this.#streams.delete(workspaceId)
      if (--this.#count === 0) this.#stop()
    }
    const readable = pulled(this.#tell(listener, stream), leave)
    stream.drop = () => readable.destroy()
    this.#streams.set(workspaceId, streams.add(stream))
    this.#count++
    return readable
  }

  /** Ends all streams. */
  close(): void {
    for (const stream of this.#all()) {
      stream.isOver = true
      if (stream.offeredAt === null) stream.wake()
      else stream.drop()
    }
  }

  #all(): Stream[] {
    return [...this.#streams.values()].flatMap((streams) => [...streams])
  }

  #begin(): () => void {
    const unwatch = this.#host.registry.watch((workspaceId) => {
      for (const stream of this.#streams.get(workspaceId) ?? []) stream.wake()
    })
    const timer = setInterval(() => {
      const since = performance.now() - this.#limits.stalledMs
      for (const stream of this.#all()) if (stream.offeredAt !== null && stream.offeredAt < since) stream.drop()
    }, this.#limits.stalledMs / 10).unref()
    return () => {
      unwatch()
      clearInterval(timer)
    }
  }

  #stop(): void {
    this.#end?.()
    this.#end = undefined
  }

  async *#tell({ workspaceId, from, isWelcome }: Listener, stream: Stream): AsyncGenerator<string> {
    const store = this.#host.registry.of(workspaceId)
    const isLost = from !== undefined && (await hasLost(store, from, this.#limits.behind))
    let cursor = from === undefined || isLost ? await newest(store) : from
    yield* offer(stream, message(isLost ? 'reset' : 'ready', cursor, {}))
    let [saidAt, checkedAt, lookedAt] = Array(3).fill(performance.now())
    while (!stream.isOver) {
      // Who is woken while it looks looks again.
      const woken = new Promise<void>((resolve) => {
        stream.wake = resolve
      })
      lookedAt = performance.now()
      const page = await this.#look(workspaceId, store, cursor)
      cursor = page.cursor
      if (page.text !== '') {
        yield* offer(stream, page.text)
        saidAt = performance.now()
      }
      if (page.hasMore) {
        if (!(await hasLost(store, cursor, this.#limits.behind))) continue
        cursor = await newest(store)
        yield* offer(stream, message('reset', cursor, {}))
        continue
      }
      await atMost(checkMs, woken, stream)
      if (stream.isOver) return
      await rest(leastLookMs - (performance.now() - lookedAt))
      if (performance.now() - checkedAt >= leastCheckMs) {
        if (!(await isWelcome())) return
        checkedAt = performance.now()
      }
      if (performance.now() - saidAt >= beatMs) {
        yield* offer(stream, ': still here\n\n')
        saidAt = performance.now()
      }
    }
  }

  #look(workspaceId: number, store: Store, cursor: Cursor): Promise<Page> {
    const key = `${workspaceId} ${writeCursor(cursor)}`
    const look = this.#looks.get(key) ?? pageAfter(store, cursor).finally(() => this.#looks.delete(key))
    this.#looks.set(key, look)
    return look
  }
}

/** A stream that asks for the next text when the one before it was taken. Left, it says so at once and not at the next text. */
function pulled(texts: AsyncGenerator<string>, leave: () => void): Readable {
  return new Readable({
    highWaterMark: 1,
    read() {
      texts.next().then(
        ({ value, done }) => this.push(done ? null : value),
        (error) => this.destroy(error),
      )
    },
    destroy(error, done) {
      leave()
      done(error)
    },
  })
}

function* offer(stream: Stream, text: string): Generator<string> {
  stream.offeredAt = performance.now()
  yield text
  stream.offeredAt = null
}

async function atMost(ms: number, woken: Promise<void>, stream: Stream): Promise<void> {
  const timer = setTimeout(() => stream.wake(), ms)
  await woken
  clearTimeout(timer)
}

const rest = (ms: number): Promise<void> | undefined => (ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined)
