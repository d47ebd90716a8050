import { useState } from 'react'
import type { PipelineJson } from '../../../src/dialects/native/pipelines.ts'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { write } from '../api.ts'
import { keys, queryClient } from '../queries.ts'
import { useSession } from '../session.ts'
import { useAct } from '../use-act.ts'
import { changes } from './data.ts'
import { type Place, withStageAt } from './order.ts'
import { DeleteStage, MergeStage } from './remove-stage.tsx'
import { StageRow } from './stage-row.tsx'

interface StageTableProps {
  pipeline: PipelineJson
  pipelines: readonly PipelineJson[]
  stages: readonly StageJson[]
  counts: ReadonlyMap<number, number> | undefined
}

interface Asked {
  what: 'delete' | 'merge'
  stage: StageJson
}

/** The stages in their order; each is changed where it stands, and moved by its handle, by keys or by its menu. */
export function StageTable({ pipeline, pipelines, stages, counts }: StageTableProps) {
  const mayChange = useSession().can('manager')
  const { act } = useAct()
  const [asked, setAsked] = useState<Asked>()

  const move = (stage: StageJson, place: Place) => {
    const next = withStageAt(stages, stage.id, place)
    if (!next) return
    showAtOnce(pipeline.id, next)
    const at = next.findIndex(({ id }) => id === stage.id) + 1
    act({
      write: () => write('PATCH', `/stages/${stage.id}`, place),
      changes,
      done: `“${stage.name}” moved to place ${at} of ${next.length}.`,
    })
  }
  const close = () => setAsked(undefined)
  const deals = (asked && counts?.get(asked.stage.id)) ?? 0
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="stages" aria-label="Stages" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {mayChange && (
                <th scope="col">
                  <span className="out-of-sight">Order</span>
                </th>
              )}
              <th scope="col">
                <span className="out-of-sight">Colour</span>
              </th>
              <th scope="col">Stage</th>
              <th scope="col">Kind</th>
              <th scope="col" className="number">
                Probability
              </th>
              <th scope="col" className="number">
                Rots after
              </th>
              <th scope="col" className="number">
                Deals
              </th>
              {mayChange && (
                <th scope="col">
                  <span className="out-of-sight">Actions</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {stages.map((stage) => (
              <StageRow
                key={stage.id}
                stage={stage}
                stages={stages}
                pipelines={pipelines}
                isWeighted={pipeline.hasProbability}
                deals={counts?.get(stage.id)}
                mayChange={mayChange}
                onMove={(place) => move(stage, place)}
                onDelete={() => setAsked({ what: 'delete', stage })}
                onMerge={() => setAsked({ what: 'merge', stage })}
              />
            ))}
          </tbody>
        </table>
      </section>
      {asked?.what === 'delete' && <DeleteStage stage={asked.stage} stages={stages} deals={deals} onClose={close} />}
      {asked?.what === 'merge' && <MergeStage stage={asked.stage} stages={stages} deals={deals} onClose={close} />}
    </>
  )
}

/** What was dropped stays where it was dropped while the server is asked; its answer, or its refusal, is read after it. */
function showAtOnce(pipelineId: number, next: readonly StageJson[]): void {
  queryClient.setQueryData<StageJson[]>(keys.stages, (all) => {
    if (!all) return all
    const first = all.findIndex((stage) => stage.pipelineId === pipelineId)
    const others = all.filter((stage) => stage.pipelineId !== pipelineId)
    return others.toSpliced(first, 0, ...next)
  })
}
