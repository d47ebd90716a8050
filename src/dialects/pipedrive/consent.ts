import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { fail, read } from '../../http/fault.ts'
import type { Host } from '../../http/speak.ts'
import { ownToken, readClientId } from './auth.ts'
import { issueCode } from './oauth.ts'
import { headers } from './wire.ts'

const address = z
  .string()
  .max(2000)
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'This value is not a valid URL.')

const Asked = z.object({ client_id: z.string().min(1).max(255), redirect_uri: address, state: z.string().max(4000).optional() })
type Asked = z.infer<typeof Asked>

const Decided = Asked.extend({ api_token: z.string().default(''), decision: z.string().optional() })

/**
 * Where a user lets an app in. Nobody is signed in here, so the page asks for the user's token: whoever has it may decide, and giving it
 * anew for each app is the consent. It is sent in a body, because addresses end up in logs and histories.
 */
export function openConsent(app: FastifyInstance, host: Host): void {
  host.routes.push({ dialect: 'pipedrive', method: 'GET', url: '/oauth/authorize', spec: {} })

  app.get('/oauth/authorize', async (req, reply) => sendPage(req, reply, read(Asked, req.query, 'query')))

  app.post('/oauth/authorize', async (req, reply) => {
    const { api_token, decision, ...asked } = read(Decided, req.body ?? {}, 'body')
    if (decision === 'deny') return back(req, reply, asked, { error: 'user_denied' })
    const credential = await ownToken(api_token, host)
    if (!credential) return sendPage(req, reply, asked, 'Nobody has this token. It may have been revoked.')
    const { workspace, user } = credential
    const scope = { workspace, user, via: 'pipedrive', store: host.registry.of(workspace.id), now: host.now }
    const client = await scope.store.members.byEmail(readClientId(asked.client_id))
    if (!client?.isActive) fail({ kind: 'invalid', issues: [{ field: 'client_id', rule: 'not_found' }] })
    return back(req, reply, asked, { code: await issueCode(scope, client.email, asked.redirect_uri) })
  })
}

/** To where the app waits for the answer. */
function back(req: FastifyRequest, reply: FastifyReply, { redirect_uri, state }: Asked, answer: Record<string, string>) {
  const url = new URL(redirect_uri)
  for (const [name, value] of Object.entries({ ...answer, ...(state === undefined ? {} : { state }) })) {
    url.searchParams.set(name, value)
  }
  return reply
    .code(302)
    .headers({ ...headers(req), ...quiet, location: url.href })
    .send()
}

const quiet = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }

function sendPage(req: FastifyRequest, reply: FastifyReply, asked: Asked, trouble?: string) {
  const hidden = Object.entries(asked)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${inHtml(value ?? '')}">`)
    .join('')
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Let an app in</title>
<link rel="stylesheet" href="/front.css"></head><body><main><h1>Let ${inHtml(readClientId(asked.client_id))} in?</h1>
<p>This app wants to read and change in your name what you can read and change. You are then sent to <code>${inHtml(asked.redirect_uri)}</code>.</p>
${trouble ? `<p role="alert"><strong>${inHtml(trouble)}</strong></p>` : ''}
<form method="post">${hidden}<p><label>Your API token <input type="password" name="api_token" autocomplete="off" autofocus></label></p>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p></form>
</main></body></html>`
  return reply
    .code(trouble ? 401 : 200)
    .headers({
      ...headers(req),
      ...quiet,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    })
    .send(page)
}

const inHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
