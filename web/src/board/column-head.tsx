import { majorUnits, money, count as number, shortMoney } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icons.tsx'
import { type Board, type Column, howMany, type Sums as SumsData } from './board.ts'
import type { Hand } from './hand.ts'

interface HeadProps {
  column: Column
  board: Pick<Board, 'isWeighted' | 'isFiltered'>
  canAdd: boolean
  hand: Hand
}

/** What a column adds up to. It stays while the column scrolls. */
export function ColumnHead({ column, board, canAdd, hand }: HeadProps) {
  const { stage, all } = column
  return (
    <header className="column-head">
      <div className="column-line" style={stage.color === null ? {} : { background: stage.color }} />
      <div className="column-name">
        <h2 className="ellipsis" title={stage.name}>
          {stage.name}
        </h2>
        <span className="column-count secondary">{board.isFiltered ? `${howMany(column)} of ${number(all)}` : number(all)}</span>
        {canAdd && (
          <Button looks={['plain', 'icon']} aria-label={`Add deal in ${stage.name}`} onClick={() => hand.addIn(stage.id)}>
            <Icon name="plus" />
          </Button>
        )}
      </div>
      {column.sums ? (
        <Sums {...column.sums} isWeighted={board.isWeighted} />
      ) : (
        <div className="column-sums secondary">Too many to add up</div>
      )}
    </header>
  )
}

/** One currency alone, or the converted sum with each currency behind it; never a mixed one. */
export function Sums({ totals, converted, isWeighted }: SumsData & { isWeighted: boolean }) {
  const [only] = totals
  if (!only) return <div className="column-sums secondary">Nothing yet</div>
  const weighted = (amount: number | null, currency: string) =>
    isWeighted && amount !== null ? shortMoney(majorUnits(BigInt(Math.round(amount)), currency), currency) : undefined
  const isOne = totals.length === 1
  const isKnown = converted.missing.length === 0
  const lead = isOne ? only : isKnown ? converted : undefined
  const each = totals.map(({ value, currency }) => money(value, currency)).join(' · ')
  const leadWeighted = lead?.amount ? weighted(lead.weightedAmount, lead.currency) : undefined
  return (
    <div className="column-sums" title={each}>
      {lead && (
        <span className="number">
          {isOne ? '' : '≈ '}
          {shortMoney(lead.value, lead.currency)}
        </span>
      )}
      {leadWeighted && <span className="secondary number">{leadWeighted} weighted</span>}
      {!isOne && (
        <span className="secondary ellipsis">{totals.map(({ value, currency }) => shortMoney(value, currency)).join(' · ')}</span>
      )}
    </div>
  )
}
