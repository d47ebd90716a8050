import { expect } from 'vitest'
import type { DealFacts, DialectClient, StageFacts } from '../support/driver.ts'

/** How two dialects are held against each other: each says what it has a word for, and where both have one they say the same. */

/** The kind of every stage, from the dialects that list closed ones. */
export type Kinds = ReadonlyMap<number, Pick<StageFacts, 'kind' | 'isShared'>>

export async function kindsOf(clients: readonly DialectClient[]): Promise<Kinds> {
  const lists = await Promise.all(clients.map((client) => client.listStages()))
  return new Map(lists.flat().map((stage) => [stage.id, stage]))
}

/** An amount as the one of two dialects says it that can say less; halves go away from zero. */
export function asCoarsely(value: number, ...facts: readonly Pick<DealFacts, 'places'>[]): number {
  const unit = 10 ** Math.min(...facts.map(({ places = 4 }) => places))
  return (Math.sign(value) * Math.floor(Math.abs(value) * unit + 0.5)) / unit
}

/** A vendor without the word `unqualified` says lost. */
const outcomeOf = ({ outcome }: DealFacts) => (outcome === 'unqualified' ? 'lost' : outcome)

/** What two dialects must say alike of one deal. */
function expectSameDeal(a: DealFacts, b: DealFacts, kinds: Kinds): void {
  expect([b.id, b.title, asCoarsely(b.value, a, b), b.ownerId, outcomeOf(b)]).toEqual([
    a.id,
    a.title,
    asCoarsely(a.value, a, b),
    a.ownerId,
    outcomeOf(a),
  ])
  for (const name of ['currency', 'expectedCloseDate', 'probability'] as const) {
    if (a[name] !== undefined && b[name] !== undefined) expect(b[name]).toEqual(a[name])
  }
  if (a.tags && b.tags) expect(b.tags).toEqual(a.tags)
  // Free text is beyond those that choose from a list; they show none.
  if (a.lossReason && b.lossReason) expect(b.lossReason).toBe(a.lossReason)
  // A closed deal stands in its closing stage for the ones, in its last open stage for the others.
  const [ours, theirs] = [kinds.get(a.stageId), kinds.get(b.stageId)]
  const sameStyle = (ours?.kind ?? 'open') === (theirs?.kind ?? 'open')
  if (ours?.isShared || theirs?.isShared) return
  if (outcomeOf(a) === 'open' || sameStyle) expect(b.stageId).toBe(a.stageId)
}

const sorted = (deals: readonly DealFacts[]) => [...deals].sort((a, b) => a.id - b.id)

/** All dialects show the same pipelines, the same open stages in the same order, and the same deals, listed and one by one. */
export async function expectAgreement(clients: readonly DialectClient[], kinds: Kinds): Promise<void> {
  const views = await Promise.all(
    clients.map(async (client) => ({
      client,
      pipelines: (await client.listPipelines()).sort((a, b) => a.id - b.id),
      stages: await client.listStages(),
      deals: sorted(await client.listDeals()),
    })),
  )
  const [first, ...others] = views
  if (!first) return
  const row = (stages: readonly StageFacts[], pipelineId: number) =>
    stages.filter((stage) => stage.kind === 'open' && stage.pipelineId === pipelineId).map(({ id, name }) => ({ id, name }))
  for (const other of others) {
    expect(other.pipelines).toEqual(first.pipelines)
    for (const { id } of first.pipelines) expect(row(other.stages, id)).toEqual(row(first.stages, id))
    expect(other.deals.map(({ id }) => id)).toEqual(first.deals.map(({ id }) => id))
    for (const [index, deal] of first.deals.entries()) expectSameDeal(deal, other.deals[index] as DealFacts, kinds)
  }
  for (const { client, deals } of views) {
    for (const deal of deals) {
      const one = await client.getDeal(deal.id)
      expect(one).toEqual({ ok: true, value: deal })
    }
  }
}
