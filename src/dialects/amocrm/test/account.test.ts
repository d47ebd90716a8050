import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { changeWorkspace } from '../../../domain/workspace.ts'
import { type Body, type Caller, callAs } from './caller.ts'

let app: TestApp
let ws: TestWorkspace
let caller: Caller
beforeAll(async () => {
  app = await openTestApp()
  ws = await app.workspace({ template: 'amocrm', currency: 'RUB' })
  await changeWorkspace(ws.scope, { timeZone: 'Europe/Moscow', locale: 'ru-RU' })
  await addCustomField(ws.scope, { subject: 'deal', name: 'Size', type: 'choice', options: ['S'] })
  caller = callAs(app, ws)
})
afterAll(() => app.close())

test('amocrm 105: the account of the first generation lists statuses with ids as text, and pipelines by id', async () => {
  const { body } = await caller.get('/private/api/v2/json/accounts/current')
  const { account } = body.response
  const [pipelineId] = Object.keys(account.pipelines)
  expect(account.leads_statuses).toHaveLength(6)
  for (const status of account.leads_statuses) {
    expect(status.id).toBeTypeOf('string')
    expect(status.sort).toBeTypeOf('string')
    expect(status.pipeline_id).toBe(Number(pipelineId))
  }
  expect(account.leads_statuses[4]).toEqual({
    id: '142',
    name: 'Closed - won',
    pipeline_id: Number(pipelineId),
    sort: '10000',
    color: '#CCFF66',
    editable: 'N',
  })
  expect(account.pipelines[Number(pipelineId)]).toMatchObject({ value: Number(pipelineId), label: 'Pipeline', leads: 0 })
  expect(account).toMatchObject({
    id: String(ws.workspace.id),
    currency: 'RUB',
    timezone: 'Europe/Moscow',
    timezoneoffset: '+03:00',
    language: 'ru',
    country: 'ru',
    unsorted_on: 'N',
    users: [{ id: String(ws.admin.id), login: ws.admin.email, is_admin: 'Y', rights_lead_add: 'A' }],
    custom_fields: { leads: [{ name: 'Size', type_id: '4' }] },
  })
})

test('the account of v4 has everything that the PHP library asks for, and more only on request', async () => {
  const { body } = await caller.get('/api/v4/account')
  expect(body).toMatchObject({
    id: ws.workspace.id,
    current_user_id: ws.admin.id,
    country: 'RU',
    currency: 'RUB',
    currency_symbol: '₽',
    customers_mode: 'unavailable',
    is_unsorted_on: false,
    is_loss_reason_enabled: true,
    contact_name_display_order: 1,
    _embedded: {},
  })
  expect(body).not.toHaveProperty('amojo_id')
  const names = 'amojo_id,amojo_rights,users_groups,task_types,version,datetime_settings,is_api_filter_enabled'
  const full = await caller.get(`/api/v4/account?with=${names}`)
  expect(Object.keys(full.body._embedded)).toEqual(['amojo_rights', 'users_groups', 'task_types', 'datetime_settings'])
  expect(full.body._embedded.datetime_settings).toMatchObject({ timezone: 'Europe/Moscow', timezone_offset: '+03:00' })
  expect(full.body).toMatchObject({ amojo_id: ws.workspace.uuid, is_api_filter_enabled: true })
})

test('users of v4 are counted, paged and found one by one', async () => {
  const { user } = await ws.member('member', 'Max Member')
  const first = await caller.get('/api/v4/users?limit=1')
  expect(first.body).toMatchObject({ _total_items: 2, _page: 1, _page_count: 2 })
  const second = await caller.get(first.body._links.next.href.slice(caller.origin.length))
  expect(second.body._embedded.users.map(({ id }: Body) => id)).toEqual([user.id])
  expect(second.body._links).not.toHaveProperty('next')
  expect((await caller.get('/api/v4/users?page=9')).status).toBe(204)
  const one = await caller.get(`/api/v4/users/${user.id}?with=role,group`)
  expect(one.body).toMatchObject({
    name: 'Max Member',
    email: user.email,
    lang: 'ru',
    rights: { is_admin: false, is_active: true, leads: { view: 'A', add: 'A' } },
    _embedded: { roles: [], groups: [] },
  })
  expect((await caller.get('/api/v4/users/999999')).status).toBe(404)
})
