import type { FastifyBaseLogger } from 'fastify'

/**
 * The logger of one request, made when it has something to say: few requests have, and making one costs as much as reading a deal.
 * A class, so that its methods are not made anew for each request.
 */
export class LazyLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger
  readonly #bindings: object
  #made: FastifyBaseLogger | undefined

  constructor(parent: FastifyBaseLogger, bindings: object) {
    this.#parent = parent
    this.#bindings = bindings
  }

  get #logger(): FastifyBaseLogger {
    return (this.#made ??= this.#parent.child(this.#bindings))
  }

  get level(): string {
    return this.#parent.level
  }
  set level(level: string) {
    this.#logger.level = level
  }

  child(...of: Parameters<FastifyBaseLogger['child']>) {
    return this.#logger.child(...of)
  }
  fatal(...said: unknown[]): void {
    this.#say('fatal', said)
  }
  error(...said: unknown[]): void {
    this.#say('error', said)
  }
  warn(...said: unknown[]): void {
    this.#say('warn', said)
  }
  info(...said: unknown[]): void {
    this.#say('info', said)
  }
  debug(...said: unknown[]): void {
    this.#say('debug', said)
  }
  trace(...said: unknown[]): void {
    this.#say('trace', said)
  }
  silent(...said: unknown[]): void {
    this.#say('silent', said)
  }

  #say(level: Level, said: unknown[]): void {
    const logger = this.#logger
    // The methods are overloaded; what they were called with fits.
    ;(logger[level] as (...said: unknown[]) => void).apply(logger, said)
  }
}

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
