import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine'
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { attachClosestEdge, extractClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { type Place, withStageAt } from './order.ts'

interface RowDrag {
  row: RefObject<HTMLElement | null>
  handle: RefObject<HTMLElement | null>
  stage: StageJson
  stages: readonly StageJson[]
  isEnabled: boolean
  onMove: (place: Place) => void
}

const stageIdOf = (data: Readonly<Record<string | symbol, unknown>>): number | undefined =>
  typeof data.stageId === 'number' ? data.stageId : undefined

/** A row that is taken by its handle and dropped between others; where it cannot go, no line shows. */
export function useRowDrag(drag: RowDrag): { edge: 'top' | 'bottom' | undefined; isDragged: boolean } {
  const latest = useRef(drag)
  useEffect(() => {
    latest.current = drag
  })
  const [edge, setEdge] = useState<'top' | 'bottom'>()
  const [isDragged, setDragged] = useState(false)
  const { isEnabled } = drag
  const { id, pipelineId } = drag.stage

  useEffect(() => {
    const { row, handle } = latest.current
    if (!isEnabled || !row.current || !handle.current) return
    const placeOf = (data: Readonly<Record<string | symbol, unknown>>): Place | undefined => {
      const at = extractClosestEdge(data)
      return at === 'top' ? { before: id } : at === 'bottom' ? { after: id } : undefined
    }
    const fits = (dragged: number | undefined, place: Place | undefined): place is Place =>
      dragged !== undefined && place !== undefined && withStageAt(latest.current.stages, dragged, place) !== undefined
    return combine(
      draggable({
        element: row.current,
        dragHandle: handle.current,
        getInitialData: () => ({ stageId: id, pipelineId }),
        onDragStart: () => setDragged(true),
        onDrop: ({ location }) => {
          setDragged(false)
          const [target] = location.current.dropTargets
          const place = target && readPlace(target.data)
          if (fits(id, place)) latest.current.onMove(place)
        },
      }),
      dropTargetForElements({
        element: row.current,
        canDrop: ({ source }) => source.data.pipelineId === pipelineId && source.data.stageId !== id,
        getData: ({ input, element }) => attachClosestEdge({ besideId: id }, { element, input, allowedEdges: ['top', 'bottom'] }),
        onDrag: ({ self, source }) => {
          const place = placeOf(self.data)
          setEdge(fits(stageIdOf(source.data), place) ? ('before' in place ? 'top' : 'bottom') : undefined)
        },
        onDragLeave: () => setEdge(undefined),
        onDrop: () => setEdge(undefined),
      }),
    )
  }, [isEnabled, id, pipelineId])

  return { edge, isDragged }
}

function readPlace(data: Readonly<Record<string | symbol, unknown>>): Place | undefined {
  const { besideId } = data
  if (typeof besideId !== 'number') return undefined
  return extractClosestEdge(data) === 'top' ? { before: besideId } : { after: besideId }
}
