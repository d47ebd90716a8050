import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { BoardAtJson } from '../../../src/dialects/native/reports/board.ts'
import { getData, sentence } from '../api.ts'
import { day as dayText, money, count as number, plural } from '../format.ts'
import { useUsers } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Avatar, EmptyState, SkeletonLines } from '../ui/small.tsx'
import { Sums } from './column-head.tsx'

/** The last moment of a calendar day here; of today: now. */
const endOf = (day: string): string => new Date(`${day}T23:59:59.999`).toISOString()

/** The pipeline as it stood at the end of a day: stages, sums and first cards of then. Nothing can be moved in the past. */
export default function BoardAsOf({ pipelineId, day }: { pipelineId: number; day: string }) {
  const users = new Map((useUsers().data ?? []).map((user) => [user.id, user.name]))
  const query = { pipelineId, asOf: endOf(day), limit: 50 }
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['reports', 'board', query],
    queryFn: ({ signal }) => getData<BoardAtJson>('/reports/board', query, signal),
    placeholderData: keepPreviousData,
  })
  if (!data) {
    return error ? (
      <EmptyState title="The past cannot be read" actions={<Button onClick={() => void refetch()}>Try again</Button>}>
        {sentence(error)}
      </EmptyState>
    ) : (
      <SkeletonLines lines={6} />
    )
  }
  const label = `The board as of ${dayText(day)}`
  const isStale = isPlaceholderData || undefined
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="as-of" aria-label={label} data-stale={isStale} tabIndex={0}>
      {data.columns.map(({ stage, totals, converted, cards, next }) => {
        const all = totals.reduce((sum, { count }) => sum + count, 0)
        return (
          <section key={stage.id} className="as-of-column" aria-label={`${stage.name}, ${plural(all, 'deal')}`}>
            <header className="column-head">
              <div className="column-line" style={stage.color === null ? {} : { background: stage.color }} />
              <div className="column-name">
                <h2 className="ellipsis">{stage.name}</h2>
                <span className="column-count secondary">{number(all)}</span>
              </div>
              <Sums totals={totals} converted={converted} isWeighted={data.isWeighted} />
            </header>
            <ol>
              {cards.map((card) => (
                <li key={card.id} className="card">
                  <Link href={`/deals/${card.id}`} className="card-title ellipsis">
                    {card.title}
                  </Link>
                  <div className="card-line secondary">
                    <span className="ellipsis">{card.companyName ?? card.contactName ?? ''}</span>
                  </div>
                  <div className="card-line">
                    <span className="card-amount">{money(card.value, card.currency)}</span>
                    <span className="card-mark" />
                    <Avatar name={users.get(card.ownerId) ?? ''} />
                  </div>
                </li>
              ))}
              {next !== null && <li className="secondary as-of-more">and {plural(all - cards.length, 'more deal')}</li>}
            </ol>
          </section>
        )
      })}
    </section>
  )
}
