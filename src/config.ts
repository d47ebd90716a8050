import { isIP } from 'node:net'

/** How the server is told what to do: each setting is a flag of `serve` and an environment variable. */
export interface Config {
  host: string
  port: number
  /** Directory of the SQLite store. */
  data: string
  databaseUrl: string | undefined
  /** Whose default pipeline a new store begins with. */
  template: string | undefined
  /** Ports of a single dialect's own. */
  listen: readonly { dialect: string; port: number }[]
  tlsCert: string | undefined
  tlsKey: string | undefined
  rateLimits: 'off' | 'vendor'
  /** Addresses and networks of proxies that are believed when they say for whom they ask. */
  trustProxy: readonly string[]
  logLevel: string
  demo: boolean
  /** Whether webhooks may point at addresses that are not public: for tests, and for receivers on one's own network. */
  webhookPrivate: boolean
  /** How long the log of deliveries is kept. */
  webhookLogDays: number
  /** The first admin's token, 64 hexadecimal characters; a new one where it is not set. */
  token: string | undefined
}

/** A setting that cannot be used; the message says what would do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export function readPort(text: string, name = '--port'): number {
  const port = Number(text)
  if (!/^\d+$/.test(text.trim()) || port > 65_535) throw new ConfigError(`${name} takes a number from 0 to 65535, not '${text}'.`)
  return port
}

/** `pipedrive=8081`, several separated by commas. */
export function readListen(text: string): { dialect: string; port: number }[] {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, dialect = '', port = ''] = /^\s*([a-z]+)=(\d+)\s*$/.exec(part) ?? []
      if (dialect === '') throw new ConfigError(`--listen takes DIALECT=PORT, for example pipedrive=8081, not '${part}'.`)
      return { dialect, port: readPort(port, '--listen') }
    })
}

/** What a list of proxies may name beside addresses and networks. */
const networks: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal'])

/** `10.0.0.7,fd00::/8`, and `loopback`, `linklocal`, `uniquelocal` for the networks of these names. */
export function readProxies(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  for (const name of names) {
    if (!networks.has(name) && !isNetwork(name))
      throw new ConfigError(
        `--trust-proxy takes addresses and networks, separated by commas, for example 10.0.0.7,fd00::/8, or ${[...networks].join(', ')}; not '${name}'.`,
      )
  }
  return names
}

function isNetwork(name: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(name) ?? []
  const version = isIP(address)
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128)
}

/** A yes or no in the environment. */
export function readFlag(text: string | undefined, name: string): boolean {
  const value = (text ?? '').trim().toLowerCase()
  if (['', '0', 'false', 'no', 'off'].includes(value)) return false
  if (['1', 'true', 'yes', 'on'].includes(value)) return true
  throw new ConfigError(`${name} must be 1 or 0, not '${text}'.`)
}

export function readDays(text: string): number {
  const days = Number(text)
  if (!/^\d{1,5}$/.test(text.trim()) || days < 1)
    throw new ConfigError(`--webhook-log-days takes a number of days from 1, not '${text}'.`)
  return days
}

/** The message leaves the address out: it has a password in it. */
export function readDatabaseUrl(text: string): string {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text))
    throw new ConfigError('--database-url (or DATABASE_URL) takes an address like postgres://user:password@host:5432/database.')
  return text
}

export function readToken(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new ConfigError('CRMUX_TOKEN must be 64 hexadecimal characters, for example from `openssl rand -hex 32`.')
  return text.toLowerCase()
}
