import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { changeDeal } from '../../../domain/edit-deals.ts'
import { changeStage } from '../../../domain/edit-stages.ts'
import { addLossReason } from '../../../domain/loss-reason.ts'
import { addLead, type Body, type Caller, callAs, leadOf, listPath, setPath } from './caller.ts'

/** What was read and is sent back as it is changes nothing, whatever finer things others have said. */

let app: TestApp
let ws: TestWorkspace
let caller: Caller
let main: Body
beforeAll(async () => {
  app = await openTestApp()
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'amocrm' })
  caller = callAs(app, ws)
  main = (await caller.get('/api/v4/leads/pipelines')).body._embedded.pipelines[0]
  const [first] = main._embedded.statuses
  await changeStage(ws.scope, first.id, { color: 'blue', rotAfterDays: 3, probability: 20 })
})
afterAll(() => app.close())

const lastEvent = async () => (await ws.scope.store.events.list({ limit: 1, direction: 'desc' })).items[0]?.id

/** Sends something and asks that no event came of it. */
async function unmoved(send: () => Promise<{ status: number; text: string }>): Promise<void> {
  const before = await lastEvent()
  const { status, text } = await send()
  expect([200, text.includes('false')], text).toEqual([status, false])
  expect(await lastEvent()).toBe(before)
}

test('a lead in v4', async () => {
  const reason = await addLossReason(ws.scope, { name: 'Too dear' })
  const field = await addCustomField(ws.scope, { subject: 'deal', name: 'Day', type: 'date' })
  const id = await addLead(caller, {
    name: 'A',
    _embedded: { tags: [{ name: 'x' }] },
    custom_fields_values: [{ field_id: field.id, values: [{ value: 1_795_132_800 }] }],
  })
  await changeDeal(ws.scope, id, { outcome: 'lost', lossReasonId: reason.id, amount: 1049, closedAt: 1_795_132_800_123 })
  const lead = await leadOf(caller, id)
  await unmoved(async () => {
    const { status } = await caller.patch(`/api/v4/leads/${id}`, lead)
    return { status, text: '' }
  })
  expect((await ws.scope.store.deals.get(id))?.closedAt).toBe(1_795_132_800_123)
  await unmoved(async () => ({ ...(await caller.patch('/api/v4/leads', [lead])), text: '' }))
})

test('a lead in the older generations', async () => {
  const id = await addLead(caller, { name: 'A', price: 10, _embedded: { tags: [{ name: 'x' }] } })
  await changeDeal(ws.scope, id, { amount: 1049 })
  const [lead] = (await caller.get('/api/v2/leads')).body._embedded.items
  const row = { ...lead, tags: lead.tags.map(({ name }: Body) => name), pipeline_id: lead.pipeline.id }
  await unmoved(() => caller.post('/api/v2/leads', { update: [row] }))
  const old = (await caller.get('/private/api/v2/json/leads/list')).body.response.leads[0]
  const update = [{ ...old, tags: 'x', linked_company_id: '' }]
  await unmoved(() => caller.post('/private/api/v2/json/leads/set', { request: { leads: { update } } }))
  expect((await ws.scope.store.deals.get(id))?.amount).toBe(1049)
})

test('a pipeline and its statuses in v4', async () => {
  const { id } = main
  for (const switchedOn of [true, false]) {
    await caller.patch(`/api/v4/leads/pipelines/${id}`, { is_unsorted_on: switchedOn })
    const [pipeline] = (await caller.get('/api/v4/leads/pipelines')).body._embedded.pipelines
    const before = await lastEvent()
    await caller.patch(`/api/v4/leads/pipelines/${id}`, pipeline)
    await caller.patch('/api/v4/leads/pipelines', [pipeline])
    for (const status of pipeline._embedded.statuses) {
      const answer = await caller.patch(`/api/v4/leads/pipelines/${id}/statuses/${status.id}`, status)
      expect(answer.status).toBe(200)
    }
    expect(await lastEvent()).toBe(before)
  }
  const { items } = { items: await ws.scope.store.stages.live() }
  expect(items[0]).toMatchObject({ color: 'blue', rotAfterDays: 3, probability: 20 })
})

test('hints that are sent back keep who wrote them and when', async () => {
  const path = `/api/v4/leads/pipelines/${main.id}/statuses/142`
  await caller.patch(path, { descriptions: [{ level: 'newbie', description: 'Cheer' }] })
  const { descriptions } = (await caller.get(`${path}?with=descriptions`)).body
  const other = callAs(app, await ws.member('manager'))
  const before = await lastEvent()
  await other.patch(path, { descriptions })
  expect(await lastEvent()).toBe(before)
})

test('a pipeline in the first generation', async () => {
  const { pipelines } = (await caller.get(listPath)).body.response
  await unmoved(() => caller.post(setPath, { request: { pipelines: { update: pipelines } } }))
})
