import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { refuse } from '../../domain/errors.ts'
import { endOtherSessions, endSession, listSessions, type Session } from '../../domain/session.ts'
import { changePassword, type Entry, signIn, switchWorkspace, workspacesOf } from '../../domain/sign-in.ts'
import type { SignedIn } from '../../domain/store.ts'
import type { Answer } from '../../http/speak.ts'
import { MeJson, writeMe, writePlace } from './account.ts'
import { visitorOf, withoutSession, withSession } from './cookie.ts'
import { ById, id, recordId, timeText, words } from './fields.ts'
import { problem } from './problem.ts'
import type { NativeSpeaker } from './speaker.ts'
import { gone, ok, time, whole } from './wire.ts'

export type EntryJson = z.output<typeof EntryJson>
export const EntryJson = z
  .object({
    user: MeJson.shape.user,
    workspace: MeJson.shape.workspace,
    workspaces: z
      .array(MeJson.shape.workspace)
      .meta({ description: 'Where they can go with the same password, this one included.' }),
  })
  .meta({ id: 'Entry', description: 'Who is signed in, and where.' })

export type SessionJson = z.output<typeof SessionJson>
export const SessionJson = z
  .object({
    id: recordId,
    createdAt: timeText('When they signed in.'),
    seenAt: timeText('When it was last used, to the minute. It ends 14 days later, and 90 days after signing in.'),
    userAgent: words('What the browser says it is.'),
    address: words('The network address that was signed in from.'),
    isCurrent: z.boolean().meta({ description: 'Whether this request came with it.' }),
  })
  .meta({ id: 'Session', description: 'Being signed in on one browser.' })

/** Longer than any password that is taken, so that length is told of in the domain's words. */
export const passwordText = (description: string) => z.string().max(1000).meta({ description, format: 'password' })

const SignInBody = z.strictObject({
  email: z.string().max(255).meta({ description: 'The address, in any case.', format: 'email' }),
  password: passwordText('The password.'),
  workspaceId: id('Which of several workspaces; the oldest where not given.').optional(),
})

const SwitchBody = z.strictObject({ workspaceId: id('One of `workspaces`.') })

const PasswordBody = z.strictObject({
  current: passwordText('The password until now.'),
  password: passwordText('The new one: 10 to 200 characters, neither your address nor one of the commonest.'),
})

const writeEntry = ({ user, workspace, workspaces }: Pick<Entry, 'user' | 'workspace' | 'workspaces'>): EntryJson => ({
  ...writeMe({ user, workspace }),
  workspaces: workspaces.map(writePlace),
})

/** Somebody is in: who and where, and the cookie that says so from now on. */
export const entered = (req: FastifyRequest, status: 200 | 201, entry: Entry): Answer => ({
  status,
  body: { data: writeEntry(entry) },
  headers: withSession(req, entry.secret),
})

const writeSession = (session: Session, current: number | undefined): SessionJson => ({
  id: session.id,
  createdAt: time(session.createdAt),
  seenAt: time(session.seenAt),
  userAgent: session.userAgent,
  address: session.address,
  isCurrent: session.id === current,
})

const sessionOf = ({ credential }: FastifyRequest): SignedIn | undefined =>
  credential !== undefined && 'sessionId' in credential ? credential : undefined

/** A token speaks without being signed in: there is no session to end or to move. */
const requireSession = (req: FastifyRequest): SignedIn => sessionOf(req) ?? refuse({ kind: 'not_found', what: 'session' })

/** Nothing says which of the two is wrong, nor whether anybody has the address. */
function wrongPassword(req: FastifyRequest): Answer {
  const body = problem('wrong-password', 401, 'Not signed in', 'The e-mail address or the password is wrong.')
  return {
    status: 401,
    body: { ...body, instance: `urn:uuid:${req.id}` },
    headers: { 'content-type': 'application/problem+json', 'www-authenticate': 'Bearer realm="crmux"' },
  }
}

/** Signing in and out, and where one is signed in. */
export function sessionRoutes(api: NativeSpeaker): void {
  api.toStrangers(
    '/session',
    {
      body: SignInBody,
      about: {
        tag: 'Signing in',
        id: 'signIn',
        summary: 'Sign in',
        description: 'Sets the cookie of a new session. Repeated failures have to wait longer and longer.',
        begins: z.object({ data: EntryJson }),
        open: true,
        problems: [401, 429],
      },
    },
    async ({ body, req, host }) => {
      const entry = await signIn(host.registry, body, visitorOf(req), host.now)
      return entry ? entered(req, 201, entry) : wrongPassword(req)
    },
  )

  api.get(
    '/session',
    { about: { tag: 'Signing in', id: 'getSession', summary: 'Who is signed in', one: EntryJson, problems: [404] } },
    async ({ req, host }) => {
      const { user, workspace } = requireSession(req)
      return ok(writeEntry({ user, workspace, workspaces: await workspacesOf(host.registry, user.id) }))
    },
  )

  api.patch(
    '/session',
    {
      body: SwitchBody,
      about: {
        tag: 'Signing in',
        id: 'switchWorkspace',
        summary: 'Go to another workspace',
        description: 'Its session takes the place of this one and ends when this one would have.',
        one: EntryJson,
        problems: [404],
      },
    },
    async ({ body, req, host }) =>
      entered(req, 200, await switchWorkspace(host.registry, requireSession(req), body.workspaceId, visitorOf(req), host.now)),
  )

  api.delete(
    '/session',
    { about: { tag: 'Signing in', id: 'signOut', summary: 'Sign out', problems: [404] } },
    async ({ scope, req }) => {
      await endSession(scope, requireSession(req).sessionId)
      return { ...gone, headers: withoutSession(req) }
    },
  )

  api.get(
    '/sessions',
    {
      about: {
        tag: 'Signing in',
        id: 'listSessions',
        summary: 'List your sessions',
        description: 'Your own in this workspace, the last begun first.',
        list: SessionJson,
      },
    },
    async ({ scope, req }) => {
      const current = sessionOf(req)?.sessionId
      return whole((await listSessions(scope)).map((session) => writeSession(session, current)))
    },
  )

  api.delete(
    '/sessions',
    {
      about: {
        tag: 'Signing in',
        id: 'endOtherSessions',
        summary: 'End your other sessions',
        description: 'In this workspace; the one that this request came with stays.',
      },
    },
    async ({ scope, req }) => {
      await endOtherSessions(scope, sessionOf(req)?.sessionId)
      return gone
    },
  )

  api.delete(
    '/sessions/:id',
    { params: ById, about: { tag: 'Signing in', id: 'endSession', summary: 'End one of your sessions' } },
    async ({ scope, params }) => {
      await endSession(scope, params.id)
      return gone
    },
  )

  api.post(
    '/me/password',
    {
      body: PasswordBody,
      about: {
        tag: 'Signing in',
        id: 'changePassword',
        summary: 'Change your password',
        description: 'It is the same in all your workspaces. All your other sessions end.',
        problems: [429],
        once: true,
      },
    },
    async ({ scope, body, req, host }) => {
      await changePassword(host.registry, scope, body, visitorOf(req).network, sessionOf(req)?.sessionId)
      return gone
    },
  )
}
