import { v2 } from 'pipedrive'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, request, type TestApp } from '../../../../test/support/app.ts'
import { openRecorder } from '../../../../test/support/recorder.ts'
import { account, caller } from './caller.ts'

/** The vendor's own client, as people use it: only the base path is ours. */

const recorder = openRecorder()
const watch = <T extends object>(path: string, object: T) => recorder.watch('pipedrive', path, object)

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

async function open(basePath = `${app.origin}/pipedrive/api/v2`) {
  const ws = await app.workspace({ template: 'pipedrive' })
  const configuration = new v2.Configuration({ apiKey: ws.token, basePath })
  const { pipeline, stage } = await account(caller(app, ws))
  return {
    ws,
    configuration,
    pipeline,
    stage,
    stages: watch('v2.StagesApi', new v2.StagesApi(configuration)),
    pipelines: watch('v2.PipelinesApi', new v2.PipelinesApi(configuration)),
    deals: watch('v2.DealsApi', new v2.DealsApi(configuration)),
    persons: watch('v2.PersonsApi', new v2.PersonsApi(configuration)),
    organizations: watch('v2.OrganizationsApi', new v2.OrganizationsApi(configuration)),
  }
}

test('StagesApi: list, add, get, update, delete', async () => {
  const { stages, pipeline } = await open()
  const first = await stages.getStages({ limit: 4, sort_by: 'order_nr', sort_direction: 'desc', pipeline_id: pipeline.id })
  expect(first.data?.map(({ name }) => name)).toEqual([
    'Negotiations Started',
    'Proposal Made',
    'Needs Defined',
    'Prospect Qualified',
  ])
  const cursor = first.additional_data?.next_cursor
  const rest = await stages.getStages({ limit: 4, ...(cursor ? { cursor } : {}) })
  expect(rest.data?.map(({ name }) => name)).toEqual(['Contact Made', 'Qualified'])
  expect(rest.additional_data?.next_cursor).toBeNull()
  const { data } = await stages.addStage({ AddStageRequest: { name: 'Test Stage', pipeline_id: pipeline.id } })
  const id = data?.id ?? 0
  expect((await stages.getStage({ id })).data).toEqual(data)
  const changed = await stages.updateStage({ id, UpdateStageRequest: { is_deal_rot_enabled: true, days_to_rotten: 3 } })
  expect(changed.data).toMatchObject({ name: 'Test Stage', is_deal_rot_enabled: true, days_to_rotten: 3 })
  expect((await stages.deleteStage({ id })).data).toEqual({ id })
})

test('PipelinesApi: list, add, get, update, delete', async () => {
  const { pipelines } = await open()
  const { data } = await pipelines.addPipeline({ AddPipelineRequest: { name: 'Second', is_deal_probability_enabled: true } })
  const id = data?.id ?? 0
  expect((await pipelines.getPipeline({ id })).data).toEqual(data)
  expect((await pipelines.updatePipeline({ id, UpdatePipelineRequest: { name: 'Renamed' } })).data).toMatchObject({
    name: 'Renamed',
  })
  expect((await pipelines.getPipelines({ sort_by: 'add_time', sort_direction: 'asc' })).data?.map(({ name }) => name)).toEqual([
    'Pipeline',
    'Renamed',
  ])
  expect((await pipelines.deletePipeline({ id })).data).toEqual({ id })
})

test('pipedrive 85: DealsApi does its whole round, and no answer is an empty 204', async () => {
  const { deals, stage, ws } = await open()
  const { data } = await deals.addDeal({ AddDealRequest: { title: 'Acme', value: 25000, stage_id: stage(0) } })
  const id = data?.id ?? 0
  expect((await deals.updateDeal({ id, UpdateDealRequest: { stage_id: stage(3) } })).data).toMatchObject({ stage_id: stage(3) })
  expect((await deals.updateDeal({ id, UpdateDealRequest: { status: 'won' } })).data).toMatchObject({
    status: 'won',
    stage_id: stage(3),
  })
  expect((await deals.getDeals({ status: 'won', owner_id: ws.admin.id, include_fields: 'first_won_time' })).data).toMatchObject([
    { id, first_won_time: expect.any(String) },
  ])
  expect((await deals.searchDeals({ term: 'acme', status: 'won', exact_match: true })).data?.items?.[0]?.item).toMatchObject({
    id,
  })
  await deals.addDealFollower({ id, AddDealFollowerRequest: { user_id: ws.admin.id } })
  expect((await deals.getDealFollowers({ id })).data).toMatchObject([{ user_id: ws.admin.id }])
  expect((await deals.deleteDealFollower({ id, follower_id: ws.admin.id })).data).toEqual({ user_id: ws.admin.id })
  await deals.updateDeal({ id, UpdateDealRequest: { is_archived: true } })
  expect((await deals.getArchivedDeals({ limit: 1 })).data).toMatchObject([{ id, is_archived: true }])
  expect((await deals.getDeals()).data).toEqual([])
  expect(await deals.deleteDeal({ id })).toEqual({ success: true, data: { id } })
  expect((await deals.getDeal({ id })).data).toMatchObject({ id, is_deleted: true })
})

test('PersonsApi and OrganizationsApi do theirs', async () => {
  const { persons, organizations, deals } = await open()
  const org = (await organizations.addOrganization({ AddOrganizationRequest: { name: 'Acme' } })).data
  const emails = [{ value: 'ann@acme.example', primary: true, label: 'work' }]
  const person = (await persons.addPerson({ AddPersonRequest: { name: 'Ann', org_id: org?.id ?? 0, emails } })).data
  const deal = (await deals.addDeal({ AddDealRequest: { title: 'X', person_id: person?.id ?? 0, org_id: org?.id ?? 0 } })).data
  expect((await persons.getPersons({ deal_id: deal?.id ?? 0 })).data).toMatchObject([{ id: person?.id, emails }])
  expect((await persons.searchPersons({ term: 'ann@acme.example' })).data?.items?.[0]?.item).toMatchObject({ id: person?.id })
  expect((await organizations.searchOrganization({ term: 'acme' })).data?.items?.[0]?.item).toMatchObject({ id: org?.id })
  expect((await persons.updatePerson({ id: person?.id ?? 0, UpdatePersonRequest: { name: 'Anna' } })).data).toMatchObject({
    name: 'Anna',
  })
  expect((await persons.deletePerson({ id: person?.id ?? 0 })).success).toBe(true)
  expect((await organizations.deleteOrganization({ id: org?.id ?? 0 })).success).toBe(true)
})

test('pipedrive 83: the client shows the error body only, which says it all', async () => {
  const { deals, stages, pipeline, configuration } = await open()
  await expect(deals.getDeal({ id: 99999 })).rejects.toEqual({ success: false, error: 'Deal not found', code: 'ERR_NOT_FOUND' })
  const unknownField = { name: 'X', pipeline_id: pipeline.id, color: 'red' }
  await expect(stages.addStage({ AddStageRequest: unknownField })).rejects.toEqual({
    success: false,
    error: "Validation failed: color: Parameter 'color' is not allowed for this request",
    code: 'ERR_SCHEMA_VALIDATION_FAILED',
  })
  const nobody = new v2.DealsApi(new v2.Configuration({ apiKey: 'nobody', basePath: configuration.basePath ?? '' }))
  await expect(nobody.getDeals()).rejects.toMatchObject({ success: false, error: 'unauthorized access', errorCode: 401 })
})

test('pipedrive 84: commas arrive encoded, arrays as a repeated key', async () => {
  const { deals, ws } = await open()
  const pd = caller(app, ws)
  const ids: number[] = []
  for (const title of ['A', 'B', 'C']) ids.push((await pd.post('/api/v2/deals', { title })).body.data.id)
  expect((await deals.getDeals({ ids: ids.slice(0, 2).join() })).data?.map(({ id }) => id)).toEqual(ids.slice(0, 2))
  // Callers without types pass the array itself.
  const asArray = ids.slice(1) as unknown as string
  expect((await deals.getDeals({ ids: asArray })).data?.map(({ id }) => id)).toEqual(ids.slice(1))
  const two = ['notes_count', 'files_count'] as unknown as 'notes_count'
  expect((await deals.getDeals({ include_fields: two, limit: 1 })).data).toMatchObject([{ notes_count: 0, files_count: 0 }])
})

test('pipedrive 86: a base path with a trailing slash works', async () => {
  const { stages, deals } = await open(`${app.origin}/pipedrive/api/v2/`)
  expect((await stages.getStages()).data?.length).toBe(6)
  expect((await deals.addDeal({ AddDealRequest: { title: 'X' } })).success).toBe(true)
})

test('pipedrive 87: what the client sends unchecked is refused here', async () => {
  const { stages, deals } = await open()
  const code = 'ERR_SCHEMA_VALIDATION_FAILED'
  await expect(stages.getStages({ limit: 5000 })).rejects.toMatchObject({ success: false, code })
  await expect(stages.getStages({ sort_by: 'bogus' as 'id' })).rejects.toMatchObject({ success: false, code })
  await expect(deals.getDeals({ cursor: 'bogus' })).rejects.toMatchObject({ success: false, code })
  await expect(deals.getDeals({ sort_by: 'order_nr' as 'id' })).rejects.toMatchObject({ success: false, code })
})

test('pipedrive 88: with a key and an access token the client sends both, and the key decides', async () => {
  const { ws, configuration } = await open()
  const basePath = configuration.basePath ?? ''
  const good = new v2.StagesApi(new v2.Configuration({ apiKey: ws.token, accessToken: 'nobody', basePath }))
  expect((await good.getStages()).data?.length).toBe(6)
  const bad = new v2.StagesApi(new v2.Configuration({ apiKey: 'nobody', accessToken: ws.token, basePath }))
  await expect(bad.getStages()).rejects.toMatchObject({ errorCode: 401 })
  const bearer = new v2.StagesApi(new v2.Configuration({ accessToken: ws.token, basePath }))
  expect((await bearer.getStages()).data?.length).toBe(6)
})

test('pipedrive 89, 90: the client’s OAuth leads to the API, refreshes and revokes', async () => {
  const { ws } = await open()
  const integration = await ws.member('viewer', 'Integration')
  const redirectUri = 'http://127.0.0.1:9/callback'
  const oauth = watch(
    'v2.OAuth2Configuration',
    new v2.OAuth2Configuration({
      clientId: integration.user.email,
      clientSecret: integration.token,
      redirectUri,
      host: `${app.origin}/pipedrive`,
    }),
  )
  expect((await request(oauth.authorizationUrl)).status).toBe(200)
  const answer = await fetch(`${app.origin}/pipedrive/oauth/authorize`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: integration.user.email, redirect_uri: redirectUri, api_token: ws.token }),
    redirect: 'manual',
  })
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
  await oauth.authorize(code)
  expect(oauth.basePath).toBe(`${app.origin}/pipedrive/api/v2`)
  const stages = new v2.StagesApi(new v2.Configuration({ accessToken: oauth.getAccessToken, basePath: oauth.basePath }))
  expect((await stages.getStages()).data?.length).toBe(6)
  const before = await oauth.getAccessToken()
  await oauth.tokenRefresh()
  expect(await oauth.getAccessToken()).not.toBe(before)
  expect((await stages.getStages()).data?.length).toBe(6)
  await oauth.revokeToken('refresh_token')
  await expect(stages.getStages()).rejects.toMatchObject({ errorCode: 401 })
})

test('clients.json names the functions of the client that were called and answered', async () => {
  await expect(recorder.recorded()).toMatchFileSnapshot('clients.json')
})
