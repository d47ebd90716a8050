import { type RefObject, useEffect, useState } from 'react'
import { type Column, howMany } from './board.ts'

/** On a phone one column is seen at a time: which one, and the way to the others beside swiping. */
export function StageSwitcher({ columns, scroller }: { columns: readonly Column[]; scroller: RefObject<HTMLElement | null> }) {
  const [seen, setSeen] = useState(0)
  useEffect(() => {
    const { current } = scroller
    if (!current) return
    const look = () => setSeen(Math.round(current.scrollLeft / Math.max(1, current.clientWidth)))
    current.addEventListener('scroll', look, { passive: true })
    return () => current.removeEventListener('scroll', look)
  }, [scroller])
  const goTo = (nth: number) => scroller.current?.scrollTo({ left: nth * scroller.current.clientWidth, behavior: 'smooth' })
  return (
    <div className="stage-switcher" role="toolbar" aria-label="Stages">
      {columns.map((column, nth) => (
        <button key={column.stage.id} type="button" className="tab" aria-pressed={nth === seen} onClick={() => goTo(nth)}>
          {column.stage.name} <span className="secondary">{howMany(column)}</span>
        </button>
      ))}
    </div>
  )
}
