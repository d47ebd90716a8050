import { adminScope } from '../../src/cli/open.ts'
import type { Deal } from '../../src/domain/deal.ts'
import { withStage } from '../../src/domain/deal.ts'
import { difference, type Event, snapshot } from '../../src/domain/events.ts'
import { listPipelines } from '../../src/domain/pipeline.ts'
import { lifeOf } from '../../src/domain/reports/life.ts'
import { listStages, type Stage } from '../../src/domain/stage.ts'
import type { Store } from '../../src/serve.ts'
import { insertDeals } from '../../src/store/deals.ts'
import { appendEvents } from '../../src/store/history.ts'
import { beginLives } from '../../src/store/reports/lives.ts'

/**
 * Deals with histories, five events each, over three years in the pipelines of one workspace. They are written straight into the tables, as an
 * import of them would leave them: only faster.
 */

const quiet: ReadonlySet<string> = new Set(['version', 'updatedAt'])
const day = 86_400_000
const began = Date.UTC(2024, 0, 1)
const perDeal = 5
const atOnce = 1000

/** Looks random, and is the same in every run. */
const mixed = (n: number): number => {
  const x = Math.imul(n ^ (n >>> 16), 0x45d9f3b)
  return ((x ^ (x >>> 15)) >>> 0) / 4_294_967_296
}

export async function fill(
  { engine, registry }: Store,
  count: number,
): Promise<{ events: number; pipelineIds: readonly number[] }> {
  const [workspace] = await registry.workspaces()
  if (!workspace) throw new Error('the store has no workspace')
  const scope = await adminScope(registry, workspace, 'import')
  const rows: Stage[][] = []
  for (const { id } of await listPipelines(scope)) rows.push([...(await listStages(scope, id))])
  const owners = (await scope.store.members.list({ limit: 100 })).items.map(({ id }) => id)
  for (let first = 1; first <= count; first += atOnce) {
    await engine.transaction(async (session) => {
      const db = { session, engine, workspaceId: workspace.id }
      const lives = Array.from({ length: Math.min(atOnce, count - first + 1) }, (_, index) => {
        const n = first + index
        return lived(n, rows[n % rows.length] ?? [], owners[n % owners.length] ?? 1)
      })
      await insertDeals(
        db,
        lives.map(({ deal }) => deal),
      )
      await appendEvents(
        db,
        lives.flatMap(({ events }) => events),
      )
      await beginLives(
        db,
        lives.map(({ deal, events }) => [deal.id, lifeOf(events)]),
      )
    })
  }
  return { events: count * perDeal, pipelineIds: rows.flatMap(([stage]) => (stage ? [stage.pipelineId] : [])) }
}

function lived(n: number, stages: readonly Stage[], ownerId: number): { deal: Deal; events: Omit<Event, 'id'>[] } {
  const open = stages.filter(({ kind }) => kind === 'open')
  const [first] = open
  if (!first) throw new Error('a pipeline without open stages')
  let at = began + Math.floor(mixed(n) * 1000 * day)
  const month = Math.floor(mixed(n + 7) * 6)
  let deal: Deal = {
    ...blank,
    id: n,
    uuid: uuidOf(n),
    title: `Deal ${n}`,
    amount: 10_000 + Math.floor(mixed(n + 1) * 9_000_000),
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
  const closes = mixed(n + 2)
  const last = closes < 0.3 ? 'won' : closes < 0.75 ? 'lost' : 'open'
  for (let step = 1; step < perDeal; step++) {
    at += 1 + Math.floor(mixed(n * 8 + step) * 21 * day)
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
  currency: 'USD',
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
