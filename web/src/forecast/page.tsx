import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { sentence } from '../api.ts'
import { today as dayToday, majorUnits } from '../format.ts'
import { useRefreshSoon } from '../list/use-refresh-soon.ts'
import { NarrowingSelects, useNarrowing } from '../narrowing.tsx'
import type { PageProps } from '../pages.tsx'
import { useStages, useUsers } from '../queries.ts'
import { useSearchState } from '../search-state.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icons.tsx'
import { EmptyState, SkeletonLines } from '../ui/small.tsx'
import { Views } from '../views.tsx'
import './forecast.css'
import { MonthColumn } from './month-column.tsx'
import { addMonths, monthName, monthOf } from './months.ts'
import { queryOfSpan, type Span, spanBeside, spanId, spansFrom, sumsOfSpans } from './spans.ts'
import { refreshForecast, useForecast, useMoves, useWon } from './use-forecast.ts'

const columns = 6
const names = { overdue: 'Overdue', later: 'Later', none: 'No close date' } as const
/** Days before this month are overdue; where other months are looked at, what is before them is only earlier. */
const nameIn =
  (isNow: boolean) =>
  (span: Span): string => {
    if (span.kind === 'month') return monthName(span.month, navigator.language)
    return span.kind === 'overdue' && !isNow ? 'Earlier' : names[span.kind]
  }
const write = (amount: number, currency: string): string => majorUnits(BigInt(Math.round(amount)), currency)

/** What open deals may bring in, by the month that they are expected to close in. */
export default function ForecastPage(_: PageProps) {
  const [state, change] = useSearchState()
  const mayMove = useSession().can('member')
  const users = useUsers().data ?? []
  const stages = useStages().data ?? []
  const [today] = useState(() => dayToday())
  const first = /^\d{4}-\d{2}$/.test(state.from ?? '') ? (state.from ?? '') : monthOf(today)
  const narrowing = useNarrowing(state)
  const { pipeline, ownerId } = narrowing
  const narrow = { pipelineId: pipeline?.id, ownerId }
  useRefreshSoon(refreshForecast)
  const nameOf = nameIn(first === monthOf(today))
  const report = useForecast(narrow)
  const won = useWon(narrow, first, today).data
  const { moving, move } = useMoves(nameOf, today)
  const spans = useMemo(() => spansFrom(first, columns), [first])
  const sums = useMemo(() => (report.data ? sumsOfSpans(spans, report.data.months, write) : undefined), [report.data, spans])
  const lookups = useMemo(
    () => ({
      stages: new Map(stages.map((stage) => [stage.id, stage])),
      users: new Map(users.map((user) => [user.id, user])),
    }),
    [stages, users],
  )
  const most = Math.max(1, ...[...(sums?.values() ?? [])].map(({ converted }) => converted.amount))
  const step = (by: number) => change({ from: addMonths(first, by) === monthOf(today) ? undefined : addMonths(first, by) })

  return (
    <div className="forecast-page">
      <div className="forecast-bar">
        <h1>Forecast</h1>
        <NarrowingSelects {...narrowing} change={change} />
        <span className="forecast-space" />
        {/* Months roll on: a view begins with the one that it is. */}
        <Views page="forecast" kept={{ pipeline: state.pipeline, owner: ownerId }} />
        <Button looks="icon" aria-label="Earlier months" onClick={() => step(-3)}>
          <Icon name="left" />
        </Button>
        <Button disabled={first === monthOf(today)} onClick={() => change({ from: undefined })}>
          This month
        </Button>
        <Button looks="icon" aria-label="Later months" onClick={() => step(3)}>
          <Icon name="right" />
        </Button>
      </div>
      {report.error && !report.data ? (
        <EmptyState
          title="The forecast cannot be read"
          actions={<Button onClick={() => void report.refetch()}>Try again</Button>}
        >
          {sentence(report.error)}
        </EmptyState>
      ) : report.data?.months.length === 0 ? (
        <EmptyState title="No open deals to forecast" actions={<Link href="/board">Go to the board</Link>}>
          Open deals stand here by the month that they are expected to close in.
        </EmptyState>
      ) : pipeline === undefined ? (
        <SkeletonLines lines={6} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="forecast-columns" aria-label="Months" tabIndex={0}>
          {spans.map((span) => (
            <MonthColumn
              key={spanId(span)}
              span={span}
              spans={spans}
              name={nameOf(span)}
              nameOf={nameOf}
              isNow={span.kind === 'month' && span.month === monthOf(today)}
              query={{ ...narrow, ...queryOfSpan(span, spans) }}
              sums={sums?.get(spanId(span))}
              won={span.kind === 'month' ? won?.get(span.month) : undefined}
              isRead={sums !== undefined}
              isWeighted={report.data?.isWeighted ?? false}
              most={most}
              lookups={lookups}
              moving={moving}
              mayMove={mayMove}
              onMove={(row, to) => void move(row, to)}
              onStep={(row, by) => {
                const to = spanBeside(spans, span, by)
                if (to) void move(row, to)
              }}
            />
          ))}
        </section>
      )}
    </div>
  )
}
