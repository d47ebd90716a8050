import { z } from 'zod'
import { addMember, changeMember, findMember, listMembers, type Member, roles } from '../../domain/user.ts'
import { ById, cursorParam, flagParam, idsParam, limitParam, recordId, text, textParam, timeText, uuid, words } from './fields.ts'
import { byId, pageOf, readWindow } from './paging.ts'
import type { NativeSpeaker } from './speaker.ts'
import { created, ok, time, timeOrNull } from './wire.ts'

export const Role = z.enum(roles as ['admin', 'manager', 'member', 'viewer']).meta({
  description:
    'Viewers read; members also write deals, contacts and companies; managers also pipelines, stages, reasons and fields; admins all.',
})

export type UserJson = z.output<typeof UserJson>
export const UserJson = z
  .object({
    id: recordId,
    uuid,
    name: words('The full name.'),
    email: words('The address, in lower case.'),
    phone: words('A telephone number.').nullable(),
    role: Role,
    isActive: z.boolean().meta({ description: 'Somebody who left keeps their name on old deals and can no longer sign in.' }),
    createdAt: timeText('When they were added.'),
    updatedAt: timeText('When they last changed.'),
    joinedAt: timeText('Since when they can sign in; null: not before they accept an invitation.').nullable(),
  })
  .meta({ id: 'User', description: 'A member of the workspace.' })

const fields = {
  name: text('1 to 255 characters.', 255),
  phone: z.string().max(255).nullable().optional().meta({ description: 'A telephone number, up to 255 characters.' }),
  role: Role.optional(),
}
const UserBody = z.strictObject({
  ...fields,
  email: z.string().meta({ description: 'Unique; kept in lower case.', format: 'email' }),
})
const UserPatch = z.strictObject({
  ...fields,
  name: fields.name.optional(),
  isActive: z.boolean().optional().meta({ description: 'False: they can no longer sign in, and are signed out at once.' }),
})

const UsersQuery = z.strictObject({
  ids: idsParam,
  email: textParam('Exactly this address, in any case.'),
  name: textParam('Exactly this name.'),
  text: textParam('Part of the name or of the address, in any case.'),
  role: Role.optional().meta({ description: 'Only those with this role.' }),
  isActive: flagParam('Only those who are, or are not, active.'),
  limit: limitParam,
  cursor: cursorParam,
})

const writeUser = (user: Member): UserJson => ({
  id: user.id,
  uuid: user.uuid,
  name: user.name,
  email: user.email,
  phone: user.phone,
  role: user.role,
  isActive: user.isActive,
  createdAt: time(user.createdAt),
  updatedAt: time(user.updatedAt),
  joinedAt: timeOrNull(user.joinedAt),
})

/** The members of the workspace. */
export function userRoutes(api: NativeSpeaker): void {
  api.get(
    '/users',
    { query: UsersQuery, about: { tag: 'People', id: 'listUsers', summary: 'List members', list: UserJson } },
    async ({ scope, query: { limit, cursor, ...filter } }) =>
      pageOf(await listMembers(scope, { ...filter, ...readWindow({ limit, cursor }, byId) }), byId, writeUser),
  )

  api.post(
    '/users',
    {
      body: UserBody,
      about: {
        tag: 'People',
        id: 'addUser',
        summary: 'Add a member',
        description: '`role` is `member` where not given. To sign in, they need an invitation as well.',
        made: UserJson,
        role: 'admin',
      },
    },
    async ({ scope, body }) => created(writeUser(await addMember(scope, body))),
  )

  api.get(
    '/users/:id',
    { params: ById, about: { tag: 'People', id: 'getUser', summary: 'One member', one: UserJson } },
    async ({ scope, params }) => ok(writeUser(await findMember(scope, params.id))),
  )

  api.patch(
    '/users/:id',
    {
      params: ById,
      body: UserPatch,
      about: {
        tag: 'People',
        id: 'changeUser',
        summary: 'Change a member',
        description: 'Admins change anybody, others only their own name and phone. The last active admin stays one (403).',
        one: UserJson,
      },
    },
    async ({ scope, params, body }) => ok(writeUser(await changeMember(scope, params.id, body))),
  )
}
