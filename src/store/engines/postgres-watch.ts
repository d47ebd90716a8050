import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg, { type Client, type Pool, type PoolConfig } from 'pg'

/** Commits of this long are told to other processes at once: a notification takes a lock that all commits of the server share. */
const gatherMs = 20

const longestBackOffMs = 5000

/** So many workspaces are named in one notification, whose length has a limit. */
const namedAtOnce = 500

const channel = 'crmux'

/**
 * Tells which workspaces have changed: those of this process's commits at once, those of others as they notify of them. Notifications are
 * sent after the commit and may be lost with the process; whoever must not miss one looks by itself now and then.
 */
export class Watch {
  readonly #config: PoolConfig
  readonly #pool: Pool
  readonly #listeners = new Set<(workspaceId: number) => void>()
  readonly #origin = randomBytes(6).toString('hex')
  readonly #changed = new Set<number>()
  readonly #untold = new Set<number>()
  #telling: Promise<void> | undefined
  #listening: AbortController | undefined

  constructor(config: PoolConfig, pool: Pool) {
    this.#config = config
    this.#pool = pool
  }

  add(listener: (workspaceId: number) => void): () => void {
    // Two may watch with the same function.
    const own = (workspaceId: number) => listener(workspaceId)
    this.#listeners.add(own)
    if (!this.#listening) {
      this.#listening = new AbortController()
      void this.#listen(this.#listening.signal)
    }
    return () => {
      this.#listeners.delete(own)
      if (this.#listeners.size === 0) this.#stopListening()
    }
  }

  /** After a commit of this process. */
  committed(workspaceIds: readonly number[]): void {
    if (workspaceIds.length === 0) return
    if (this.#changed.size === 0) setImmediate(() => this.#call())
    for (const id of workspaceIds) this.#changed.add(id)
    for (const id of workspaceIds) this.#untold.add(id)
    this.#telling ??= delay(gatherMs, undefined, { ref: false }).then(() => this.#tell())
  }

  /** What others have not been told yet is told now. */
  async end(): Promise<void> {
    this.#stopListening()
    await this.#tell()
  }

  #stopListening(): void {
    this.#listening?.abort()
    this.#listening = undefined
  }

  #call(): void {
    const changed = [...this.#changed]
    this.#changed.clear()
    for (const id of changed) for (const listener of this.#listeners) listener(id)
  }

  async #tell(): Promise<void> {
    const ids = [...this.#untold]
    this.#untold.clear()
    this.#telling = undefined
    for (let at = 0; at < ids.length; at += namedAtOnce) {
      const payload = `${this.#origin} ${ids.slice(at, at + namedAtOnce).join()}`
      await this.#pool.query({ name: 'notify', text: 'select pg_notify($1, $2)', values: [channel, payload] }).catch(() => {})
    }
  }

  /** Listens until it is told to stop, and connects again where the connection breaks. What it missed meanwhile may be anything. */
  async #listen(stop: AbortSignal): Promise<void> {
    for (let failures = 0; !stop.aborted; failures++) {
      const client = new pg.Client({ ...this.#config, statement_timeout: 0, idle_in_transaction_session_timeout: 0 })
      const broken = new Promise<void>((resolve) => {
        client.on('error', () => resolve())
        client.on('end', () => resolve())
        stop.addEventListener('abort', () => resolve(), { once: true })
      })
      try {
        await client.connect()
        client.on('notification', ({ payload = '' }) => this.#heard(payload))
        await client.query(`listen ${channel}`)
        if (failures > 0) await this.#callAll(client)
        failures = 0
        await broken
      } catch {
        // The server is away; it is asked again.
      }
      await client.end().catch(() => {})
      if (!stop.aborted) await delay(Math.random() * Math.min(100 * 2 ** failures, longestBackOffMs), undefined, { ref: false })
    }
  }

  #heard(payload: string): void {
    const [origin, ids = ''] = payload.split(' ')
    if (origin === this.#origin) return
    if (this.#changed.size === 0) setImmediate(() => this.#call())
    for (const id of ids.split(',')) this.#changed.add(Number(id))
  }

  async #callAll(client: Client): Promise<void> {
    const { rows } = await client.query<{ id: number }>('select id from workspace')
    for (const { id } of rows) for (const listener of this.#listeners) listener(id)
  }
}
