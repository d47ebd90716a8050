import type { Page } from '../domain/page.ts'
import type { Store } from '../domain/store.ts'
import type { Member, MemberQuery } from '../domain/user.ts'
import type { Workspace } from '../domain/workspace.ts'
import { inList, param, type Session, statement, type Value } from './engine.ts'
import { noteRevision } from './revisions.ts'
import { type Columns, type Db, identify, insertRow, one, shaped } from './rows.ts'
import { flag, type MembershipRow, type UserRow, type WorkspaceRow } from './schema.ts'
import { sql } from './sql.ts'

/** Workspaces, and the people in them. */

const toWorkspace = (row: WorkspaceRow): Workspace => ({
  id: row.id,
  uuid: row.uuid,
  name: row.name,
  subdomain: row.subdomain,
  currency: row.currency,
  timeZone: row.time_zone,
  locale: row.locale,
  features: JSON.parse(row.features),
  rates: JSON.parse(row.rates),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const fromWorkspace = (workspace: Workspace): WorkspaceRow => ({
  id: workspace.id,
  uuid: workspace.uuid,
  name: workspace.name,
  subdomain: workspace.subdomain,
  currency: workspace.currency,
  time_zone: workspace.timeZone,
  locale: workspace.locale,
  features: JSON.stringify(workspace.features),
  rates: JSON.stringify(workspace.rates),
  created_at: workspace.createdAt,
  updated_at: workspace.updatedAt,
})

const workspaceById = statement<WorkspaceRow>(() => sql`select * from workspace where id = ${param('workspace')}`)

const saveWorkspace = statement(
  () =>
    sql`update workspace set name = ${param('name')}, currency = ${param('currency')}, time_zone = ${param('time_zone')},
      locale = ${param('locale')}, features = ${param('features')}, rates = ${param('rates')}, updated_at = ${param('updated_at')}
      where id = ${param('id')}`,
)

export const workspaceTable = (db: Db): Store['workspace'] => ({
  get: async () => {
    const workspace = await one(db, workspaceById, toWorkspace)
    if (!workspace) throw new Error(`workspace ${db.workspaceId} is gone`)
    return workspace
  },
  save: async (workspace) => {
    await db.session.run(saveWorkspace, fromWorkspace(workspace) as unknown as Columns)
    await noteRevision(db, 'workspace')
  },
})

export type MemberRow = UserRow & Omit<MembershipRow, 'workspace_id' | 'user_id'>

const toMember = (row: MemberRow): Member => ({
  id: row.id,
  uuid: row.uuid,
  name: row.name,
  email: row.email,
  phone: row.phone,
  role: row.role as Member['role'],
  isActive: row.is_active === 1,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  joinedAt: row.joined_at,
})

const memberColumns = sql`"user".id, "user".uuid, "user".email, membership.name, membership.phone, membership.role, membership.is_active,
  membership.created_at, membership.updated_at, membership.joined_at`

/** A member with the workspace they are a member of. */
export type HomeRow = MemberRow & { [column in keyof WorkspaceRow as `w_${column}`]: WorkspaceRow[column] }

export const homeColumns = sql`${memberColumns},
  workspace.id as w_id, workspace.uuid as w_uuid, workspace.name as w_name, workspace.subdomain as w_subdomain,
  workspace.currency as w_currency, workspace.time_zone as w_time_zone, workspace.locale as w_locale,
  workspace.features as w_features, workspace.rates as w_rates, workspace.created_at as w_created_at, workspace.updated_at as w_updated_at`

export const toHome = (row: HomeRow): { workspace: Workspace; user: Member } => ({
  workspace: toWorkspace({
    id: row.w_id,
    uuid: row.w_uuid,
    name: row.w_name,
    subdomain: row.w_subdomain,
    currency: row.w_currency,
    time_zone: row.w_time_zone,
    locale: row.w_locale,
    features: row.w_features,
    rates: row.w_rates,
    created_at: row.w_created_at,
    updated_at: row.w_updated_at,
  }),
  user: toMember(row),
})

const fromMembership = sql`from membership join "user" on "user".id = membership.user_id`

const memberById = statement<MemberRow>(
  () =>
    sql`select ${memberColumns} ${fromMembership} where membership.workspace_id = ${param('workspace')} and membership.user_id = ${param('id')}`,
)

const memberByUuid = statement<MemberRow>(
  () =>
    sql`select ${memberColumns} ${fromMembership} where membership.workspace_id = ${param('workspace')} and "user".uuid = ${param('uuid')}`,
)

const memberByEmail = statement<MemberRow>(
  () =>
    sql`select ${memberColumns} ${fromMembership} where membership.workspace_id = ${param('workspace')} and "user".email = ${param('email')}`,
)

const userByEmail = statement<UserRow>(() => sql`select * from "user" where email = ${param('email')}`)

const saveMembership = statement(
  () =>
    sql`update membership set name = ${param('name')}, phone = ${param('phone')}, role = ${param('role')}, is_active = ${param('active')},
      updated_at = ${param('at')} where workspace_id = ${param('workspace')} and user_id = ${param('user')}`,
)

const join = statement(
  () =>
    sql`update membership set joined_at = ${param('at')}
      where workspace_id = ${param('workspace')} and user_id = ${param('user')} and joined_at is null`,
)

const countAdmins = statement<{ n: number }>(
  () => sql`select count(*) as n from membership where workspace_id = ${param('workspace')} and role = 'admin' and is_active = 1`,
)

/** A text to find with `like`, its own wildcards taken literally. */
const contained = (text: string): string => `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`

async function listMembers(db: Db, query: MemberQuery): Promise<Page<Member>> {
  const { ids, email, name, text, role, isActive, limit, after, offset = 0 } = query
  const filters = [
    ids && {
      name: 'ids',
      where: inList(db.engine.kind, sql`membership.user_id`, 'ids'),
      value: JSON.stringify(ids.filter(Number.isSafeInteger)),
    },
    email !== undefined && { name: 'email', where: sql`"user".email = ${param('email')}`, value: email.toLowerCase() },
    name !== undefined && { name: 'name', where: sql`membership.name = ${param('name')}`, value: name },
    text !== undefined && {
      name: 'text',
      where: sql`(lower(membership.name) like ${param('text')} escape '\\' or "user".email like ${param('text')} escape '\\')`,
      value: contained(text),
    },
    role !== undefined && { name: 'role', where: sql`membership.role = ${param('role')}`, value: role },
    isActive !== undefined && { name: 'active', where: sql`membership.is_active = ${param('active')}`, value: flag(isActive) },
    after && { name: 'after', where: sql`membership.user_id > ${param('after')}`, value: after.id },
  ].filter((filter) => filter !== false && filter !== undefined)
  const statementOf = shaped<MemberRow>(`members ${filters.map((filter) => filter.name)}`, () => {
    const where = [sql`membership.workspace_id = ${param('workspace')}`, ...filters.map((filter) => filter.where)]
    return sql`select ${memberColumns} ${fromMembership} where ${sql.join(where, ' and ')} order by membership.user_id limit ${param('limit')} offset ${param('offset')}`
  })
  const values: Record<string, Value> = { workspace: db.workspaceId, limit: limit + 1, offset }
  for (const filter of filters) values[filter.name] = filter.value
  const rows = await db.session.all(statementOf, values)
  return pageById(rows.map(toMember), limit)
}

/** A page in order of id from one row more than it holds. */
export function pageById<T extends { id: number }>(rows: readonly T[], limit: number): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { value: last.id, id: last.id } : null }
}

export const memberTable = (db: Db): Store['members'] => ({
  get: (id) => (Number.isSafeInteger(id) ? one(db, memberById, toMember, { id }) : Promise.resolve(undefined)),
  byUuid: (uuid) => one(db, memberByUuid, toMember, { uuid }),
  byEmail: (email) => one(db, memberByEmail, toMember, { email }),
  list: (query) => listMembers(db, query),
  add: async ({ name, email, phone, role }, at) => {
    const { session, workspaceId } = db
    const known = await session.one(userByEmail, { email })
    const user: UserRow = known ?? { ...(await identify(db, 'user')), email }
    if (!known) await insertRow(db, 'user', user as unknown as Columns)
    const row: MembershipRow = {
      workspace_id: workspaceId,
      user_id: user.id,
      name,
      phone,
      role,
      is_active: 1,
      created_at: at,
      updated_at: at,
      joined_at: null,
    }
    await insertRow(db, 'membership', row as unknown as Columns)
    await noteRevision(db, 'users')
    return toMember({ ...row, ...user })
  },
  save: async (member) => {
    await db.session.run(saveMembership, {
      workspace: db.workspaceId,
      user: member.id,
      name: member.name,
      phone: member.phone,
      at: member.updatedAt,
      role: member.role,
      active: flag(member.isActive),
    })
    await noteRevision(db, 'users')
  },
  join: async (id, at) => db.session.run(join, { workspace: db.workspaceId, user: id, at }),
  activeAdmins: async () => (await db.session.one(countAdmins, { workspace: db.workspaceId }))?.n ?? 0,
})

const workspaces = statement<WorkspaceRow>(() => sql`select * from workspace order by id`)
const workspaceBySubdomain = statement<WorkspaceRow>(() => sql`select * from workspace where subdomain = ${param('subdomain')}`)

export const allWorkspaces = async (session: Session): Promise<readonly Workspace[]> =>
  (await session.all(workspaces, {})).map(toWorkspace)

export async function findWorkspace(session: Session, subdomain: string): Promise<Workspace | undefined> {
  const row = await session.one(workspaceBySubdomain, { subdomain })
  return row && toWorkspace(row)
}

export async function insertWorkspace(session: Session, draft: Omit<Workspace, 'id' | 'uuid'>): Promise<Workspace> {
  const workspace: Workspace = { ...(await identify({ session }, 'workspace')), ...draft }
  await session.hold(workspace.id, 'alone')
  await insertRow({ session }, 'workspace', fromWorkspace(workspace) as unknown as Columns)
  return workspace
}
