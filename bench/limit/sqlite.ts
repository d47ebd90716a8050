import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Step } from './recording.ts'

export interface Database {
  read(steps: readonly Step[]): void | Promise<void>
  /** Resolves after the commit. */
  write(steps: readonly Step[]): Promise<void>
  close(): Promise<void>
}

type SqlValue = string | number | bigint | null

/** The file through the driver and nothing else: two connections with the settings of the server's, statements prepared once. */
export function sqliteDatabase(file: string): Database {
  const reader = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  reader.exec('pragma cache_size = -16000; pragma temp_store = memory')
  const writer = new DatabaseSync(file, { timeout: 60_000 })
  writer.exec('pragma synchronous = full; pragma foreign_keys = off; pragma cache_size = -16000; pragma temp_store = memory')
  const run = running(reader)
  const runToWrite = running(writer)
  const waiting: { steps: readonly Step[]; done(): void }[] = []
  let isDraining = false

  /** Whoever waits together shares a commit: that belongs to the limit, because the disk allows it. */
  const drain = async () => {
    isDraining = true
    await nextTurn()
    while (waiting.length > 0) {
      const batch = waiting.splice(0)
      writer.exec('begin immediate')
      for (const { steps } of batch) for (const step of steps) runToWrite(step)
      writer.exec('commit')
      for (const { done } of batch) done()
      await nextTurn()
    }
    isDraining = false
  }

  return {
    read: (steps) => {
      for (const step of steps) run(step)
    },
    write: (steps) =>
      new Promise((done) => {
        waiting.push({ steps, done })
        if (!isDraining) void drain()
      }),
    close: async () => {
      reader.close()
      writer.close()
    },
  }
}

function running(db: DatabaseSync): (step: Step) => void {
  const prepared = new Map<string, StatementSync>()
  return ({ sql, values, how }) => {
    let statement = prepared.get(sql)
    if (!statement) {
      statement = db.prepare(sql)
      prepared.set(sql, statement)
    }
    const args = values as SqlValue[]
    if (how === 'all') statement.all(...args)
    else if (how === 'one') statement.get(...args)
    else statement.run(...args)
  }
}
