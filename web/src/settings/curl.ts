import type { ApiJson } from '../../../src/dialects/native/apis.ts'

/** Whose call it is. The token is a word to be replaced where nobody has one at hand. */
export interface Caller {
  token: string
  workspace: { id: number; uuid: string }
}

/** One way to reach an API. */
export interface Base {
  by: 'prefix' | 'host' | 'port'
  url: string
}

/** Every base URL that an API has on this server: below its prefix, by its name as a host, and on its own port. */
export function basesOf(api: ApiJson, origin: string): Base[] {
  const { protocol, hostname, port } = new URL(origin)
  const bases: Base[] = [{ by: 'prefix', url: `${origin}${api.prefix}` }]
  // Browsers and most systems lead every name under `localhost` to this machine; elsewhere a host needs an entry in DNS.
  if (isLoopback(hostname)) bases.push({ by: 'host', url: `${protocol}//${api.name}.localhost${port === '' ? '' : `:${port}`}` })
  if (api.port !== null) bases.push({ by: 'port', url: `${protocol}//${hostname}:${api.port}` })
  return bases
}

const isLoopback = (hostname: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)

const filled = (text: string, { token, workspace }: Caller): string =>
  text.replace('{token}', token).replace('{workspace.id}', String(workspace.id)).replace('{workspace.uuid}', workspace.uuid)

/** The headers of the sample call, for this caller. */
export const headersOf = (api: ApiJson, caller: Caller): Record<string, string> =>
  Object.fromEntries(Object.entries(api.sample.headers).map(([name, value]) => [name, filled(value, caller)]))

const shell = new Set(['"', '\\', '`', '$'])

/** In double quotes, so that `$CRMUX_TOKEN` still stands for the variable. */
const quoted = (text: string): string =>
  `"${[...text].map((char, index) => (shell.has(char) && !text.startsWith('$CRMUX_TOKEN', index) ? `\\${char}` : char)).join('')}"`

/** The sample call as a line for a shell. Brackets in the path are meant as they stand (`-g`). */
export function curlOf(api: ApiJson, base: string, caller: Caller): string {
  const headers = Object.entries(headersOf(api, caller)).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`)
  return ['curl', '-g', quoted(`${base}${api.sample.path}`), ...headers]
    .filter((part) => part !== '-g' || needsGlobOff(api))
    .join(' ')
}

const needsGlobOff = (api: ApiJson): boolean => /[[\]{}]/.test(api.sample.path)
