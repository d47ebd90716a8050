import { useQuery } from '@tanstack/react-query'
import type { TotalsJson } from '../../../src/dialects/native/board.ts'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { getData } from '../api.ts'
import { useRefreshSoon } from '../list/use-refresh-soon.ts'
import { keys, queryClient, useStages } from '../queries.ts'

const totalsKey = (pipelineId: number) => ['totals', pipelineId] as const

/** What a change of pipelines or stages shows in. */
export const changes = [keys.pipelines, keys.stages, ['totals'], ['board'], ['reports']] as const

/** How many deals are in each stage of a pipeline, archived ones left out. */
export function useDealCounts(pipelineId: number): ReadonlyMap<number, number> | undefined {
  const { data } = useQuery({
    queryKey: totalsKey(pipelineId),
    queryFn: ({ signal }) => getData<TotalsJson>(`/pipelines/${pipelineId}/totals`, {}, signal),
    // Others add deals all the time, and nothing else on the page needs to know.
    staleTime: 0,
  })
  useRefreshSoon(() => queryClient.invalidateQueries({ queryKey: totalsKey(pipelineId) }))
  return (
    data &&
    new Map((data.stages ?? []).map(({ stageId, totals }) => [stageId, totals.reduce((sum, { count }) => sum + count, 0)]))
  )
}

/** The stages of one pipeline, in their order. */
export function useStagesOf(pipelineId: number): readonly StageJson[] | undefined {
  const { data } = useStages()
  return data?.filter((stage) => stage.pipelineId === pipelineId)
}
