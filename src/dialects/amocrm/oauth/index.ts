import type { FastifyRequest } from 'fastify'
import type { Workspace } from '../../../domain/workspace.ts'
import { fail } from '../../../http/fault.ts'
import { type Answer, header, type OpenSpeaker } from '../../../http/speak.ts'
import { requireAccount, zoneOf } from '../auth.ts'
import { allow, ConsentBody, ConsentQuery, consentPage } from './consent.ts'
import { exchange, grantor, TokenBody } from './token.ts'

/** OAuth 2: letting an integration in, and what it does with its code from then on. */
export function openOauth(api: OpenSpeaker): void {
  api.toStrangers('GET', '/oauth', { query: ConsentQuery }, async ({ query }) => consentPage(query))
  api.toStrangers('POST', '/oauth', { body: ConsentBody }, ({ req, host, body }) => allow(req, host, body))

  api.toStrangers('POST', '/oauth2/access_token', { body: TokenBody }, async ({ req, host, body }) => {
    await requireAccount(req, host)
    return exchange(req, host, body)
  })

  api.get('/oauth2/account/subdomain', {}, async ({ req, scope }) => whereabouts(req, scope.workspace))
  // The PHP library asks this when its access token is refused: the account may have been renamed.
  api.toStrangers('GET', '/oauth2/account/current/subdomain', {}, async ({ req, host }) => {
    const scope = await grantor(req, host, 'refresh', header(req, 'x-refresh-token') ?? '')
    return whereabouts(req, scope?.workspace ?? fail({ kind: 'unauthenticated' }))
  })
}

/** Where an account is reached: at its own host on the zone that was called, or at the very address where it has none. */
function whereabouts(req: FastifyRequest, { id, subdomain }: Workspace): Answer {
  const zone = zoneOf(req.host)
  const domain = zone === undefined ? req.host : `${subdomain}.${zone}`
  return { status: 200, body: { id, subdomain, domain }, headers: { 'content-type': 'application/json' } }
}
