import { z } from 'zod'
import { dealStays } from '../../../domain/reports/stays.ts'
import { Outcome } from '../deals.ts'
import { ById, id, timeText } from '../fields.ts'
import type { NativeSpeaker } from '../speaker.ts'
import { ok, time, timeOrNull } from '../wire.ts'

export const seconds = (description: string) =>
  z.number().meta({ description: `${description} In seconds, exact to the millisecond.` })

export type StageTimesJson = z.output<typeof StageTimesJson>
export const StageTimesJson = z
  .object({
    dealId: id('The deal.'),
    age: seconds('Since it was created.'),
    openAge: seconds('Until it was closed, or until now.'),
    stays: z
      .array(
        z.object({
          pipelineId: id('The pipeline.'),
          stageId: id('The stage.'),
          kind: Outcome,
          enteredAt: timeText('When it came.'),
          leftAt: timeText('When it left; null while it is there.').nullable(),
          seconds: seconds('How long it stayed; until now while it is there.'),
          userId: id('The member who put it there.'),
        }),
      )
      .meta({ description: 'In the order of time.' }),
    stages: z
      .array(
        z.object({
          stageId: id('The stage.'),
          times: z.int().meta({ description: 'How often it came.' }),
          seconds: seconds('All stays together.'),
        }),
      )
      .meta({ description: 'Stage by stage, in the order that it first came.' }),
  })
  .meta({ id: 'StageTimes', description: 'How long a deal has been where.' })

export function stageTimesRoutes(api: NativeSpeaker): void {
  api.get(
    '/deals/:id/stage-times',
    {
      params: ById,
      about: {
        tag: 'Deals',
        id: 'getStageTimes',
        summary: 'How long a deal has been in each stage',
        description: 'Original moments of imported deals count. Deleted deals have stage times too.',
        one: StageTimesJson,
      },
    },
    async ({ scope, params }) => {
      const { stays, stages, age, openAge } = await dealStays(scope, params.id)
      return ok({
        dealId: params.id,
        age: age / 1000,
        openAge: openAge / 1000,
        stays: stays.map(({ pipelineId, stageId, kind, enteredAt, leftAt, duration, userId }) => ({
          pipelineId,
          stageId,
          kind,
          enteredAt: time(enteredAt),
          leftAt: timeOrNull(leftAt),
          seconds: duration / 1000,
          userId,
        })),
        stages: stages.map(({ stageId, times, duration }) => ({ stageId, times, seconds: duration / 1000 })),
      })
    },
  )
}
