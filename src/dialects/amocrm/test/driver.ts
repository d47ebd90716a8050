import type { DealFacts, DealInput, DialectClient, Driver, StageFacts, Told } from '../../../../test/support/driver.ts'
import { type Answer, type Body, type Caller, callAs } from './caller.ts'

/** The present generation; what the older ones show is the same data. */
export const driver: Driver = {
  name: 'amocrm',
  connect: ({ origin, workspace, token = workspace.token }) => speakTo(callAs({ origin }, { token })),
}

const kinds: Readonly<Record<number, StageFacts['kind']>> = { 142: 'won', 143: 'lost' }

const readStage = (status: Body): StageFacts => ({
  id: status.id,
  name: status.name,
  pipelineId: status.pipeline_id,
  kind: kinds[status.id] ?? 'open',
  isShared: kinds[status.id] !== undefined,
})

/** Whole units of whatever currency the lead has; the vendor knows only that of the account. */
const readLead = (lead: Body): DealFacts => ({
  id: lead.id,
  title: lead.name,
  value: lead.price,
  places: 0,
  currency: undefined,
  stageId: lead.status_id,
  outcome: kinds[lead.status_id] ?? 'open',
  ownerId: lead.responsible_user_id,
  lossReason: lead._embedded.loss_reason?.[0]?.name ?? null,
  tags: lead._embedded.tags.map((tag: Body) => tag.name),
})

const failed = ({ status, body }: Answer): Told<never> => ({ ok: false, status, body })

/** Members of a row for what was said. The vendor has no words for currencies, dates of closing and probabilities. */
const writeInput = ({ title, value, stageId }: DealInput): object => ({
  name: title,
  price: value === undefined ? undefined : Math.sign(value) * Math.floor(Math.abs(value) + 0.5),
  status_id: stageId,
})

function speakTo(caller: Caller): DialectClient {
  const getDeal = async (id: number): Promise<Told<DealFacts>> => {
    const answer = await caller.get(`/api/v4/leads/${id}?with=loss_reason`)
    return answer.status === 200 ? { ok: true, value: readLead(answer.body) } : failed(answer)
  }
  const change = async (id: number, row: object): Promise<Told<DealFacts>> => {
    const answer = await caller.patch(`/api/v4/leads/${id}`, row)
    return answer.status === 200 ? getDeal(id) : failed(answer)
  }
  const pipelines = async (): Promise<Body[]> => (await caller.get('/api/v4/leads/pipelines')).body._embedded.pipelines
  const statuses = async (): Promise<Body[]> => (await pipelines()).flatMap((pipeline) => pipeline._embedded.statuses)
  const pathOf = async (stageId: number): Promise<string> => {
    const status = (await statuses()).find(({ id }) => id === stageId)
    return `/api/v4/leads/pipelines/${status?.pipeline_id ?? 0}/statuses/${stageId}`
  }
  const reopened = async (id: number): Promise<number | undefined> => {
    const lead = (await caller.get(`/api/v4/leads/${id}`)).body
    return (await statuses()).find((status) => status.pipeline_id === lead?.pipeline_id && kinds[status.id] === undefined)?.id
  }
  const reasonNamed = async (name: string): Promise<number | undefined> => {
    const { body } = await caller.get('/api/v4/leads/loss_reasons')
    return body?._embedded.loss_reasons.find((reason: Body) => reason.name === name)?.id
  }

  return {
    listStages: async (pipelineId) =>
      (await statuses()).map(readStage).filter((stage) => pipelineId === undefined || stage.pipelineId === pipelineId),
    listPipelines: async () => (await pipelines()).map(({ id, name }) => ({ id, name })),
    listDeals: async ({ stageId, outcome } = {}) => {
      const wanted = (await statuses()).filter(({ id }) =>
        outcome === undefined ? id === stageId : (kinds[id] ?? 'open') === outcome,
      )
      const filter = wanted
        .map(
          ({ id, pipeline_id }, i) =>
            `&filter[statuses][${i}][pipeline_id]=${pipeline_id}&filter[statuses][${i}][status_id]=${id}`,
        )
        .join('')
      if (filter === '' && (stageId !== undefined || outcome !== undefined)) return []
      const leads = await everything(caller, `/api/v4/leads?limit=250&with=loss_reason${filter}`)
      return leads.map(readLead).filter((lead) => stageId === undefined || lead.stageId === stageId)
    },
    getDeal,
    showDeal: (id) => caller.get(`/api/v4/leads/${id}?with=contacts,loss_reason`),
    createDeal: async ({ contactId, ...input }) => {
      const people = contactId === undefined ? {} : { _embedded: { contacts: [{ id: contactId, is_main: true }] } }
      const answer = await caller.post('/api/v4/leads', [{ ...writeInput(input), ...people }])
      return answer.status === 200 ? getDeal(answer.body._embedded.leads[0].id) : failed(answer)
    },
    changeDeal: (id, input) => change(id, writeInput(input)),
    moveDeal: (id, stageId) => change(id, { status_id: stageId }),
    winDeal: (id) => change(id, { status_id: 142 }),
    loseDeal: async (id, reason) =>
      change(id, { status_id: 143, ...(reason === undefined ? {} : { loss_reason_id: await reasonNamed(reason) }) }),
    reopenDeal: async (id) => change(id, { status_id: (await reopened(id)) ?? 0 }),
    addStage: async ({ pipelineId, name }) => {
      const answer = await caller.post(`/api/v4/leads/pipelines/${pipelineId}/statuses`, [{ name, sort: 9000 }])
      return answer.status === 200 ? { ok: true, value: readStage(answer.body._embedded.statuses[0]) } : failed(answer)
    },
    renameStage: async (id, name) => {
      const answer = await caller.patch(await pathOf(id), { name })
      return answer.status === 200 ? { ok: true, value: readStage(answer.body) } : failed(answer)
    },
    deleteStage: async (id) => {
      const answer = await caller.delete(await pathOf(id))
      return answer.status === 204 ? { ok: true, value: undefined } : failed(answer)
    },
    addPipeline: async (name) => {
      const row = { name, sort: 9000, is_main: false, is_unsorted_on: false }
      const answer = await caller.post('/api/v4/leads/pipelines', [row])
      if (answer.status !== 200) return failed(answer)
      const [pipeline] = answer.body._embedded.pipelines
      return { ok: true, value: { id: pipeline.id, name: pipeline.name } }
    },
    withId: (kind, id) =>
      callsWith(kind, id).map(({ name, method, path, body }) => ({
        name,
        send: async () => {
          const home = (await pipelines())[0]?.id
          const answer = await caller.send(method, path.replace('HOME', String(home)), body)
          return { status: answer.status, body: anonymous(answer.body, id) }
        },
      })),
  }
}

/** Every page, as the vendor's own links lead from one to the next. */
async function everything(caller: Caller, path: string): Promise<Body[]> {
  const leads: Body[] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const { status, body } = await caller.get(next)
    if (status === 204) break
    leads.push(...body._embedded.leads)
    next = body._links.next?.href.slice(caller.origin.length)
  }
  return leads
}

interface IdCall {
  name: string
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: unknown
}

type Kind = Parameters<DialectClient['withId']>[0]

/** Every call that takes an id of this kind, in all three generations. */
function callsWith(kind: Kind, id: number): IdCall[] {
  const v4 = '/api/v4/leads'
  const json = '/private/api/v2/json'
  const call = (method: IdCall['method'], path: string, body?: unknown): IdCall => ({
    name: `${method} ${path.replaceAll(String(id), 'ID')} ${JSON.stringify(body ?? '').replaceAll(String(id), 'ID')}`,
    method,
    path,
    body,
  })
  const lead = (row: object) => [
    call('POST', v4, [{ name: 'x', ...row }]),
    call('POST', '/api/v2/leads', { add: [{ name: 'x', ...row }] }),
    call('POST', `${json}/leads/set`, { request: { leads: { add: [{ name: 'x', ...row }] } } }),
  ]
  const later = 4_000_000_000
  switch (kind) {
    case 'deal':
      return [
        call('GET', `${v4}/${id}`),
        call('GET', `${v4}?filter[id]=${id}`),
        call('PATCH', `${v4}/${id}`, { name: 'x' }),
        call('PATCH', v4, [{ id, name: 'x' }]),
        call('GET', `/api/v2/leads?id=${id}`),
        call('POST', '/api/v2/leads', { update: [{ id, updated_at: later, name: 'x' }] }),
        call('GET', `${json}/leads/list?id=${id}`),
        call('POST', `${json}/leads/set`, { request: { leads: { update: [{ id, last_modified: later, name: 'x' }] } } }),
      ]
    case 'stage':
      return [
        call('GET', `${v4}/pipelines/HOME/statuses/${id}`),
        call('PATCH', `${v4}/pipelines/HOME/statuses/${id}`, { name: 'x' }),
        call('DELETE', `${v4}/pipelines/HOME/statuses/${id}`),
        call('GET', `${v4}?filter[statuses][0][status_id]=${id}`),
        call('GET', `/api/v2/leads?status=${id}`),
        call('GET', `${json}/leads/list?status=${id}`),
        ...lead({ status_id: id }),
      ]
    case 'pipeline':
      return [
        call('GET', `${v4}/pipelines/${id}`),
        call('PATCH', `${v4}/pipelines/${id}`, { name: 'x' }),
        call('PATCH', `${v4}/pipelines`, [{ id, name: 'x' }]),
        call('DELETE', `${v4}/pipelines/${id}`),
        call('GET', `${v4}/pipelines/${id}/statuses`),
        call('GET', `${v4}/pipelines/${id}/statuses/142`),
        call('POST', `${v4}/pipelines/${id}/statuses`, [{ name: 'x', sort: 10 }]),
        call('GET', `${v4}?filter[pipeline_id]=${id}`),
        call('GET', `${v4}/unsorted?filter[pipeline_id]=${id}`),
        call('GET', `${v4}/unsorted/summary?filter[pipeline_id]=${id}`),
        call('POST', `${v4}/unsorted/sip`, [{ source_uid: 'x', source_name: 'x', pipeline_id: id, metadata: sip }]),
        call('GET', `/api/v2/pipelines?id=${id}`),
        call('GET', `${json}/pipelines/list?id=${id}`),
        call('POST', `${json}/pipelines/set`, { request: { pipelines: { update: { [id]: { id, name: 'x' } } } } }),
        call('POST', `${json}/pipelines/delete`, { request: { id } }),
        ...lead({ pipeline_id: id }),
        ...lead({ pipeline_id: id, status_id: 142 }),
      ]
    case 'contact':
      return [
        call('POST', v4, [{ _embedded: { contacts: [{ id }] } }]),
        call('POST', `${v4}/complex`, [{ _embedded: { contacts: [{ id }] } }]),
        call('POST', '/api/v2/leads', { add: [{ name: 'x', contacts_id: id }] }),
      ]
    case 'company':
      return [
        call('POST', v4, [{ _embedded: { companies: [{ id }] } }]),
        call('POST', `${v4}/complex`, [{ _embedded: { companies: [{ id }] } }]),
        ...lead({ company_id: id, linked_company_id: id }).slice(1),
      ]
    case 'user':
      return [
        call('GET', `/api/v4/users/${id}`),
        call('GET', `${v4}?filter[responsible_user_id]=${id}`),
        call('GET', `${v4}?filter[created_by]=${id}`),
        call('GET', `/api/v2/leads?responsible_user_id=${id}`),
        ...lead({ responsible_user_id: id }),
        call('POST', v4, [{ created_by: id }]),
      ]
    case 'loss_reason':
      return [
        call('GET', `${v4}/loss_reasons/${id}`),
        call('DELETE', `${v4}/loss_reasons/${id}`),
        ...lead({ status_id: 143, loss_reason_id: id }),
      ]
  }
}

const sip = { phone: '1', called_at: 1, duration: 1, link: 'x', service_code: 'x' }

/** The answer without the id that was asked for, and without the time. */
function anonymous(body: unknown, id: number): unknown {
  const text = JSON.stringify(body)
    ?.replace(/"server_time":\d+/, '')
    .replace(new RegExp(`\\b${id}\\b`, 'g'), 'ID')
  return text === undefined ? undefined : text
}
