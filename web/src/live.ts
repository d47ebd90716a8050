import { useEffect, useRef } from 'react'
import type { EventJson } from '../../src/dialects/native/events.ts'
import { keys, queryClient } from './queries.ts'

/** What happens in the workspace while the page is open, through whichever API it was done. */

export type LiveEvent = EventJson & { subjectId: number }

interface Listener {
  onEvents: (events: readonly LiveEvent[]) => void
  /** Too much was missed to be told one by one: read everything again. */
  onReset: () => void
}

const listeners = new Set<Listener>()

/** Events of one transaction come together; they are told together. */
const gatherMs = 16
const retryMs = [500, 1000, 2000, 5000, 10_000] as const

/** Begins to listen; answers what ends it. One connection serves the whole page. */
export function startLive(): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let lastHeard: string | undefined
  let gathered: LiveEvent[] = []

  const deliver = () => {
    const events = gathered
    gathered = []
    refresh(events)
    for (const { onEvents } of listeners) onEvents(events)
  }
  const heard = (message: MessageEvent<string>) => {
    failures = 0
    lastHeard = message.lastEventId
  }

  const open = () => {
    const after = lastHeard === undefined ? '' : `?after=${encodeURIComponent(lastHeard)}`
    source = new EventSource(`/api/v1/live${after}`)
    source.addEventListener('ready', heard)
    source.addEventListener('change', (message: MessageEvent<string>) => {
      heard(message)
      if (gathered.length === 0) setTimeout(deliver, gatherMs)
      gathered.push(JSON.parse(message.data) as LiveEvent)
    })
    source.addEventListener('changed', (message: MessageEvent<string>) => {
      heard(message)
      const { noun } = JSON.parse(message.data) as { noun: string }
      void queryClient.invalidateQueries({ queryKey: [noun] })
    })
    source.addEventListener('reset', (message: MessageEvent<string>) => {
      heard(message)
      void queryClient.invalidateQueries()
      for (const { onReset } of listeners) onReset()
    })
    source.addEventListener('error', () => {
      // The browser comes back by itself while the server answers; where it was refused, it does not.
      if (source?.readyState !== EventSource.CLOSED) return
      source.close()
      // Whether it is the session that has ended shows here.
      if (failures === 0) void queryClient.invalidateQueries({ queryKey: keys.me })
      timer = setTimeout(open, retryMs[Math.min(failures++, retryMs.length - 1)])
    })
  }
  open()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}

/** Marks as stale what events say has changed. The board reads its columns again by itself. */
function refresh(events: readonly LiveEvent[]): void {
  const stale = (queryKey: readonly unknown[]) => void queryClient.invalidateQueries({ queryKey })
  if (events.some(({ type }) => !type.startsWith('deal.'))) {
    stale(keys.stages)
    stale(keys.pipelines)
  }
  for (const id of new Set(events.filter(({ type }) => type.startsWith('deal.')).map(({ subjectId }) => subjectId))) {
    stale(keys.deal(id))
  }
}

/** Hears of what happens while the component is there. */
export function useLive(listener: Listener): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const own: Listener = {
      onEvents: (events) => latest.current.onEvents(events),
      onReset: () => latest.current.onReset(),
    }
    listeners.add(own)
    return () => {
      listeners.delete(own)
    }
  }, [])
}
