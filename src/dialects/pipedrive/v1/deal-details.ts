import { type Deal, listDeals } from '../../../domain/deal.ts'
import { dealStays } from '../../../domain/reports/stays.ts'
import type { Scope } from '../../../domain/scope.ts'
import { isOpen } from '../../../domain/stage.ts'
import { duration, durationBetween } from './duration.ts'
import { bccAddress } from './parties.ts'
import type { RelatedToDeals } from './related.ts'

/** Seconds in each open stage of the deal's pipeline, and the stages in the order it first came to them. */
async function stayInStages(scope: Scope, deal: Deal, { stages }: RelatedToDeals) {
  const shown = (await dealStays(scope, deal.id)).stages.filter(({ stageId }) => {
    const stage = stages.get(stageId)
    return stage?.pipelineId === deal.pipelineId && isOpen(stage) && stage.deletedAt === null
  })
  return {
    times_in_stages: Object.fromEntries(shown.map(({ stageId, duration }) => [stageId, Math.floor(duration / 1000)])),
    order_of_stages: shown.map(({ stageId }) => stageId),
  }
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
