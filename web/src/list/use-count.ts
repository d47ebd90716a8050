import { useQueries } from '@tanstack/react-query'
import type { TotalsJson } from '../../../src/dialects/native/board.ts'
import { type Query, queryText } from '../api.ts'
import { readFound } from '../found.ts'
import type { Status } from './list-query.ts'

type Outcome = NonNullable<TotalsJson['outcomes']>[number]['outcome']

const outcomes: Readonly<Record<Status, readonly Outcome[] | undefined>> = {
  open: ['open'],
  won: ['won'],
  lost: ['lost', 'unqualified'],
  all: ['open', 'won', 'lost', 'unqualified'],
  // Totals leave archived deals out.
  archived: undefined,
}

const countIn = ({ outcomes }: TotalsJson, wanted: readonly Outcome[]): number | undefined =>
  outcomes
    ?.filter(({ outcome }) => wanted.includes(outcome))
    .flatMap(({ totals }) => totals)
    .reduce((sum, { count }) => sum + count, 0)

export const countKey = ['totals', 'list'] as const

/** How many deals the filter finds, without reading them; undefined while or where that is not known. */
export function useCount(status: Status, pipelineIds: readonly number[], { sort: _, ...filter }: Query): number | undefined {
  const wanted = outcomes[status]
  return useQueries({
    queries: pipelineIds.map((id) => ({
      queryKey: [...countKey, id, queryText(filter)],
      queryFn: ({ signal }: { signal: AbortSignal }) => readFound(id, filter, signal),
      staleTime: 10_000,
      enabled: wanted !== undefined,
    })),
    combine: (results) => {
      const counts = wanted && results.flatMap(({ data }) => (data && countIn(data, wanted)) ?? [])
      if (!counts || counts.length < results.length || counts.length === 0) return undefined
      return counts.reduce((sum, count) => sum + count, 0)
    },
  })
}
