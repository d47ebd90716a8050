import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { type Body, type Client, clientOf } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

async function open() {
  const ws = await app.workspace()
  return { ws, api: clientOf({ origin: app.origin, token: ws.token }) }
}

async function pipeline(api: Client, names: readonly string[]) {
  const { body } = await api.post('/pipelines', { name: 'P', stages: names.map((name) => ({ name })) })
  return { id: body.data.id as number, stages: await stagesOf(api, body.data.id) }
}

const stagesOf = async (api: Client, id: number): Promise<Body[]> => (await api.get(`/pipelines/${id}/stages`)).body.data
const names = async (api: Client, id: number) => (await stagesOf(api, id)).map(({ name }) => name).join(' ')

describe('native: pipelines', () => {
  test('begin as those of a vendor, whose templates are listed', async () => {
    const { api } = await open()
    const { body } = await api.get('/templates')
    expect(body.data.map(({ name }: Body) => name).sort()).toEqual(['amocrm', 'pipeback', 'pipedrive', 'productive', 'sell'])
    for (const template of body.data) {
      const made = await api.post('/pipelines', { name: `Like ${template.title}`, template: template.name })
      expect([made.status, made.body.data.hasProbability]).toEqual([201, template.hasProbability])
      const stages = await stagesOf(api, made.body.data.id)
      const open = (stage: Body) => stage.kind === 'open'
      expect(stages.filter(open).map(({ name, probability }) => [name, probability])).toEqual(
        template.stages.filter(open).map(({ name, probability }: Body) => [name, probability]),
      )
      expect(stages.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['open', 'won', 'lost']))
      const [created] = (await api.get(`/pipelines/${made.body.data.id}/events`)).body.data
      expect(created.dialect).toBe('native')
    }
    const unknown = await api.post('/pipelines', { name: 'P', template: 'hubspot' })
    expect([unknown.status, unknown.body.errors[0]]).toMatchObject([422, { field: 'template', rule: 'choice' }])
    const both = await api.post('/pipelines', { name: 'P', template: 'sell', stages: [{ name: 'A' }] })
    expect([both.status, both.body.errors[0]]).toMatchObject([422, { field: 'template', rule: 'not_allowed' }])
    const weighs = await api.post('/pipelines', { name: 'P', template: 'pipedrive', hasProbability: true })
    expect(weighs.body.data.hasProbability).toBe(true)
  })

  test('are added with their stages, and closed ones are added where none is named', async () => {
    const { api } = await open()
    const made = await api.post('/pipelines', {
      name: 'Renewals',
      hasProbability: true,
      stages: [
        { name: 'Due', probability: 60, rotAfterDays: 14, color: '#aa0000' },
        { name: 'Signed', kind: 'won' },
      ],
    })
    expect(made.status).toBe(201)
    expect(made.body.data).toMatchObject({ name: 'Renewals', hasProbability: true, isDefault: false })
    const stages = await stagesOf(api, made.body.data.id)
    expect(stages.map(({ name, kind }) => [name, kind])).toEqual([
      ['Due', 'open'],
      ['Signed', 'won'],
      ['Lost', 'lost'],
    ])
    expect(stages[0]).toMatchObject({ probability: 60, rotAfterDays: 14, color: '#aa0000', pipelineId: made.body.data.id })
  })

  test('pass the default on, change their order, and are disabled', async () => {
    const { api } = await open()
    const [first] = (await api.get('/pipelines')).body.data
    const { id } = (await api.post('/pipelines', { name: 'Second' })).body.data
    expect((await api.patch(`/pipelines/${id}`, { isDefault: true, position: 1 })).body.data.isDefault).toBe(true)
    const listed = (await api.get('/pipelines')).body.data
    expect(listed.map((row: Body) => [row.id, row.isDefault])).toEqual([
      [id, true],
      [first.id, false],
    ])
    expect((await api.patch(`/pipelines/${first.id}`, { isDisabled: true })).status).toBe(200)
    const refused = await api.post('/deals', { title: 'Deal', pipelineId: first.id })
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:crmux:problem:pipeline-disabled'])
    expect((await api.patch(`/pipelines/${id}`, { isDefault: false })).status).toBe(422)
  })

  test('are deleted with a target for their deals, and never the last one', async () => {
    const { api } = await open()
    const [first] = (await api.get('/pipelines')).body.data
    expect((await api.delete(`/pipelines/${first.id}`)).body.type).toBe('urn:crmux:problem:last-pipeline')
    const { id } = await pipeline(api, ['One'])
    const deal = (await api.post('/deals', { title: 'Deal', pipelineId: first.id })).body.data
    expect((await api.delete(`/pipelines/${first.id}`)).body.type).toBe('urn:crmux:problem:pipeline-in-use')
    expect((await api.delete(`/pipelines/${first.id}?target=${first.id}`)).body.errors[0]).toMatchObject({ field: 'target' })
    expect((await api.delete(`/pipelines/${first.id}?target=${id}`)).status).toBe(204)
    expect((await api.get(`/deals/${deal.id}`)).body.data.pipelineId).toBe(id)
    expect((await api.get(`/pipelines/${first.id}`)).status).toBe(404)
  })
})

describe('native: stages', () => {
  test('are added at a place, moved and renamed', async () => {
    const { api } = await open()
    const { id, stages } = await pipeline(api, ['A', 'B', 'C'])
    const [a, b, c] = stages
    await api.post('/stages', { pipelineId: id, name: 'X', before: b.id })
    expect(await names(api, id)).toBe('A X B C Won Lost')
    await api.post('/stages', { pipelineId: id, name: 'Y' })
    expect(await names(api, id)).toBe('A X B C Y Won Lost')
    await api.patch(`/stages/${c.id}`, { before: a.id })
    expect(await names(api, id)).toBe('C A X B Y Won Lost')
    await api.patch(`/stages/${c.id}`, { after: b.id, name: 'Sea' })
    expect(await names(api, id)).toBe('A X B Sea Y Won Lost')
    await api.patch(`/stages/${c.id}`, { nth: 2 })
    expect(await names(api, id)).toBe('A Sea X B Y Won Lost')
    const won = (await stagesOf(api, id)).find(({ kind }) => kind === 'won')
    const refused = await api.patch(`/stages/${a.id}`, { after: won.id })
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:crmux:problem:stage-order'])
  })

  test('are merged: every deal moves, with an event each', async () => {
    const { api } = await open()
    const { id, stages } = await pipeline(api, ['A', 'B'])
    const [a, b] = stages
    const deals = [
      await api.post('/deals', { title: '1', stageId: a.id }),
      await api.post('/deals', { title: '2', stageId: a.id }),
    ]
    const merged = await api.post(`/stages/${a.id}/merge`, { into: b.id })
    expect(merged.body.data).toMatchObject({ id: b.id, name: 'B' })
    expect(await names(api, id)).toBe('B Won Lost')
    for (const { body } of deals) {
      const events = (await api.get(`/deals/${body.data.id}/events`)).body.data
      expect(events.map(({ type }: Body) => type)).toEqual(['deal.created', 'deal.moved'])
      expect(events[1]).toMatchObject({ before: { stageId: a.id }, after: { stageId: b.id } })
    }
    const won = (await stagesOf(api, id)).find(({ kind }) => kind === 'won')
    expect((await api.post(`/stages/${b.id}/merge`, { into: won.id })).body.type).toBe('urn:crmux:problem:different-kind')
    expect((await api.post(`/stages/${b.id}/merge`, { into: b.id })).body.errors[0]).toMatchObject({
      field: 'into',
      rule: 'not_found',
    })
  })

  test('are archived: they keep their deals and take no new ones', async () => {
    const { api } = await open()
    const { stages } = await pipeline(api, ['A', 'B'])
    const [a] = stages
    const deal = (await api.post('/deals', { title: 'Deal', stageId: a.id })).body.data
    expect((await api.patch(`/stages/${a.id}`, { isArchived: true })).body.data.isArchived).toBe(true)
    expect((await api.get(`/deals/${deal.id}`)).body.data.stageId).toBe(a.id)
    expect((await api.post('/deals', { title: 'Late', stageId: a.id })).body.type).toBe('urn:crmux:problem:stage-archived')
  })

  test('are deleted with a target, never the last won one', async () => {
    const { api } = await open()
    const { id, stages } = await pipeline(api, ['A', 'B', 'C'])
    const [a, b, c, won] = stages
    const deal = (await api.post('/deals', { title: 'Deal', stageId: b.id })).body.data
    const at = async () => (await api.get(`/deals/${deal.id}`)).body.data.stageId
    const refused = await api.delete(`/stages/${b.id}`)
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:crmux:problem:stage-in-use'])
    expect((await api.delete(`/stages/${b.id}?target=999999`)).body.errors).toEqual([
      { field: 'target', rule: 'not_found', message: 'does not exist' },
    ])
    expect((await api.delete(`/stages/${b.id}?target=${c.id}`)).status).toBe(204)
    expect(await at()).toBe(c.id)
    expect((await api.delete(`/stages/${c.id}?target=neighbour`)).status).toBe(204)
    expect(await at()).toBe(a.id)
    expect((await api.delete(`/stages/${a.id}?target=neighbour`)).status).toBe(409)
    expect((await api.delete(`/stages/${won.id}`)).body.type).toBe('urn:crmux:problem:last-won-stage')
    expect(await names(api, id)).toBe('A Won Lost')
  })

  test('take their deals along to another pipeline', async () => {
    const { api } = await open()
    const from = await pipeline(api, ['A', 'B'])
    const to = await pipeline(api, ['C'])
    const deal = (await api.post('/deals', { title: 'Deal', stageId: from.stages[0].id })).body.data
    await api.patch(`/stages/${from.stages[0].id}`, { pipelineId: to.id, before: to.stages[0].id })
    expect(await names(api, to.id)).toBe('A C Won Lost')
    expect((await api.get(`/deals/${deal.id}`)).body.data.pipelineId).toBe(to.id)
    expect((await api.get(`/stages?pipelineId=${from.id}`)).body.data.map(({ name }: Body) => name)).toEqual(['B', 'Won', 'Lost'])
    expect((await api.get('/stages?pipelineId=9223372036854775808')).body.data).toEqual([])
  })
})

test('native: loss reasons are added, renamed, archived and deleted, and names are taken once', async () => {
  const { api } = await open()
  const made = await api.post('/loss-reasons', { name: 'Price', kind: 'unqualified' })
  expect(made.body.data).toMatchObject({ name: 'Price', kind: 'unqualified', isArchived: false })
  expect((await api.post('/loss-reasons', { name: 'Price', kind: 'unqualified' })).body.errors[0].rule).toBe('duplicate')
  expect((await api.post('/loss-reasons', { name: 'Price' })).status).toBe(201)
  const path = `/loss-reasons/${made.body.data.id}`
  expect((await api.patch(path, { name: 'Cost', isArchived: true })).body.data).toMatchObject({ name: 'Cost', isArchived: true })
  expect((await api.get('/loss-reasons?kind=unqualified')).body).toMatchObject({ data: [{ name: 'Cost' }], next: null })
  expect((await api.delete(path)).status).toBe(204)
  expect((await api.get(path)).status).toBe(404)
})

test('native: custom fields hold values of their type, under their ids', async () => {
  const { api } = await open()
  const add = async (name: string, type: string, more: object = {}) =>
    (await api.post('/custom-fields', { subject: 'deal', name, type, ...more })).body.data.id
  const number = await add('Seats', 'number')
  const choice = await add('Tier', 'choice', { options: ['Gold', 'Iron'] })
  const date = await add('Renewal', 'date')
  const flag = await add('Hot', 'boolean')
  const refused = await api.post('/deals', {
    title: 'D',
    customFields: { [number]: 'many', [choice]: 'Lead', [date]: '2026-02-30', 1: 'x' },
  })
  expect(refused.status).toBe(422)
  expect(new Set(refused.body.errors.map(({ field, rule }: Body) => `${field} ${rule}`))).toEqual(
    new Set([
      `customFields.${number} type`,
      `customFields.${choice} type`,
      `customFields.${date} type`,
      'customFields.1 unknown',
    ]),
  )
  const { body } = await api.post('/deals', { title: 'D', customFields: { [number]: 3, [choice]: 'Gold', [flag]: false } })
  expect(body.data.customFields).toEqual({ [number]: 3, [choice]: 'Gold', [flag]: false })
  const changed = await api.patch(`/deals/${body.data.id}`, { customFields: { [number]: null, [date]: '2026-12-24' } })
  expect(changed.body.data.customFields).toEqual({ [choice]: 'Gold', [flag]: false, [date]: '2026-12-24' })
  expect((await api.get(`/deals?customField=${choice}:Gold`)).body.data).toHaveLength(1)
  expect((await api.get(`/deals?customField=${choice}:Iron`)).body.data).toHaveLength(0)
  expect((await api.patch(`/custom-fields/${choice}`, { name: 'Level', options: ['Gold'] })).body.data).toMatchObject({
    name: 'Level',
    options: ['Gold'],
  })
  expect((await api.delete(`/custom-fields/${choice}`)).status).toBe(204)
  expect((await api.get(`/deals/${body.data.id}`)).body.data.customFields).toEqual({ [flag]: false, [date]: '2026-12-24' })
  expect((await api.get('/custom-fields?subject=deal')).body.data).toHaveLength(3)
  expect((await api.get('/custom-fields?subject=contact')).body.data).toHaveLength(0)
})

describe('native: contacts and companies', () => {
  test('are added, changed, found and deleted, each in its own list', async () => {
    const { api } = await open()
    const company = (await api.post('/companies', { name: 'Acme AG', address: { city: 'Bern' } })).body.data
    const made = await api.post('/contacts', {
      firstName: 'Zoë',
      lastName: 'Ångström',
      companyId: company.id,
      emails: [{ value: 'Zoe@Example.com', primary: true }],
      phones: [{ value: '+41 31', label: 'home' }],
      tags: ['vip'],
    })
    expect(made.status).toBe(201)
    expect(made.body.data).toMatchObject({
      name: 'Zoë Ångström',
      emails: [{ value: 'Zoe@Example.com', label: 'work', primary: true }],
      phones: [{ value: '+41 31', label: 'home', primary: false }],
      address: { city: null },
      tags: ['vip'],
    })
    const path = `/contacts/${made.body.data.id}`
    expect((await api.get(path)).body).toEqual(made.body)
    expect(company).not.toHaveProperty('firstName')
    expect((await api.get(`/contacts/${company.id}`)).status).toBe(404)
    expect((await api.get(`/companies/${made.body.data.id}`)).status).toBe(404)
    expect((await api.patch(path, { name: 'Zoe Stone', address: { city: 'Thun' } })).body.data).toMatchObject({
      firstName: 'Zoe',
      lastName: 'Stone',
      address: { city: 'Thun', country: null },
    })
    for (const query of [
      'email=zoe@example.com',
      'text=st',
      `companyId=${company.id}`,
      'lastName=Stone',
      `ids=${made.body.data.id}`,
    ])
      expect((await api.get(`/contacts?${query}`)).body.data, query).toHaveLength(1)
    expect((await api.get('/companies?text=acme')).body.data).toHaveLength(1)
    expect((await api.delete(path)).status).toBe(204)
    expect((await api.get(path)).status).toBe(404)
    expect((await api.get('/contacts?deleted=only')).body.data[0].deletedAt).not.toBeNull()
  })

  test.each(['name', '-name', 'createdAt', '-updatedAt', '-id', 'lastName', '-lastName'])(
    'are paged by key under %s',
    async (sort) => {
      const { api } = await open()
      for (const name of ['Bo B', 'Al A', 'Bo B', 'Cy', 'Al A']) await api.post('/contacts', { name })
      const paged = await api.all(`/contacts?sort=${sort}&limit=2`)
      const whole = (await api.get(`/contacts?sort=${sort}&limit=200`)).body.data
      expect(paged).toEqual(whole)
      expect(new Set(paged.map(({ id }) => id)).size).toBe(5)
    },
  )

  test('need a name, and a company belongs to no company', async () => {
    const { api } = await open()
    expect((await api.post('/contacts', {})).body.errors[0]).toMatchObject({ field: 'name', rule: 'blank' })
    const company = (await api.post('/companies', { name: 'A' })).body.data
    expect((await api.post('/companies', { name: 'B', companyId: company.id })).body.errors[0]).toMatchObject({
      field: 'companyId',
      rule: 'unknown',
    })
    const contact = (await api.post('/contacts', { name: 'C' })).body.data
    expect((await api.post('/contacts', { name: 'D', companyId: contact.id })).body.errors[0]).toMatchObject({
      field: 'companyId',
      rule: 'not_found',
    })
  })
})
