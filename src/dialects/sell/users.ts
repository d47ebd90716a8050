import { z } from 'zod'
import type { Scope } from '../../domain/scope.ts'
import { findMember, listMembers, type Member, type Role, roles } from '../../domain/user.ts'
import type { Speaker } from '../../http/speak.ts'
import { byId, noQuery } from './fields.ts'
import { idList, many, number, paging, type SortKey, slice, sortBy, wholeList, yesOrNo } from './paging.ts'
import { item, moment, one } from './wire.ts'

const sorts: Readonly<Record<string, SortKey<Member>>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  email: ({ email }) => email,
  created_at: ({ createdAt }) => createdAt,
  updated_at: ({ updatedAt }) => updatedAt,
}

const UserQuery = z.strictObject({
  ...paging,
  sort_by: sortBy(sorts).default([]),
  ids: idList.optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  role: z.enum(['user', 'admin']).optional(),
  role_id: number.optional(),
  status: z.enum(['active', 'inactive']).optional(),
  confirmed: yesOrNo.optional(),
  zendesk_user_ids: z.string().optional(),
})

/** Read-only: people are invited in the vendor's web application. */
export function mountUsers(api: Speaker): void {
  api.get('/v2/users', { query: UserQuery }, async ({ scope, query, req }) => {
    const { sort_by, page, per_page, email, ...filter } = query
    const members = await wholeList((window) => listMembers(scope, { ...window, email }))
    const users = members.filter((member) => matches(member, filter))
    const { items, hasMore } = slice(users, { page, per_page, sort: sort_by })
    const timezone = timezoneOf(scope)
    return many(req, query, { items: items.map((user) => item('user', writeUser(user, timezone))), hasMore })
  })

  api.get('/v2/users/self', { query: noQuery }, async ({ scope }) => one('user', writeUser(scope.user, timezoneOf(scope))))

  api.get('/v2/users/:id', { params: byId, query: noQuery }, async ({ scope, params }) =>
    one('user', writeUser(await findMember(scope, params.id), timezoneOf(scope))),
  )

  api.get('/v2/accounts/self', { query: noQuery }, async ({ scope }) => one('account', writeAccount(scope)))
}

type Filter = Omit<z.output<typeof UserQuery>, 'sort_by' | 'page' | 'per_page' | 'email'>

const matches = (member: Member, { ids, name, role, role_id, status, confirmed, zendesk_user_ids }: Filter): boolean =>
  (ids === undefined || ids.includes(member.id)) &&
  (name === undefined || member.name === name) &&
  (role === undefined || roleOf(member) === role) &&
  (role_id === undefined || roleId(member.role) === role_id) &&
  (status === undefined || statusOf(member) === status) &&
  // Nobody here is invited and not there yet, and nobody is known to Zendesk by a number.
  confirmed !== false &&
  zendesk_user_ids === undefined

const roleOf = ({ role }: Member) => (role === 'admin' ? 'admin' : 'user')
const statusOf = ({ isActive }: Member) => (isActive ? 'active' : 'inactive')
const roleId = (role: Role): number => roles.indexOf(role) + 1

/** As the vendor shows one. */
export const writeUser = (user: Member, timezone: string) => ({
  id: user.id,
  name: user.name,
  email: user.email,
  status: statusOf(user),
  invited: false,
  confirmed: true,
  phone_number: user.phone,
  role: roleOf(user),
  // Sell has two roles and any number of permission sets beside them; our four are shown as those.
  roles: [{ id: roleId(user.role), name: user.role[0]?.toUpperCase() + user.role.slice(1) }],
  team_name: null,
  group: null,
  reports_to: null,
  timezone,
  zendesk_user_id: null,
  created_at: moment(user.createdAt),
  updated_at: moment(user.updatedAt),
  deleted_at: null,
})

const writeAccount = (scope: Scope) => ({
  id: scope.workspace.id,
  name: scope.workspace.name,
  currency: scope.workspace.currency,
  time_format: clockOf(scope.workspace.locale),
  timezone: timezoneOf(scope),
  phone: null,
  created_at: moment(scope.workspace.createdAt),
  updated_at: moment(scope.workspace.updatedAt),
})

const clockOf = (locale: string): '12H' | '24H' =>
  new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12 ? '12H' : '24H'

/** `UTC+02:00`: the distance of the account's zone from UTC, as it is now. */
export function timezoneOf({ workspace: { timeZone }, now }: Scope): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(now())
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  return name === 'GMT' ? 'UTC+00:00' : name.replace('GMT', 'UTC')
}
