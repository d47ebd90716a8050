import { monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { useKeys } from '../keyboard.ts'
import { useUsers } from '../queries.ts'
import { useSession } from '../session.ts'
import { useActions } from '../shell/actions.ts'
import { named } from './acts.ts'
import { Adding } from './adding.ts'
import { BoardShape, EmptyPipeline } from './board-shape.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { Column, type ColumnHandle } from './column.tsx'
import type { Asking } from './dialogs.tsx'
import { DropZones } from './drop-zones.tsx'
import type { Hand } from './hand.ts'
import { StageSwitcher } from './stage-switcher.tsx'
import type { BoardData } from './use-board.ts'
import { useBoardKeys } from './use-board-keys.ts'
import { useDeeds } from './use-deeds.ts'

const Ask = lazy(() => import('./dialogs.tsx'))

interface BoardViewProps {
  data: BoardData
  hrefOf: (id: number) => string
  openDeal: (id: number) => void
}

const none: readonly number[] = []

/** Columns of cards, and everything that can be done with them by pointer, by keys and by menus. */
export function BoardView({ data, hrefOf, openDeal }: BoardViewProps) {
  const { board, flashing } = data
  const { can } = useSession()
  const canMove = can('member')
  const users = useUsers().data
  const userNames = useMemo(() => new Map(users?.map(({ id, name }) => [id, name])), [users])
  const root = useRef<HTMLDivElement>(null)
  const handles = useRef(new Map<number, ColumnHandle>())
  const [activeId, setActive] = useState<number>()
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set())
  const [dragged, setDragged] = useState<readonly number[]>(none)
  const [addingIn, setAddingIn] = useState<number>()
  const [asking, setAsking] = useState<Asking & { ids: readonly number[] }>()

  const deeds = useDeeds({ data, ask: (asking, ids) => setAsking({ ...asking, ids }), selected, setSelected })
  const keysOfBoard = useBoardKeys({ board, root, handles, activeId, setActive, canMove, deeds, openDeal, addIn: setAddingIn })

  // One object for all cards; what it does is always what was drawn last.
  const latest = useRef({ data, deeds, setActive, setAddingIn, openDeal, selected })
  useEffect(() => {
    latest.current = { data, deeds, setActive, setAddingIn, openDeal, selected }
  })
  const hand = useMemo<Hand>(
    () => ({
      focused: (id) => latest.current.setActive(id),
      toggle: (id) => latest.current.deeds.toggle(id),
      dragBegins: (id) => {
        const { selected } = latest.current
        setDragged(selected.has(id) ? [id, ...[...selected].filter((other) => other !== id)] : [id])
      },
      dragEnds: () => setDragged(none),
      menuOf: (card) => latest.current.deeds.menuOf(card, () => latest.current.openDeal(card.id)),
      addIn: (stageId) => latest.current.setAddingIn(stageId),
      see: (stageId, from, to) => latest.current.data.see(stageId, from, to),
    }),
    [],
  )
  const register = useMemo(
    () => (stageId: number, handle: ColumnHandle | null) => {
      if (handle) handles.current.set(stageId, handle)
      else handles.current.delete(stageId)
    },
    [],
  )

  const dropped = useRef(dragged)
  useEffect(() => {
    dropped.current = dragged
  })
  const scroller = useRef<HTMLDivElement>(null)
  const isThere = board !== undefined
  useEffect(() => {
    if (!isThere || !canMove || !scroller.current) return
    const stops = [
      autoScrollForElements({ element: scroller.current, getAllowedAxis: () => 'horizontal' }),
      monitorForElements({
        onDragStart: () => root.current?.setAttribute('data-dragging', ''),
        onDrop: ({ location }) => {
          root.current?.removeAttribute('data-dragging')
          const goal = location.current.dropTargets[0]?.data
          if (goal) latest.current.deeds.drop(dropped.current, goal)
        },
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [isThere, canMove])

  const firstStage = board?.columns[0]?.stage.id
  const addHere = () => setAddingIn(board?.columns.find(({ stage }) => stage.id === addingIn)?.stage.id ?? firstStage)
  useActions(
    canMove
      ? [
          { name: 'Add deal', key: 'N', run: addHere },
          ...(activeId === undefined ? [] : [{ name: 'Move card to…', key: 'M', run: () => deeds.askMove([activeId]) }]),
        ]
      : [],
  )
  useKeys({
    '/': () => root.current?.parentElement?.querySelector<HTMLElement>('[data-filter]')?.focus(),
    n: () => canMove && keysOfBoard.add(),
  })

  if (!board) return <BoardShape />
  const isEmpty = !board.isFiltered && board.columns.every(({ all }) => all === 0)
  return (
    <Adding.Provider value={{ close: () => setAddingIn(undefined), added: (stageId) => void data.refresh([stageId]) }}>
      <div className="board" ref={root}>
        <StageSwitcher columns={board.columns} scroller={scroller} />
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the cards within, which have the focus */}
        <div className="board-columns" ref={scroller} onKeyDown={keysOfBoard.press}>
          {board.columns.map((column) => (
            <Column
              key={column.stage.id}
              column={column}
              board={board}
              userNames={userNames}
              hrefOf={hrefOf}
              activeId={activeId}
              liftedIds={keysOfBoard.liftedIds ?? dragged}
              selected={selected}
              flashing={flashing}
              isAdding={addingIn === column.stage.id}
              canMove={canMove}
              hand={hand}
              register={register}
            />
          ))}
          {isEmpty && addingIn === undefined && <EmptyPipeline canAdd={canMove} onAdd={addHere} />}
        </div>
        {canMove && <DropZones />}
        {selected.size > 0 && <BulkBar n={selected.size} deeds={deeds} ids={[...selected]} />}
        {asking && (
          <Suspense fallback={null}>
            <Ask
              asking={asking}
              about={named(deeds.cardsOf(asking.ids), asking.ids.length)}
              pipelineId={board.pipeline.id}
              onClose={() => setAsking(undefined)}
            />
          </Suspense>
        )}
      </div>
    </Adding.Provider>
  )
}
