import { refuse } from '../../domain/errors.ts'
import { findMember, type Member } from '../../domain/user.ts'
import type { Speaker } from '../../http/speak.ts'
import { ById } from './body.ts'
import { answerOne, answerPage } from './include.ts'
import { allMembers, writeMembership, writeOrganization, writeUser } from './organizations.ts'
import { pageOf } from './page.ts'
import { including, listing } from './query.ts'
import { type Selection, select, specOf } from './select.ts'

const byId = [{ by: 'id', descending: false }] as const

const users: Selection<Member> = {
  type: 'users',
  filters: {
    id: { kind: 'number', of: ({ id }) => id },
    email: { kind: 'text', of: ({ email }) => email },
  },
  sorts: { id: ({ id }) => id },
  order: byId,
}

const memberships: Selection<{ member: Member; organizationId: number }> = {
  type: 'organization_memberships',
  filters: {
    id: { kind: 'number', of: ({ member }) => member.id },
    organization_id: { kind: 'number', of: ({ organizationId }) => organizationId },
  },
  sorts: { id: ({ member }) => member.id },
  order: byId,
}

const organizations: Selection<{ id: number }> = {
  type: 'organizations',
  filters: { id: { kind: 'number', of: ({ id }) => id } },
  sorts: { id: ({ id }) => id },
  order: byId,
}

/** Who is here: organizations, users, and what ties them together. A token shows one organization and the membership of its owner. */
export function openOrganizations(api: Speaker): void {
  api.get('/api/v2/organizations', { query: listing(specOf(organizations)) }, async ({ scope, query, req }) => {
    const found = select([scope.workspace], query, organizations)
    const resources = pageOf(found, query).map(() => writeOrganization(scope.workspace))
    return answerPage(scope, resources, { ...query, req }, found.length)
  })

  api.get('/api/v2/organizations/:id', { params: ById, query: including('organizations') }, async ({ scope, params, query }) => {
    own(scope.workspace.id, params.id)
    return answerOne(scope, writeOrganization(scope.workspace), query)
  })

  api.get('/api/v2/organization_memberships', { query: listing(specOf(memberships)) }, async ({ scope, query, req }) => {
    const found = select([{ member: scope.user, organizationId: scope.workspace.id }], query, memberships)
    const resources = pageOf(found, query).map(({ member }) => writeMembership(member, scope.workspace))
    return answerPage(scope, resources, { ...query, req }, found.length)
  })

  api.get(
    '/api/v2/organization_memberships/:id',
    { params: ById, query: including('organization_memberships') },
    async ({ scope, params, query }) => {
      own(scope.user.id, params.id)
      return answerOne(scope, writeMembership(scope.user, scope.workspace), query)
    },
  )

  api.get('/api/v2/users', { query: listing(specOf(users)) }, async ({ scope, query, req }) => {
    const found = select(await allMembers(scope), query, users)
    const resources = pageOf(found, query).map((member) => writeUser(member, scope.workspace))
    return answerPage(scope, resources, { ...query, req }, found.length)
  })

  api.get('/api/v2/users/:id', { params: ById, query: including('users') }, async ({ scope, params, query }) =>
    answerOne(scope, writeUser(await findMember(scope, params.id), scope.workspace), query),
  )
}

/** Another organization, or another's membership, is nothing that this token can see. */
function own(id: number, asked: number): void {
  if (asked !== id) refuse({ kind: 'not_found', what: 'workspace' })
}
