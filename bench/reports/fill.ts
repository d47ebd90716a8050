import { adminScope } from '../../src/cli/open.ts'
import type { Deal } from '../../src/domain/deal.ts'
import { withStage } from '../../src/domain/deal.ts'
import { addPipeline } from '../../src/domain/edit-pipelines.ts'
import { difference, type Event, snapshot } from '../../src/domain/events.ts'
import { listPipelines } from '../../src/domain/pipeline.ts'
import { lifeOf } from '../../src/domain/reports/life.ts'
import { listStages, type Stage } from '../../src/domain/stage.ts'
import type { Store } from '../../src/serve.ts'
import { takeIds } from '../../src/store/rows.ts'
import { beginLoad, type Lived, load } from './load.ts'

/**
 * Deals with histories, five events each, over three years in the pipelines of one workspace. They are written straight into the tables, as an
 * import of them would leave them: only faster.
 */

const quiet: ReadonlySet<string> = new Set(['version', 'updatedAt'])
const day = 86_400_000
const began = Date.UTC(2024, 0, 1)
const perDeal = 5
const atOnce = 2000

/** From 0 to 1: looks random for each deal and each thing asked about it, and is the same in every run. */
function mixed(n: number, what: number): number {
  let x = Math.imul(n, 0x9e3779b1) ^ Math.imul(what + 1, 0x85ebca6b)
  for (const factor of [0x7feb352d, 0x846ca68b]) {
    x ^= x >>> 16
    x = Math.imul(x, factor)
  }
  return ((x ^ (x >>> 15)) >>> 0) / 4_294_967_296
}

/** So many members own the deals, and in one of so many the deal is counted in euros. */
const owners = 20
const euros = 8

export const eventsOf = (deals: number): number => deals * perDeal

/** Pipelines and members beside those of a new workspace, and then the deals. */
export async function fill({ engine, registry }: Store, count: number, pipelines: number): Promise<void> {
  const [workspace] = await registry.workspaces()
  if (!workspace) throw new Error('the store has no workspace')
  const scope = await adminScope(registry, workspace, 'import')
  for (let n = 2; n <= pipelines; n++) {
    const stages = ['Lead', 'Contacted', 'Demo', 'Offer'].map((name, index) => ({ name, probability: 20 * (index + 1) }))
    await addPipeline(scope, { name: `Pipeline ${n}`, hasProbability: true, stages })
  }
  const ownerIds = [scope.user.id]
  for (let n = 2; n <= owners; n++) {
    const draft = { name: `Owner ${n}`, email: `owner-${n}@example.com`, phone: null, role: 'member' } as const
    ownerIds.push((await scope.store.transaction((tx) => tx.members.add(draft, scope.now()))).id)
  }
  const rows: (readonly Stage[])[] = []
  for (const { id } of await listPipelines(scope)) rows.push(await listStages(scope, id))
  const end = await beginLoad(engine)
  for (let first = 1; first <= count; first += atOnce) {
    const size = Math.min(atOnce, count - first + 1)
    const ids = await engine.transaction((session) => takeIds({ session, engine, workspaceId: workspace.id }, 'deal', size))
    const lives = Array.from({ length: size }, (_, index): Lived => {
      const n = ids.next + index
      const { deal, events } = lived(n / count, n, pick(rows, n), pick(ownerIds, Math.floor(mixed(n, 0) * owners)))
      return { deal, events, life: lifeOf(events) }
    })
    await load(engine, workspace.id, lives)
  }
  await end()
}

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T

/** The life of the n-th deal; `share` of all deals are there by then, because ids follow time. */
function lived(share: number, n: number, stages: readonly Stage[], ownerId: number): { deal: Deal; events: Omit<Event, 'id'>[] } {
  const open = stages.filter(({ kind }) => kind === 'open')
  const [first] = open
  if (!first) throw new Error('a pipeline without open stages')
  let at = began + Math.floor(share * 1000 * day + mixed(n, 1) * 7 * day)
  const month = Math.floor(mixed(n, 2) * 6)
  let deal: Deal = {
    ...blank,
    id: n,
    uuid: uuidOf(n),
    title: `Deal ${n}`,
    currency: mixed(n, 5) * euros < 1 ? 'EUR' : 'USD',
    amount: 10_000 + Math.floor(mixed(n, 3) * 9_000_000),
    pipelineId: first.pipelineId,
    stageId: first.id,
    openStageId: first.id,
    ownerId,
    creatorId: ownerId,
    expectedCloseDate: new Date(at + month * 30 * day).toISOString().slice(0, 10),
    rank: `a${n}`,
    createdAt: at,
    updatedAt: at,
  }
  const event = (type: Event['type'], change: Pick<Event, 'before' | 'after'>): Omit<Event, 'id'> => ({
    type,
    subjectId: n,
    at,
    userId: ownerId,
    via: 'import',
    batch: null,
    ...change,
  })
  const events = [event('deal.created', { before: null, after: snapshot(deal, quiet) })]
  const closes = mixed(n, 4)
  const last = closes < 0.3 ? 'won' : closes < 0.75 ? 'lost' : 'open'
  for (let step = 1; step < perDeal; step++) {
    at += 1 + Math.floor(mixed(n, 10 + step) * 21 * day)
    const isLast = step === perDeal - 1 && last !== 'open'
    const to = isLast ? stages.find(({ kind }) => kind === last) : open[Math.min(step, open.length - 1)]
    const moved =
      to && to.id !== deal.stageId
        ? withStage(deal, to, to.kind === 'open' ? to.id : deal.openStageId, at, ownerId)
        : { ...deal, amount: deal.amount + 100 }
    const next = { ...moved, version: deal.version + 1, updatedAt: at }
    const change = difference(deal, next, quiet)
    if (change) events.push(event(moved.stageId === deal.stageId ? 'deal.updated' : 'deal.moved', change))
    deal = next
  }
  return { deal, events }
}

const uuidOf = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

const blank = {
  externalId: null,
  outcome: 'open',
  contactId: null,
  companyId: null,
  probability: null,
  lossReasonId: null,
  lossComment: null,
  stageChangedAt: null,
  stageChangedById: null,
  openStageChangedAt: null,
  closedAt: null,
  firstWonAt: null,
  tags: [],
  customFields: {},
  extras: {},
  version: 1,
  archivedAt: null,
  deletedAt: null,
} satisfies Partial<Deal>
