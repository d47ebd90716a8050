import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { dateOfDay, day, money } from '../format.ts'
import type { Row } from '../list/use-rows.ts'
import { MoreMenu } from '../ui/more-menu.tsx'
import { Avatar, StageDot } from '../ui/small.tsx'
import type { Span } from './spans.ts'

const cardHeight = 68
export const rowHeight = cardHeight + 6

interface ForecastCardProps {
  row: Row
  stage: StageJson | undefined
  owner: string
  /** It is on its way to another column. */
  isLeaving: boolean
  mayMove: boolean
  targets: readonly Span[]
  nameOf: (span: Span) => string
  /** Whether the column says the month, so that the day need not say the year. */
  isInMonth: boolean
  onMove: (to: Span) => void
  onStep: (by: -1 | 1) => void
}

/** An open deal in the month that it should close in. Alt with an arrow key moves it to the month beside. */
export function ForecastCard(props: ForecastCardProps) {
  const { row, stage, owner, isLeaving, mayMove, targets, nameOf, isInMonth, onMove, onStep } = props
  const element = useRef<HTMLDivElement>(null)
  const latest = useRef(row)
  useEffect(() => {
    latest.current = row
  })
  useEffect(() => {
    const { current } = element
    if (!current || !mayMove) return
    return draggable({ element: current, getInitialData: () => ({ sort: 'forecast', row: latest.current }) })
  }, [mayMove])
  const dayText = (text: string) => (isInMonth ? day(text, dateOfDay(text)) : day(text))
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of the link within
    <div
      ref={element}
      className="forecast-card"
      data-leaving={isLeaving || undefined}
      onKeyDown={(event) => {
        if (!mayMove || !event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return
        event.preventDefault()
        onStep(event.key === 'ArrowLeft' ? -1 : 1)
      }}
    >
      <div className="forecast-line">
        <Link
          href={`/deals/${row.id}`}
          className="ellipsis forecast-title"
          draggable={false}
          aria-keyshortcuts={mayMove ? 'Alt+ArrowLeft Alt+ArrowRight' : undefined}
        >
          {row.title}
        </Link>
        {mayMove && (
          <MoreMenu
            of={row.title}
            items={[{ group: 'Move to', items: targets.map((span) => ({ label: nameOf(span), onClick: () => onMove(span) })) }]}
          />
        )}
      </div>
      <div className="forecast-line secondary">
        <StageDot color={stage?.color ?? null} />
        <span className="ellipsis">{[stage?.name, row.companyName].filter(Boolean).join(' · ')}</span>
      </div>
      <div className="forecast-line">
        <span className="number">{money(row.value, row.currency)}</span>
        <span className="secondary forecast-day">{row.expectedCloseDate && dayText(row.expectedCloseDate)}</span>
        <Avatar name={owner} />
      </div>
    </div>
  )
}

/** The shape of a card that is on its way. */
export const CardShape = () => (
  <div className="forecast-card">
    <span className="skeleton" />
    <span className="skeleton" />
  </div>
)
