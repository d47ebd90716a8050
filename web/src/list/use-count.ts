import { useQueries } from '@tanstack/react-query'
import type { TotalsJson } from '../../../src/dialects/native/board.ts'
import { getData, type Query, queryText } from '../api.ts'
import type { Status } from './list-query.ts'

type Outcome = TotalsJson['outcomes'][number]['outcome']

const outcomes: Readonly<Record<Status, readonly Outcome[] | undefined>> = {
  open: ['open'],
  won: ['won'],
  lost: ['lost', 'unqualified'],
  all: ['open', 'won', 'lost', 'unqualified'],
  // Totals leave archived deals out.
  archived: undefined,
}

const countIn = ({ outcomes }: TotalsJson, wanted: readonly Outcome[]): number =>
  outcomes
    .filter(({ outcome }) => wanted.includes(outcome))
    .flatMap(({ totals }) => totals)
    .reduce((sum, { count }) => sum + count, 0)

export const countKey = ['totals', 'list'] as const

/** How many deals the filter finds, without reading them; undefined while or where that is not known. */
export function useCount(status: Status, pipelineIds: readonly number[], { sort: _, ...filter }: Query): number | undefined {
  const wanted = outcomes[status]
  return useQueries({
    queries: pipelineIds.map((id) => ({
      queryKey: [...countKey, id, queryText(filter)],
      queryFn: ({ signal }: { signal: AbortSignal }) => getData<TotalsJson>(`/pipelines/${id}/totals`, filter, signal),
      staleTime: 10_000,
      enabled: wanted !== undefined,
    })),
    combine: (results) => {
      const found = results.flatMap(({ data }) => data ?? [])
      if (!wanted || found.length < results.length || found.length === 0) return undefined
      return found.reduce((sum, totals) => sum + countIn(totals, wanted), 0)
    },
  })
}
