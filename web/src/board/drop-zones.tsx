import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { useEffect, useRef } from 'react'

/** Where a card is dropped that is won or lost. They show while one is dragged. */
export const DropZones = () => (
  <div className="drop-zones" aria-hidden="true">
    <Zone outcome="won">Won</Zone>
    <Zone outcome="lost">Lost</Zone>
  </div>
)

function Zone({ outcome, children }: { outcome: 'won' | 'lost'; children: string }) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const { current } = element
    if (!current) return
    const mark = (isOver: boolean) => current.toggleAttribute('data-over', isOver)
    return dropTargetForElements({
      element: current,
      canDrop: ({ source }) => 'cardId' in source.data,
      getData: () => ({ outcome }),
      onDragEnter: () => mark(true),
      onDragLeave: () => mark(false),
      onDrop: () => mark(false),
    })
  }, [outcome])
  return (
    <div ref={element} className={`drop-zone meaning-${outcome}`} data-outcome={outcome}>
      {children}
    </div>
  )
}
