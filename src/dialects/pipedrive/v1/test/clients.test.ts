import { v1 as current } from 'pipedrive'
import { v1 as crud } from 'pipedrive-v1-crud'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp, TestWorkspace } from '../../../../../test/support/app.ts'
import { openRecorder } from '../../../../../test/support/recorder.ts'
import { openV1, type V1 } from './served.ts'

/** The vendor's own npm client: 30.8.0, the last with all of v1, and 33.7.0, with what is left of it. */
let app: TestApp
let ws: TestWorkspace
let v1: V1
let old: InstanceType<typeof crud.Configuration>
let today: InstanceType<typeof current.Configuration>

const recorder = openRecorder()
const watchCrud = <T extends object>(path: string, object: T) => recorder.watch('pipedrive-v1-crud', path, object)
const watchCurrent = <T extends object>(path: string, object: T) => recorder.watch('pipedrive', path, object)

beforeAll(async () => {
  ;({ app, ws, v1 } = await openV1())
  old = new crud.Configuration({ apiKey: ws.token, basePath: v1.base })
  today = new current.Configuration({ apiKey: ws.token, basePath: v1.base })
})
afterAll(() => app.close())

test('pipedrive 84: client 30.8.0 keeps stages, and its lists of ids arrive with %2C', async () => {
  const stages = watchCrud('v1.StagesApi', new crud.StagesApi(old))
  const pipelines = watchCrud('v1.PipelinesApi', new crud.PipelinesApi(old))
  const pipeline = (await pipelines.addPipeline({ PipelineRequest: { name: 'By client', deal_probability: 1 } })).data
  const pipeline_id = pipeline?.id ?? 0
  const first = await stages.addStage({
    AddStageRequest: { name: 'First', pipeline_id, deal_probability: 40, rotten_flag: true, rotten_days: 9 },
  })
  expect(first).toMatchObject({ success: true, data: { name: 'First', order_nr: 1, deal_probability: 40, rotten_days: 9 } })
  const second = await stages.addStage({ AddStageRequest: { name: 'Second', pipeline_id } })
  const id = second.data?.id ?? 0
  expect(await stages.updateStage({ id, UpdateStageRequest: { name: 'Zeroth', order_nr: 1 } })).toMatchObject({
    data: { id, name: 'Zeroth', order_nr: 1, active_flag: true },
  })
  expect((await stages.getStages({ pipeline_id })).data?.map((stage) => stage.name)).toEqual(['Zeroth', 'First'])
  expect(await stages.getStage({ id })).toMatchObject({ success: true, data: { id } })
  const ids = [first.data?.id, id]
  expect(await stages.deleteStages({ ids: ids.join() })).toEqual({ success: true, data: { id: ids } })
  expect((await stages.getStages({ pipeline_id })).data).toEqual([])
  await expect(stages.getStage({ id: 424242 })).rejects.toMatchObject({ success: false, error: 'Stage not found' })
})

test('client 30.8.0 keeps pipelines', async () => {
  const pipelines = watchCrud('v1.PipelinesApi', new crud.PipelinesApi(old))
  const made = await pipelines.addPipeline({ PipelineRequest: { name: 'Second one', active: 1 } })
  expect(made).toMatchObject({ success: true, data: { name: 'Second one', active: true, deal_probability: false } })
  const id = made.data?.id ?? 0
  await pipelines.updatePipeline({ id, PipelineRequest1: { name: 'Renamed', deal_probability: 1 } })
  expect(await pipelines.getPipeline({ id })).toMatchObject({ data: { id, name: 'Renamed', deal_probability: true } })
  expect((await pipelines.getPipelines()).data?.map((pipeline) => pipeline.id)).toContain(id)
  expect(await pipelines.deletePipeline({ id })).toEqual({ success: true, data: { id } })
})

test('client 33.7.0 reads history and numbers', async () => {
  const deals = watchCurrent('v1.DealsApi', new current.DealsApi(today))
  const pipelines = watchCurrent('v1.PipelinesApi', new current.PipelinesApi(today))
  const recents = watchCurrent('v1.RecentsApi', new current.RecentsApi(today))
  const [first, second] = (await v1.get('/stages')).body.data
  const { id } = (await v1.post('/deals', { title: 'Told', value: 10, stage_id: first.id })).body.data
  await v1.put(`/deals/${id}`, { stage_id: second.id, expected_close_date: '2026-01-05' })
  expect((await deals.getDealUpdates({ id })).data).toHaveLength(3)
  expect((await deals.getDealChangelog({ id })).data?.at(-1)?.field_key).toBe('add_time')
  expect((await deals.getDealsSummary({ status: 'open' })).data?.total_count).toBeGreaterThan(0)
  const months = { start_date: '2026-01-01', interval: 'month', amount: 2, field_key: 'expected_close_date' } as const
  expect((await deals.getDealsTimeline(months)).data).toHaveLength(2)
  const today_ = new Date().toISOString().slice(0, 10)
  const period = { id: first.pipeline_id, start_date: today_, end_date: today_ }
  expect((await pipelines.getPipelineConversionStatistics(period)).data?.stage_conversions).toHaveLength(5)
  expect((await pipelines.getPipelineMovementStatistics(period)).data?.movements_between_stages?.count).toBeGreaterThan(0)
  const { data } = await recents.getRecents({ since_timestamp: '2020-01-01 00:00:00', items: 'deal' })
  expect(data?.map((recent) => recent.id)).toContain(id)
  await v1.delete(`/deals/${id}`)
})

test('client 30.8.0 keeps deals', async () => {
  const deals = watchCrud('v1.DealsApi', new crud.DealsApi(old))
  const made = await deals.addDeal({ AddDealRequest: { title: 'By client', value: '1250.50', label: [4, 5], visible_to: '7' } })
  expect(made).toMatchObject({ success: true, data: { title: 'By client', value: 1250.5, label: '4,5', visible_to: '7' } })
  const id = made.data?.id ?? 0
  const won = await deals.updateDeal({ id, UpdateDealRequest: { status: 'won' } })
  expect(won.data).toMatchObject({ status: 'won', active: false })
  expect((await deals.getDeal({ id })).data).toMatchObject({ id, age: { y: 0 }, last_activity: null })
  expect(
    (await deals.getDeals({ status: 'won', sort: 'add_time DESC', owned_by_you: 1 })).data?.map((deal) => deal.id),
  ).toContain(id)
  expect((await deals.getDealsCollection({ limit: 500 })).data?.map((deal) => deal.id)).toContain(id)
  await deals.updateDeal({ id, UpdateDealRequest: { is_archived: true } })
  expect((await deals.getArchivedDeals()).data?.map((deal) => deal.id)).toEqual([id])
  const other = (await deals.addDeal({ AddDealRequest: { title: 'Other' } })).data?.id ?? 0
  expect(await deals.deleteDeal({ id })).toEqual({ success: true, data: { id } })
  expect(await deals.deleteDeals({ ids: `${other}` })).toEqual({ success: true, data: { id: [other] } })
  await expect(deals.addDeal({ AddDealRequest: { title: '' } })).rejects.toMatchObject({ error: 'Deal title must be given.' })
})

test('client 30.8.0 keeps persons and organizations', async () => {
  const persons = watchCrud('v1.PersonsApi', new crud.PersonsApi(old))
  const organizations = watchCrud('v1.OrganizationsApi', new crud.OrganizationsApi(old))
  const org = (await organizations.addOrganization({ AddOrganizationRequest: { name: 'Acme', address: 'Street 1' } })).data
  const org_id = org?.id ?? 0
  const person = await persons.addPerson({
    AddPersonRequest: { name: 'Jo Doe', org_id, email: [{ value: 'jo@acme.test', label: 'work' }] },
  })
  const id = person.data.id ?? 0
  expect(person.data).toMatchObject({ first_name: 'Jo', org_name: 'Acme', org_id: { people_count: 1, value: org_id } })
  expect((await persons.updatePerson({ id, UpdatePersonRequest: { name: 'Jo Roe' } })).data.last_name).toBe('Roe')
  expect((await persons.getPersons({})).data.map((one) => one.id)).toContain(id)
  expect((await persons.getPerson({ id })).data.name).toBe('Jo Roe')
  await organizations.updateOrganization({ id: org_id, UpdateOrganizationRequest: { name: 'Acme Ltd' } })
  expect((await organizations.getOrganization({ id: org_id })).data).toMatchObject({ name: 'Acme Ltd', address: 'Street 1' })
  expect((await organizations.getOrganizations({})).data?.map((one) => one.id)).toEqual([org_id])
  expect(await persons.deletePersons({ ids: `${id}` })).toEqual({ success: true, data: { id: [id] } })
  expect(await organizations.deleteOrganization({ id: org_id })).toEqual({ success: true, data: { id: org_id } })
})

test('pipedrive 34, 83: client 33.7.0 lists deals of a stage and of a pipeline', async () => {
  const { id: stageId, pipeline_id } = (await v1.get('/stages')).body.data[0]
  const bob = await ws.member('member')
  const mine = (await v1.post('/deals', { title: 'Mine', stage_id: stageId })).body.data.id
  const his = (await v1.post('/deals', { title: 'His', stage_id: stageId, user_id: bob.user.id })).body.data.id
  const stages = watchCurrent('v1.StagesApi', new current.StagesApi(today))
  const ids = async (query: object) => (await stages.getStageDeals({ id: stageId, ...query })).data?.map((deal) => deal.id)
  expect(await ids({})).toEqual([mine])
  expect(await ids({ user_id: bob.user.id })).toEqual([his])
  expect(await ids({ everyone: 1, user_id: bob.user.id })).toEqual([mine, his])
  await expect(stages.getStageDeals({ id: 424242 })).rejects.toEqual({
    success: false,
    error: 'Stage not found',
    error_info: expect.any(String),
    data: null,
    additional_data: null,
  })
  const pipelines = watchCurrent('v1.PipelinesApi', new current.PipelinesApi(today))
  const all = await pipelines.getPipelineDeals({ id: pipeline_id, everyone: 1, get_summary: 1 })
  expect(all.data?.map((deal) => deal.id)).toEqual([mine, his])
  expect(all.additional_data).toMatchObject({ deals_summary: { total_count: 2 } })
})

test('client 33.7.0 duplicates and merges deals, and saves filters', async () => {
  const deals = watchCurrent('v1.DealsApi', new current.DealsApi(today))
  const id = (await v1.post('/deals', { title: 'Twice', value: 10 })).body.data.id
  const copy = (await deals.duplicateDeal({ id })).data?.id ?? 0
  expect(copy).not.toBe(id)
  const merged = await deals.mergeDeals({ id, MergeDealsRequest: { merge_with_id: copy } })
  expect(merged.data).toMatchObject({ id: copy, title: 'Twice', merge_what_id: id })
  const filters = watchCurrent('v1.FiltersApi', new current.FiltersApi(today))
  const conditions = {
    glue: 'and',
    conditions: [
      { glue: 'and', conditions: [] },
      { glue: 'or', conditions: [] },
    ],
  }
  const filter = await filters.addFilter({ AddFilterRequest: { name: 'All', type: 'deals', conditions } })
  const filterId = filter.data.id ?? 0
  expect((await filters.getFilters({ type: 'deals' })).data.map((one) => one.id)).toContain(filterId)
  expect((await filters.updateFilter({ id: filterId, UpdateFilterRequest: { name: 'Every', conditions } })).data.name).toBe(
    'Every',
  )
  expect((await filters.getFilter({ id: filterId })).data.name).toBe('Every')
  expect(await filters.deleteFilter({ id: filterId })).toEqual({ success: true, data: { id: filterId } })
})

test('pipedrive 76: client 33.7.0 reads users, currencies and settings', async () => {
  const users = watchCurrent('v1.UsersApi', new current.UsersApi(today))
  const me = await users.getCurrentUser()
  expect(me.data).toMatchObject({ id: ws.admin.id, company_domain: ws.workspace.subdomain, language: { language_code: 'en' } })
  expect((await users.getUsers()).data?.length).toBeGreaterThan(0)
  expect(await users.getUser({ id: ws.admin.id })).toMatchObject({ data: { is_you: true } })
  expect((await users.findUsersByName({ term: 'ada@', search_by_email: 1 })).data?.[0]?.id).toBe(ws.admin.id)
  await expect(users.getUser({ id: 424242 })).rejects.toEqual({ success: false, error: 'User not found or not accessible.' })
  expect((await watchCurrent('v1.CurrenciesApi', new current.CurrenciesApi(today)).getCurrencies({ term: 'JPY' })).data).toEqual([
    {
      id: expect.any(Number),
      code: 'JPY',
      name: 'Japanese Yen',
      decimal_points: 0,
      symbol: '¥',
      active_flag: true,
      is_custom_flag: false,
    },
  ])
  expect((await watchCurrent('v1.UserSettingsApi', new current.UserSettingsApi(today)).getUserSettings()).success).toBe(true)
})

test('client 33.7.0 keeps webhooks', async () => {
  const webhooks = watchCurrent('v1.WebhooksApi', new current.WebhooksApi(today))
  const made = await webhooks.addWebhook({
    AddWebhookRequest: {
      subscription_url: 'https://receiver.example/',
      event_action: 'change',
      event_object: 'deal',
      name: 'By client',
    },
  })
  expect(made).toMatchObject({ success: true, data: { event_action: 'change', version: '2.0', is_active: 1 } })
  const id = made.data?.id ?? 0
  expect((await webhooks.getWebhooks()).data?.map((hook) => hook.id)).toEqual([id])
  expect(await webhooks.deleteWebhook({ id })).toMatchObject({ success: true })
  await expect(webhooks.deleteWebhook({ id })).rejects.toMatchObject({ success: false })
})

test('pipedrive 7: the client is served on /api/v1 as on /v1', async () => {
  const configuration = new crud.Configuration({ apiKey: ws.token, basePath: v1.base.replace('/v1', '/api/v1') })
  const below = await new crud.StagesApi(configuration).getStages({})
  expect(below).toEqual(await watchCrud('v1.StagesApi', new crud.StagesApi(old)).getStages({}))
  expect(below.data?.length).toBe(6)
})

test('pipedrive 88: with both credentials the API token decides', async () => {
  const configuration = new current.Configuration({ apiKey: ws.token, accessToken: 'nobody knows it', basePath: v1.base })
  expect((await new current.UsersApi(configuration).getCurrentUser()).data?.id).toBe(ws.admin.id)
})

test('clients.json names the functions of the clients that were called and answered', async () => {
  await expect(recorder.recorded()).toMatchFileSnapshot('clients.json')
})
