import { z } from 'zod'
import { findInvitation, type Invitation, invite, listInvitations, revokeInvitation } from '../../domain/invitation.ts'
import { acceptInvitation, openInvitation, type Welcome } from '../../domain/welcome.ts'
import { pageOrigin, visitorOf } from './cookie.ts'
import { ById, recordId, text, timeText, words } from './fields.ts'
import { EntryJson, entered, passwordText } from './sessions.ts'
import type { NativeSpeaker } from './speaker.ts'
import { Role } from './users.ts'
import { created, gone, ok, time, whole } from './wire.ts'

const shape = {
  id: recordId,
  email: words('Whom it invites, in lower case.'),
  name: words('What they are called until they say so themselves.').nullable(),
  role: Role,
  invitedById: z.int().nullable().meta({ description: 'Who invited them; null: the command line, or the first start.' }),
  createdAt: timeText('When it was made.'),
  expiresAt: timeText('When its link ends.'),
}

export type InvitationJson = z.output<typeof InvitationJson>
export const InvitationJson = z
  .object(shape)
  .meta({ id: 'Invitation', description: 'An open invitation. One that was accepted or revoked is gone.' })

export type NewInvitationJson = z.output<typeof NewInvitationJson>
export const NewInvitationJson = z
  .object({
    ...shape,
    url: z.string().nullable().meta({
      description: 'The link to send them, shown this once. Null where a repeated request is answered again.',
    }),
  })
  .meta({ id: 'NewInvitation', description: 'An invitation with its link.' })

export type WelcomeJson = z.output<typeof WelcomeJson>
export const WelcomeJson = z
  .object({
    email: shape.email,
    name: shape.name,
    role: shape.role,
    workspace: z.object({ name: words('Where it leads.') }).meta({ description: 'The workspace.' }),
    hasPassword: z
      .boolean()
      .meta({ description: 'They show the password that they have in another workspace, rather than choose one.' }),
    canChangeEmail: z.boolean().meta({ description: 'The address is only a stand-in and may be replaced.' }),
  })
  .meta({ id: 'Welcome', description: 'What an invitation asks of whoever has its link.' })

const InvitationBody = z.strictObject({
  email: z.string().meta({ description: 'Somebody new, or a member who cannot sign in yet or any more.', format: 'email' }),
  role: Role.optional(),
  name: text('What to call them until they say so themselves.', 255).optional(),
})

const secret = z.string().max(255).meta({ description: 'What stands behind the `#` of the link.' })
const CheckBody = z.strictObject({ secret })
const WelcomeBody = z.strictObject({
  secret,
  name: text('1 to 255 characters. Needed from somebody new whose invitation has none.', 255).optional(),
  password: passwordText(
    '10 to 200 characters, neither the address nor one of the commonest. With `hasPassword` the one they have.',
  ),
  email: z.string().optional().meta({ description: 'Only with `canChangeEmail`.', format: 'email' }),
})

const writeInvitation = (invitation: Invitation): InvitationJson => ({
  id: invitation.id,
  email: invitation.email,
  name: invitation.name,
  role: invitation.role,
  invitedById: invitation.invitedById,
  createdAt: time(invitation.createdAt),
  expiresAt: time(invitation.expiresAt),
})

const writeWelcome = ({ invitation, workspace, hasPassword, canChangeEmail }: Welcome): WelcomeJson => ({
  email: invitation.email,
  name: invitation.name,
  role: invitation.role,
  workspace: { name: workspace.name },
  hasPassword,
  canChangeEmail,
})

/** People are invited by a link that sets, or asks for, their password. */
export function invitationRoutes(api: NativeSpeaker): void {
  api.get(
    '/invitations',
    { about: { tag: 'People', id: 'listInvitations', summary: 'List open invitations', list: InvitationJson, role: 'admin' } },
    async ({ scope }) => whole((await listInvitations(scope)).map(writeInvitation)),
  )

  api.post(
    '/invitations',
    {
      body: InvitationBody,
      about: {
        tag: 'People',
        id: 'invite',
        summary: 'Invite somebody',
        description:
          'Answers with a link to send them; it is good once, for 7 days. `role` is `member` where not given; a member keeps theirs. ' +
          'A new invitation takes the place of an open one of the same address. Whoever forgot their password is invited again.',
        made: NewInvitationJson,
        role: 'admin',
        problems: [409],
      },
    },
    async ({ scope, body, req }) => {
      const invitation = await invite(scope, body)
      const data: NewInvitationJson = {
        ...writeInvitation(invitation),
        url: `${pageOrigin(req)}/welcome#${invitation.secret}`,
      }
      return { ...created(data), headers: { 'cache-control': 'no-store' } }
    },
    // Kept answers are not the place for a secret.
    { kept: (answer) => ({ ...answer, body: withoutUrl(answer.body) }) },
  )

  api.get(
    '/invitations/:id',
    {
      params: ById,
      about: { tag: 'People', id: 'getInvitation', summary: 'One open invitation', one: InvitationJson, role: 'admin' },
    },
    async ({ scope, params }) => ok(writeInvitation(await findInvitation(scope, params.id))),
  )

  api.delete(
    '/invitations/:id',
    {
      params: ById,
      about: {
        tag: 'People',
        id: 'revokeInvitation',
        summary: 'Revoke an invitation',
        description: 'Its link ends at once.',
        role: 'admin',
      },
    },
    async ({ scope, params }) => {
      await revokeInvitation(scope, params.id)
      return gone
    },
  )

  api.toStrangers(
    '/welcome/check',
    {
      body: CheckBody,
      about: {
        tag: 'Signing in',
        id: 'checkInvitation',
        summary: 'What an invitation asks',
        answer: z.object({ data: WelcomeJson }),
        open: true,
        problems: [404],
      },
    },
    async ({ body, host }) => ({
      ...ok(writeWelcome(await openInvitation(host.registry, body.secret, host.now()))),
      headers: { 'cache-control': 'no-store' },
    }),
  )

  api.toStrangers(
    '/welcome',
    {
      body: WelcomeBody,
      about: {
        tag: 'Signing in',
        id: 'acceptInvitation',
        summary: 'Accept an invitation',
        description: 'Sets name and password and signs in, as `signIn` does. The link is used up.',
        begins: z.object({ data: EntryJson }),
        open: true,
        problems: [404, 429],
      },
    },
    async ({ body, req, host }) => entered(req, 201, await acceptInvitation(host.registry, body, visitorOf(req), host.now)),
  )
}

const withoutUrl = (body: unknown) => ({ data: { ...(body as { data: NewInvitationJson }).data, url: null } })
