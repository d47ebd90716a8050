import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { PipelineJson } from '../../../src/dialects/native/pipelines.ts'
import type { PageProps } from '../pages.tsx'
import { usePipelines } from '../queries.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState, SkeletonLines } from '../ui/small.tsx'
import { AddPipeline } from './add-pipeline.tsx'
import { PipelineEditor } from './pipeline-editor.tsx'
import './pipelines.css'

/** Ways of selling and their steps: what a deal goes through, and what that says about it. */
export default function PipelinesPage({ params }: PageProps) {
  const { data } = usePipelines()
  const mayChange = useSession().can('manager')
  const [isAdding, setAdding] = useState(false)
  const [, navigate] = useLocation()
  const wanted =
    params.id === undefined ? data?.find(({ isDefault }) => isDefault) : data?.find(({ id }) => String(id) === params.id)
  return (
    <div className="pipelines">
      <nav aria-label="Pipelines">
        <header>
          <h1>Pipelines</h1>
          {mayChange && <Button onClick={() => setAdding(true)}>Add pipeline</Button>}
        </header>
        {data ? <Choice pipelines={data} chosen={wanted} onChoose={(id) => navigate(`/pipelines/${id}`)} /> : <SkeletonLines />}
      </nav>
      {data === undefined ? (
        <SkeletonLines lines={8} />
      ) : wanted ? (
        <PipelineEditor key={wanted.id} pipeline={wanted} pipelines={data} />
      ) : (
        <EmptyState
          title="This pipeline is not there any more"
          actions={<Link href="/pipelines">Show the default pipeline</Link>}
        >
          Somebody may have deleted it.
        </EmptyState>
      )}
      {isAdding && <AddPipeline pipelines={data ?? []} onClose={() => setAdding(false)} />}
    </div>
  )
}

interface ChoiceProps {
  pipelines: readonly PipelineJson[]
  chosen: PipelineJson | undefined
  onChoose: (id: number) => void
}

/** A row of links; on a narrow screen the platform's own list. */
function Choice({ pipelines, chosen, onChoose }: ChoiceProps) {
  return (
    <>
      <select
        className="input pipelines-choice"
        aria-label="Pipeline"
        value={chosen?.id ?? ''}
        onChange={(event) => onChoose(Number(event.target.value))}
      >
        {pipelines.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <ul>
        {pipelines.map((pipeline) => (
          <li key={pipeline.id}>
            <Link href={`/pipelines/${pipeline.id}`} aria-current={pipeline.id === chosen?.id ? 'page' : undefined}>
              <span className="ellipsis">{pipeline.name}</span>
              <span className="secondary">{pipeline.isDefault ? 'Default' : pipeline.isDisabled ? 'Disabled' : ''}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}
