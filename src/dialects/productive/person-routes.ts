import { refuse } from '../../domain/errors.ts'
import { addParty, changeParty, countParties, findParty, listParties, type Party, type PartyQuery } from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import { findMember, type Member } from '../../domain/user.ts'
import type { Speaker } from '../../http/speak.ts'
import { ById, Document, readDocument } from './body.ts'
import type { Resource } from './document.ts'
import { contactOfPerson, decodePerson, personOfContact } from './ids.ts'
import { answerOne, answerPage } from './include.ts'
import { allMembers } from './organizations.ts'
import { windowOf } from './page.ts'
import { archiveParty, idsIn, oneOf, type PartyFilters, readPartyFilter } from './parties.ts'
import { NewPerson, PersonChange, readPerson, writePerson, writeUserAsPerson } from './people.ts'
import { including, type ListQuery, listing } from './query.ts'

/** Filters of contacts, and what each asks of users; `person_type` (1 user, 2 contact) chooses between the two. */
const filters: PartyFilters = {
  id: (values) => ({ ids: idsIn(values).map(contactOfPerson) }),
  email: (values) => ({ email: oneOf('email', values) }),
  company_id: (values) => ({ companyId: idsIn([oneOf('company_id', values)])[0] ?? 0 }),
  query: (values) => ({ text: oneOf('query', values) }),
  person_type: (values) => (typesIn(values).includes('2') ? {} : undefined),
}
const spec = { type: 'people', filters: new Set(Object.keys(filters)), sorts: new Set<string>() } as const

const typesIn = (values: readonly string[]): string[] => values.flatMap((value) => value.split(','))

const userFilters: Readonly<Record<string, (member: Member, values: readonly string[]) => boolean>> = {
  id: (member, values) => idsIn(values).includes(member.id),
  email: (member, values) => values.some((value) => value.toLowerCase() === member.email),
  company_id: () => false,
  query: (member, values) => values.every((value) => member.name.toLowerCase().includes(value.toLowerCase())),
  person_type: (_member, values) => typesIn(values).includes('1'),
}

const isWanted = (member: Member, filter: ListQuery['filter']): boolean =>
  'op' in filter
    ? filter.terms.every((term) => isWanted(member, term))
    : (userFilters[filter.field]?.(member, filter.values) ?? false)

/** People: first the users, then the contacts, each by id. */
export function openPeople(api: Speaker): void {
  const query = including('people')

  api.get('/api/v2/people', { query: listing(spec) }, async ({ scope, query, req }) => {
    const wanted = readPartyFilter(query, filters)
    const users = (await allMembers(scope)).filter((member) => isWanted(member, query.filter))
    const { offset, limit } = windowOf(query)
    const shown = users.slice(offset, offset + limit)
    const contacts = wanted && ({ ...wanted, kind: 'person' } satisfies Partial<PartyQuery>)
    const window = { offset: Math.max(0, offset - users.length), limit: limit - shown.length }
    const items = contacts && window.limit > 0 ? (await listParties(scope, { ...contacts, ...window })).items : []
    const total = users.length + (contacts ? await countParties(scope, contacts) : 0)
    const resources = [
      ...shown.map((member) => writeUserAsPerson(member, scope.workspace)),
      ...items.map((party) => writePerson(party, scope.workspace)),
    ]
    return answerPage(scope, resources, { ...query, req }, total)
  })

  api.get('/api/v2/people/:id', { params: ById, query }, async ({ scope, params, query }) =>
    answerOne(scope, await findPerson(scope, params.id), query),
  )

  api.post('/api/v2/people', { query, body: Document }, async ({ scope, query, body }) => {
    const draft = readPerson(readDocument(NewPerson, body, 'people'))
    return answerOne(scope, writePerson(await addParty(scope, { ...draft, kind: 'person' }), scope.workspace), query, 201)
  })

  api.patch('/api/v2/people/:id', { params: ById, query, body: Document }, async ({ scope, params, query, body }) => {
    const before = await findContact(scope, params.id)
    const patch = readPerson(readDocument(PersonChange, body, 'people', personOfContact(before.id)), before)
    return answerOne(scope, writePerson(await changeParty(scope, before.id, patch, 'person'), scope.workspace), query)
  })

  for (const [action, isArchived] of [
    ['archive', true],
    ['restore', false],
  ] as const) {
    api.patch(`/api/v2/people/:id/${action}`, { params: ById, query }, async ({ scope, params, query }) => {
      const { id } = await findContact(scope, params.id)
      return answerOne(scope, writePerson(await archiveParty(scope, id, 'person', isArchived), scope.workspace), query)
    })
  }
}

async function findPerson(scope: Scope, id: number): Promise<Resource> {
  const person = decodePerson(id)
  return 'userId' in person
    ? writeUserAsPerson(await findMember(scope, person.userId), scope.workspace)
    : writePerson(await findParty(scope, person.contactId, 'person'), scope.workspace)
}

/** A person that can be written to. Users are looked after elsewhere, so to them nobody may. */
async function findContact(scope: Scope, id: number): Promise<Party> {
  const person = decodePerson(id)
  if ('contactId' in person) return findParty(scope, person.contactId, 'person')
  await findMember(scope, person.userId)
  return refuse({ kind: 'forbidden' })
}
