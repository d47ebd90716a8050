import { useEffect, useRef } from 'react'

/** What can be done where one is. A page tells it while it is shown, and the palette offers it. */
export interface Action {
  name: string
  key?: string
  run: () => void
}

const offered = new Set<{ current: readonly Action[] }>()

export const actionsNow = (): readonly Action[] => [...offered].flatMap(({ current }) => current)

export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    offered.add(latest)
    return () => {
      offered.delete(latest)
    }
  }, [])
}
