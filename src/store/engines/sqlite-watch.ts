import { param, statement } from '../engine.ts'
import { sql } from '../sql.ts'
import type { Connection } from './sqlite-connection.ts'

/** So often the file is asked whether another process has committed. */
const pollMs = 200

const version = statement<{ data_version: number }>(() => sql`pragma data_version`)

/** Grouped by an expression, so that the rows are found by their id and not by walking a workspace's index. */
const events = statement<{ workspace: number; last: number }>(
  () => sql`select +workspace_id as workspace, max(id) as last from event where id > ${param('seen')} group by 1`,
)

const revisions = statement<{ workspace: number; last: number }>(
  () => sql`select +workspace_id as workspace, max(value) as last from revision where value > ${param('seen')} group by 1`,
)

const newest = statement<{ event: number; revision: number }>(
  () => sql`select coalesce((select max(id) from event), 0) as event, coalesce((select max(value) from revision), 0) as revision`,
)

/**
 * Tells which workspaces have changed: at once after a commit of this process, and by polling a counter that SQLite keeps in the file
 * after one of another. Costs nothing while nobody watches.
 */
export class Watch {
  readonly #reading: Connection
  readonly #listeners = new Set<(workspaceId: number) => void>()
  #seen = { event: 0, revision: 0 }
  #version = 0
  #poll: NodeJS.Timeout | undefined
  #looksSoon = false

  constructor(reading: Connection) {
    this.#reading = reading
  }

  add(listener: (workspaceId: number) => void): () => void {
    if (this.#listeners.size === 0) this.#begin()
    // Two may watch with the same function.
    const own = (workspaceId: number) => listener(workspaceId)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
      if (this.#listeners.size === 0) this.end()
    }
  }

  /** After a commit of this process. Those of one turn of the event loop are looked at together. */
  committed(): void {
    if (this.#listeners.size === 0 || this.#looksSoon) return
    this.#looksSoon = true
    setImmediate(() => {
      this.#looksSoon = false
      if (this.#poll) this.#look()
    })
  }

  end(): void {
    clearInterval(this.#poll)
    this.#poll = undefined
  }

  #begin(): void {
    const { event = 0, revision = 0 } = this.#reading.one(newest, {}) ?? {}
    this.#seen = { event, revision }
    this.#version = this.#reading.one(version, {})?.data_version ?? 0
    this.#poll = setInterval(() => {
      const { data_version: now } = this.#reading.one(version, {}) ?? { data_version: 0 }
      if (now === this.#version) return
      this.#version = now
      this.#look()
    }, pollMs).unref()
  }

  #look(): void {
    const changed = new Set<number>()
    for (const [of, since] of [['event', events] as const, ['revision', revisions] as const]) {
      for (const { workspace, last } of this.#reading.all(since, { seen: this.#seen[of] })) {
        changed.add(workspace)
        this.#seen[of] = Math.max(this.#seen[of], last)
      }
    }
    for (const workspaceId of changed) for (const listener of this.#listeners) listener(workspaceId)
  }
}
