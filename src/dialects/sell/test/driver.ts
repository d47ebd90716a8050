import type { DealFacts, DealInput, DialectClient, Driver, StageFacts, Told } from '../../../../test/support/driver.ts'
import { type Answer, type Client, clientOf, type Item } from './client.ts'

export const driver: Driver = {
  name: 'sell',
  connect: ({ origin, workspace, token = workspace.token }) => speakTo(clientOf({ base: `${origin}/sell`, token })),
}

type Data = Item['data']

function speakTo(client: Client): DialectClient {
  const facts = async (answer: Answer): Promise<Told<DealFacts>> =>
    answer.status === 200 ? { ok: true, value: readDeal(answer.body.data, await context(client)) } : failed(answer)
  const change = async (id: number, data: object) => facts(await client.put(`/v2/deals/${id}`, data))

  /** Sell has no calls for winning and losing: the deal goes to a stage of that category of its own pipeline. */
  const moveTo = async (id: number, categories: readonly unknown[], more: object = {}): Promise<Told<DealFacts>> => {
    const deal = await client.get(`/v2/deals/${id}`)
    if (deal.status !== 200) return failed(deal)
    const stages = await everything(client, '/v2/stages?sort_by=position')
    const here = stages.find((stage) => stage.id === deal.body.data.stage_id)
    const to = stages.find((stage) => stage.pipeline_id === here?.pipeline_id && categories.includes(stage.category))
    return change(id, { stage_id: to?.id, ...more })
  }

  return {
    listStages: async (pipelineId) => {
      const path = pipelineId === undefined ? '/v2/stages' : `/v2/stages?pipeline_id=${pipelineId}`
      return (await everything(client, path)).map(readStage)
    },
    listPipelines: async () => (await everything(client, '/v2/pipelines')).map(({ id, name }) => ({ id, name: String(name) })),
    listDeals: async ({ stageId, outcome } = {}) => {
      const known = await context(client)
      const path = stageId === undefined ? '/v2/deals' : `/v2/deals?stage_id=${stageId}`
      const deals = (await everything(client, path)).map((deal) => readDeal(deal, known))
      // A reader of Sell tells outcomes by the stage, where not having qualified is one of its own.
      const wanted: readonly unknown[] = outcome === 'lost' ? ['lost', 'unqualified'] : [outcome]
      return deals.filter((deal) => outcome === undefined || wanted.includes(deal.outcome))
    },
    getDeal: async (id) => facts(await client.get(`/v2/deals/${id}`)),
    createDeal: async ({ contactId, ...input }) =>
      facts(await client.post('/v2/deals', { ...writeInput(input), contact_id: contactId ?? (await client.contact()) })),
    changeDeal: (id, input) => change(id, writeInput(input)),
    moveDeal: (id, stageId) => change(id, { stage_id: stageId }),
    winDeal: (id) => moveTo(id, ['won']),
    loseDeal: async (id, reason) =>
      moveTo(id, ['lost'], reason === undefined ? {} : { loss_reason_id: await reasonNamed(client, reason) }),
    reopenDeal: (id) => moveTo(id, ['incoming']),
    deleteDeal: async (id) => {
      const answer = await client.delete(`/v2/deals/${id}`)
      return answer.status === 204 ? { ok: true, value: undefined } : failed(answer)
    },
    withId: (kind, id) =>
      callsWith(kind, id).map(({ method, path, data }) => ({
        name: `${method} ${path.replace(String(id), 'ID')}`,
        send: async () => anonymous(await client.send(method, path, await data?.(client)), id),
      })),
  }
}

const failed = ({ status, body }: Answer): Told<never> => ({ ok: false, status, body })

/** Every page until one is empty, as the vendor's Ruby client reads. */
async function everything(client: Client, path: string): Promise<Data[]> {
  const rows: Data[] = []
  for (let page = 1; ; page++) {
    const items = await client.list(`${path}${path.includes('?') ? '&' : '?'}page=${page}&per_page=100`)
    if (items.length === 0) return rows
    rows.push(...items)
  }
}

interface Context {
  stages: ReadonlyMap<unknown, StageFacts>
  reasons: ReadonlyMap<unknown, string>
}

async function context(client: Client): Promise<Context> {
  const stages = await everything(client, '/v2/stages')
  const reasons = [
    ...(await everything(client, '/v2/loss_reasons')),
    ...(await everything(client, '/v2/deal_unqualified_reasons')),
  ]
  return {
    stages: new Map(stages.map((stage) => [stage.id, readStage(stage)])),
    reasons: new Map(reasons.map(({ id, name }) => [id, String(name)])),
  }
}

const kinds: Readonly<Record<string, StageFacts['kind']>> = { won: 'won', lost: 'lost', unqualified: 'unqualified' }

const readStage = ({ id, name, pipeline_id, category, likelihood }: Data): StageFacts => ({
  id,
  name: String(name),
  pipelineId: Number(pipeline_id),
  kind: kinds[String(category)] ?? 'open',
  probability: typeof likelihood === 'number' ? likelihood : null,
})

const readDeal = (deal: Data, { stages, reasons }: Context): DealFacts => ({
  id: deal.id,
  title: String(deal.name),
  value: Number(deal.value),
  currency: String(deal.currency),
  stageId: Number(deal.stage_id),
  outcome: stages.get(deal.stage_id)?.kind ?? 'open',
  ownerId: Number(deal.owner_id),
  expectedCloseDate: deal.estimated_close_date as string | null,
  probability: deal.customized_win_likelihood as number | null,
  lossReason: reasons.get(deal.loss_reason_id) ?? reasons.get(deal.unqualified_reason_id) ?? null,
  tags: deal.tags as string[],
})

function writeInput({ title, value, currency, stageId, expectedCloseDate, probability }: DealInput): object {
  return {
    name: title,
    value,
    currency,
    stage_id: stageId,
    estimated_close_date: expectedCloseDate,
    customized_win_likelihood: probability,
  }
}

/** The reason of this name, made if there is none: a Sell client has no other way to say why. */
async function reasonNamed(client: Client, name: string): Promise<number> {
  const [known] = await client.list(`/v2/loss_reasons?name=${encodeURIComponent(name)}`)
  return (known ?? (await client.make('/v2/loss_reasons', { name }))).id
}

interface CallWithId {
  method: string
  path: string
  data?: (client: Client) => Promise<unknown>
}

/** Every call of the dialect that takes an id of this kind. */
function callsWith(kind: Parameters<DialectClient['withId']>[0], id: number): CallWithId[] {
  const get = (path: string): CallWithId => ({ method: 'GET', path })
  const put = (path: string, data: object = {}): CallWithId => ({ method: 'PUT', path, data: async () => ({ data }) })
  const remove = (path: string): CallWithId => ({ method: 'DELETE', path })
  const single = (path: string) => [get(`${path}/${id}`), put(`${path}/${id}`), remove(`${path}/${id}`), get(`${path}?ids=${id}`)]
  const newDeal = (data: object): CallWithId => ({
    method: 'POST',
    path: '/v2/deals',
    data: async (client) => ({ data: { name: 'Somebody’s', contact_id: await client.contact(), ...data } }),
  })
  const newContact = (data: object): CallWithId => ({
    method: 'POST',
    path: '/v2/contacts',
    data: async () => ({ data: { last_name: 'Somebody', ...data } }),
  })
  switch (kind) {
    case 'deal':
      return [
        ...single('/v2/deals'),
        get(`/v2/deals/${id}?includes=associated_contacts`),
        get(`/v2/deals/${id}/associated_contacts`),
        {
          method: 'POST',
          path: `/v2/deals/${id}/associated_contacts`,
          data: async (client) => ({ data: { contact_id: await client.contact(), role: 'involved' } }),
        },
        remove(`/v2/deals/${id}/associated_contacts/1`),
        { method: 'POST', path: `/v2/deals/upsert?ids=${id}`, data: async () => ({ data: {} }) },
      ]
    case 'stage':
      return [get(`/v2/stages?ids=${id}`), get(`/v2/deals?stage_id=${id}`), newDeal({ stage_id: id })]
    case 'pipeline':
      return [get(`/v2/pipelines?ids=${id}`), get(`/v2/stages?pipeline_id=${id}`)]
    case 'contact':
    case 'company':
      return [
        ...single('/v2/contacts'),
        get(`/v2/contacts?contact_id=${id}`),
        get(`/v2/deals?contact_id=${id}`),
        get(`/v2/deals?organization_id=${id}`),
        newDeal({ contact_id: id }),
        newContact({ contact_id: id }),
        { method: 'POST', path: `/v2/contacts/upsert?ids=${id}`, data: async () => ({ data: {} }) },
      ]
    case 'user':
      return [
        get(`/v2/users/${id}`),
        get(`/v2/users?ids=${id}`),
        get(`/v2/deals?owner_id=${id}`),
        get(`/v2/deals?creator_id=${id}`),
        get(`/v2/contacts?owner_id=${id}`),
        get(`/v2/contacts?creator_id=${id}`),
        newDeal({ owner_id: id }),
        newContact({ owner_id: id }),
      ]
    case 'loss_reason':
      return [
        ...single('/v2/loss_reasons'),
        ...single('/v2/deal_unqualified_reasons'),
        newDeal({ loss_reason_id: id }),
        newDeal({ unqualified_reason_id: id }),
      ]
  }
}

/** An answer without what must differ: the request's own id, and the id that was asked for. */
function anonymous({ status, text }: Answer, id: number): { status: number; body: unknown } {
  const body = text.replace(/"logref":"[^"]*"/, '').replaceAll(new RegExp(`\\b${id}\\b`, 'g'), 'ID')
  return { status, body }
}
