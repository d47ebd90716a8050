import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../../../../../test/support/app.ts'
import { clockAt, openV1, type V1 } from './served.ts'

/** Everything that changed lately, of all sorts, in the order of the changes. */
const clock = clockAt('2026-05-15T10:00:00Z')
let app: TestApp
let v1: V1
const ids = { deal: 0, gone: 0, person: 0, organization: 0, stage: 0, pipeline: 0, filter: 0 }

const later = async <T>(work: () => Promise<T>): Promise<T> => {
  clock.pass(60_000)
  return work()
}
const made = async (path: string, body: object): Promise<number> => (await later(() => v1.post(path, body))).body.data.id

beforeAll(async () => {
  ;({ app, v1 } = await openV1({ now: clock.now }))
  ids.deal = await made('/deals', { title: 'Deal' })
  ids.gone = await made('/deals', { title: 'Gone' })
  ids.person = await made('/persons', { name: 'Jo' })
  ids.organization = await made('/organizations', { name: 'Acme' })
  ids.pipeline = await made('/pipelines', { name: 'Second' })
  ids.stage = await made('/stages', { name: 'Stage', pipeline_id: ids.pipeline })
  ids.filter = await made('/filters', { name: 'All', type: 'deals', conditions: { glue: 'and', conditions: [] } })
  await later(() => v1.delete(`/deals/${ids.gone}`))
  await later(() => v1.put(`/deals/${ids.deal}`, { title: 'Changed' }))
})
afterAll(() => app.close())

const since = '2026-05-15 10:00:01'
const recents = async (query: string) => (await v1.get(`/recents?${query}`)).body
const named = (data: { item: string; id: number }[]) => data.map(({ item, id }) => [item, id])

test('all sorts in the order of their changes, each as its own call writes it', async () => {
  const { data, additional_data } = await recents(`since_timestamp=${since}`)
  expect(named(data)).toEqual([
    ['person', ids.person],
    ['organization', ids.organization],
    ['pipeline', ids.pipeline],
    ['stage', ids.stage],
    ['filter', ids.filter],
    ['deal', ids.gone],
    ['deal', ids.deal],
  ])
  expect(additional_data).toEqual({
    since_timestamp: since,
    last_timestamp_on_page: '2026-05-15 10:09:00',
    pagination: { start: 0, limit: 100, more_items_in_collection: false },
  })
  const [person, , , stage, , gone] = data
  expect(gone.data).toMatchObject({ deleted: true, status: 'deleted' })
  expect(person.data).toEqual((await v1.get(`/persons/${ids.person}`)).body.data)
  expect(stage.data).toEqual((await v1.get(`/stages/${ids.stage}`)).body.data)
})

test('only the sorts that are asked for, page by page; of some there are none', async () => {
  expect(named((await recents(`since_timestamp=${since}&items=deal,stage`)).data)).toEqual([
    ['stage', ids.stage],
    ['deal', ids.gone],
    ['deal', ids.deal],
  ])
  expect((await recents(`since_timestamp=${since}&items=note,activity`)).data).toEqual([])
  const page = await recents(`since_timestamp=${since}&start=1&limit=2`)
  expect(named(page.data)).toEqual([
    ['organization', ids.organization],
    ['pipeline', ids.pipeline],
  ])
  expect(page.additional_data.pagination).toEqual({ start: 1, limit: 2, more_items_in_collection: true, next_start: 3 })
  const none = await recents('since_timestamp=2027-01-01 00:00:00')
  expect([none.data, none.additional_data.last_timestamp_on_page]).toEqual([[], null])
})

test('the moment must be there and be one', async () => {
  expect((await v1.get('/recents')).status).toBe(400)
  expect((await v1.get('/recents?since_timestamp=yesterday')).status).toBe(400)
})
