import https from 'node:https'
import { connect } from 'node:net'
import { Amo } from '@shevernitskiy/amo'
import AmoCRM from 'amocrm-api'
import { Client } from 'amocrm-js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { openRecorder } from '../../../../test/support/recorder.ts'
import { addLossReason } from '../../../domain/loss-reason.ts'
import { addLead, type Body, callAs, formType, leadOf } from './caller.ts'

/**
 * The clients that integrations are built with, unchanged, against a served instance. Two of them insist on https, one on port 443 too:
 * what they send is led to our port in plain, with the host that they name.
 */
const recorder = openRecorder()
let app: TestApp
let ws: TestWorkspace
beforeAll(async () => {
  app = await openTestApp({ own: ['amocrm'] })
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'amocrm' })
})
afterAll(() => app.close())

const client = { client_id: 'b0d5-client', client_secret: 'client secret', redirect_uri: 'https://integration.example/back' }

/** A code as the consent page gives it. */
async function code(): Promise<string> {
  const login = { USER_LOGIN: ws.admin.email, USER_HASH: ws.token }
  const body = new URLSearchParams({ ...login, ...client }).toString()
  const { headers } = await fetch(`${app.origin}/amocrm/oauth`, { method: 'POST', body, headers: formType, redirect: 'manual' })
  return new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
}

const seconds = () => Math.floor(Date.now() / 1000)

describe('@shevernitskiy/amo', () => {
  const watchAmo = (amo: Amo) => recorder.watch('@shevernitskiy/amo', 'Amo', amo)

  beforeEach(() => {
    const plain = globalThis.fetch
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => plain(url.replace('https://', 'http://'), init))
  })
  afterEach(() => vi.unstubAllGlobals())

  const open = async (options = {}) =>
    watchAmo(
      new Amo(
        `127.0.0.1:${app.own.amocrm}`,
        { ...client, grant_type: 'authorization_code', code: await code() },
        { request_delay: 0, ...options },
      ),
    )

  test('signs in with a code, refreshes, and is told when a token is used up', async () => {
    const tokens: Body[] = []
    const amo = await open({ on_token: (token: Body) => void tokens.push(token) })
    expect((await amo.account.getAccount({ with: ['version', 'datetime_settings'] })).id).toBe(ws.workspace.id)
    expect(tokens).toHaveLength(1)
    const stale = { ...client, ...tokens[0], expires_at: 1 }
    const again = watchAmo(new Amo(`127.0.0.1:${app.own.amocrm}`, stale, { request_delay: 0 }))
    expect((await again.account.getAccount()).subdomain).toBe(ws.workspace.subdomain)
    const third = watchAmo(new Amo(`127.0.0.1:${app.own.amocrm}`, stale, { request_delay: 0 }))
    await expect(third.account.getAccount()).rejects.toThrow()
  })

  test('shapes pipelines and statuses', async () => {
    const amo = await open()
    const made: Body = await amo.pipeline.addPipelines([
      {
        name: 'New',
        sort: 20,
        is_main: false,
        is_unsorted_on: true,
        _embedded: { statuses: [{ name: 'First', sort: 10, color: '#fffeb2' }] },
      },
    ])
    const { id } = made._embedded.pipelines[0]
    expect((await amo.pipeline.getPipelines())._total_items).toBe(2)
    expect((await amo.pipeline.updatePipelinesById(id, { name: 'Renamed' })).name).toBe('Renamed')
    const statuses: Body = await amo.pipeline.addStatuses(id, [{ name: 'Second', sort: 100 }])
    const [second] = statuses._embedded.statuses
    expect((await amo.pipeline.updateStatusById(second.id, id, { name: '2nd' })).name).toBe('2nd')
    expect((await amo.pipeline.getStatusesById(142, id)).id).toBe(142)
    await amo.pipeline.deleteStatusById(second.id, id)
    expect(((await amo.pipeline.getStatusesByPipelineId(id)) as Body)._embedded.statuses).toHaveLength(4)
    await amo.pipeline.deletePipelineById(id)
    await expect(amo.pipeline.getPipelineById(id)).rejects.toMatchObject({ response: { detail: 'Pipeline not found' } })
  })

  test('moves, wins and loses leads', async () => {
    const amo = await open()
    const reason = await addLossReason(ws.scope, { name: 'Too dear' })
    const [pipeline] = await ws.scope.store.pipelines.live()
    const made = await amo.lead.addLeads([
      { name: 'A', price: 10 },
      { name: 'B', status_id: 142, pipeline_id: pipeline?.id ?? 0 },
    ])
    const [a, b] = made._embedded.leads?.map(({ id }) => id) ?? []
    await amo.lead.updateLeadById(a ?? 0, { status_id: 143, pipeline_id: pipeline?.id ?? 0, loss_reason_id: reason.id })
    await amo.lead.updateLeads([{ id: b ?? 0, price: 99 }])
    const lost: Body = await amo.lead.getLeadById(a ?? 0, { with: ['loss_reason', 'contacts'] })
    expect(lost).toMatchObject({ status_id: 143, _embedded: { loss_reason: [{ name: 'Too dear' }] } })
    const found = await amo.lead.getLeads({
      limit: 50,
      order: { param: 'id', type: 'desc' },
      filter: (filter) => filter.statuses([[pipeline?.id ?? 0, 142]]).range('price', 90, 100),
    })
    expect(found._embedded.leads.map(({ id, price }) => [id, price])).toEqual([[b, 99]])
    await expect(amo.lead.getLeads({ query: 'nothing at all' })).rejects.toThrow('204 No Content')
    await expect(amo.lead.addLeads([{ status_id: 1 }])).rejects.toMatchObject({
      response: { detail: 'Request validation failed' },
    })
    const complex = await amo.lead.addComplex([{ name: 'C', _embedded: { contacts: [{ first_name: 'Ann' }] } }])
    expect(complex).toMatchObject([{ merged: false }])
  })

  test('reads what happened', async () => {
    const amo = await open()
    const id = await addLead(callAs(app, ws), { name: 'Lead' })
    await callAs(app, ws).patch(`/api/v4/leads/${id}`, { status_id: 142 })
    const { _embedded } = await amo.event.getEvents({
      filter: (filter) => filter.multi('type', ['lead_added', 'lead_status_changed']),
    })
    expect(_embedded.events.map(({ type }) => type)).toEqual(['lead_status_changed', 'lead_added'])
    const [moved] = _embedded.events
    // The client types ids as numbers; the vendor's are texts.
    expect((await amo.event.getEventById(moved?.id as unknown as number)).entity_id).toBe(id)
    expect((await amo.event.getEventsTypes('en'))._embedded.events_types.map(({ key }) => key)).toContain('lead_status_changed')
  })

  test('sorts incoming leads', async () => {
    const amo = await open()
    const [pipeline] = await ws.scope.store.pipelines.live()
    await amo.pipeline.updatePipelinesById(pipeline?.id ?? 0, { is_unsorted_on: true })
    const metadata = {
      form_id: '1',
      form_name: 'F',
      form_page: 'https://example.com',
      form_sent_at: seconds(),
      ip: '192.0.2.1',
      referer: 'x',
    }
    const row = { source_uid: 's', source_name: 'Site', metadata, _embedded: { leads: [{ name: 'In' }] } }
    const made = await amo.unsorted.addUnsortedForm([row, row])
    const [first, second] = made._embedded.unsorted.map(({ uid }) => uid)
    expect((await amo.unsorted.getUnsorted())._embedded.unsorted).toHaveLength(2)
    expect((await amo.unsorted.getUnsortedByUid(first ?? '')).category).toBe('forms')
    await amo.unsorted.acceptUnsortedByUid(first ?? '', { user_id: ws.admin.id, status_id: 142 } as never)
    await amo.unsorted.declineUnsortedByUid(second ?? '', { user_id: ws.admin.id } as never)
    expect(await amo.unsorted.getUnsortedSummary()).toMatchObject({ total: 0, accepted: 1, declined: 1 })
    expect(((await amo.user.getUsers()) as Body)._embedded.users).toHaveLength(1)
  })

  test('subscribes and unsubscribes', async () => {
    const amo = await open()
    const destination = 'https://receiver.example/hook'
    const made = await amo.webhook.addWebhook({ destination, settings: ['add_lead', 'status_lead'], sort: 10 })
    expect(made).toMatchObject({ destination, disabled: false, settings: ['add_lead', 'status_lead'] })
    expect((await amo.webhook.getWebhooks())._embedded.webhooks.map(({ id }) => id)).toEqual([made.id])
    await amo.webhook.deleteWebhook({ destination })
    await expect(amo.webhook.getWebhooks()).rejects.toThrow()
  })
})

describe('amocrm-js', () => {
  const former = https.globalAgent
  beforeAll(() => {
    const agent = new https.Agent()
    agent.createConnection = () => connect(Number(new URL(app.origin).port), '127.0.0.1')
    https.globalAgent = agent
  })
  afterAll(() => {
    https.globalAgent = former
  })
  beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))
  afterEach(() => vi.restoreAllMocks())

  const open = async () =>
    recorder.watch(
      'amocrm-js',
      'Client',
      new Client({
        domain: `${ws.workspace.subdomain}.amocrm.ru`,
        auth: { ...client, code: await code(), server: undefined },
      } as never),
    ) as Body
  const withToken = () =>
    recorder.watch(
      'amocrm-js',
      'Client',
      new Client({ domain: `${ws.workspace.subdomain}.amocrm.ru`, auth: { bearer: ws.token } } as never),
    ) as Body

  test('signs in with a code and refreshes its token', async () => {
    const amo = await open()
    await amo.connection.connect()
    const before = amo.token.getValue()
    expect(before.token_type).toBe('Bearer')
    await amo.token.refresh()
    expect(amo.token.getValue().access_token).not.toBe(before.access_token)
    const { data } = await amo.request.get('/api/v4/account')
    expect(data.id).toBe(ws.workspace.id)
    amo.token.setValue(before)
    await expect(amo.token.refresh()).rejects.toThrow('API_RESPONSE_ERROR')
  })

  test('reads page after page, repeating its own criteria in the link to the next', async () => {
    const amo = withToken()
    const caller = callAs(app, ws)
    for (const name of ['a', 'b', 'c', 'd', 'e']) await addLead(caller, { name, status_id: 142 })
    const [pipeline] = await ws.scope.store.pipelines.live()
    const page = await amo.leads.get({ limit: 2, page: 1, filter: { statuses: [{ pipeline_id: pipeline?.id, status_id: 142 }] } })
    const names: string[] = []
    for (;;) {
      names.push(...page.getData().map((lead: Body) => lead.name))
      if (!(await page.next())) break
    }
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(page.getPage()).toBe(3)
    expect((await page.first()).map((lead: Body) => lead.name)).toEqual(['a', 'b'])
    const none = await amo.leads.get({ query: 'nothing' })
    expect(none.getData()).toEqual([])
  })

  test('creates, reads, changes and sends back what it has read', async () => {
    const amo = withToken()
    const lead = new amo.Lead({ name: 'Mine', price: 5 })
    const made = await lead.save()
    expect(made.id).toBeTypeOf('number')
    const read = await amo.leads.getById(made.id, { with: ['contacts'] })
    expect([read.name, read.price, read.loss_reason_id]).toEqual(['Mine', 5, null])
    read.status_id = 142
    read.embeddedTags?.add?.([{ name: 'hot' }])
    await read.save()
    const after = await leadOf(callAs(app, ws), made.id)
    expect(after).toMatchObject({ name: 'Mine', status_id: 142, responsible_user_id: ws.admin.id })
    const [updated] = await amo.leads.update([{ id: made.id, price: 7 }])
    expect(updated.updated_at).toBeTypeOf('number')
    await expect(amo.leads.create([{ name: 'x', status_id: 1 }])).rejects.toThrow('API_RESPONSE_ERROR')
  })

  test('sends forms where it is told to', async () => {
    const amo = withToken()
    const [made] = await amo.leads.create(
      [{ name: 'Form', price: 12, loss_reason_id: null, _embedded: { tags: [{ name: 't' }] } }],
      { useFormData: true },
    )
    expect(await leadOf(callAs(app, ws), made.id)).toMatchObject({
      name: 'Form',
      price: 12,
      _embedded: { tags: [{ name: 't' }] },
    })
    const { data } = await amo.request.post(
      '/private/api/v2/json/pipelines/set',
      { request: { pipelines: { add: [{ name: 'P', statuses: { 0: { name: 'x' }, 142: { name: 'W' } } }] } } },
      { useFormData: true },
    )
    const [pipeline] = Object.values<Body>(data.response.pipelines.add.pipelines)
    expect(pipeline.statuses['142'].name).toBe('W')
  })

  test('speaks v2 where it is asked to', async () => {
    const amo = withToken()
    const { data } = await amo.request.post('/api/v2/leads', { add: [{ name: 'Old', sale: 3 }] }, { useFormData: true })
    expect(data._embedded.items).toHaveLength(1)
    expect((await amo.request.get('/api/v2/pipelines')).data._embedded.items).toBeTypeOf('object')
  })
})

describe('amocrm-api', () => {
  test('signs in by cookie, reads the account and adds a lead', async () => {
    const amo: Body = recorder.watch('amocrm-api', 'AmoCRM', AmoCRM(`http://127.0.0.1:${app.own.amocrm}`) as Body)
    const { response } = await amo.auth({ USER_LOGIN: ws.admin.email, USER_HASH: ws.token })
    expect(response.auth).toBe(true)
    const account = await amo.getCurrentAccount()
    expect(account.leads_statuses).toHaveLength(6)
    const lead = await amo.createLead({ name: 'By cookie', status_id: account.leads_statuses[1].id, price: '5' })
    expect(lead).toEqual({ id: expect.any(Number), request_id: 0 })
    const list = await amo.getLeads({ query: 'cookie' })
    expect(list.response.leads).toMatchObject([{ id: lead.id, price: 5, status_id: Number(account.leads_statuses[1].id) }])
  })

  test('is refused with a wrong key', async () => {
    const amo: Body = recorder.watch('amocrm-api', 'AmoCRM', AmoCRM(`http://127.0.0.1:${app.own.amocrm}`) as Body)
    await expect(amo.auth({ USER_LOGIN: ws.admin.email, USER_HASH: 'x' })).rejects.toMatchObject({ status: 401 })
  })
})

test('clients.json names the functions of the clients that were called and answered', async () => {
  await expect(recorder.recorded()).toMatchFileSnapshot('clients.json')
})
