import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp } from '../../../../../test/support/app.ts'
import { speakV1, type V1 } from './served.ts'

/** No token sees, changes or guesses what belongs to another company: a foreign id is answered as one that nobody has. */
const app = await openTestApp()
afterAll(() => app.close())

let mine: V1
let theirs: V1
const foreign = { stage: 0, pipeline: 0, deal: 0, person: 0, org: 0, filter: 0, user: 0 }
const own = { ...foreign }

async function fill(v1: V1, ids: typeof foreign): Promise<void> {
  const deal = (await v1.post('/deals', { title: 'Deal' })).body.data
  ids.deal = deal.id
  ids.stage = deal.stage_id
  ids.pipeline = deal.pipeline_id
  ids.user = deal.user_id.id
  ids.person = (await v1.post('/persons', { name: 'Jo' })).body.data.id
  ids.org = (await v1.post('/organizations', { name: 'Acme' })).body.data.id
  const conditions = { glue: 'and', conditions: [] }
  ids.filter = (await v1.post('/filters', { name: 'All', type: 'deals', conditions })).body.data.id
}

beforeAll(async () => {
  const [here, there] = [await app.workspace({ template: 'pipedrive' }), await app.workspace({ template: 'pipedrive' })]
  mine = speakV1(app, here.token)
  theirs = speakV1(app, there.token)
  await fill(mine, own)
  await fill(theirs, foreign)
})

type Kind = keyof typeof foreign
type Call = readonly [method: string, kind: Kind, path: (id: number) => string, body?: (id: number) => object]

const calls: readonly Call[] = [
  ['GET', 'stage', (id) => `/stages/${id}`],
  ['PUT', 'stage', (id) => `/stages/${id}`, () => ({ name: 'Taken' })],
  ['DELETE', 'stage', (id) => `/stages/${id}`],
  ['DELETE', 'stage', (id) => `/stages?ids=${id}`],
  ['GET', 'stage', (id) => `/stages/${id}/deals?everyone=1`],
  ['GET', 'pipeline', (id) => `/stages?pipeline_id=${id}`],
  ['POST', 'pipeline', () => '/stages', (id) => ({ name: 'In', pipeline_id: id })],
  ['PUT', 'pipeline', () => `/stages/${own.stage}`, (id) => ({ pipeline_id: id })],
  ['GET', 'pipeline', (id) => `/pipelines/${id}`],
  ['PUT', 'pipeline', (id) => `/pipelines/${id}`, () => ({ name: 'Taken' })],
  ['DELETE', 'pipeline', (id) => `/pipelines/${id}`],
  ['GET', 'pipeline', (id) => `/pipelines/${id}/deals?everyone=1&get_summary=1`],
  ['GET', 'stage', (id) => `/pipelines/${own.pipeline}/deals?everyone=1&stage_id=${id}`],
  ['GET', 'deal', (id) => `/deals/${id}`],
  ['GET', 'deal', (id) => `/deals/${id}:(id,title)`],
  ['GET', 'deal', (id) => `/deals/${id}/flow`],
  ['GET', 'deal', (id) => `/deals/${id}/changelog`],
  ['PUT', 'deal', (id) => `/deals/${id}`, () => ({ title: 'Taken' })],
  ['DELETE', 'deal', (id) => `/deals/${id}`],
  ['DELETE', 'deal', (id) => `/deals?ids=${id}`],
  ['POST', 'deal', (id) => `/deals/${id}/duplicate`],
  ['PUT', 'deal', (id) => `/deals/${id}/merge`, () => ({ merge_with_id: own.deal })],
  ['PUT', 'deal', () => `/deals/${own.deal}/merge`, (id) => ({ merge_with_id: id })],
  ['GET', 'user', (id) => `/deals?user_id=${id}`],
  ['GET', 'stage', (id) => `/deals?stage_id=${id}`],
  ['GET', 'filter', (id) => `/deals?filter_id=${id}`],
  ['GET', 'org', (id) => `/deals/archived?org_id=${id}`],
  ['GET', 'user', (id) => `/deals/collection?user_id=${id}`],
  ['POST', 'stage', () => '/deals', (id) => ({ title: 'In', stage_id: id })],
  ['POST', 'pipeline', () => '/deals', (id) => ({ title: 'In', pipeline_id: id })],
  ['POST', 'user', () => '/deals', (id) => ({ title: 'In', user_id: id })],
  ['POST', 'person', () => '/deals', (id) => ({ title: 'In', person_id: id })],
  ['PUT', 'org', () => `/deals/${own.deal}`, (id) => ({ org_id: id })],
  ['GET', 'person', (id) => `/persons/${id}`],
  ['PUT', 'person', (id) => `/persons/${id}`, () => ({ name: 'Taken' })],
  ['DELETE', 'person', (id) => `/persons/${id}`],
  ['DELETE', 'person', (id) => `/persons?ids=${id}`],
  ['GET', 'org', (id) => `/persons?org_id=${id}`],
  ['POST', 'org', () => '/persons', (id) => ({ name: 'In', org_id: id })],
  ['POST', 'user', () => '/persons', (id) => ({ name: 'In', owner_id: id })],
  ['GET', 'org', (id) => `/organizations/${id}`],
  ['PUT', 'org', (id) => `/organizations/${id}`, () => ({ name: 'Taken' })],
  ['DELETE', 'org', (id) => `/organizations/${id}`],
  ['DELETE', 'org', (id) => `/organizations?ids=${id}`],
  ['GET', 'user', (id) => `/organizations?user_id=${id}`],
  ['GET', 'user', (id) => `/users/${id}`],
  ['GET', 'filter', (id) => `/filters/${id}`],
  ['PUT', 'filter', (id) => `/filters/${id}`, () => ({ name: 'Taken' })],
  ['DELETE', 'filter', (id) => `/filters/${id}`],
  ['DELETE', 'filter', (id) => `/filters?ids=${id}`],
]

const nobody = 987_654_321

test('a foreign id is answered as an unknown one, by every call that takes an id', async () => {
  for (const [method, kind, path, body] of calls) {
    const say = async (id: number) => {
      const { status, body: said } = await mine.send(method, path(id), { body: body?.(id) })
      return JSON.stringify([status, said]).replaceAll(String(id), 'ID')
    }
    expect(await say(foreign[kind]), `${method} ${path(foreign[kind])}`).toBe(await say(nobody))
  }
  expect((await theirs.get(`/deals/${foreign.deal}`)).body.data).toMatchObject({ title: 'Deal', deleted: false })
  expect((await theirs.get(`/persons/${foreign.person}`)).body.data).toMatchObject({ name: 'Jo', active_flag: true })
  expect((await theirs.get(`/filters/${foreign.filter}`)).body.data.name).toBe('All')
})

test('lists hold nothing of another company', async () => {
  for (const path of [
    '/stages',
    '/pipelines',
    '/deals',
    '/deals/collection',
    '/persons',
    '/organizations',
    '/users',
    '/filters',
  ]) {
    const ids = async (v1: V1) => (await v1.get(path)).body.data.map(({ id }: { id: number }) => id)
    const [here, there] = [await ids(mine), await ids(theirs)]
    expect(here.length, path).toBeGreaterThan(0)
    expect(
      here.filter((id: number) => there.includes(id)),
      path,
    ).toEqual([])
  }
  expect((await mine.get('/users/find?term=ada')).body.data).toHaveLength(1)
})
