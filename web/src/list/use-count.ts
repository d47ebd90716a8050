import { useQuery } from '@tanstack/react-query'
import { type Query, queryText } from '../api.ts'
import { readCount } from '../found.ts'

export const countKey = ['deals', 'count'] as const

/** How many deals a list has, without reading them; undefined while or where that is not known. */
export function useCount({ sort: _, ...filter }: Query): number | undefined {
  const { data } = useQuery({
    queryKey: [...countKey, queryText(filter)],
    queryFn: ({ signal }) => readCount(filter, signal),
    staleTime: 10_000,
  })
  return data ?? undefined
}
