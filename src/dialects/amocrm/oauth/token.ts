import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { atomically, type Scope } from '../../../domain/scope.ts'
import { dayInMs } from '../../../domain/time.ts'
import type { Answer, Host } from '../../../http/speak.ts'
import { isAtHome, scopeOf, zoneOf } from '../auth.ts'
import { findSecret, issueSecret, type SecretKind, spendSecret, workspaceOf } from '../secrets.ts'
import { seconds } from '../time.ts'
import { findClient, hasSecret } from './clients.ts'
import { badClient, badGrant } from './errors.ts'
import { makeAccessToken } from './jwt.ts'

const accessMs = dayInMs
const refreshMs = 90 * dayInMs

/** League's PHP client sends a form, others JSON. */
export const TokenBody = z.looseObject({
  client_id: z.string(),
  client_secret: z.string(),
  grant_type: z.enum(['authorization_code', 'refresh_token']),
  redirect_uri: z.string(),
  code: z.string().optional(),
  refresh_token: z.string().optional(),
})

/** Exchanges a code, or a refresh token, for an access token and a new refresh token. Either is used up by it. */
export async function exchange(req: FastifyRequest, host: Host, body: z.output<typeof TokenBody>): Promise<Answer> {
  const isCode = body.grant_type === 'authorization_code'
  const secret = (isCode ? body.code : body.refresh_token) ?? ''
  const refused = isCode ? badGrant(400, 'Authorization code has been revoked') : badGrant(401, 'Token has been revoked')
  const scope = await grantor(req, host, isCode ? 'code' : 'refresh', secret)
  if (scope === undefined) return refused
  return atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const client = await findClient(scope, body.client_id)
    if (client === undefined || !hasSecret(client, body.client_secret)) return badClient()
    // Asked again where nobody else is writing: of two that come with the same token one is too late.
    const grant = await findSecret(scope, isCode ? 'code' : 'refresh', secret)
    if (grant?.data.clientId !== client.id || client.redirectUri !== body.redirect_uri) return refused
    await spendSecret(scope, isCode ? 'code' : 'refresh', grant)
    return { status: 200, body: await issueTokens(scope, client.id, req.host), headers: { 'content-type': 'application/json' } }
  })
}

/** The scope of the user who let the integration in; undefined where the secret stands for nothing, or its user has left. */
export async function grantor(req: FastifyRequest, host: Host, kind: SecretKind, secret: string): Promise<Scope | undefined> {
  const workspaceId = workspaceOf(secret)
  if (workspaceId === undefined) return undefined
  const store = host.registry.of(workspaceId)
  const grant = await findSecret({ store, via: 'amocrm', now: host.now }, kind, secret)
  const user = grant && (await store.members.get(Number(grant.data.userId)))
  if (!user?.isActive) return undefined
  const workspace = await store.workspace.get()
  return isAtHome(req, workspace) ? scopeOf(host, { workspace, user }) : undefined
}

async function issueTokens(scope: Scope, clientId: string, apiDomain: string): Promise<object> {
  const { store, user, workspace } = scope
  const now = scope.now()
  const accessToken = makeAccessToken({
    clientId,
    userId: user.id,
    accountId: workspace.id,
    apiDomain,
    baseDomain: zoneOf(apiDomain) ?? apiDomain,
    issuedAt: now,
    expiresAt: now + accessMs,
  })
  await store.tokens.add(
    { userId: user.id, label: `amoCRM integration ${clientId}`.slice(0, 255), expiresAt: now + accessMs, secret: accessToken },
    now,
  )
  const refreshToken = await issueSecret(scope, 'refresh', { clientId, userId: user.id }, now + refreshMs)
  return {
    token_type: 'Bearer',
    expires_in: accessMs / 1000,
    server_time: seconds(now),
    access_token: accessToken,
    refresh_token: refreshToken,
  }
}
