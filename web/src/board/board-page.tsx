import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useMemo } from 'react'
import { useLocation } from 'wouter'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import { getData, sentence } from '../api.ts'
import { plural } from '../format.ts'
import type { PageProps } from '../pages.tsx'
import { keys, usePipelines } from '../queries.ts'
import { useSearchState, withSearch } from '../search-state.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/small.tsx'
import { Views } from '../views.tsx'
import { AsOfBar, isDay, yesterday } from './as-of-bar.tsx'
import { BoardView } from './board-view.tsx'
import { FilterBar } from './filter-bar.tsx'
import { filterOf, isFiltered, queryOf } from './filters.ts'
import { useBoard } from './use-board.ts'
import './board.css'

const DealPanel = lazy(() => import('../deal/deal-panel.tsx'))
const BoardAsOf = lazy(() => import('./board-as-of.tsx'))

/** The last pipeline looked at is where the board begins the next time. */
const remembered = 'crmux.pipeline'

/** `/board`, `/board/7`, and `/deals/42`: the board of the deal's pipeline with its panel open. */
export default function BoardPage({ params }: PageProps) {
  const dealId = params.dealId === undefined ? undefined : Number(params.dealId)
  const pipelines = usePipelines()
  const deal = useQuery({
    queryKey: keys.deal(dealId ?? 0),
    queryFn: ({ signal }) => getData<DealJson>(`/deals/${dealId}`, {}, signal),
    enabled: dealId !== undefined,
    retry: false,
  })
  const last = Number(localStorage.getItem(remembered))
  const wanted = params.pipelineId === undefined ? undefined : Number(params.pipelineId)
  const all = pipelines.data
  // A panel that is opened from a board stays on that board, whatever the deal moves to.
  const chosen =
    all?.find(({ id }) => id === (wanted ?? (deal.isPending && dealId !== undefined ? last : (deal.data?.pipelineId ?? last)))) ??
    (wanted === undefined ? (all?.find(({ isDefault }) => isDefault) ?? all?.[0]) : undefined)
  const chosenId = chosen?.id
  useEffect(() => {
    if (chosenId !== undefined) localStorage.setItem(remembered, String(chosenId))
  }, [chosenId])

  if (pipelines.isError) {
    return (
      <EmptyState
        title="The pipelines cannot be read"
        actions={<Button onClick={() => void pipelines.refetch()}>Try again</Button>}
      >
        {sentence(pipelines.error)}
      </EmptyState>
    )
  }
  if (all && !chosen) {
    return <EmptyState title="There is no such pipeline" actions={<a href="/board">Go to the board</a>} />
  }
  return <ChosenBoard key={chosenId} pipelineId={chosenId} dealId={dealId} />
}

function ChosenBoard({ pipelineId, dealId }: { pipelineId: number | undefined; dealId: number | undefined }) {
  const [state, change] = useSearchState()
  const { workspace } = useSession()
  const [, navigate] = useLocation()
  // The filter as text stays the same while the address changes for other reasons.
  const filter = JSON.stringify(filterOf(state))
  const query = useMemo(() => queryOf(JSON.parse(filter), workspace.currency), [filter, workspace.currency])
  const filtered = isFiltered(state)
  const data = useBoard(pipelineId, query, filtered)
  const { board } = data
  const asOf = isDay(state.asOf) ? state.asOf : undefined

  return (
    <div className="board-page">
      <div className="board-bar">
        <PipelineSwitcher pipelineId={pipelineId} />
        <span className="board-bar-space" />
        {asOf === undefined ? (
          <>
            <FilterBar state={state} change={change} />
            <Views page="board" kept={filterOf(state)} />
            <Button onClick={() => change({ asOf: yesterday() })}>Look back</Button>
          </>
        ) : (
          <AsOfBar day={asOf} onDay={(day) => change({ asOf: day })} />
        )}
      </div>
      {asOf !== undefined && pipelineId !== undefined ? (
        <Suspense fallback={null}>
          <BoardAsOf pipelineId={pipelineId} day={asOf} />
        </Suspense>
      ) : data.error && !board ? (
        <EmptyState title="The board cannot be read" actions={<Button onClick={data.retry}>Try again</Button>}>
          {sentence(data.error)}
        </EmptyState>
      ) : (
        <BoardView
          data={data}
          hrefOf={(id) => withSearch(`/deals/${id}`, filterOf(state))}
          openDeal={(id) => navigate(withSearch(`/deals/${id}`, filterOf(state)))}
        />
      )}
      {dealId !== undefined && (
        <Suspense fallback={null}>
          <DealPanel
            id={dealId}
            onClose={() => navigate(withSearch(pipelineId === undefined ? '/board' : `/board/${pipelineId}`, filterOf(state)))}
          />
        </Suspense>
      )}
    </div>
  )
}

/** The platform's own list, as wide as the name that is chosen. */
function PipelineSwitcher({ pipelineId }: { pipelineId: number | undefined }) {
  const pipelines = usePipelines().data ?? []
  const [state] = useSearchState()
  const [, navigate] = useLocation()
  return (
    <select
      className="input board-pipeline"
      aria-label={`Pipeline, one of ${plural(pipelines.length, 'pipeline')}`}
      value={pipelineId ?? ''}
      onChange={(event) => navigate(withSearch(`/board/${event.target.value}`, filterOf(state)))}
    >
      {pipelines.map(({ id, name, isDisabled }) => (
        <option key={id} value={id}>
          {isDisabled ? `${name} (disabled)` : name}
        </option>
      ))}
    </select>
  )
}
