import pg from 'pg'
import type { Step } from './recording.ts'
import type { Database } from './sqlite.ts'

/** As many connections as the server's own pools have. */
const [readers, writers] = [8, 16]

/** Serialisation failures and deadlocks: the work is done anew, as any client of the database would. */
const again: ReadonlySet<string> = new Set(['40001', '40P01'])

/** The database through the driver and nothing else: statements prepared once on each connection, sent one behind the other. */
export function postgresDatabase(url: string): Database {
  const pool = (max: number) => new pg.Pool({ connectionString: url, max, ...{ pipeline: true } })
  const [reading, writing] = [pool(readers), pool(writers)]
  const names = new Map<string, string>()
  const rows = new WeakMap<pg.PoolClient, number>()
  let connected = 0
  writing.on('connect', (client) => rows.set(client, connected++ % writers))
  const query = (client: pg.PoolClient, { sql: text, values, stripe }: Step) => {
    const name = names.get(text) ?? `b${names.size}`
    names.set(text, name)
    // Each connection adds to rows of its own, as the server's do.
    const own = () => String(values[stripe]).replaceAll('"stripe":0', `"stripe":${rows.get(client) ?? 0}`)
    return client.query({ name, text, values: stripe < 0 ? [...values] : values.with(stripe, own()) })
  }
  const attempt = async (client: pg.PoolClient, steps: readonly Step[]): Promise<boolean> => {
    const said = [client.query('begin'), ...steps.map((step) => query(client, step))]
    const failed = (await Promise.allSettled(said)).find((one) => one.status === 'rejected')
    await client.query(failed ? 'rollback' : 'commit')
    if (failed && !again.has(failed.reason?.code)) throw failed.reason
    return failed === undefined
  }
  return {
    read: async (steps) => {
      const client = await reading.connect()
      try {
        await Promise.all(steps.map((step) => query(client, step)))
      } finally {
        client.release()
      }
    },
    write: async (steps) => {
      const client = await writing.connect()
      try {
        while (!(await attempt(client, steps)));
      } finally {
        client.release()
      }
    },
    close: async () => {
      await reading.end()
      await writing.end()
    },
  }
}
