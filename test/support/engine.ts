import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { inject } from 'vitest'
import { type Engine, statement } from '../../src/store/engine.ts'
import { SqliteEngine } from '../../src/store/engines/sqlite.ts'
import { sql } from '../../src/store/sql.ts'
import { dumpAll, dumpOf, dumpPostgres } from './dump.ts'

/** Which engine the tests of this project run on. */
export const testEngine: Engine['kind'] = process.env.TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite'

/** How often a property is tried. Most of them are about rules that know no engine; PostgreSQL, which is slower, sees fewer of them. */
export const runs = (many: number): number => (testEngine === 'sqlite' ? many : Math.ceil(many / 8))

/** Memory where there is some, so that tests do not wait for the disk; what must survive a crash is tested on a disk elsewhere. */
export const quickDirectory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** An empty store of its own, on the engine that is tested. */
export interface TestEngine {
  engine: Engine
  /** Where another process finds the same store. */
  at: { data: string; databaseUrl: string | undefined }
  /** Opens the same store a second time, as another process would. */
  again(): Promise<Engine>
  /** Has the ids of some tables begin elsewhere. */
  count(from: Readonly<Record<string, number>>): Promise<void>
  /** Rows of a query without values. Sums may be larger than a number can count; ask for them as text. */
  rows<Row = Record<string, unknown>>(text: string): Promise<Row[]>
  /** Runs anything at all, past the store. */
  meddle(text: string): Promise<void>
  /** Every row of one workspace as text, or of all. What was numbered and then undone leaves gaps in PostgreSQL's sequences, which are not told. */
  dump(workspaceId?: number): Promise<string>
  /** The bare file, for tests of SQLite alone. */
  sqlite(): DatabaseSync
  close(): Promise<void>
}

export interface TestEngineOptions {
  /** How long a writer of another process may hold the store before a request gives up. */
  busyLimitMs?: number | undefined
}

export const openTestEngine = (options: TestEngineOptions = {}): Promise<TestEngine> =>
  testEngine === 'postgres' ? openPostgres(options) : openSqlite(options)

const asked = async <Row>(engine: Engine, text: string): Promise<Row[]> =>
  engine.reader.all(
    statement<Row>(() => sql.raw(text)),
    {},
  )

async function openSqlite({ busyLimitMs }: TestEngineOptions): Promise<TestEngine> {
  const directory = mkdtempSync(join(quickDirectory, 'crmux-test-'))
  const open = () => new SqliteEngine(join(directory, 'crmux.db'), busyLimitMs === undefined ? {} : { busyLimitMs })
  const engine = open()
  return {
    engine,
    at: { data: directory, databaseUrl: undefined },
    again: async () => open(),
    count: async (from) => {
      const rows = Object.entries(from).map(([name, first]) => `('${name}', ${first - 1})`)
      engine.database.exec(`insert into sequence (name, value) values ${rows.join()}`)
    },
    rows: (text) => asked(engine, text),
    meddle: async (text) => engine.database.exec(text),
    dump: async (workspaceId) =>
      workspaceId === undefined ? JSON.stringify(dumpAll(engine.database)) : dumpOf(engine.database, workspaceId),
    sqlite: () => engine.database,
    close: async () => {
      await engine.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

let made = 0

async function openPostgres({ busyLimitMs }: TestEngineOptions): Promise<TestEngine> {
  const [{ databaseUrl, templateDatabase, withClient }, { PostgresEngine }] = await Promise.all([
    import('./postgres.ts'),
    import('../../src/store/engines/postgres.ts'),
  ])
  const server = inject('postgresUrl')
  const name = `crmux_test_${process.pid}_${++made}`
  await withClient(server, (client) => client.query(`create database ${name} template ${templateDatabase}`))
  const url = databaseUrl(server, name)
  const open = () => PostgresEngine.open(url, busyLimitMs === undefined ? {} : { lockTimeoutMs: busyLimitMs })
  const engine = await open()
  const meddle = (text: string) => withClient(url, async (client) => void (await client.query(text)))
  return {
    engine,
    at: { data: '', databaseUrl: url },
    again: open,
    count: (from) =>
      meddle(
        Object.entries(from)
          .map(([table, first]) => `select setval('${table}_ids', ${first}, false)`)
          .join(';'),
      ),
    rows: (text) => asked(engine, text),
    meddle,
    dump: (workspaceId) => dumpPostgres(engine, workspaceId),
    sqlite: () => {
      throw new Error('this test is for SQLite')
    },
    close: async () => {
      await engine.close()
      await withClient(server, (client) => client.query(`drop database if exists ${name} with (force)`))
    },
  }
}
