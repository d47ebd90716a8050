import type { UuidTable } from '../../../../test/support/app.ts'
import type { DealFacts, DealInput, DialectClient, Driver, StageFacts, Told } from '../../../../test/support/driver.ts'
import { currencyCodes, toMajor, toMinor } from '../../../domain/money.ts'
import { currencyId } from '../money.ts'
import { type Answer, type Client, clientOf, type Item, type StageItem } from './client.ts'

/** Speaks with uuids; which of our numbers they stand for only the store knows. */
export const driver: Driver = {
  name: 'pipeback',
  connect: ({ origin, workspace, token = workspace.token }) =>
    speakTo(clientOf({ base: `${origin}/pipeback`, token, workspace: workspace.workspace?.uuid ?? '' }), workspace.uuids),
}

type Uuids = Parameters<Driver['connect']>[0]['workspace']['uuids']

const codes = new Map(currencyCodes.map((code) => [currencyId(code), code]))

function speakTo(client: Client, uuids: Uuids): DialectClient {
  const uuid = (table: UuidTable, id: number) => uuids.uuidOf(table, id)

  const readStage = async (stage: Item): Promise<StageFacts> => ({
    id: await uuids.idOf('stage', stage.id),
    name: String(stage.name),
    pipelineId: await uuids.idOf('pipeline', String(stage.pipeline_id)),
    kind: 'open',
    probability: Number(stage.probability),
    rotAfterDays: Number(stage.rotting_days) || null,
  })
  const readDeal = async (deal: Item): Promise<DealFacts> => {
    const currency = codes.get(String(deal.currency_id)) ?? ''
    return {
      id: await uuids.idOf('deal', deal.id),
      title: String(deal.name),
      value: toMajor(Number(deal.amount), currency),
      currency,
      stageId: await uuids.idOf('stage', String(deal.pipeline_stage_id)),
      outcome: deal.status as DealFacts['outcome'], // one of three, as the tests beside this one hold
      ownerId: await uuids.idOf('user', String(deal.owner_id)),
      expectedCloseDate: deal.expected_close_date as string | null,
    }
  }
  const writeDeal = async ({ title, value, currency, stageId, expectedCloseDate }: DealInput, known = 'USD') => ({
    name: title,
    amount: value === undefined ? undefined : toMinor(value, currency ?? known),
    currency_id: currency === undefined ? undefined : currencyId(currency),
    pipeline_stage_id: stageId === undefined ? undefined : await uuid('stage', stageId),
    expected_close_date: expectedCloseDate,
  })
  const told = async <T>(answer: Answer, read: (item: Item) => T | Promise<T>): Promise<Told<T>> =>
    answer.status < 300 ? { ok: true, value: await read(answer.body.data) } : { ok: false, ...answer }
  const pathOf = async (id: number) => `/app/deals/${await uuid('deal', id)}`
  const put = async (id: number, body: object) => told(await client.put(await pathOf(id), body), readDeal)
  const stages = async (): Promise<StageItem[]> => (await client.pipelines()).flatMap((pipeline) => pipeline.stages)
  const pipelineOf = async (stageId: number) => {
    const own = await uuid('stage', stageId)
    return (await stages()).find(({ id }) => id === own)?.pipeline_id ?? 'none'
  }
  const stagePath = async (id: number) => `/app/pipelines/${await pipelineOf(id)}/stages/${await uuid('stage', id)}`

  return {
    listStages: async (pipelineId) =>
      (await Promise.all((await stages()).map(readStage))).filter(
        (stage) => pipelineId === undefined || stage.pipelineId === pipelineId,
      ),
    listPipelines: async () =>
      Promise.all((await client.pipelines()).map(async ({ id, name }) => ({ id: await uuids.idOf('pipeline', id), name }))),
    listDeals: async ({ stageId, outcome } = {}) => {
      const filters = {
        ...(stageId === undefined ? {} : { pipeline_stage_id: await uuid('stage', stageId) }),
        ...(outcome === undefined ? {} : { status: outcome }),
      }
      const deals: DealFacts[] = []
      for (let page = 1; ; page++) {
        const { body } = await client.list(
          `/app/deals?${new URLSearchParams({ ...filters, per_page: '100', page: String(page) })}`,
        )
        deals.push(...(await Promise.all<DealFacts>(body.data.map(readDeal))))
        if (body.links.next === null) return deals
      }
    },
    getDeal: async (id) => told(await client.get(await pathOf(id)), readDeal),
    createDeal: async ({ contactId, stageId, ...input }) => {
      const [fallback] = await client.pipelines()
      const body = {
        ...(await writeDeal({ ...input, ...(stageId === undefined ? {} : { stageId }) })),
        pipeline_id: stageId === undefined ? fallback?.id : await pipelineOf(stageId),
        contact_id: contactId === undefined ? undefined : await uuid('party', contactId),
      }
      return told(await client.post('/app/deals', body), readDeal)
    },
    changeDeal: async (id, input) => {
      const deal = await client.get(await pathOf(id))
      return put(id, await writeDeal(input, codes.get(String(deal.body.data?.currency_id))))
    },
    moveDeal: async (id, stageId) => put(id, { pipeline_stage_id: await uuid('stage', stageId) }),
    winDeal: (id) => put(id, { status: 'won' }),
    // The vendor has no word for why.
    loseDeal: (id) => put(id, { status: 'lost' }),
    reopenDeal: (id) => put(id, { status: 'open' }),
    deleteDeal: async (id) => told(await client.delete(await pathOf(id)), () => undefined),
    addStage: async ({ pipelineId, name }) =>
      told(await client.post(`/app/pipelines/${await uuid('pipeline', pipelineId)}/stages`, { name }), readStage),
    renameStage: async (id, name) => told(await client.put(await stagePath(id), { name }), readStage),
    // As the vendor says: stages of the default pipeline can be deleted once another pipeline is the default.
    deleteStage: async (id) => {
      const path = await stagePath(id)
      const pipeline = (await client.pipelines()).find((pipeline) => path.includes(pipeline.id))
      const stand = pipeline?.is_default ? (await client.make('/app/pipelines', { name: 'For now', is_default: true })).id : null
      const answer = await client.delete(path)
      if (stand !== null) {
        await client.put(`/app/pipelines/${pipeline?.id}`, { is_default: true })
        await client.delete(`/app/pipelines/${stand}`)
      }
      return told(answer, () => undefined)
    },
    addPipeline: async (name) =>
      told(await client.post('/app/pipelines', { name }), async (item) => ({
        id: await uuids.idOf('pipeline', item.id),
        name: String(item.name),
      })),
    withId: (kind, id) =>
      calls[kind].map((call) => ({
        name: call,
        send: async () => {
          const theirs = await uuid(tables[kind], id)
          const [mine] = await client.pipelines()
          const [method = 'GET', path = '', body] = call
            .replaceAll('#', theirs)
            .replaceAll('PIPELINE', mine?.id ?? '')
            .replaceAll('STAGE', mine?.stages[0]?.id ?? '')
            .split(' ')
          const answer = await client.send(method, path, body)
          // Links repeat what was asked.
          return { status: answer.status, body: answer.text.replaceAll(theirs, '#') }
        },
      })),
  }
}

const tables: Readonly<Record<Parameters<DialectClient['withId']>[0], UuidTable>> = {
  deal: 'deal',
  stage: 'stage',
  pipeline: 'pipeline',
  contact: 'party',
  company: 'party',
  user: 'user',
  loss_reason: 'loss_reason',
}

/** Every call that takes somebody's id, the id as `#`. There are no loss reasons. */
const calls: Readonly<Record<Parameters<DialectClient['withId']>[0], readonly string[]>> = {
  deal: ['GET /app/deals/#', 'PUT /app/deals/# {"name":"Mine"}', 'PATCH /app/deals/# {"name":"Mine"}', 'DELETE /app/deals/#'],
  stage: [
    'PUT /app/pipelines/PIPELINE/stages/# {"name":"Mine"}',
    'PATCH /app/pipelines/PIPELINE/stages/# {"name":"Mine"}',
    'DELETE /app/pipelines/PIPELINE/stages/#',
    'GET /app/deals?pipeline_stage_id=#',
    'POST /app/deals {"name":"Mine","pipeline_id":"PIPELINE","pipeline_stage_id":"#"}',
  ],
  pipeline: [
    'GET /app/pipelines/#',
    'PUT /app/pipelines/# {"name":"Mine"}',
    'PATCH /app/pipelines/# {"is_default":true}',
    'DELETE /app/pipelines/#',
    'POST /app/pipelines/#/stages {"name":"Mine"}',
    'PUT /app/pipelines/#/stages/STAGE {"name":"Mine"}',
    'DELETE /app/pipelines/#/stages/STAGE',
    'GET /app/deals?pipeline_id=#',
    'POST /app/deals {"name":"Mine","pipeline_id":"#"}',
  ],
  contact: ['GET /app/deals?contact_id=#', 'POST /app/deals {"name":"Mine","pipeline_id":"PIPELINE","contact_id":"#"}'],
  company: ['GET /app/deals?company_id=#', 'POST /app/deals {"name":"Mine","pipeline_id":"PIPELINE","company_id":"#"}'],
  user: ['GET /app/deals?owner_id=#', 'POST /app/deals {"name":"Mine","pipeline_id":"PIPELINE","owner_id":"#"}'],
  loss_reason: [],
}
