import { useRef } from 'react'
import { useLive } from '../live.ts'

/** So long after a change the page reads again; many changes at once are one. */
const soonMs = 300

/** Reads again soon after deals have changed, whoever changed them and through whichever API. */
export function useRefreshSoon(refresh: () => unknown): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const soon = () => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void refresh(), soonMs)
  }
  useLive({ onEvents: (events) => events.some(({ type }) => type.startsWith('deal.')) && soon(), onReset: soon })
}
