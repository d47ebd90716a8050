import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { memo, useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { day, dayInMs, daysUntil, money, nearDay, plural, span } from '../format.ts'
import { Menu } from '../ui/menu.tsx'
import { Avatar } from '../ui/small.tsx'
import type { Card as CardData } from './board.ts'
import type { Hand } from './hand.ts'

/** Every card is as high as every other, so that a column knows where each stands without measuring. */
export const cardHeight = 72
export const rowHeight = cardHeight + 6

interface CardProps {
  card: CardData
  ownerName: string
  stageName: string
  /** Where it stands in the column, for those who do not see it. */
  position: string
  href: string
  isTabStop: boolean
  isSelected: boolean
  isLifted: boolean
  isFlashing: boolean
  canMove: boolean
  hand: Hand
}

/** A deal on the board: what it is, with whom, how much, whose, and what about it is pressing. */
export const Card = memo(function Card(props: CardProps) {
  const { card, ownerName, stageName, position, href, isTabStop, isSelected, isLifted, isFlashing, canMove, hand } = props
  const element = useRef<HTMLDivElement>(null)
  const { id } = card

  useEffect(() => {
    const { current } = element
    if (!current || !canMove) return
    return draggable({
      element: current,
      getInitialData: () => ({ cardId: id }),
      onDragStart: () => hand.dragBegins(id),
      onDrop: () => hand.dragEnds(),
    })
  }, [id, canMove, hand])

  return (
    <div
      ref={element}
      className="card"
      data-card={id}
      data-selected={isSelected || undefined}
      data-lifted={isLifted || undefined}
      data-flash={isFlashing || undefined}
    >
      <Link
        href={href}
        draggable={false}
        tabIndex={isTabStop ? 0 : -1}
        className="card-title ellipsis"
        aria-description={position}
        onFocus={() => hand.focused(id)}
      >
        {card.title}
      </Link>
      <div className="card-line secondary">
        <span className="ellipsis">{card.companyName ?? card.contactName ?? ''}</span>
        {card.tags.slice(0, 2).map((tag) => (
          <span key={tag} className="card-tag ellipsis">
            {tag}
          </span>
        ))}
      </div>
      <div className="card-line">
        <span className="card-amount">{money(card.value, card.currency)}</span>
        <Mark card={card} stageName={stageName} />
        <Avatar name={ownerName} />
      </div>
      <input
        type="checkbox"
        className="card-check"
        tabIndex={-1}
        aria-label={`Select ${card.title}`}
        checked={isSelected}
        onChange={() => hand.toggle(id)}
      />
      {canMove && (
        <Menu
          align="end"
          trigger={
            <button type="button" className="card-more" tabIndex={-1} aria-label={`What to do with ${card.title}`}>
              ⋯
            </button>
          }
          items={() => hand.menuOf(card)}
        />
      )}
    </div>
  )
})

/** The most pressing of what is true: overdue, rotting, closing soon; else how long it has been in its stage. */
function Mark({ card, stageName }: { card: CardData; stageName: string }) {
  const { expectedCloseDate, rotsAt } = card
  const stay = Date.now() - Date.parse(card.stageChangedAt ?? card.createdAt)
  const since = stay < dayInMs ? 'today' : span(stay)
  const age = stay < dayInMs ? `since today in ${stageName}` : `${since} in ${stageName}`
  const until = expectedCloseDate === null ? undefined : daysUntil(expectedCloseDate)
  const rotten = rotsAt === null ? -1 : Math.floor((Date.now() - Date.parse(rotsAt)) / dayInMs)
  const marks = [
    ...(until !== undefined && until < 0 ? [{ text: `overdue ${plural(-until, 'day')}`, looks: 'meaning-lost' }] : []),
    ...(rotten >= 0 ? [{ text: `rotting ${rotten === 0 ? 'today' : plural(rotten, 'day')}`, looks: 'meaning-rotting' }] : []),
    ...(until !== undefined && until >= 0 && until < 14 && expectedCloseDate
      ? [{ text: `closes ${nearDay(expectedCloseDate)}`, looks: '' }]
      : []),
    { text: since, looks: 'secondary' },
  ]
  const title = [
    age,
    ...marks.slice(0, -1).map(({ text }) => text),
    ...(expectedCloseDate ? [`expected ${day(expectedCloseDate)}`] : []),
  ]
  return (
    <span className={`card-mark ellipsis ${marks[0]?.looks}`} title={title.join(', ')}>
      {marks[0]?.text}
    </span>
  )
}

/** The shape of a card that is on its way. */
export const CardShape = () => (
  <div className="card card-shape">
    <span className="skeleton" />
    <span className="skeleton" />
    <span className="skeleton" />
  </div>
)
