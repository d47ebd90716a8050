import type { FastifyRequest } from 'fastify'
import type { Credential } from '../../../domain/store.ts'
import type { Answer, Host, OpenSpeaker } from '../../../http/speak.ts'
import { languageOf } from '../account.ts'
import { beginSession, byLogin, isAtHome, loginIn, requireAccount, scopeOf, sessionCookie } from '../auth.ts'
import { parts } from '../input.ts'
import { seconds } from '../time.ts'
import { legacy } from '../wire.ts'
import { legacyError } from './errors.ts'
import { xml } from './xml.ts'

/** Signing in: login and key in, a session's cookie out. The answer is XML unless `?type=json` asks otherwise. */
export function openLogin(api: OpenSpeaker): void {
  api.toStrangers('POST', '/private/api/auth.php', {}, async ({ req, host }) => {
    await requireAccount(req, host)
    const answer = await signIn(req, host)
    return parts(req.query).type === 'json' ? answer : asXml(answer)
  })
}

async function signIn(req: FastifyRequest, host: Host): Promise<Answer> {
  const credential = await byLogin(host, loginIn(req.body) ?? loginIn(req.query))
  if (!credential || !isAtHome(req, credential.workspace)) return legacyError(110, host.now(), 401, { auth: false })
  const scope = scopeOf(host, credential)
  const session = await beginSession(scope, credential.tokenId)
  return legacy(writeLogin(credential, host.now()), { 'set-cookie': cookie(session, req.protocol === 'https') })
}

/**
 * The cookie is for the host that was called and secure only over TLS: curl and the clients built on it drop one that is not. `SameSite`
 * is not the vendor's; without it any page could post forms in the name of whoever has signed in.
 */
const cookie = (session: string, isSecure: boolean): string =>
  `${sessionCookie}=${session}; path=/;${isSecure ? ' secure;' : ''} HttpOnly; SameSite=Lax`

const writeLogin = ({ workspace, user }: Credential, now: number): object => ({
  auth: true,
  accounts: [
    {
      id: String(workspace.id),
      name: workspace.name,
      subdomain: workspace.subdomain,
      language: languageOf(workspace),
      timezone: workspace.timeZone,
    },
  ],
  user: { id: String(user.id), language: languageOf(workspace) },
  server_time: seconds(now),
})

const asXml = ({ body, ...answer }: Answer): Answer => ({
  ...answer,
  body: xml('root', (body as { response: object }).response),
  headers: { ...answer.headers, 'content-type': 'text/xml; charset=utf-8' },
})
