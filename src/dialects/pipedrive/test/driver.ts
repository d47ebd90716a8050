import type { DealFacts, DealInput, DialectClient, Driver, StageFacts, Told } from '../../../../test/support/driver.ts'
import { type Caller, caller, type Item, type Reply } from './caller.ts'

/** Speaks v2, as the vendor's own client does. */
export const driver: Driver = {
  name: 'pipedrive',
  connect: ({ origin, workspace, token = workspace.token }) => speakTo(caller({ origin }, { token })),
}

const speakTo = (pd: Caller): DialectClient => ({
  listStages: async (pipelineId) =>
    (
      await pd.all(`/api/v2/stages?sort_by=order_nr&limit=500${pipelineId === undefined ? '' : `&pipeline_id=${pipelineId}`}`)
    ).items.map(readStage),
  listPipelines: async () =>
    (await pd.all('/api/v2/pipelines?limit=500')).items.map(({ id, name }) => ({ id, name: String(name) })),
  listDeals: async ({ stageId, outcome } = {}) => {
    const query = [
      'limit=500',
      ...(stageId === undefined ? [] : [`stage_id=${stageId}`]),
      ...(outcome === undefined ? [] : [`status=${outcome}`]),
    ]
    return (await pd.all(`/api/v2/deals?${query.join('&')}`)).items.map(readDeal)
  },
  getDeal: async (id) => deal(await pd.get(`/api/v2/deals/${id}`)),
  createDeal: async ({ contactId, ...input }) =>
    deal(await pd.post('/api/v2/deals', { ...writeDeal(input), ...(contactId === undefined ? {} : { person_id: contactId }) })),
  changeDeal: async (id, input) => deal(await pd.patch(`/api/v2/deals/${id}`, writeDeal(input))),
  moveDeal: async (id, stageId) => deal(await pd.patch(`/api/v2/deals/${id}`, { stage_id: stageId })),
  winDeal: async (id) => deal(await pd.patch(`/api/v2/deals/${id}`, { status: 'won' })),
  loseDeal: async (id, reason) =>
    deal(await pd.patch(`/api/v2/deals/${id}`, { status: 'lost', ...(reason === undefined ? {} : { lost_reason: reason }) })),
  reopenDeal: async (id) => deal(await pd.patch(`/api/v2/deals/${id}`, { status: 'open' })),
  deleteDeal: async (id) => told(await pd.delete(`/api/v2/deals/${id}`), () => undefined),
  addStage: async ({ pipelineId, name }) => told(await pd.post('/api/v2/stages', { name, pipeline_id: pipelineId }), readStage),
  renameStage: async (id, name) => told(await pd.patch(`/api/v2/stages/${id}`, { name }), readStage),
  deleteStage: async (id) => told(await pd.delete(`/api/v2/stages/${id}`), () => undefined),
  addPipeline: async (name) =>
    told(await pd.post('/api/v2/pipelines', { name }), (data) => ({ id: data.id, name: String(data.name) })),
  withId: (kind, id) =>
    calls[kind].map((call) => ({
      name: call,
      send: async () => {
        const [method = 'GET', path = '', body] = call.replaceAll('#', String(id)).split(' ')
        const answer = await pd.send(method, path, body === undefined ? undefined : JSON.parse(body))
        return { status: answer.status, body: answer.body }
      },
    })),
})

/** Every call that takes somebody's id, the id as `#`. Loss reasons have none: here they are texts. */
const calls: Readonly<Record<Parameters<DialectClient['withId']>[0], readonly string[]>> = {
  deal: [
    'GET /api/v2/deals/#',
    'PATCH /api/v2/deals/# {"title":"Mine"}',
    'PATCH /api/v2/deals/# {"is_deleted":false}',
    'DELETE /api/v2/deals/#',
    'GET /api/v2/deals?ids=#&status=open,won,lost,deleted',
    'GET /api/v2/deals/archived?ids=#',
    'GET /api/v2/deals/#/followers',
    'POST /api/v2/deals/#/followers {"user_id":1}',
    'DELETE /api/v2/deals/#/followers/1',
    'GET /api/v2/persons?deal_id=#',
  ],
  stage: [
    'GET /api/v2/stages/#',
    'PATCH /api/v2/stages/# {"name":"Mine"}',
    'DELETE /api/v2/stages/#',
    'GET /api/v2/deals?stage_id=#',
    'POST /api/v2/deals {"title":"Mine","stage_id":#}',
  ],
  pipeline: [
    'GET /api/v2/pipelines/#',
    'PATCH /api/v2/pipelines/# {"name":"Mine"}',
    'DELETE /api/v2/pipelines/#',
    'GET /api/v2/stages?pipeline_id=#',
    'POST /api/v2/stages {"name":"Mine","pipeline_id":#}',
    'GET /api/v2/deals?pipeline_id=#',
    'POST /api/v2/deals {"title":"Mine","pipeline_id":#}',
  ],
  contact: [
    'GET /api/v2/persons/#',
    'PATCH /api/v2/persons/# {"name":"Mine"}',
    'DELETE /api/v2/persons/#',
    'GET /api/v2/persons?ids=#',
    'GET /api/v2/deals?person_id=#',
    'POST /api/v2/deals {"title":"Mine","person_id":#}',
  ],
  company: [
    'GET /api/v2/organizations/#',
    'PATCH /api/v2/organizations/# {"name":"Mine"}',
    'DELETE /api/v2/organizations/#',
    'GET /api/v2/organizations?ids=#',
    'GET /api/v2/persons?org_id=#',
    'POST /api/v2/persons {"name":"Mine","org_id":#}',
    'GET /api/v2/deals?org_id=#',
    'POST /api/v2/deals {"title":"Mine","org_id":#}',
  ],
  user: [
    'GET /api/v2/deals?owner_id=#',
    'POST /api/v2/deals {"title":"Mine","owner_id":#}',
    'POST /api/v2/persons {"name":"Mine","owner_id":#}',
  ],
  loss_reason: [],
}

const told = <T>(answer: Reply<Item>, read: (data: Item) => T): Told<T> =>
  answer.status === 200 ? { ok: true, value: read(answer.body.data) } : { ok: false, status: answer.status, body: answer.body }

/** A deleted deal can still be read by id, and says so; to whoever asks for live ones it is not there. */
const deal = (answer: Reply<Item>): Told<DealFacts> =>
  answer.status === 200 && answer.body.data.is_deleted === true
    ? { ok: false, status: answer.status, body: answer.body }
    : told(answer, readDeal)

const readDeal = (data: Item): DealFacts => {
  // The shape that the vendor documents, and the tests beside this one hold.
  const deal = data as unknown as {
    title: string
    value: number
    currency: string
    stage_id: number
    status: 'open' | 'won' | 'lost'
    owner_id: number
    expected_close_date: string | null
    probability: number | null
    lost_reason: string | null
  }
  return {
    id: data.id,
    title: deal.title,
    value: deal.value,
    currency: deal.currency,
    stageId: deal.stage_id,
    outcome: deal.status,
    ownerId: deal.owner_id,
    expectedCloseDate: deal.expected_close_date,
    probability: deal.probability,
    lossReason: deal.lost_reason,
  }
}

const readStage = (data: Item): StageFacts => ({
  id: data.id,
  name: String(data.name),
  pipelineId: Number(data.pipeline_id),
  kind: 'open',
  probability: Number(data.deal_probability),
  rotAfterDays: data.is_deal_rot_enabled === true && data.days_to_rotten !== null ? Number(data.days_to_rotten) : null,
})

const writeDeal = ({ title, value, currency, stageId, expectedCloseDate, probability }: DealInput) => ({
  title,
  value,
  currency,
  stage_id: stageId,
  expected_close_date: expectedCloseDate,
  probability,
})
