import { type Deal, listDeals } from '../../../domain/deal.ts'
import type { Scope } from '../../../domain/scope.ts'
import { isOpen } from '../../../domain/stage.ts'
import type { Instant } from '../../../domain/time.ts'
import { eventsOf } from './deal-events.ts'
import { duration, durationBetween } from './duration.ts'
import { bccAddress } from './parties.ts'
import type { RelatedToDeals } from './related.ts'

/** One stay in an open stage. */
interface Stay {
  stageId: number
  from: Instant
}

/** The open stages that the deal stood in, one after the other, as its history tells them. */
async function staysOf(scope: Scope, deal: Deal): Promise<readonly Stay[]> {
  const stays: Stay[] = []
  for (const { type, at, after } of await eventsOf(scope, deal.id)) {
    const stageId = after?.openStageId
    // An import is noted today, and tells of a deal that began long ago.
    if (typeof stageId === 'number') stays.push({ stageId, from: type === 'deal.created' ? deal.createdAt : at })
  }
  return stays
}

/** Seconds in each stage of the deal's pipeline until now, or until it was closed, and the stages in the order it came to them. */
async function stayInStages(scope: Scope, deal: Deal, { stages, now }: RelatedToDeals) {
  const stays = await staysOf(scope, deal)
  const end = deal.closedAt ?? now
  const seconds = new Map<number, number>()
  for (const [index, { stageId, from }] of stays.entries()) {
    if (stages.get(stageId)?.pipelineId !== deal.pipelineId) continue
    const until = Math.min(stays[index + 1]?.from ?? end, end)
    seconds.set(stageId, (seconds.get(stageId) ?? 0) + Math.max(0, Math.floor((until - from) / 1000)))
  }
  return { times_in_stages: Object.fromEntries(seconds), order_of_stages: [...seconds.keys()] }
}

/** So many deals that were won are looked at for an average: enough to tell, and no more however many there are. */
const sample = 100

/** The latest deals of the pipeline that were won. */
async function wonDeals(scope: Scope, pipelineId: number, { stages }: RelatedToDeals): Promise<readonly Deal[]> {
  const won = [...stages.values()].filter((stage) => stage.pipelineId === pipelineId && stage.kind === 'won')
  const lists = await Promise.all(
    won.map(({ id }) => listDeals(scope, { filter: { stageId: id }, sort: [{ by: 'id', direction: 'desc' }], limit: sample })),
  )
  return lists
    .flatMap(({ items }) => items)
    .toSorted((a, b) => b.id - a.id)
    .slice(0, sample)
}

const average = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

/** How far won deals of the pipeline had come, counted in its open stages. */
function stageProgress(won: readonly Deal[], pipelineId: number, { stages }: RelatedToDeals): number {
  const row = [...stages.values()].filter((stage) => stage.pipelineId === pipelineId && isOpen(stage) && stage.deletedAt === null)
  const reached = won.map(({ openStageId }) => row.findIndex(({ id }) => id === openStageId) + 1)
  return Math.round(average(reached) * 100) / 100
}

/** What a deal asked for by itself shows beside what lists show. */
export async function writeDetails(scope: Scope, deal: Deal, related: RelatedToDeals) {
  const won = await wonDeals(scope, deal.pipelineId, related)
  const timeToWon = average(won.map(({ createdAt, closedAt }) => Math.max(0, (closedAt ?? createdAt) - createdAt)))
  return {
    average_time_to_won: duration(timeToWon),
    average_stage_progress: stageProgress(won, deal.pipelineId, related),
    age: durationBetween(deal.createdAt, deal.closedAt ?? related.now),
    stay_in_pipeline_stages: await stayInStages(scope, deal, related),
    last_activity: null,
    next_activity: null,
  }
}

/** Where mail about the deal is sent to be filed with it. */
export const dropboxEmail = (deal: Deal, { workspace }: RelatedToDeals) => ({ dropbox_email: bccAddress(workspace, deal.id) })
