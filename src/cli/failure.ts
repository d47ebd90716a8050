import { ConfigError } from '../config.ts'
import { DomainError } from '../domain/errors.ts'
import { wordsOf } from './words.ts'

/** What stops a command, in a sentence that says what to do next. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: number

  constructor(message: string, { usage = false }: { usage?: boolean } = {}) {
    super(message)
    this.exitCode = usage ? 2 : 1
  }
}

export const exitCodes =
  'Exit codes: 0 done · 1 failed, or something was refused or found wrong · 2 the command line cannot be understood'

/** Anything that was thrown, as one clear sentence and an exit code. Only our own mistakes keep their stack. */
export function explain(error: unknown): { message: string; exitCode: number } {
  if (error instanceof Failure) return { message: error.message, exitCode: error.exitCode }
  if (error instanceof ConfigError) return { message: error.message, exitCode: 2 }
  if (error instanceof DomainError) return { message: `Refused: ${wordsOf(error.refusal)}.`, exitCode: 1 }
  const message = sentenceOf(error)
  if (message !== undefined) return { message, exitCode: 1 }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { message: `This is a mistake of crmux itself; please report it with what follows.\n${text}`, exitCode: 1 }
}

const inOwnWords: ReadonlySet<string> = new Set(['SchemaTooNew', 'StoreUnreachable', 'DatabaseUnfit', 'StoreNotEmpty'])

function sentenceOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  // The store says this in its own words; it is told by name so that reading it does not load the store.
  if (inOwnWords.has(error.name)) return error.message
  const { code, errcode, path, port } = error as { code?: string; errcode?: number; path?: string; port?: number }
  if (code === 'ERR_SQLITE_ERROR') return databases[(errcode ?? 0) & 0xff]
  const where = path === undefined ? '' : ` ${path}`
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Stop what listens there, or choose another with --port (or CRMUX_PORT).`
    case 'EADDRNOTAVAIL':
      return 'This machine does not have the address of --host. Try --host 127.0.0.1, or 0.0.0.0 for every address it has.'
    case 'EACCES':
    case 'EPERM':
      return port === undefined
        ? `${path ?? 'A file'} cannot be used: permission denied. Choose another place, or give this user the right to it.`
        : `Port ${port} may not be opened by this user. Choose one above 1023 with --port.`
    case 'EROFS':
      return `${path ?? 'The directory'} is on a file system that cannot be written to. Choose another place.`
    case 'ENOENT':
      return `There is no${where}. Check the path.`
    case 'ENOTDIR':
    case 'EEXIST':
      return `${path ?? 'The path'} is not a directory. Choose another with --data.`
    case 'EISDIR':
      return 'That path is a directory; a file is needed.'
    case 'ERR_UNKNOWN_BUILTIN_MODULE':
      return `crmux needs Node 24.7 or newer, and this is ${process.version}. Run it with npx crmux, which brings its own, or install a newer Node.`
    case 'ENOSPC':
      return 'The disk is full. Make room and run this again.'
    default:
      return undefined
  }
}

/** SQLite's primary result codes that have a cause outside of crmux. */
const databases: Readonly<Record<number, string>> = {
  5: 'Another process has kept the store locked for too long. Wait until it has finished and run this again.',
  8: 'The store cannot be written to. Give this user the right to write the --data directory and the files in it.',
  10: 'The disk that holds the store reports an error. Check it, then run crmux doctor.',
  11: 'The file of the store is damaged. Restore the last backup; what can still be read is in the file.',
  13: 'The disk is full. Make room and run this again.',
  14: 'The store cannot be opened. Check that the --data directory exists and that this user may read and write it.',
  26: 'The file crmux.db in the --data directory is not a crmux store. Choose another directory.',
}
