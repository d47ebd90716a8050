import type { DealFacts, DealInput, DialectClient, Driver, StageFacts, Told } from '../../../../test/support/driver.ts'
import type { DealJson } from '../deals.ts'
import type { StageJson } from '../stages.ts'
import { type Answer, type Client, clientOf } from './client.ts'

export const driver: Driver = {
  name: 'native',
  writtenAs: { position: 'nth' },
  connect: ({ origin, workspace, token = workspace.token }) => speakTo(clientOf({ origin, token })),
}

function speakTo(client: Client): DialectClient {
  const reasonNames = async () =>
    new Map<number, string>((await client.all('/loss-reasons')).map(({ id, name }: { id: number; name: string }) => [id, name]))
  const deal = async (answer: Answer): Promise<Told<DealFacts>> =>
    answer.status < 300 ? { ok: true, value: readDeal(answer.body.data, await reasonNames()) } : failed(answer)

  return {
    listStages: async (pipelineId) =>
      (await client.all(pipelineId === undefined ? '/stages' : `/stages?pipelineId=${pipelineId}`)).map(readStage),
    listPipelines: async () => (await client.all('/pipelines')).map(({ id, name }) => ({ id, name })),
    listDeals: async ({ stageId, outcome } = {}) => {
      const reasons = await reasonNames()
      const query = new URLSearchParams({
        limit: '200',
        ...(stageId === undefined ? {} : { stageId: String(stageId) }),
        ...(outcome === undefined ? {} : { outcome: outcome === 'lost' ? 'lost,unqualified' : outcome }),
      })
      return (await client.all(`/deals?${query}`)).map((row) => readDeal(row, reasons))
    },
    getDeal: async (id) => deal(await client.get(`/deals/${id}`)),
    createDeal: async ({ contactId, ...input }) =>
      deal(await client.post('/deals', { ...input, ...(contactId === undefined ? {} : { contactId }) })),
    changeDeal: async (id, input: DealInput) => deal(await client.patch(`/deals/${id}`, input)),
    moveDeal: async (id, stageId) => deal(await client.post(`/deals/${id}/move`, { stageId })),
    winDeal: async (id) => deal(await client.post(`/deals/${id}/win`)),
    loseDeal: async (id, reason) => {
      const known = [...(await reasonNames()).values()]
      const why = reason === undefined ? {} : known.includes(reason) ? { reason } : { comment: reason }
      return deal(await client.post(`/deals/${id}/lose`, why))
    },
    reopenDeal: async (id) => deal(await client.post(`/deals/${id}/reopen`)),
    deleteDeal: async (id) => done(await client.delete(`/deals/${id}`)),
    addStage: async (input) => stage(await client.post('/stages', input)),
    renameStage: async (id, name) => stage(await client.patch(`/stages/${id}`, { name })),
    deleteStage: async (id) => done(await client.delete(`/stages/${id}?target=neighbour`)),
    addPipeline: async (name) => {
      const answer = await client.post('/pipelines', { name })
      return answer.status === 201
        ? { ok: true, value: { id: answer.body.data.id, name: answer.body.data.name } }
        : failed(answer)
    },
    withId: (kind, id) =>
      calls[kind].map((call) => {
        const [method = 'GET', path = '/', field] = call.split(' ')
        return {
          name: call,
          send: async () => {
            const body = field === undefined ? undefined : JSON.parse(field.replaceAll('#', String(id)))
            return anonymous(await client.send(method, path.replace('#', String(id)), body))
          },
        }
      }),
  }
}

/** Every call that takes somebody's id, the id as `#`. */
const calls: Readonly<Record<Parameters<DialectClient['withId']>[0], readonly string[]>> = {
  deal: [
    'GET /deals/#',
    'PATCH /deals/# {"title":"Mine"}',
    'DELETE /deals/#',
    'POST /deals/#/move {"place":"last"}',
    'POST /deals/#/win',
    'POST /deals/#/lose',
    'POST /deals/#/reopen',
    'POST /deals/#/restore',
    'GET /deals/#/events',
    'GET /deals?ids=#&deleted=both',
    'GET /events?subject=deal&subjectId=#',
    'POST /deals/bulk-move {"moves":[{"id":#,"place":"first"}]}',
  ],
  stage: [
    'GET /stages/#',
    'PATCH /stages/# {"name":"Mine"}',
    'DELETE /stages/#?target=neighbour',
    'POST /stages/#/merge {"into":1}',
    'GET /stages/#/events',
    'GET /deals?stageId=#',
    'GET /deals?openStageId=#',
    'GET /events?subject=stage&subjectId=#',
    'POST /deals {"title":"Deal","stageId":#}',
    'POST /deals/bulk {"deals":[{"title":"Deal","stageId":#}]}',
  ],
  pipeline: [
    'GET /pipelines/#',
    'PATCH /pipelines/# {"name":"Mine"}',
    'DELETE /pipelines/#',
    'GET /pipelines/#/stages',
    'GET /pipelines/#/board',
    'GET /pipelines/#/totals',
    'GET /pipelines/#/events',
    'GET /stages?pipelineId=#',
    'GET /deals?pipelineId=#',
    'POST /stages {"name":"Stage","pipelineId":#}',
    'POST /deals {"title":"Deal","pipelineId":#}',
  ],
  contact: [
    'GET /contacts/#',
    'PATCH /contacts/# {"name":"Mine"}',
    'DELETE /contacts/#',
    'GET /contacts?ids=#&deleted=both',
    'GET /deals?contactId=#',
    'POST /deals {"title":"Deal","contactId":#}',
  ],
  company: [
    'GET /companies/#',
    'PATCH /companies/# {"name":"Mine"}',
    'DELETE /companies/#',
    'GET /companies?ids=#&deleted=both',
    'GET /contacts?companyId=#',
    'GET /deals?companyId=#',
    'POST /contacts {"name":"Somebody","companyId":#}',
    'POST /deals {"title":"Deal","companyId":#}',
  ],
  user: [
    'GET /users/#',
    'PATCH /users/# {"name":"Mine"}',
    'GET /users?ids=#',
    'GET /deals?ownerId=#',
    'GET /deals?creatorId=#',
    'POST /tokens {"userId":#}',
    'POST /deals {"title":"Deal","ownerId":#}',
    'POST /deals {"title":"Deal","creatorId":#}',
    'POST /companies {"name":"Company","ownerId":#}',
  ],
  loss_reason: [
    'GET /loss-reasons/#',
    'PATCH /loss-reasons/# {"name":"Mine"}',
    'DELETE /loss-reasons/#',
    'GET /deals?lossReasonId=#',
    'POST /deals {"title":"Deal","lossReasonId":#}',
  ],
}

const readDeal = (row: DealJson, reasons: ReadonlyMap<number, string>): DealFacts => ({
  id: row.id,
  title: row.title,
  value: Number(row.value),
  currency: row.currency,
  stageId: row.stageId,
  outcome: row.outcome,
  ownerId: row.ownerId,
  expectedCloseDate: row.expectedCloseDate,
  probability: row.probability,
  lossReason: (row.lossReasonId === null ? undefined : reasons.get(row.lossReasonId)) ?? row.lossComment,
  tags: row.tags,
})

const readStage = (row: StageJson): StageFacts => ({
  id: row.id,
  name: row.name,
  pipelineId: row.pipelineId,
  kind: row.kind,
  probability: row.probability,
  rotAfterDays: row.rotAfterDays,
})

const stage = (answer: Answer): Told<StageFacts> =>
  answer.status < 300 ? { ok: true, value: readStage(answer.body.data) } : failed(answer)
const done = (answer: Answer): Told<void> => (answer.status === 204 ? { ok: true, value: undefined } : failed(answer))
const failed = ({ status, body }: Answer): Told<never> => ({ ok: false, status, body })

/** The answer without what names this one request. */
function anonymous({ status, body }: Answer): { status: number; body: unknown } {
  if (body?.instance === undefined) return { status, body }
  const { instance, ...rest } = body
  return { status, body: rest }
}
