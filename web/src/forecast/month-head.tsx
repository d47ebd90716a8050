import type { CountsJson } from '../../../src/dialects/native/reports/plain.ts'
import { majorUnits, money, plural, shortMoney } from '../format.ts'
import { Skeleton } from '../ui/small.tsx'
import type { Sums } from './spans.ts'

interface MonthHeadProps {
  name: string
  sums: Sums | undefined
  /** Whether the sums have been read; a column without any then has none. */
  /** What was won in the month, where it has begun. */
  won: CountsJson | undefined
  isRead: boolean
  isWeighted: boolean
  /** Of the largest column. */
  share: number
}

/** What a month may bring in: one currency alone, or the converted sum with each currency beside it; never a mixed one. */
export function MonthHead({ name, sums, won, isRead, isWeighted, share }: MonthHeadProps) {
  const count = sums?.totals.reduce((sum, total) => sum + total.count, 0) ?? 0
  return (
    <header className="month-head">
      <div className="month-name">
        <h2 className="ellipsis">{name}</h2>
        <span className="secondary">{isRead && plural(count, 'deal')}</span>
      </div>
      {isRead ? <Amounts sums={sums} isWeighted={isWeighted} /> : <Skeleton width="60%" height={14} />}
      <Won won={won} />
      <Bar sums={sums} share={share} isWeighted={isWeighted} />
    </header>
  )
}

const weightedText = (amount: number | null, currency: string): string | undefined =>
  amount === null ? undefined : shortMoney(majorUnits(BigInt(Math.round(amount)), currency), currency)

function Amounts({ sums, isWeighted }: { sums: Sums | undefined; isWeighted: boolean }) {
  const [only] = sums?.totals ?? []
  if (!sums || !only) return <p className="month-sums secondary">–</p>
  const isOne = sums.totals.length === 1
  const { missing } = sums.converted
  const lead = isOne ? only : missing.length === 0 ? sums.converted : undefined
  const weighted = isWeighted && lead ? weightedText(lead.weightedAmount, lead.currency) : undefined
  const each = sums.totals.map(({ value, currency }) => shortMoney(value, currency)).join(' · ')
  return (
    <p className="month-sums" title={sums.totals.map(({ value, currency }) => money(value, currency)).join('\n')}>
      {lead ? (
        <strong>
          {isOne ? '' : '≈ '}
          {shortMoney(lead.value, lead.currency)}
        </strong>
      ) : (
        <strong>{each}</strong>
      )}
      {weighted && <span className="secondary"> {weighted} weighted</span>}
      {!isOne && lead && <span className="secondary month-each ellipsis">{each}</span>}
      {!isOne && !lead && <span className="secondary month-each ellipsis">No rate for {missing.join(', ')}</span>}
    </p>
  )
}

/** What has come in already: one currency alone, or the converted sum; each currency where they cannot be added up. */
function Won({ won }: { won: CountsJson | undefined }) {
  const [only] = won?.totals ?? []
  if (!won || !only) return <p />
  const isOne = won.totals.length === 1
  const each = won.totals.map(({ value, currency }) => money(value, currency)).join(' · ')
  const lead = isOne ? only : won.converted
  const sum = isOne || won.converted.missing.length === 0 ? `${isOne ? '' : '≈ '}${shortMoney(lead.value, lead.currency)}` : each
  return (
    <p className="month-won ellipsis" title={each}>
      <span className="meaning-won">Won {sum}</span> <span className="secondary">{plural(won.count, 'deal')}</span>
    </p>
  )
}

/** How much of the largest column it is, and how much of that is weighted. What is in a currency without a rate is not in it. */
function Bar({ sums, share, isWeighted }: { sums: Sums | undefined; share: number; isWeighted: boolean }) {
  const { amount = 0, weightedAmount = null } = sums?.converted ?? {}
  const part = isWeighted && weightedAmount !== null && amount > 0 ? weightedAmount / amount : 0
  return (
    <div className="month-bar" aria-hidden="true">
      <div style={{ width: `${Math.min(100, share * 100)}%` }}>
        <div style={{ width: `${Math.min(100, part * 100)}%` }} />
      </div>
    </div>
  )
}
