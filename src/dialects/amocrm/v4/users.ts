import type { Scope } from '../../../domain/scope.ts'
import { findMember, type Member } from '../../../domain/user.ts'
import type { Speaker } from '../../../http/speak.ts'
import { isAdmin, languageOf, membersOf, rightsOf } from '../account.ts'
import { ById, Query, several } from '../input.ts'
import { empty, hal } from '../wire.ts'
import { baseOf, pageLinks, readPaging, self } from './links.ts'

function writeUser({ workspace }: Scope, member: Member, base: string, beside: ReadonlySet<string>) {
  const { view, write } = rightsOf(member)
  const entity = { view, edit: write, add: write, delete: write, export: view }
  return {
    id: member.id,
    name: member.name,
    email: member.email,
    lang: languageOf(workspace),
    rights: {
      leads: entity,
      contacts: entity,
      companies: entity,
      tasks: { edit: 'D', delete: 'D' },
      mail_access: false,
      catalog_access: false,
      status_rights: null,
      is_admin: isAdmin(member),
      is_free: false,
      is_active: member.isActive,
      group_id: null,
      role_id: null,
    },
    ...(beside.has('uuid') ? { uuid: member.uuid } : {}),
    ...self(`${base}/users/${member.id}`),
    // Roles and groups are not kept here; they are there, empty, where they were asked for.
    _embedded: { ...(beside.has('role') ? { roles: [] } : {}), ...(beside.has('group') ? { groups: [] } : {}) },
  }
}

export function openUsers(api: Speaker): void {
  api.get('/api/v4/users', { query: Query }, async ({ req, scope, query }) => {
    const paging = readPaging(query)
    const members = await membersOf(scope)
    const first = (paging.page - 1) * paging.limit
    const page = members.slice(first, first + paging.limit)
    if (page.length === 0) return empty
    const beside = new Set(several(query.with))
    return hal({
      _total_items: members.length,
      _page: paging.page,
      _page_count: Math.ceil(members.length / paging.limit),
      _links: pageLinks(req, paging, first + page.length < members.length),
      _embedded: { users: page.map((member) => writeUser(scope, member, baseOf(req), beside)) },
    })
  })

  api.get('/api/v4/users/:id', { params: ById, query: Query }, async ({ req, scope, params, query }) =>
    hal(writeUser(scope, await findMember(scope, params.id), baseOf(req), new Set(several(query.with)))),
  )
}
