import type { Session } from './engine.ts'

interface Held {
  leave(): Promise<void>
  /** Returns the error as the engine words it. */
  undo(error: unknown): Promise<unknown>
}

/** A savepoint that ends when it is told to, and not when a function returns. */
async function hold(session: Session): Promise<Held> {
  const entered = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const whole = session.savepoint(() => {
    entered.resolve()
    return left.promise
  })
  await Promise.race([entered.promise, whole])
  return {
    leave: () => {
      left.resolve()
      return whole
    },
    undo: (error) => {
      left.reject(error)
      return whole.then(() => error).catch((told: unknown) => told)
    },
  }
}

/** Savepoints that cost nothing until something is written inside them. */
export class LazySavepoints {
  readonly #session: Session
  readonly #levels: { held?: Held }[] = []

  constructor(session: Session) {
    this.#session = session
  }

  get depth(): number {
    return this.#levels.length
  }

  /** Called before each statement that writes: sets the savepoints that are due. */
  open(): void | Promise<void> {
    if (this.#levels.some(({ held }) => held === undefined)) return this.#openAll()
  }

  async #openAll(): Promise<void> {
    for (const level of this.#levels) level.held ??= await hold(this.#session)
  }

  /** Runs the work inside one; `undo` is called if it fails, and told whether anything may have been written in it. */
  async within<T>(work: () => Promise<T>, undo: (hasWritten: boolean) => void): Promise<T> {
    const level: { held?: Held } = {}
    this.#levels.push(level)
    try {
      const value = await work()
      this.#levels.pop()
      await level.held?.leave()
      return value
    } catch (error) {
      if (this.#levels.at(-1) === level) this.#levels.pop()
      undo(level.held !== undefined)
      throw level.held ? await level.held.undo(error) : error
    }
  }
}
