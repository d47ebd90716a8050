import { createHash, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { addRecord, type DialectRecord, deleteRecord, listRecords, saveRecord } from '../../domain/record.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import { dayInMs } from '../../domain/time.ts'
import { createToken, type Role } from '../../domain/user.ts'
import { type Answer, originOf, type Speaker } from '../../http/speak.ts'
import { appToken } from './auth.ts'

/** How an app turns a user's consent into access, keeps it, and gives it back. */

const codeLifetime = 5 * 60_000
const accessLifetime = 3_600_000
/** Counted from the last use. */
const grantLifetime = 60 * dayInMs

/** More access tokens than this are not remembered, and then end by themselves within the hour. */
const mostRemembered = 20

const codes = 'oauth_code'
const grants = 'oauth_grant'

/** Secrets are found by their hash, so that nobody can read them out of the store. */
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const newSecret = (): string => randomBytes(20).toString('hex')

/** What a code stands for: this user has let this app in. */
const Code = z.object({ user: z.int(), client: z.string(), redirectUri: z.string(), expiresAt: z.int() })

/** What a refresh token stands for, with the access tokens that came of it. */
const Grant = z.object({
  user: z.int(),
  client: z.string(),
  expiresAt: z.int(),
  access: z.array(z.object({ id: z.int(), expiresAt: z.int() })),
})
type Grant = z.infer<typeof Grant>

/** Notes that the scope's user lets an app in. Some codes that nobody used are forgotten on the way. */
export async function issueCode(scope: Scope, client: string, redirectUri: string): Promise<string> {
  const code = newSecret()
  await atomically(scope, async (scope) => {
    for (const record of (await listRecords(scope, codes, { limit: 10 })).items) {
      if (Code.parse(record.data).expiresAt <= scope.now()) await deleteRecord(scope, codes, record.id)
    }
    const data = { user: scope.user.id, client, redirectUri, expiresAt: scope.now() + codeLifetime }
    await addRecord(scope, codes, hashOf(code), data)
  })
  return code
}

const find = async (scope: Scope, collection: string, secret: string): Promise<DialectRecord | undefined> =>
  (await listRecords(scope, collection, { key: hashOf(secret), limit: 1 })).items[0]

/** Our roles as the vendor's scopes. */
const scopesOf: Readonly<Record<Role, string>> = {
  viewer: 'base,deals:read,contacts:read,users:read,search:read',
  member: 'base,deals:full,contacts:full,users:read,search:read',
  manager: 'base,deals:full,contacts:full,users:read,search:read,admin',
  admin: 'base,deals:full,contacts:full,users:read,search:read,admin',
}

const refused = (error: string, status = 400): Answer => ({ status, body: { success: false, error } })

/** Makes an access token for the user and answers with it; undefined where the user has left. */
async function grantAccess(
  scope: Scope,
  grant: Grant,
): Promise<{ access: Grant['access']; secret: string; role: Role } | undefined> {
  const user = await scope.store.members.get(grant.user)
  if (!user?.isActive) return undefined
  const expiresAt = scope.now() + accessLifetime
  const { id, secret } = await createToken({ ...scope, user }, { label: appToken(grant.client), expiresAt })
  const access = [...grant.access.filter((token) => token.expiresAt > scope.now()), { id, expiresAt }].slice(-mostRemembered)
  return { access, secret, role: user.role }
}

const tokenAnswer = (req: FastifyRequest, { secret, role }: { secret: string; role: Role }, refreshToken: string): Answer => ({
  status: 200,
  body: {
    access_token: secret,
    token_type: 'bearer',
    expires_in: accessLifetime / 1000,
    refresh_token: refreshToken,
    scope: scopesOf[role],
    // The Node client makes its base URL of this.
    api_domain: originOf(req),
  },
  headers: { 'cache-control': 'no-store' },
})

/** A code is good once, for the app and the address it was given to. */
const exchange = (scope: Scope, req: FastifyRequest, code: string, redirectUri: string): Promise<Answer> =>
  atomically(scope, async (scope) => {
    const record = await find(scope, codes, code)
    if (!record) return refused('invalid_grant')
    await deleteRecord(scope, codes, record.id)
    const { user, client, expiresAt, ...given } = Code.parse(record.data)
    const fits = client === scope.user.email && given.redirectUri === redirectUri && expiresAt > scope.now()
    const grant: Grant = { user, client, expiresAt: scope.now() + grantLifetime, access: [] }
    const made = fits ? await grantAccess(scope, grant) : undefined
    if (!made) return refused('invalid_grant')
    const refreshToken = newSecret()
    await addRecord(scope, grants, hashOf(refreshToken), { ...grant, access: made.access })
    return tokenAnswer(req, made, refreshToken)
  })

/** The refresh token stays the same; using it makes it last longer. */
const refresh = (scope: Scope, req: FastifyRequest, refreshToken: string): Promise<Answer> =>
  atomically(scope, async (scope) => {
    const record = await find(scope, grants, refreshToken)
    const grant = record && Grant.parse(record.data)
    if (!record || !grant || grant.client !== scope.user.email || grant.expiresAt <= scope.now()) return refused('invalid_grant')
    const made = await grantAccess(scope, grant)
    if (!made) return refused('invalid_grant')
    const data = { ...grant, access: made.access, expiresAt: scope.now() + grantLifetime }
    await saveRecord(scope, grants, { ...record, data })
    return tokenAnswer(req, made, refreshToken)
  })

/** Ends a refresh token with all access that came of it, or one access token. What is no token of this app's is ended already. */
const revoke = (scope: Scope, token: string, accessTokenId: number | undefined): Promise<Answer> =>
  atomically(scope, async (scope) => {
    const record = await find(scope, grants, token)
    const grant = record && Grant.parse(record.data)
    if (record && grant?.client === scope.user.email) {
      for (const { id } of grant.access) await scope.store.tokens.revoke(id, scope.now())
      await deleteRecord(scope, grants, record.id)
    } else if (accessTokenId !== undefined) {
      const access = await scope.store.tokens.get(accessTokenId)
      if (access?.label === appToken(scope.user.email)) await scope.store.tokens.revoke(access.id, scope.now())
    }
    return { status: 200, body: { success: true } }
  })

const TokenBody = z.discriminatedUnion('grant_type', [
  z.object({ grant_type: z.literal('authorization_code'), code: z.string(), redirect_uri: z.string() }),
  z.object({ grant_type: z.literal('refresh_token'), refresh_token: z.string() }),
])

const RevokeBody = z.object({ token: z.string(), token_type_hint: z.string().optional() })

/** The endpoints that apps call with their id and secret. */
export function openOAuth(api: Speaker): void {
  api.post('/oauth/token', { body: TokenBody }, ({ scope, body, req }) =>
    body.grant_type === 'refresh_token'
      ? refresh(scope, req, body.refresh_token)
      : exchange(scope, req, body.code, body.redirect_uri),
  )

  api.post('/oauth/revoke', { body: RevokeBody }, async ({ scope, body, host }) => {
    const access = await host.registry.authenticate(body.token, host.now())
    return revoke(scope, body.token, access?.workspace.id === scope.workspace.id ? access.tokenId : undefined)
  })
}
