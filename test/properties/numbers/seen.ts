import { type Client, clientOf } from '../../../src/dialects/native/test/client.ts'
import { addPipeline } from '../../../src/domain/edit-pipelines.ts'
import type { Event } from '../../../src/domain/events.ts'
import { defaultPipeline } from '../../../src/domain/pipeline.ts'
import type { TestApp, TestWorkspace } from '../../support/app.ts'
import { twoWays } from '../../support/world.ts'
import { type Command, perform, type Stand } from './lives.ts'
import { type Observed, observe } from './observer.ts'

/** A generated history, and what its log says. */

export const day = 86_400_000
export const start = Date.UTC(2026, 0, 5, 9)

export const fate = (kind: unknown) => (kind === 'unqualified' ? 'lost' : String(kind))

export interface Seen extends Stand {
  ws: TestWorkspace
  api: Client
  pipelineId: number
  deals: number[]
  observed: Observed[]
  stageEvents: readonly Event[]
}

/** Lives through a history in a workspace of its own, and reads the whole log. */
export async function live(app: TestApp, clock: Seen['clock'], commands: readonly Command[]): Promise<Seen> {
  clock.at = start
  const ws = await app.workspace({ template: twoWays })
  const other = await ws.member('member')
  const { scope } = ws
  const pipelineId = (await defaultPipeline(scope)).id
  await addPipeline(scope, {
    name: 'Renewals',
    hasProbability: true,
    stages: [
      { name: 'Due', probability: 30 },
      { name: 'Talks', probability: 60 },
    ],
  })
  const stand: Stand = { scope, clock, owners: [scope.user.id, other.user.id], deals: [] }
  for (const command of commands) await perform(command, stand)
  clock.at += day
  const log = (await scope.store.events.list({ limit: 100_000 })).items
  const ofDeal = Map.groupBy(
    log.filter(({ type }) => type.startsWith('deal.')),
    ({ subjectId }) => subjectId,
  )
  return {
    ...stand,
    ws,
    api: clientOf({ origin: app.origin, token: ws.token }),
    pipelineId,
    observed: [...ofDeal].map(([id, events]) => observe(id, events)),
    stageEvents: log.filter(({ type }) => type.startsWith('stage.')),
  }
}

/** What each stage was at a moment, or as it was made. */
export function stagesAt({ stageEvents }: Seen, at: number): Map<number, Record<string, unknown>> {
  const stages = new Map<number, Record<string, unknown>>()
  for (const { subjectId, at: then, after } of stageEvents) {
    if (stages.has(subjectId) && then > at) continue
    stages.set(subjectId, { ...stages.get(subjectId), ...after })
  }
  return stages
}
