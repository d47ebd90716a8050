import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requireRole, type Scope } from '../../../domain/scope.ts'
import { fail } from '../../../http/fault.ts'
import type { Answer, Host } from '../../../http/speak.ts'
import { byLogin, isAtHome, loginIn, requireAccount, scopeOf } from '../auth.ts'
import { text } from '../input.ts'
import { issueSecret } from '../secrets.ts'
import { type Client, findClient, hasSecret, saveClient } from './clients.ts'

const codeMs = 20 * 60_000

const Asked = z.looseObject({
  client_id: z.string().min(1).max(100),
  redirect_uri: z.string().max(1000).optional(),
  state: text.optional(),
})

export const ConsentQuery = Asked.partial()

export const ConsentBody = Asked.extend({ client_secret: z.string().max(255).optional() })

/** The page on which an admin lets an integration in. What is filled in is what the integration's link says. */
export function consentPage(query: z.output<typeof ConsentQuery>): Answer {
  const field = (label: string, name: string, value: string | undefined, type = 'text') =>
    `<p><label>${label}<br><input name="${name}" type="${type}" size="60" value="${escaped(value ?? '')}"></label></p>`
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Allow an integration</title></head>
<body><h1>Allow an integration</h1>
<form method="post" action="oauth">
${field('Your e-mail address', 'USER_LOGIN', '', 'email')}
${field('Your crmux token', 'USER_HASH', '', 'password')}
${field('Integration ID', 'client_id', query.client_id)}
${field('Secret key (only when it is let in for the first time, or has a new one)', 'client_secret', '', 'password')}
${field('Redirect URI', 'redirect_uri', query.redirect_uri)}
<input type="hidden" name="state" value="${escaped(query.state ?? '')}">
<p><button>Allow</button></p>
</form></body></html>`
  return {
    status: 200,
    body: page,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    },
  }
}

const escaped = (value: string): string => value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** Sends the browser back to the integration with a code that it can use once. */
export async function allow(req: FastifyRequest, host: Host, body: z.output<typeof ConsentBody>): Promise<Answer> {
  await requireAccount(req, host)
  const credential = await byLogin(host, loginIn(body))
  if (!credential || !isAtHome(req, credential.workspace)) return fail({ kind: 'unauthenticated' })
  const scope = scopeOf(host, credential)
  requireRole(scope, 'admin')
  const client = await letIn(scope, body)
  const code = await issueSecret(scope, 'code', { clientId: client.id, userId: scope.user.id }, scope.now() + codeMs)
  const target = new URL(client.redirectUri)
  for (const [name, value] of Object.entries({ code, state: body.state ?? '', referer: req.host, client_id: client.id }))
    target.searchParams.set(name, value)
  return { status: 302, headers: { location: target.href } }
}

/** The integration, known from now on. A new one must say its secret and where it lives. */
async function letIn(
  scope: Scope,
  { client_id: id, client_secret, redirect_uri }: z.output<typeof ConsentBody>,
): Promise<Client> {
  const known = await findClient(scope, id)
  const redirectUri = redirect_uri || known?.redirectUri
  const isNew = known === undefined || redirectUri !== known.redirectUri || (!!client_secret && !hasSecret(known, client_secret))
  if (!isNew) return known
  const isUsable = redirectUri !== undefined && URL.canParse(redirectUri) && /^https?:$/.test(new URL(redirectUri).protocol)
  if (!client_secret || !isUsable)
    return fail({ kind: 'bad_input', where: 'body', issues: [{ path: ['redirect_uri'], rule: 'required', message: '' }] })
  const client = { id, redirectUri }
  await saveClient(scope, client, client_secret)
  return client
}
