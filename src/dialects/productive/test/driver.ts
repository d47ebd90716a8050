import type { DealFacts, DealInput, DialectClient, Driver, StageFacts, Told } from '../../../../test/support/driver.ts'
import { exponentOf } from '../../../domain/money.ts'
import { type Answer, type Body, type Caller, caller, doc } from './caller.ts'

export const driver: Driver = {
  name: 'productive',
  // Suites ask what a client can do before there is a workspace.
  connect: ({ origin, workspace: { workspace, token: own }, token = own }) =>
    speakTo(caller({ origin }, { token, organization: workspace?.id ?? 0 })),
}

/** What a client has to have included to tell a deal. */
const told = 'include=deal_status,responsible,lost_reason'

function speakTo(pd: Caller): DialectClient {
  const facts = (answer: Answer): Told<DealFacts> =>
    answer.status < 300 ? { ok: true, value: readDeal(answer.body.data, linked(answer.body.included)) } : failed(answer)
  const change = async (id: number, attributes: object, relations = {}): Promise<Told<DealFacts>> =>
    facts(await pd.patch(`/deals/${id}?${told}`, doc('deals', attributes, relations)))

  /** Productive has no calls for winning and losing: the deal goes to a stage of that status of its own pipeline. */
  const moveTo = async (id: number, statusId: number, reason?: string): Promise<Told<DealFacts>> => {
    const deal = await pd.get(`/deals/${id}?include=deal_status.pipeline`)
    if (deal.status !== 200) return failed(deal)
    const here: Body = deal.body.included.find(({ type }: Body) => type === 'deal_statuses')
    if (here.attributes.status_id === statusId) return change(id, {})
    const pipeline = here.relationships.pipeline.data.id
    const [to] = await everything(
      pd,
      `/deal_statuses?filter[pipeline_id]=${pipeline}&filter[status_id]=${statusId}&sort=position`,
    )
    // A stage that wants to know why is told so.
    const why = reason ?? (to.attributes.lost_reason_enabled ? 'Not said' : undefined)
    return change(id, {
      deal_status_id: Number(to.id),
      ...(why !== undefined && { lost_reason_id: await reasonNamed(pd, why) }),
    })
  }

  return {
    listStages: async (pipelineId) => {
      const filter = pipelineId === undefined ? '' : `&filter[pipeline_id]=${pipelineId}`
      return (await everything(pd, `/deal_statuses?include=pipeline&sort=pipeline_id,position${filter}`)).map(readStage)
    },
    listPipelines: async () =>
      (await everything(pd, '/pipelines?sort=position')).map(({ id, attributes }) => ({ id: Number(id), name: attributes.name })),
    listDeals: async ({ stageId, outcome } = {}) => {
      const filters = [
        stageId === undefined ? '' : `&filter[deal_status_id]=${stageId}`,
        outcome === undefined ? '' : `&filter[stage_status_id]=${{ open: '1', won: '2,4', lost: '3' }[outcome]}`,
      ]
      const found: DealFacts[] = []
      await everything(pd, `/deals?${told}${filters.join('')}`, ({ data, included }) => {
        const links = linked(included)
        found.push(...data.map((deal: Body) => readDeal(deal, links)))
      })
      return found
    },
    getDeal: async (id) => facts(await pd.get(`/deals/${id}?${told}`)),
    showDeal: (id) => pd.get(`/deals/${id}?${told},company,contact,creator`),
    createDeal: async ({ contactId, ...input }) => {
      const [me] = (await pd.get('/organization_memberships?include=person')).body.data
      const relations = {
        company: ['companies', await someCompany(pd)],
        responsible: ['people', me.relationships.person.data.id],
        ...(contactId !== undefined && { contact: ['people', personOf(contactId)] as const }),
      } as const
      return facts(await pd.post(`/deals?${told}`, doc('deals', writeInput(input), relations)))
    },
    changeDeal: async (id, input) => {
      const { body } = await pd.get(`/deals/${id}`)
      return change(id, writeInput(input, body.data?.attributes.currency))
    },
    moveDeal: (id, stageId) => change(id, {}, { deal_status: ['deal_statuses', stageId] }),
    winDeal: (id) => moveTo(id, 2),
    loseDeal: (id, reason) => moveTo(id, 3, reason),
    reopenDeal: (id) => moveTo(id, 1),
    deleteDeal: async (id) => done(await pd.delete(`/deals/${id}`)),
    addStage: async ({ pipelineId, name }) =>
      stageTold(
        await pd.post('/deal_statuses?include=pipeline', doc('deal_statuses', { name }, { pipeline: ['pipelines', pipelineId] })),
      ),
    renameStage: async (id, name) =>
      stageTold(await pd.patch(`/deal_statuses/${id}?include=pipeline`, doc('deal_statuses', { name }))),
    keepsUsedStages: true,
    deleteStage: async (id) => done(await pd.delete(`/deal_statuses/${id}`)),
    addPipeline: async (name) => {
      const answer = await pd.post('/pipelines', doc('pipelines', { name }))
      return answer.status === 201
        ? { ok: true, value: { id: Number(answer.body.data.id), name: answer.body.data.attributes.name } }
        : failed(answer)
    },
    withId: (kind, id) =>
      callsWith(kind, id).map(([method, path, body]) => ({
        name: `${method} ${path.replace(String(idOnWire(kind, id)), 'ID')}`,
        send: async () => {
          const answer = await pd.send(method, path, { body })
          // Links repeat the id that was asked for.
          const { links: _, ...rest } = answer.body ?? {}
          return { status: answer.status, body: rest }
        },
      })),
  }
}

const failed = ({ status, body }: Answer): Told<never> => ({ ok: false, status, body })
const done = (answer: Answer): Told<void> => (answer.status === 204 ? { ok: true, value: undefined } : failed(answer))
const stageTold = (answer: Answer): Told<StageFacts> =>
  answer.status < 300 ? { ok: true, value: readStage(answer.body.data) } : failed(answer)

/** Every page, as the vendor's clients do: as long as there is a next one. */
async function everything(pd: Caller, path: string, onPage: (body: Body) => void = () => {}): Promise<Body[]> {
  const rows: Body[] = []
  const joiner = path.includes('?') ? '&' : '?'
  for (let next: string | undefined = `${path}${joiner}page[size]=200`; next; ) {
    const { body }: Answer = await pd.get(next)
    onPage(body)
    rows.push(...body.data)
    next = body.links.next?.split('/api/v2')[1]
  }
  return rows
}

type Links = ReadonlyMap<string, Body>

const linked = (included: readonly Body[] = []): Links =>
  new Map(included.map((resource) => [`${resource.type}/${resource.id}`, resource]))

const outcomes: Readonly<Record<number, DealFacts['outcome']>> = { 1: 'open', 2: 'won', 3: 'lost', 4: 'won' }

/** Of a deal's probability Productive shows what it comes to, not whether it is the deal's own. */
function readDeal({ id, attributes, relationships }: Body, links: Links): DealFacts {
  const at = (name: string): Body => {
    const link = relationships[name].data
    return link === null ? undefined : links.get(`${link.type}/${link.id}`)
  }
  const stage = at('deal_status')
  return {
    id: Number(id),
    title: attributes.name,
    value: attributes.revenue / 10 ** exponentOf(attributes.currency),
    currency: attributes.currency,
    stageId: Number(stage.id),
    outcome: outcomes[stage.attributes.status_id] ?? 'open',
    ownerId: Number(relationships.responsible.data.id),
    lossReason: at('lost_reason')?.attributes.name ?? attributes.lost_comment,
    tags: attributes.tag_list,
  }
}

const readStage = ({ id, attributes, relationships }: Body): StageFacts => ({
  id: Number(id),
  name: attributes.name,
  pipelineId: Number(relationships.pipeline.data.id),
  kind: outcomes[attributes.status_id] ?? 'open',
  probability: attributes.probability_enabled ? attributes.probability : null,
})

/** Productive counts in cents, whatever a currency's smaller coin is called, and has no word for the day a deal should close. */
function writeInput({ title, value, currency, stageId, probability }: DealInput, known = 'USD'): object {
  const cents = value === undefined ? undefined : Math.round(value * 10 ** exponentOf(currency ?? known))
  return { name: title, deal_value: cents, currency, deal_status_id: stageId, probability }
}

/** A deal needs a company. */
async function someCompany(pd: Caller): Promise<string> {
  const [known] = (await pd.get('/companies?page[size]=1')).body.data
  return (known ?? (await pd.post('/companies', doc('companies', { name: 'Somebody' }))).body.data).id
}

/** The reason of this name, made if there is none. */
async function reasonNamed(pd: Caller, name: string): Promise<number> {
  const known = (await everything(pd, '/lost_reasons')).find(({ attributes }) => attributes.name === name)
  return Number((known ?? (await pd.post('/lost_reasons', doc('lost_reasons', { name }))).body.data).id)
}

type Kind = Parameters<DialectClient['withId']>[0]

/** Contacts are people, above all users. */
const personOf = (contactId: number): number => 1_000_000_000 + contactId

const idOnWire = (kind: Kind, id: number): number => (kind === 'contact' ? personOf(id) : id)

/** Every call that takes an id of this kind, in its path, a filter or a relation. */
function callsWith(kind: Kind, given: number): [method: string, path: string, body?: object][] {
  const id = idOnWire(kind, given)
  const renamed = (type: string) => doc(type, { name: 'Taken' })
  const newDeal = (relation: string, type: string): [string, string, object] => [
    'POST',
    '/deals',
    doc('deals', { name: 'Put in' }, { [relation]: [type, id] }),
  ]
  const found = (list: string, filter: string): [string, string] => ['GET', `/${list}?filter[${filter}]=${id}`]
  switch (kind) {
    case 'deal':
      return [
        ['GET', `/deals/${id}`],
        ['PATCH', `/deals/${id}`, renamed('deals')],
        ['DELETE', `/deals/${id}`],
        ['GET', `/deleted_items/${id}`],
        ['PATCH', `/deleted_items/${id}/restore`],
        found('deals', 'id'),
        found('deleted_items', 'id'),
      ]
    case 'stage':
      return [
        ['GET', `/deal_statuses/${id}`],
        ['PATCH', `/deal_statuses/${id}`, renamed('deal_statuses')],
        ['PATCH', `/deal_statuses/${id}/archive`],
        ['PATCH', '/deal_statuses/merge', { winner_id: id, loser_id: id }],
        ['DELETE', `/deal_statuses/${id}`],
        newDeal('deal_status', 'deal_statuses'),
        found('deal_statuses', 'id'),
        found('deals', 'status_id'),
      ]
    case 'pipeline':
      return [
        ['GET', `/pipelines/${id}`],
        ['PATCH', `/pipelines/${id}`, renamed('pipelines')],
        ['DELETE', `/pipelines/${id}`],
        ['POST', '/deal_statuses', doc('deal_statuses', { name: 'Put in' }, { pipeline: ['pipelines', id] })],
        found('pipelines', 'id'),
        found('deal_statuses', 'pipeline_id'),
        found('deals', 'pipeline_id'),
      ]
    case 'contact':
      return [
        ['GET', `/people/${id}`],
        ['PATCH', `/people/${id}`, doc('people', { first_name: 'Taken' })],
        ['PATCH', `/people/${id}/archive`],
        ['PATCH', `/people/${id}/restore`],
        newDeal('contact', 'people'),
        found('people', 'id'),
        found('deals', 'contact_id'),
      ]
    case 'company':
      return [
        ['GET', `/companies/${id}`],
        ['PATCH', `/companies/${id}`, renamed('companies')],
        ['PATCH', `/companies/${id}/archive`],
        ['PATCH', `/companies/${id}/restore`],
        ['DELETE', `/companies/${id}`],
        ['POST', '/people', doc('people', { first_name: 'Put in' }, { company: ['companies', id] })],
        newDeal('company', 'companies'),
        found('companies', 'id'),
        found('people', 'company_id'),
        found('deals', 'company_id'),
      ]
    case 'user':
      return [
        ['GET', `/users/${id}`],
        ['GET', `/people/${id}`],
        ['PATCH', `/people/${id}`, doc('people', { first_name: 'Taken' })],
        ['GET', `/organization_memberships/${id}`],
        newDeal('responsible', 'people'),
        found('users', 'id'),
        found('people', 'id'),
        found('deals', 'responsible_id'),
        found('deals', 'creator_id'),
      ]
    case 'loss_reason':
      return [
        ['GET', `/lost_reasons/${id}`],
        ['PATCH', `/lost_reasons/${id}`, renamed('lost_reasons')],
        ['PATCH', `/lost_reasons/${id}/archive`],
        newDeal('lost_reason', 'lost_reasons'),
        found('lost_reasons', 'id'),
        found('deals', 'lost_reason_id'),
      ]
  }
}
