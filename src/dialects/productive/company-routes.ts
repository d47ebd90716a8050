import {
  addParty,
  changeParty,
  countParties,
  deleteParty,
  findParty,
  listParties,
  type Party,
  type PartySort,
} from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Speaker } from '../../http/speak.ts'
import { ById, Document, readDocument } from './body.ts'
import { CompanyChange, NewCompany, readCompany, writeCompany } from './companies.ts'
import { type Includes, noContent } from './document.ts'
import { answerOne, answerPage } from './include.ts'
import { windowOf } from './page.ts'
import { archiveParty, idsIn, oneOf, type PartyFilters, readPartyFilter, readPartySort } from './parties.ts'
import { including, listing } from './query.ts'

const filters: PartyFilters = {
  id: (values) => ({ ids: idsIn(values) }),
  company_id: (values) => ({ ids: idsIn(values) }),
  name: (values) => ({ name: oneOf('name', values) }),
  query: (values) => ({ text: oneOf('query', values) }),
}
const sorts: Readonly<Record<string, PartySort>> = { name: 'name', created_at: 'createdAt', last_activity_at: 'updatedAt' }
const spec = { type: 'companies', filters: new Set(Object.keys(filters)), sorts: new Set(Object.keys(sorts)) } as const

export function openCompanies(api: Speaker): void {
  const query = including('companies')
  const answer = (scope: Scope, company: Party, includes: Includes, status = 200) =>
    answerOne(scope, writeCompany(company, scope.workspace), includes, status)

  api.get('/api/v2/companies', { query: listing(spec) }, async ({ scope, query, req }) => {
    const wanted = readPartyFilter(query, filters)
    const filter = { ...wanted, kind: 'company', sort: readPartySort(query, sorts) } as const
    const items = wanted ? (await listParties(scope, { ...filter, ...windowOf(query) })).items : []
    const total = wanted ? await countParties(scope, filter) : 0
    const resources = items.map((company) => writeCompany(company, scope.workspace))
    return answerPage(scope, resources, { ...query, req }, total)
  })

  api.get('/api/v2/companies/:id', { params: ById, query }, async ({ scope, params, query }) =>
    answer(scope, await findParty(scope, params.id, 'company'), query),
  )

  api.post('/api/v2/companies', { query, body: Document }, async ({ scope, query, body }) => {
    const draft = readCompany(readDocument(NewCompany, body, 'companies'))
    return answer(scope, await addParty(scope, { ...draft, kind: 'company' }), query, 201)
  })

  api.patch('/api/v2/companies/:id', { params: ById, query, body: Document }, async ({ scope, params, query, body }) => {
    const { id } = await findParty(scope, params.id, 'company')
    const patch = readCompany(readDocument(CompanyChange, body, 'companies', id))
    return answer(scope, await changeParty(scope, id, patch, 'company'), query)
  })

  for (const [action, isArchived] of [
    ['archive', true],
    ['restore', false],
  ] as const) {
    api.patch(`/api/v2/companies/:id/${action}`, { params: ById, query }, async ({ scope, params, query }) =>
      answer(scope, await archiveParty(scope, params.id, 'company', isArchived), query),
    )
  }

  api.delete('/api/v2/companies/:id', { params: ById }, async ({ scope, params }) => {
    await deleteParty(scope, params.id, 'company')
    return noContent
  })
}
