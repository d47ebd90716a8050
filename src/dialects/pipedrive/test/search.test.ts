import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { account, type Caller, caller, type Item } from './caller.ts'

let app: TestApp

beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

async function open() {
  const ws = await app.workspace({ template: 'pipedrive' })
  const pd = caller(app, ws)
  return { ws, pd, ...(await account(pd)) }
}

interface Found {
  items: { result_score: number; item: Item }[]
}
const find = async (pd: Caller, path: string) => {
  const { status, body } = await pd.send<Found>('GET', path)
  return {
    status,
    body,
    items: body.data?.items.map(({ item }) => item) ?? [],
    ids: body.data?.items.map(({ item }) => item.id) ?? [],
  }
}

test('a search finds deals by the beginnings of their words, in the documented shape', async () => {
  const { pd, ws, stage } = await open()
  const org = (await pd.post('/api/v2/organizations', { name: 'Acme' })).body.data.id
  const person = (await pd.post('/api/v2/persons', { name: 'Ann Smith' })).body.data.id
  const deal = (
    await pd.post('/api/v2/deals', { title: 'Rocket skates', value: 100, person_id: person, org_id: org, stage_id: stage(1) })
  ).body.data
  await pd.post('/api/v2/deals', { title: 'Anvil' })
  const answer = await find(pd, '/api/v2/deals/search?term=rock')
  expect(answer.body).toEqual({
    success: true,
    data: {
      items: [
        {
          result_score: expect.any(Number),
          item: {
            id: deal.id,
            type: 'deal',
            title: 'Rocket skates',
            value: 100,
            currency: 'USD',
            status: 'open',
            visible_to: 3,
            owner: { id: ws.admin.id },
            stage: { id: stage(1), name: 'Contact Made' },
            person: { id: person, name: 'Ann Smith' },
            organization: { id: org, name: 'Acme' },
            custom_fields: [],
            notes: [],
            is_archived: false,
          },
        },
      ],
    },
    additional_data: { next_cursor: null },
  })
  for (const term of ['ROCKET', 'skates rocket', '  rocket  ', 'röcket']) {
    expect((await find(pd, `/api/v2/deals/search?term=${encodeURIComponent(term)}`)).ids, term).toEqual([deal.id])
  }
  for (const term of ['ocket', 'rocket anvil', '"\'%_*', '((', 'AND']) {
    expect((await find(pd, `/api/v2/deals/search?term=${encodeURIComponent(term)}`)).ids, term).toEqual([])
  }
  expect((await find(pd, '/api/v2/deals/search?term=rocket&include_fields=deal.cc_email')).items[0]).toHaveProperty(
    'cc_email',
    null,
  )
})

test('a search is narrowed by person, organization, status, fields and exactness', async () => {
  const { pd, ws } = await open()
  await addCustomField(ws.scope, { subject: 'deal', name: 'Note' })
  const note = String((await pd.list('/api/v2/dealFields')).body.data.find(({ is_custom_field }) => is_custom_field)?.field_code)
  const org = (await pd.post('/api/v2/organizations', { name: 'Acme' })).body.data.id
  const person = (await pd.post('/api/v2/persons', { name: 'Ann' })).body.data.id
  const add = async (body: object) => (await pd.post('/api/v2/deals', body)).body.data.id
  const plain = await add({ title: 'Skates' })
  const long = await add({ title: 'Skates for Ann', person_id: person, org_id: org, status: 'won' })
  const noted = await add({ title: 'Anvil', custom_fields: { [note]: 'skates' } })
  const ids = async (query: string) => (await find(pd, `/api/v2/deals/search?term=skates${query}`)).ids
  expect(await ids('')).toEqual([plain, long, noted])
  expect(await ids(`&person_id=${person}`)).toEqual([long])
  expect(await ids(`&organization_id=${org}`)).toEqual([long])
  expect(await ids('&status=open')).toEqual([plain, noted])
  expect(await ids('&status=won')).toEqual([long])
  expect(await ids('&fields=title')).toEqual([plain, long])
  expect(await ids('&fields=custom_fields')).toEqual([noted])
  expect(await ids('&fields=notes')).toEqual([])
  expect(await ids('&exact_match=true')).toEqual([plain, noted])
  expect(await ids('&exact_match=true&fields=title')).toEqual([plain])
  expect((await find(pd, `/api/v2/deals/search?term=skates`)).items[2]?.custom_fields).toEqual(['skates'])
})

test('a search is paged by cursor, exact matches too', async () => {
  const { pd } = await open()
  const ids: number[] = []
  for (let i = 0; i < 5; i++) {
    ids.push((await pd.post('/api/v2/deals', { title: 'Skates' })).body.data.id)
    await pd.post('/api/v2/deals', { title: 'Skates and more' })
  }
  for (const exact of ['true', 'false']) {
    const seen: number[] = []
    let cursor: string | null | undefined = ''
    for (let pages = 0; cursor !== null && pages < 20; pages++) {
      const answer = await find(pd, `/api/v2/deals/search?term=skates&limit=2&exact_match=${exact}&cursor=${cursor}`)
      expect(answer.status).toBe(200)
      seen.push(...answer.ids)
      cursor = answer.body.additional_data?.next_cursor
    }
    expect(seen.length).toBe(exact === 'true' ? 5 : 10)
    expect(new Set(seen).size).toBe(seen.length)
    if (exact === 'true') expect(seen).toEqual(ids)
  }
})

test('a term has two characters, or one where it is to match exactly', async () => {
  const { pd } = await open()
  for (const path of ['deals', 'persons', 'organizations']) {
    expect((await find(pd, `/api/v2/${path}/search`)).body.error).toBe('Validation failed: term: This field is missing.')
    for (const query of [
      'term=a',
      'term=',
      'term=%20a%20',
      'term=&exact_match=true',
      'term=ab&exact_match=1',
      'term=ab&fields=colour',
    ]) {
      expect((await find(pd, `/api/v2/${path}/search?${query}`)).status, `${path} ${query}`).toBe(400)
    }
    for (const query of ['term=ab', 'term=a&exact_match=true']) {
      expect((await find(pd, `/api/v2/${path}/search?${query}`)).status, `${path} ${query}`).toBe(200)
    }
  }
})

test('persons are found by name, e-mail address and telephone number', async () => {
  const { pd, ws } = await open()
  const org = (await pd.post('/api/v2/organizations', { name: 'Acme' })).body.data.id
  const ann = (
    await pd.post('/api/v2/persons', {
      name: 'Ann Smith',
      org_id: org,
      emails: [{ value: 'ann@acme.example', primary: true, label: 'work' }],
      phones: [{ value: '555-0100', primary: true, label: 'mobile' }],
    })
  ).body.data.id
  await pd.post('/api/v2/persons', { name: 'Bob' })
  for (const term of ['ann', 'smi', 'ann@acme.example', '555-0100']) {
    expect((await find(pd, `/api/v2/persons/search?term=${term}`)).ids, term).toEqual([ann])
  }
  expect((await find(pd, '/api/v2/persons/search?term=ann@acme.example&fields=phone')).ids).toEqual([])
  expect((await find(pd, `/api/v2/persons/search?term=ann&organization_id=${org + 1}`)).ids).toEqual([])
  expect((await find(pd, '/api/v2/persons/search?term=ann&exact_match=true')).ids).toEqual([])
  expect((await find(pd, '/api/v2/persons/search?term=ANN%20SMITH&exact_match=true')).ids).toEqual([ann])
  expect((await find(pd, '/api/v2/persons/search?term=ann&include_fields=person.picture')).items).toEqual([
    {
      id: ann,
      type: 'person',
      name: 'Ann Smith',
      phones: ['555-0100'],
      emails: ['ann@acme.example'],
      visible_to: 3,
      owner: { id: ws.admin.id },
      organization: { id: org, name: 'Acme' },
      custom_fields: [],
      notes: [],
      picture: null,
    },
  ])
})

test('organizations are found by name', async () => {
  const { pd, ws } = await open()
  const { id } = (await pd.post('/api/v2/organizations', { name: 'Acme Ltd', address: { value: '1 Desert Road' } })).body.data
  await pd.post('/api/v2/organizations', { name: 'Globex' })
  await pd.post('/api/v2/persons', { name: 'Acme Person' })
  expect((await find(pd, '/api/v2/organizations/search?term=acme')).items).toEqual([
    {
      id,
      type: 'organization',
      name: 'Acme Ltd',
      address: '1 Desert Road',
      visible_to: 3,
      owner: { id: ws.admin.id },
      custom_fields: [],
      notes: [],
    },
  ])
  expect((await find(pd, '/api/v2/organizations/search?term=acme&fields=address')).ids).toEqual([])
})
