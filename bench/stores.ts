import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeDeals } from './dataset.ts'
import type { Options } from './options.ts'
import { crmux } from './processes.ts'

/** What it took to load a store. */
export interface Loaded {
  rows: number
  seconds: number
  bytes: number
}

export interface Built {
  /** Says where the store is, for any command. */
  args: readonly string[]
  loaded: Loaded
}

export const token = '0123456789abcdef'.repeat(4)

export interface Stores {
  /** A store with so many imported deals, which may be changed. */
  build(size: number): Promise<Built>
  close(): Promise<void>
}

/** Stores in files. Each is imported once and copied, so that what a run changes is not in the next one. */
export function sqliteStores({ keep }: Pick<Options, 'keep'>): Stores {
  const root = keep ?? mkdtempSync(join(tmpdir(), 'crmux-bench-'))
  return {
    build: async (size) => {
      const [fresh, used] = [join(root, `sqlite-${size}`), join(root, `sqlite-${size}-used`)]
      const note = join(fresh, 'loaded.json')
      if (!existsSync(note)) {
        rmSync(fresh, { recursive: true, force: true })
        mkdirSync(fresh, { recursive: true })
        const loaded = await importDeals(size, root, ['--data', fresh])
        // Opened and closed once more, so that the log is in the file.
        await crmux(['token', 'list', '--data', fresh])
        writeFileSync(note, JSON.stringify({ ...loaded, bytes: statSync(join(fresh, 'crmux.db')).size }))
      }
      rmSync(used, { recursive: true, force: true })
      cpSync(fresh, used, { recursive: true })
      return { args: ['--data', used], loaded: JSON.parse(readFileSync(note, 'utf8')) }
    },
    close: async () => {
      if (keep === undefined) rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Databases on the server of TEST_DATABASE_URL, or on one that is started for the bench and keeps what it says is committed. */
export async function postgresStores({ keep }: Pick<Options, 'keep'>): Promise<Stores> {
  const { databaseUrl, startPostgres, withClient } = await import('../test/support/postgres.ts')
  const given = process.env.TEST_DATABASE_URL
  const server = given ? { url: given, stop: async () => {} } : await startPostgres({ isDurable: true })
  const root = mkdtempSync(join(tmpdir(), 'crmux-bench-'))
  const make = (name: string, of: string) =>
    withClient(server.url, async (client) => {
      await client.query(`drop database if exists ${name} with (force)`)
      await client.query(`create database ${name} encoding 'UTF8' template ${of}`)
    })
  return {
    build: async (size) => {
      const [fresh, used] = [`crmux_bench_${size}`, `crmux_bench_${size}_used`]
      await make(fresh, 'template0')
      const loaded = await importDeals(size, root, ['--database-url', databaseUrl(server.url, fresh)])
      const bytes = await withClient(databaseUrl(server.url, fresh), async (client) => {
        // What a server does by itself within a minute.
        await client.query('vacuum analyze')
        return Number((await client.query('select pg_database_size(current_database()) as bytes')).rows[0].bytes)
      })
      await make(used, fresh)
      if (keep === undefined) await withClient(server.url, (client) => client.query(`drop database ${fresh} with (force)`))
      return { args: ['--database-url', databaseUrl(server.url, used)], loaded: { ...loaded, bytes } }
    },
    close: async () => {
      await server.stop()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Imports generated deals with the command that users have, and takes the time that it tells. */
export async function importDeals(size: number, directory: string, store: readonly string[]): Promise<Omit<Loaded, 'bytes'>> {
  const file = join(directory, `deals-${size}.csv`)
  await writeDeals(file, size)
  try {
    const told = await crmux(['import', 'deals', file, '--create', ...store], { CRMUX_TOKEN: token })
    const [, rows = '', seconds = ''] = /^([\d,]+) rows in ([\d.]+) s/.exec(told) ?? []
    if (Number(rows.replaceAll(',', '')) !== size) throw new Error(`not all deals were imported: ${told}`)
    return { rows: size, seconds: Number(seconds) }
  } finally {
    rmSync(file, { force: true })
  }
}
