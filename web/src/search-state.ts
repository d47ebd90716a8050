import { useCallback, useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'

/** State that lives in the address, so that a link shows the same to a colleague. What is not said is left out of the address. */
export type SearchState = Readonly<Record<string, string | undefined>>

export function useSearchState(): [SearchState, (change: SearchState) => void] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const state = useMemo(() => Object.fromEntries(new URLSearchParams(search)), [search])
  const change = useCallback(
    (patch: SearchState) =>
      navigate(withSearch(path, { ...Object.fromEntries(new URLSearchParams(search)), ...patch }), { replace: true }),
    [path, search, navigate],
  )
  return [state, change]
}

/** A path with a search, without what is empty. */
export function withSearch(path: string, state: SearchState): string {
  const said = Object.entries(state).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
  const text = new URLSearchParams(said).toString()
  return text === '' ? path : `${path}?${text}`
}
