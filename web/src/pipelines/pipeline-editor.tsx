import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { PipelineJson } from '../../../src/dialects/native/pipelines.ts'
import { write } from '../api.ts'
import { count } from '../format.ts'
import { useWorkspace } from '../queries.ts'
import { useSession } from '../session.ts'
import type { MenuEntry } from '../ui/menu.tsx'
import { MoreMenu } from '../ui/more-menu.tsx'
import { NameInput } from '../ui/name-input.tsx'
import { SkeletonLines } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { AddStage } from './add-stage.tsx'
import { changes, useDealCounts, useStagesOf } from './data.ts'
import { RemovePipeline } from './remove-pipeline.tsx'
import { StageTable } from './stage-table.tsx'

interface PipelineEditorProps {
  pipeline: PipelineJson
  pipelines: readonly PipelineJson[]
}

/** One pipeline: what it is called, how it counts, and its stages. */
export function PipelineEditor({ pipeline, pipelines }: PipelineEditorProps) {
  const mayChange = useSession().can('manager')
  const stages = useStagesOf(pipeline.id)
  const counts = useDealCounts(pipeline.id)
  const total = counts && [...counts.values()].reduce((sum, one) => sum + one, 0)
  return (
    <article className="pipeline" aria-label={pipeline.name}>
      <Head pipeline={pipeline} pipelines={pipelines} deals={total} />
      {!mayChange && <p className="secondary">You can look at this. Changing it takes the role of manager.</p>}
      {stages ? (
        <StageTable pipeline={pipeline} pipelines={pipelines} stages={stages} counts={counts} />
      ) : (
        <SkeletonLines lines={6} />
      )}
      {mayChange && <AddStage pipelineId={pipeline.id} />}
    </article>
  )
}

function Head({ pipeline, pipelines, deals }: PipelineEditorProps & { deals: number | undefined }) {
  const mayChange = useSession().can('manager')
  const { data: workspace } = useWorkspace()
  const { act, isBusy } = useAct()
  const [isDoomed, setDoomed] = useState(false)
  const [, navigate] = useLocation()
  const at = pipelines.findIndex(({ id }) => id === pipeline.id)
  const change = (patch: object, done: string) =>
    act({ write: () => write('PATCH', `/pipelines/${pipeline.id}`, patch), changes, done })

  const items: readonly MenuEntry[] = [
    {
      label: 'Make default',
      disabled: pipeline.isDefault || pipeline.isDisabled,
      hint: pipeline.isDefault ? 'It is' : pipeline.isDisabled ? 'Disabled' : undefined,
      onClick: () => change({ isDefault: true }, `New deals now go to “${pipeline.name}”.`),
    },
    pipeline.isDisabled
      ? { label: 'Enable', onClick: () => change({ isDisabled: false }, `“${pipeline.name}” takes deals again.`) }
      : {
          label: 'Disable',
          disabled: pipeline.isDefault,
          hint: pipeline.isDefault ? 'Default' : undefined,
          onClick: () => change({ isDisabled: true }, `“${pipeline.name}” takes no new deals.`),
        },
    'line',
    { label: 'Move up', disabled: at <= 0, onClick: () => change({ position: at }, 'Pipeline moved up.') },
    {
      label: 'Move down',
      disabled: at >= pipelines.length - 1,
      onClick: () => change({ position: at + 2 }, 'Pipeline moved down.'),
    },
    'line',
    {
      label: 'Delete…',
      danger: true,
      disabled: pipelines.length === 1,
      hint: pipelines.length === 1 ? 'The only one' : undefined,
      onClick: () => setDoomed(true),
    },
  ]
  return (
    <header className="pipeline-head">
      {mayChange ? (
        <NameInput
          label="Name of the pipeline"
          className="pipeline-name"
          value={pipeline.name}
          onSave={(name) => change({ name }, 'Pipeline renamed.')}
        />
      ) : (
        <h2 className="pipeline-name">{pipeline.name}</h2>
      )}
      <span className="secondary pipeline-facts">
        {[
          deals === undefined ? '' : `${count(deals)} ${deals === 1 ? 'deal' : 'deals'}`,
          pipeline.isDefault ? 'default' : '',
          pipeline.isDisabled ? 'disabled' : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
      <label className="check">
        <input
          type="checkbox"
          checked={pipeline.hasProbability}
          disabled={!mayChange || isBusy}
          onChange={(event) =>
            change(
              { hasProbability: event.target.checked },
              event.target.checked ? 'Its deals are weighted by probability.' : 'Its deals are no longer weighted.',
            )
          }
        />
        Weigh by probability
        {workspace?.features.probability === false && <span className="secondary">(off in the whole workspace)</span>}
      </label>
      <Link href={`/board/${pipeline.id}`}>Open board</Link>
      {mayChange && <MoreMenu of={pipeline.name} items={items} disabled={isBusy} />}
      {isDoomed && (
        <RemovePipeline
          pipeline={pipeline}
          pipelines={pipelines}
          deals={deals ?? 0}
          onClose={() => setDoomed(false)}
          onDone={() => navigate('/pipelines')}
        />
      )}
    </header>
  )
}
