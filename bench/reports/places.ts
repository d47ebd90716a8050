import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../../src/store/engine.ts'
import { statement } from '../../src/store/engine.ts'
import { sql } from '../../src/store/sql.ts'

/** Where a store is kept as long as it is measured. */
export interface Place {
  data: string
  databaseUrl: string | undefined
  /** For any command. */
  args: readonly string[]
  isNew: boolean
  close(): Promise<void>
}

export async function sqlitePlace(keep: string | undefined): Promise<Place> {
  const data = keep ?? mkdtempSync(join(tmpdir(), 'crmux-reports-'))
  mkdirSync(data, { recursive: true })
  return {
    data,
    databaseUrl: undefined,
    args: ['--data', data],
    isNew: !existsSync(join(data, 'crmux.db')),
    close: async () => {
      if (keep === undefined) rmSync(data, { recursive: true, force: true })
    },
  }
}

/** A database on the server of TEST_DATABASE_URL, where it can be kept, or on one that is started for the bench. */
export async function postgresPlace(keep: boolean, deals: number): Promise<Place> {
  const { databaseUrl, startPostgres, withClient } = await import('../../test/support/postgres.ts')
  const given = process.env.TEST_DATABASE_URL
  const server = given ? { url: given, stop: async () => {} } : await startPostgres({ isDurable: true })
  const name = `crmux_reports_${deals}`
  const drop = () => withClient(server.url, (client) => client.query(`drop database if exists ${name} with (force)`))
  const isThere = await withClient(server.url, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    return rowCount === 1
  })
  if (!keep && isThere) await drop()
  const isNew = !keep || !isThere
  if (isNew) await withClient(server.url, (client) => client.query(`create database ${name} encoding 'UTF8' template template0`))
  const url = databaseUrl(server.url, name)
  return {
    data: '',
    databaseUrl: url,
    args: ['--database-url', url],
    isNew,
    close: async () => {
      if (!keep) await drop()
      await server.stop()
    },
  }
}

export interface Sizes {
  bytes: number
  tables: Record<string, { bytes: number; rows: number }>
}

const counted = ['deal', 'event', 'stretch', 'balance', 'passage']

/** How large the store is, and its parts with their indexes. */
export async function sizesOf(engine: Engine, { data }: Place): Promise<Sizes> {
  const one = async (text: string) =>
    Number(
      (
        await engine.reader.one(
          statement<{ n: number }>(() => sql.raw(text)),
          {},
        )
      )?.n,
    )
  const isSqlite = engine.kind === 'sqlite'
  const tables: Sizes['tables'] = {}
  for (const name of counted) {
    const bytes = await one(
      isSqlite
        ? `select sum(pgsize) as n from dbstat where aggregate = true and name in (select name from sqlite_schema where tbl_name = '${name}')`
        : `select pg_total_relation_size('${name}') as n`,
    )
    tables[name] = { bytes, rows: await one(`select count(*) as n from ${name}`) }
  }
  const bytes = isSqlite ? statSync(join(data, 'crmux.db')).size : await one('select pg_database_size(current_database()) as n')
  return { bytes, tables }
}
