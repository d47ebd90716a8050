import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { createDeal } from '../../../domain/edit-deals.ts'
import { account, caller } from './caller.ts'

const clock = { at: Date.parse('2026-05-15T10:00:00Z') }
let app: TestApp

beforeAll(async () => {
  app = await openTestApp({ now: () => clock.at })
})
afterAll(() => app.close())

async function open() {
  const ws = await app.workspace({ template: 'pipedrive' })
  const pd = caller(app, ws)
  const add = async (body: object) => (await pd.post('/api/v2/deals', { title: 'Acme', ...body })).body.data
  const change = async (id: number, body: object) => (await pd.patch(`/api/v2/deals/${id}`, body)).body.data
  const get = async (id: number, query = '') => (await pd.get(`/api/v2/deals/${id}${query}`)).body.data
  return { ws, pd, add, change, get, ...(await account(pd)) }
}

const now = () => `${new Date(clock.at).toISOString().slice(0, 19)}Z`

test('pipedrive 60: more is shown where it is asked for', async () => {
  const { pd, add, get } = await open()
  const deal = await add({ label_ids: [4] })
  const asked = ['first_won_time', 'next_activity_id', 'products_count', 'smart_bcc_email', 'source_lead_id', 'followers_count']
  expect(await get(deal.id, `?include_fields=${asked.join()}&include_labels=true`)).toEqual({
    ...deal,
    labels: [{ id: 4, label: '4' }],
    first_won_time: null,
    next_activity_id: null,
    products_count: 0,
    smart_bcc_email: null,
    source_lead_id: null,
    followers_count: 0,
  })
  expect((await pd.list('/api/v2/deals?include_fields=notes_count')).body.data).toEqual([{ ...deal, notes_count: 0 }])
  for (const query of [
    'include_fields=arr',
    'include_fields=notes_count,bogus',
    'include_labels=1',
    'include_option_labels=yes',
  ]) {
    expect((await pd.get(`/api/v2/deals/${deal.id}?${query}`)).status, query).toBe(400)
  }
})

test('pipedrive 61: a company’s own fields are set under their keys, cleared by null, and never by an empty list', async () => {
  const { pd, ws, add, change, get } = await open()
  const text = await addCustomField(ws.scope, { subject: 'deal', name: 'Note' })
  await addCustomField(ws.scope, { subject: 'deal', name: 'Seats', type: 'number' })
  await addCustomField(ws.scope, { subject: 'deal', name: 'Tier', type: 'choice', options: ['Gold', 'Silver'] })
  const fields = (await pd.list('/api/v2/dealFields')).body.data.filter((field) => field.is_custom_field === true)
  const [note = '', seats = '', tier = ''] = fields.map((field) => String(field.field_code))
  expect([note, seats, tier].every((key) => /^[0-9a-f]{40}$/.test(key))).toBe(true)
  const [gold, silver] = (fields[2]?.options ?? []) as { id: number; label: string }[]
  expect([gold?.label, silver?.label]).toEqual(['Gold', 'Silver'])

  const deal = await add({ custom_fields: { [note]: 'Call back', [tier]: silver?.id } })
  expect(deal.custom_fields).toEqual({ [note]: 'Call back', [seats]: null, [tier]: silver?.id })
  expect((await change(deal.id, { custom_fields: { [seats]: 12 } })).custom_fields).toMatchObject({
    [note]: 'Call back',
    [seats]: 12,
  })
  expect((await change(deal.id, { custom_fields: { [note]: null } })).custom_fields).toMatchObject({ [note]: null, [seats]: 12 })
  expect((await get(deal.id, `?custom_fields=${tier}&include_option_labels=true`)).custom_fields).toEqual({
    [tier]: { id: silver?.id, label: 'Silver' },
  })
  expect((await pd.get(`/api/v2/deals/${deal.id}?custom_fields=${Array(16).fill(note).join()}`)).status).toBe(400)

  for (const bad of [
    { [note]: [] },
    { [note]: 7 },
    { [seats]: '12' },
    { [tier]: 'Gold' },
    { [tier]: 1 },
    { [tier]: [] },
    { nobody: 1 },
  ]) {
    const refused = await pd.patch(`/api/v2/deals/${deal.id}`, { title: 'Not kept', custom_fields: bad })
    expect([refused.status, refused.body.code], JSON.stringify(bad)).toEqual([400, 'ERR_SCHEMA_VALIDATION_FAILED'])
  }
  expect((await pd.patch(`/api/v2/deals/${deal.id}`, { custom_fields: { nobody: 1 } })).body.error).toBe(
    "Validation failed: custom_fields.nobody: Parameter 'nobody' is not allowed for this request",
  )
  expect((await pd.patch(`/api/v2/deals/${deal.id}`, { custom_fields: [] })).status).toBe(400)
  // A key at the top level is how v1 had it.
  expect((await pd.patch(`/api/v2/deals/${deal.id}`, { [note]: 'X' })).body.error).toBe(
    `Validation failed: ${note}: Parameter '${note}' is not allowed for this request`,
  )
  expect((await get(deal.id)).title).toBe('Acme')
  expect((await ws.scope.store.customFields.get(text.id))?.name).toBe('Note')
})

test('followers of a deal come and go', async () => {
  const { pd, ws, add, get } = await open()
  const other = (await ws.member('viewer')).user
  const deal = await add({})
  const path = `/api/v2/deals/${deal.id}/followers`
  expect((await pd.list(path)).body.data).toEqual([])
  const followed = await pd.post(path, { user_id: other.id })
  expect(followed.body).toEqual({ success: true, data: { user_id: other.id, add_time: now() } })
  await pd.post(path, { user_id: other.id })
  await pd.post(path, { user_id: ws.admin.id })
  expect((await pd.list(path)).body.data.map(({ user_id }) => user_id)).toEqual([other.id, ws.admin.id])
  expect((await pd.all(`${path}?limit=1`)).items.length).toBe(2)
  expect((await get(deal.id, '?include_fields=followers_count')).followers_count).toBe(2)
  expect((await get(deal.id)).update_time).toBe(deal.update_time)
  expect((await pd.delete(`${path}/${other.id}`)).body).toEqual({ success: true, data: { user_id: other.id } })
  expect((await pd.delete(`${path}/${other.id}`)).status).toBe(404)
  expect((await pd.post(path, { user_id: 99999 })).status).toBe(400)
})

test('deals that were made elsewhere are not of the API’s making', async () => {
  const { ws, get } = await open()
  const deal = await createDeal(ws.scope, { title: 'By hand', tags: ['kept'] })
  expect(await get(deal.id)).toMatchObject({ origin: 'ManuallyCreated', label_ids: [] })
})
