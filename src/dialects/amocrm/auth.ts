import type { FastifyRequest } from 'fastify'
import type { Scope } from '../../domain/scope.ts'
import type { Credential } from '../../domain/store.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { fail } from '../../http/fault.ts'
import { bearer, type Host } from '../../http/speak.ts'
import { generationOf } from './generation.ts'
import { findSecret, issueSecret, workspaceOf } from './secrets.ts'

/**
 * Whom a call speaks for. v4 knows only `Authorization: Bearer`; the generations before also take login and key in the query
 * (dotzero's client sends them with every call) and the cookie of a session.
 */
export async function identify(req: FastifyRequest, host: Host): Promise<Credential | undefined> {
  const credential = await speakerOf(req, host)
  await requireAccount(req, host)
  return credential && isAtHome(req, credential.workspace) ? credential : undefined
}

async function speakerOf(req: FastifyRequest, host: Host): Promise<Credential | undefined> {
  if (req.headers.authorization !== undefined || !isOld(req)) {
    const token = bearer(req)
    return token === undefined ? undefined : host.registry.authenticate(token, host.now())
  }
  return (await byLogin(host, loginIn(req.query))) ?? bySession(req, host)
}

const isOld = (req: FastifyRequest): boolean => generationOf(req) === 'legacy' || generationOf(req) === 'v2'

/** An e-mail address and a key, under whichever of the vendor's two pairs of names. */
export interface Login {
  login: string
  key: string
}

export function loginIn(fields: unknown): Login | undefined {
  const { USER_LOGIN, USER_HASH, login, api_key } = (fields ?? {}) as Readonly<Record<string, unknown>>
  const [name, key] = USER_LOGIN === undefined ? [login, api_key] : [USER_LOGIN, USER_HASH]
  return typeof name === 'string' && typeof key === 'string' ? { login: name, key } : undefined
}

/** The user whose token the key is, if the e-mail address is theirs too. */
export async function byLogin(host: Host, login: Login | undefined): Promise<Credential | undefined> {
  if (login === undefined) return undefined
  const credential = await host.registry.authenticate(login.key, host.now())
  return credential?.user.email === login.login.trim().toLowerCase() ? credential : undefined
}

/** So long a session lasts, whatever happens in it. */
const sessionMs = 15 * 60_000

export const sessionCookie = 'session_id'

/** Begins a session in the name of the token that was used to sign in. */
export const beginSession = (scope: Scope, tokenId: number): Promise<string> =>
  issueSecret(scope, 'session', { tokenId }, scope.now() + sessionMs)

async function bySession(req: FastifyRequest, host: Host): Promise<Credential | undefined> {
  const secret = cookieOf(req.headers.cookie ?? '')
  const workspaceId = secret === undefined ? undefined : workspaceOf(secret)
  if (secret === undefined || workspaceId === undefined) return undefined
  const store = host.registry.of(workspaceId)
  const session = await findSecret({ store, via: 'amocrm', now: host.now }, 'session', secret)
  if (session === undefined) return undefined
  // A session ends with the token that it was begun with, and with its user's membership.
  const token = await store.tokens.get(Number(session.data.tokenId))
  const isGone = !token || token.revokedAt !== null || (token.expiresAt !== null && token.expiresAt <= host.now())
  const user = isGone ? undefined : await store.members.get(token.userId)
  return token && user?.isActive ? { workspace: await store.workspace.get(), user, tokenId: token.id } : undefined
}

function cookieOf(cookies: string): string | undefined {
  for (const cookie of cookies.split(';')) {
    const [name, value] = cookie.trim().split('=', 2)
    if (name === sessionCookie) return value
  }
  return undefined
}

/** What of a host is the vendor's, with its port: `amocrm.ru` of acme.amocrm.ru. */
export const zoneOf = (host: string): string | undefined =>
  /\.((?:amocrm\.(?:ru|com|localhost)|kommo\.com)(?::\d+)?)$/.exec(host)?.[1]

/** The account that the host names: `acme` in acme.amocrm.ru. Undefined where the caller came by address, port or prefix. */
export function accountLabel(req: FastifyRequest): string | undefined {
  const [, label] = /^([a-z0-9-]+)\.(?:amocrm\.(?:ru|com|localhost)|kommo\.com)$/.exec(req.hostname.toLowerCase()) ?? []
  // The common host serves every account's consent page.
  return label === 'www' ? undefined : label
}

/** Whether the caller is at the account's own host, or at one that names none. */
export function isAtHome(req: FastifyRequest, workspace: Pick<Workspace, 'subdomain'>): boolean {
  const label = accountLabel(req)
  return label === undefined || label === workspace.subdomain
}

/** Asks that the host names an account that exists, if it names one. */
export async function requireAccount(req: FastifyRequest, host: Host): Promise<void> {
  const label = accountLabel(req)
  if (label !== undefined && !(await host.registry.workspaceBySubdomain(label))) fail({ kind: 'not_found', what: 'workspace' })
}

/** The scope of somebody who has just signed in. */
export const scopeOf = (host: Host, { workspace, user }: Pick<Credential, 'workspace' | 'user'>): Scope => ({
  workspace,
  user,
  via: 'amocrm',
  store: host.registry.of(workspace.id),
  now: host.now,
})
