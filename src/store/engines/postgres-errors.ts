import { DomainError } from '../../domain/errors.ts'

/** What PostgreSQL's error means for the work that met it. */
export type Verdict =
  /** Others were in the way: the same work, done again, may succeed. */
  | 'again'
  /** The connection is lost, and what was not committed with it. */
  | 'lost'
  /** The store cannot take it now, and nothing is wrong with the request. */
  | 'unavailable'
  /** A sum left 64 bits. */
  | 'overflow'
  | 'bug'

/** By SQLSTATE, whole or its class; the whole one first. */
const verdicts: Readonly<Record<string, Verdict>> = {
  '40001': 'again', // serialization failure
  '40P01': 'again', // deadlock
  '23505': 'again', // somebody else has made the same: looking again finds it
  '0A000': 'lost', // the schema has changed under a prepared statement
  '26000': 'lost', // the prepared statement is gone
  '57014': 'unavailable', // statement timeout
  '55P03': 'unavailable', // lock timeout
  '25006': 'unavailable', // read only, as a stand-by is
  '25P03': 'lost', // idle in transaction for too long
  '57P01': 'lost', // the server is shut down
  '57P02': 'lost', // it crashed
  '57P03': 'unavailable', // it starts up
  '57P05': 'lost', // idle for too long
  '08': 'lost',
  '53': 'unavailable', // full disk, no memory, no free connection
  '58': 'unavailable', // the disk reports an error
}

/** Of a number; of a sum where it has 64 bits. */
const outOfRange = '22003'

const lostByName: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'ENOENT', 'ETIMEDOUT', 'ECONNABORTED'])

/** The SQLSTATE, or the system's name of the error. */
export const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

export function judge(error: unknown): Verdict {
  const code = codeOf(error)
  if (code === outOfRange) return String(error).includes('bigint') ? 'overflow' : 'bug'
  if (code !== undefined && isDatabaseError(error)) return verdicts[code] ?? verdicts[code.slice(0, 2)] ?? 'bug'
  if (code !== undefined) return lostByName.has(code) ? 'lost' : 'bug'
  if (!(error instanceof Error)) return 'bug'
  // The client's own words when the socket is gone, or none came free.
  if (/^Connection terminated|not queryable|^Connection ended/.test(error.message)) return 'lost'
  return /^timeout (exceeded )?(when trying to connect|expired)/.test(error.message) ? 'unavailable' : 'bug'
}

const isDatabaseError = (error: unknown): boolean => error instanceof Error && 'severity' in error

/** What is answered when no further try will be made. */
export function asRefusal(error: unknown): unknown {
  switch (judge(error)) {
    case 'again':
    case 'lost':
    case 'unavailable':
      return new DomainError({ kind: 'unavailable' }, error)
    case 'overflow':
      return new DomainError({ kind: 'conflict', rule: 'total_overflow' })
    case 'bug':
      return error
  }
}

/** There is no store to be had at this address; the message says why and what would help. */
export class StoreUnreachable extends Error {
  override readonly name = 'StoreUnreachable'
}

/** Why a first connection failed, without the password that the address may have in it. */
export function explainConnection(error: unknown, url: URL): Error {
  const where = `PostgreSQL at ${url.host || 'the local socket'}`
  const database = decodeURIComponent(url.pathname.slice(1))
  const why: Readonly<Record<string, string>> = {
    ECONNREFUSED: `${where} does not answer. Start it, or check --database-url.`,
    ENOENT: `${where} does not answer. Start it, or check --database-url.`,
    ENOTFOUND: `There is no host ${url.hostname}. Check --database-url.`,
    EAI_AGAIN: `The host ${url.hostname} cannot be looked up now. Check the network and --database-url.`,
    ETIMEDOUT: `${where} does not answer in time. Check the network and --database-url.`,
    '28P01': `${where} refuses the user or password of --database-url.`,
    '28000': `${where} refuses this user. Check --database-url and the server's pg_hba.conf.`,
    '3D000': `There is no database '${database}'. Make it with: createdb --encoding UTF8 --template template0 ${database}.`,
    '42501': `The user of --database-url may not make tables in the database '${database}'. Give it the right: grant create on schema public.`,
    '53300': `${where} has no connection left. Raise its max_connections, or stop what uses them.`,
    '57P03': `${where} is starting up or shutting down. Run this again in a moment.`,
    '25006': `${where} is a stand-by and only reads. Name the primary in --database-url.`,
  }
  const known = why[codeOf(error) ?? '']
  if (known !== undefined) return new StoreUnreachable(known)
  if (judge(error) === 'lost' || judge(error) === 'unavailable')
    return new StoreUnreachable(`${where} does not answer as it should: ${error instanceof Error ? error.message : error}.`)
  return error instanceof Error ? error : new Error(String(error))
}
