import { type CustomField, listCustomFields } from '../../../domain/custom-field.ts'
import { listDeals } from '../../../domain/deal.ts'
import type { Key, Page } from '../../../domain/page.ts'
import { listParties } from '../../../domain/party.ts'
import { listPipelines } from '../../../domain/pipeline.ts'
import { listRecords } from '../../../domain/record.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Instant } from '../../../domain/time.ts'
import type { Speaker } from '../../../http/speak.ts'
import { filterCollection } from '../filters.ts'
import { visibleStages } from '../stages.ts'
import { offsetPage, orNull, plainTime } from '../wire.ts'
import { writeFullDeal } from './deal.ts'
import { mostFilters, writeFilter } from './filters.ts'
import { maybe, moment, text } from './input.ts'
import { writeOrganization } from './organizations.ts'
import { Paging } from './page.ts'
import { writePerson } from './persons.ts'
import { writePipeline } from './pipelines.ts'
import { relatedToDeals, relatedToParties } from './related.ts'
import { writeStage } from './stages.ts'
import { everybody, writeUser } from './users.ts'

/** One record that changed, before it is written. */
interface Recent {
  item: Item
  id: number
  at: Instant
  record: unknown
}

type Item = keyof typeof sources

/** Pages of one sort of record in the order of their changes. */
type Source = (scope: Scope, since: Instant) => AsyncGenerator<Recent>

const pageSize = 500

/** Walks a list that the store keeps in the order of changes, page by page, so that memory does not grow with it. */
const walking = (
  item: 'deal' | 'person' | 'organization',
  list: (scope: Scope, since: Instant, after: Key | undefined) => Promise<Page<{ id: number; updatedAt: Instant }>>,
): Source =>
  async function* (scope, since) {
    for (let after: Key | null | undefined; after !== null; ) {
      const page = await list(scope, since, after)
      for (const record of page.items) yield { item, id: record.id, at: record.updatedAt, record }
      after = page.next
    }
  }

/** A list that is short as a whole. */
const short = (
  item: 'stage' | 'pipeline' | 'user' | 'filter',
  list: (scope: Scope) => Promise<readonly { id: number; createdAt: Instant; updatedAt: Instant | null }[]>,
): Source =>
  async function* (scope, since) {
    const all = (await list(scope)).map((record) => ({ item, id: record.id, at: record.updatedAt ?? record.createdAt, record }))
    yield* all.filter(({ at }) => at >= since).sort((a, b) => a.at - b.at || a.id - b.id)
  }

const byUpdate = { by: 'updatedAt', direction: 'asc' } as const

const parties = (kind: 'person' | 'company') => (scope: Scope, updatedSince: Instant, after: Key | undefined) =>
  listParties(scope, { kind, updatedSince, deleted: 'both', sort: byUpdate, limit: pageSize, after })

/** What the vendor lists among recent changes and there is here; activities, files, notes and products there are none of. */
const sources = {
  deal: walking('deal', (scope, updatedSince, after) =>
    listDeals(scope, { filter: { updatedSince, deleted: 'both' }, sort: [byUpdate], limit: pageSize, after }),
  ),
  person: walking('person', parties('person')),
  organization: walking('organization', parties('company')),
  stage: short('stage', (scope) => visibleStages(scope)),
  pipeline: short('pipeline', listPipelines),
  user: short('user', (scope) => everybody(scope)),
  filter: short('filter', async (scope) => (await listRecords(scope, filterCollection, { limit: mostFilters })).items),
} satisfies Record<string, Source>

/** All sorts together in the order of their changes. */
async function* merged(walks: readonly AsyncGenerator<Recent>[]): AsyncGenerator<Recent> {
  const heads = await Promise.all(walks.map(async (walk) => ({ walk, next: await walk.next() })))
  for (;;) {
    const [first] = heads
      .filter(({ next }) => !next.done)
      .sort((a, b) => (a.next.value as Recent).at - (b.next.value as Recent).at)
    if (!first) return
    yield first.next.value as Recent
    first.next = await first.walk.next()
  }
}

/** One page of the merged walk, and whether more follows. */
async function pageOf(walk: AsyncGenerator<Recent>, { start, limit }: Paging): Promise<{ page: Recent[]; more: boolean }> {
  const page: Recent[] = []
  let index = 0
  for await (const recent of walk) {
    if (index++ < start) continue
    if (page.length === limit) return { page, more: true }
    page.push(recent)
  }
  return { page, more: false }
}

type Written<T> = T extends (record: infer R, ...rest: never[]) => unknown ? R : never

/** Each record as its own route writes it; what they point at is looked up once for the page. */
async function writing(scope: Scope, page: readonly Recent[]): Promise<(recent: Recent) => unknown> {
  const of = <T>(...items: readonly Item[]) => page.filter(({ item }) => items.includes(item)).map(({ record }) => record as T)
  const related = await relatedToDeals(scope, of<Written<typeof writeFullDeal>>('deal'))
  const known = await relatedToParties(scope, of<Written<typeof writePerson>>('person', 'organization'))
  const fields: readonly CustomField[] = await listCustomFields(scope, 'contact')
  const write: Readonly<Record<Item, (record: never) => unknown>> = {
    deal: (deal: Written<typeof writeFullDeal>) => writeFullDeal(deal, related),
    person: (person: Written<typeof writePerson>) => writePerson(person, known, fields),
    organization: (company: Written<typeof writeOrganization>) => writeOrganization(company, known, fields),
    stage: writeStage,
    pipeline: (pipeline: Written<typeof writePipeline>) => writePipeline(pipeline, scope.workspace),
    user: (user: Written<typeof writeUser>) => writeUser(user, scope),
    filter: writeFilter,
  }
  return ({ item, record }) => write[item](record as never)
}

const isItem = (name: string): name is Item => Object.hasOwn(sources, name)

const RecentsQuery = Paging.extend({ since_timestamp: moment, items: maybe(text) })

/** What has changed since a moment, of every sort of record. */
export function openRecents(v1: Speaker): void {
  v1.get('/recents', { query: RecentsQuery, cost: 20 }, async ({ scope, query }) => {
    const { since_timestamp: since, items, start, limit } = query
    const wanted = items?.split(',').map((name) => name.trim()) ?? Object.keys(sources)
    const { page, more } = await pageOf(
      merged([...new Set(wanted)].filter(isItem).map((item) => sources[item](scope, since))),
      query,
    )
    const write = await writing(scope, page)
    const answer = offsetPage(
      page.map((recent) => ({ item: recent.item, id: recent.id, data: write(recent) })),
      { start, limit, more },
    )
    const body = answer.body as { additional_data: object }
    const additional_data = {
      since_timestamp: plainTime(since),
      last_timestamp_on_page: orNull(page.at(-1)?.at ?? null, plainTime),
      ...body.additional_data,
    }
    return { ...answer, body: { ...body, additional_data } }
  })
}
