import type { FastifyRequest } from 'fastify'
import type { Credential } from '../../domain/store.ts'
import { fail } from '../../http/fault.ts'
import { bearer, type Host, header } from '../../http/speak.ts'

/** Whom a call speaks for: a user by their token, or at the token endpoints an app by its secret. */
export const identify = (req: FastifyRequest, host: Host): Promise<Credential | undefined> =>
  isTokenCall(req) ? identifyClient(req, host) : identifyUser(req, host)

/**
 * The API token comes first, because the Node client sends it beside a Bearer token and the PHP client beside an empty one; it may
 * stand in the query of either version, where official tutorials and the Singer tap put it.
 */
async function identifyUser(req: FastifyRequest, host: Host): Promise<Credential | undefined> {
  const secret = apiToken(req) ?? bearer(req)
  if (secret !== undefined) return host.registry.authenticate(secret, host.now())
  if (!/^(?:bearer)?\s*$/i.test(req.headers.authorization ?? '')) fail({ kind: 'bad_header', header: 'authorization' })
  return undefined
}

/** The token of a header `x-api-token` or a parameter `api_token`. */
export function apiToken(req: FastifyRequest): string | undefined {
  const { api_token: inQuery } = req.query as { api_token?: unknown }
  return header(req, 'x-api-token') || (typeof inQuery === 'string' && inQuery !== '' ? inQuery : undefined)
}

/** Whether an app is speaking for itself, to get or give back a token. */
export const isTokenCall = (req: Pick<FastifyRequest, 'url'>): boolean =>
  /^\/+pipedrive\/+oauth\/+(?:token|revoke)(?:[/?]|$)/.test(req.url)

/** What tokens are called that were made for an app. */
export const appToken = (client: string): string => `Pipedrive app ${client}`

/**
 * There is no register of apps: an app is a user, known by the e-mail address (`client_id`) and any of their tokens
 * (`client_secret`). Undefined where the two do not belong together.
 */
async function identifyClient(req: FastifyRequest, host: Host): Promise<Credential | undefined> {
  const [, encoded = ''] = /^basic +(\S+) *$/i.exec(req.headers.authorization ?? '') ?? []
  const [, id = '', secret = ''] = /^([^:]*):(.*)$/.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  const credential = await ownToken(secret, host)
  return credential?.user.email === readClientId(id) ? credential : undefined
}

/** The Node client writes the id into a URL as it is, where a plus reads as a space; an address has none. */
export const readClientId = (id: string): string => id.toLowerCase().replaceAll(' ', '+')

/** Whose token it is, unless it was made for an app: an hour's access must not be turned into more. */
export async function ownToken(secret: string, host: Host): Promise<Credential | undefined> {
  const credential = await host.registry.authenticate(secret, host.now())
  if (!credential) return undefined
  const token = await host.registry.of(credential.workspace.id).tokens.get(credential.tokenId)
  return token?.label.startsWith(appToken('')) ? undefined : credential
}
