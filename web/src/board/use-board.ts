import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { BoardJson } from '../../../src/dialects/native/board.ts'
import type { ColumnJson } from '../../../src/dialects/native/columns.ts'
import { announce } from '../announce.ts'
import { getData, type Query, sentence, type Written } from '../api.ts'
import { readFound } from '../found.ts'
import { useLive } from '../live.ts'
import { queryClient } from '../queries.ts'
import { toastError } from '../ui/toast.tsx'
import { told } from '../undo.ts'
import { type Board, boardOf, type Change, type Column, columnOf, foundIn, withChange, withColumn, withPage } from './board.ts'
import { firstGap, within } from './runs.ts'
import { stagesTouched } from './touched.ts'

/** How many cards come with the board, are asked for at once, and are kept around what is seen. */
const firstCards = 30
const pageCards = 60
const keptCards = 400
/** So long a column has to stand still before its cards are asked for, and so long between two readings of what others do. */
const stillMs = 40
const restMs = 150
const flashMs = 1200

export interface Doing {
  change: Change
  send: () => Promise<Written<unknown>>
  /** What to say once it is done. */
  said: string
}

export interface BoardData {
  board: Board | undefined
  error: Error | null
  retry: () => void
  /** Cards that somebody else changed just now, or that came back. */
  flashing: ReadonlySet<number>
  /** Tells which places of a column are seen, so that their cards are there. */
  see: (stageId: number, from: number, to: number) => void
  /** Shows a change at once, sends it, and takes it back where the server refuses. */
  act: (doing: Doing) => Promise<boolean>
  refresh: (stageIds?: readonly number[]) => void
}

/** The board of a pipeline: what the server said, with what the person did since on top of it. */
export function useBoard(chosenId: number | undefined, query: Query, isFiltered: boolean): BoardData {
  const pipelineId = chosenId ?? 0
  const key = useMemo(() => ['board', pipelineId, query] as const, [pipelineId, query])
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const asked = { ...query, kinds: 'open', limit: firstCards }
      const [board, found] = await Promise.all([
        getData<BoardJson>(`/pipelines/${pipelineId}/board`, asked, signal),
        isFiltered ? readFound(pipelineId, query, signal) : undefined,
      ])
      return boardOf(board, found)
    },
    enabled: chosenId !== undefined,
    gcTime: 60_000,
    refetchOnMount: 'always',
  })
  const [pending, setPending] = useState<readonly Change[]>([])
  const [flashing, setFlashing] = useState<ReadonlySet<number>>(new Set())
  const board = useMemo(() => data && pending.reduce(withChange, data), [data, pending])

  const work = useMemo(() => worker(key, pipelineId, query, isFiltered), [key, pipelineId, query, isFiltered])
  useEffect(() => work.start(), [work])

  const flash = (ids: readonly number[]) => {
    if (ids.length === 0) return
    setFlashing(new Set(ids))
    setTimeout(() => setFlashing((now) => (ids.every((id) => now.has(id)) ? new Set() : now)), flashMs)
  }

  const own = useRef(new Map<number, number>())
  const queue = useRef<Promise<unknown>>(Promise.resolve())
  const act = ({ change, send, said }: Doing): Promise<boolean> => {
    const before = board
    setPending((now) => [...now, change])
    for (const id of change.ids) own.current.set(id, performance.now())
    const settle = () => {
      setPending((now) => now.filter((other) => other !== change))
      for (const id of change.ids) own.current.set(id, performance.now())
      work.refresh(before ? stagesTouched(before, change) : undefined)
    }
    const done = queue.current.then(async () => {
      try {
        const { undo } = await send()
        queryClient.setQueryData<Board>(key, (now) => now && withChange(now, change))
        told(said, undo)
        return true
      } catch (error) {
        announce(sentence(error))
        toastError(error)
        flash(change.ids)
        return false
      } finally {
        settle()
      }
    })
    queue.current = done
    return done
  }

  useLive({
    onEvents: (events) => {
      const now = queryClient.getQueryData<Board>(key)
      if (!now) return
      if (events.some(({ type }) => !type.startsWith('deal.'))) void refetch()
      const deals = events.filter(({ type }) => type.startsWith('deal.'))
      const touched = stagesOf(now, deals)
      if (touched.length === 0) return
      const isOwn = (id: number) => performance.now() - (own.current.get(id) ?? Number.NEGATIVE_INFINITY) < 3000
      const others = deals.map(({ subjectId }) => subjectId).filter((id) => !isOwn(id))
      void work.refresh(touched).then(() => flash(others))
    },
    onReset: () => void refetch(),
  })

  return { board, error, retry: () => void refetch(), flashing, see: work.see, act, refresh: work.refresh }
}

/** The columns that events of deals may have changed; all of them where an event does not say which. */
function stagesOf(board: Board, events: readonly { type: string; before: Fields; after: Fields }[]): number[] {
  const here = new Set(board.columns.map(({ stage }) => stage.id))
  const said = events.flatMap(({ before, after }) => [before?.stageId, after?.stageId])
  if (events.some(({ before, after }) => before?.stageId === undefined && after?.stageId === undefined)) return [...here]
  return [...new Set(said)].filter((id): id is number => typeof id === 'number' && here.has(id))
}
type Fields = Readonly<Record<string, unknown>> | null

/** Reads columns: what comes into sight, and what others have changed. */
function worker(key: readonly unknown[], pipelineId: number, query: Query, isFiltered: boolean) {
  const seen = new Map<number, { from: number; to: number }>()
  const reading = new Set<number>()
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let stopping = new AbortController()
  let wanted = new Set<number>()
  let refreshing: Promise<void> | undefined

  const now = () => queryClient.getQueryData<Board>(key)
  const change = (stageId: number, with_: (column: Column) => Column) =>
    queryClient.setQueryData<Board>(key, (board) => board && withColumn(board, stageId, with_))
  const columnAt = (stageId: number) => now()?.columns.find(({ stage }) => stage.id === stageId)
  const read = (stageId: number, skip: number, limit: number) =>
    getData<ColumnJson>(`/stages/${stageId}/column`, { ...query, skip, limit }, stopping.signal)

  async function fill(stageId: number): Promise<void> {
    const range = seen.get(stageId)
    const column = columnAt(stageId)
    if (!range || !column || reading.has(stageId)) return
    const to = Math.min(range.to, column.count + (column.hasMore ? pageCards : 0))
    const gap = firstGap(column.runs, range.from, to)
    if (gap === undefined) return
    reading.add(stageId)
    try {
      // Somebody who scrolls up comes from below the gap: a page that ends with it serves better.
      const known = column.runs.some(({ start }) => start > gap && start <= range.to)
      const skip = known ? Math.max(0, range.to - pageCards) : gap
      const page = await read(stageId, skip, pageCards)
      change(stageId, (column) => {
        const grown = withPage(column, page, skip, isFiltered)
        return { ...grown, runs: within(grown.runs, range.from - keptCards, range.to + keptCards) }
      })
    } catch {
      // The skeletons stay; the next scroll, or what others change, asks again.
      return
    } finally {
      reading.delete(stageId)
    }
    await fill(stageId)
  }

  async function refreshOnce(stageIds: readonly number[]): Promise<void> {
    const found = isFiltered ? await readFound(pipelineId, query, stopping.signal) : undefined
    await Promise.all(
      stageIds.map(async (stageId) => {
        const foundHere = foundIn(found, stageId)
        const { from, to } = seen.get(stageId) ?? { from: 0, to: firstCards }
        const first = Math.max(0, from - 5)
        const limit = Math.min(100, Math.max(firstCards, to + 5 - first))
        const page = await read(stageId, first, limit)
        const isPastEnd = page.cards.length === 0 && first > 0
        const fresh = isPastEnd ? columnOf(await read(stageId, 0, limit), foundHere) : columnOf(page, foundHere, first)
        change(stageId, () => fresh)
      }),
    )
  }

  return {
    /** Answers what stops it. */
    start() {
      stopping = new AbortController()
      return () => {
        stopping.abort()
        for (const timer of timers.values()) clearTimeout(timer)
      }
    },
    see(stageId: number, from: number, to: number) {
      seen.set(stageId, { from, to })
      clearTimeout(timers.get(stageId))
      timers.set(
        stageId,
        setTimeout(() => void fill(stageId), stillMs),
      )
    },
    /** Reads columns again where they are seen; while one reading is under way, what else is wanted waits for the next. */
    refresh(stageIds: readonly number[] = now()?.columns.map(({ stage }) => stage.id) ?? []): Promise<void> {
      for (const id of stageIds) wanted.add(id)
      refreshing ??= (async () => {
        while (wanted.size > 0 && !stopping.signal.aborted) {
          const ids = [...wanted]
          wanted = new Set()
          await refreshOnce(ids).catch(() => {})
          if (wanted.size > 0) await new Promise((resolve) => setTimeout(resolve, restMs))
        }
        refreshing = undefined
      })()
      return refreshing
    },
  }
}
