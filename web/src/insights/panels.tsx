import { Link } from 'wouter'
import { count, day, money, month as monthText, percent, plural, span } from '../format.ts'
import { amountsInFull, amountText, lengthOf, shareOf } from './amounts.ts'
import { Bars } from './bars.tsx'
import { ColumnsChart } from './columns-chart.tsx'
import { Panel } from './panel.tsx'
import { type Days, intervalOf } from './periods.ts'
import { useReport } from './use-reports.ts'

export interface Asked extends Days {
  pipelineId: number
  ownerId: string | undefined
}

const nothingInPeriod = 'Nothing happened in this period.'
const share = (value: number | null): string => (value === null ? '–' : percent(value))
const time = (seconds: number | null): string => (seconds === null ? '–' : span(seconds * 1000))

/** New, won and lost, part by part of the period. */
export function FlowPanel(asked: Asked) {
  const interval = intervalOf(asked)
  const query = { ...asked, interval }
  const nameOf = interval === 'month' ? monthText : (from: string) => day(from)
  return (
    <Panel
      title="New, won and lost"
      about="How many deals were created, won and lost, each when it happened."
      name="summary"
      query={query}
      report={useReport('summary', query)}
      isWide
      empty={({ intervals }) =>
        intervals.every((part) => part.new.count + part.won.count + part.lost.count === 0) ? nothingInPeriod : undefined
      }
      picture={({ intervals }) => (
        <ColumnsChart
          rows={intervals.map((part) => ({
            name: nameOf(part.from),
            new: part.new.count,
            won: part.won.count,
            lost: part.lost.count,
          }))}
          series={[
            { key: 'new', name: 'New', color: 'var(--n-6)' },
            { key: 'won', name: 'Won', color: 'var(--won)' },
            { key: 'lost', name: 'Lost', color: 'var(--lost)' },
          ]}
          write={count}
        />
      )}
      table={({ intervals }) => ({
        columns: ['From', 'To', 'New', 'Won', 'Won amount', 'Lost', 'Lost amount'],
        rows: intervals.map((part) => [
          day(part.from),
          day(part.to),
          part.new.count,
          part.won.count,
          amountsInFull(part.won),
          part.lost.count,
          amountsInFull(part.lost),
        ]),
      })}
    />
  )
}

/** How far the deals of the period have come by now. */
export function FunnelPanel(asked: Asked) {
  return (
    <Panel
      title="Funnel"
      about="Of the deals created in the period: how many have come so far, or further, by now."
      name="conversion"
      query={{ ...asked }}
      report={useReport('conversion', { ...asked })}
      empty={({ cohort }) => (cohort.deals === 0 ? 'No deals were created in this period.' : undefined)}
      picture={({ cohort }) => (
        <Bars
          rows={cohort.steps.map((step) => ({
            name: step.name,
            share: shareOf(step.reached, [cohort.deals]),
            value: count(step.reached),
            note: step.rate === null ? undefined : `${share(step.rate)} of the step before`,
            ...(step.kind === 'won' ? { tone: 'won' as const } : {}),
          }))}
        />
      )}
      table={({ cohort }) => ({
        columns: ['Stage', 'Been in it', 'Reached', 'Of the step before', 'Decided', 'Won of these'],
        rows: cohort.steps.map((step) => [
          step.name,
          step.entered,
          step.reached,
          share(step.rate),
          step.decided,
          share(step.winRate),
        ]),
      })}
    />
  )
}

export function TimesPanel(asked: Asked) {
  return (
    <Panel
      title="Time in stage"
      about="Stays that ended in the period: the bar is what nine of ten do not exceed, its first part the median."
      name="time-in-stage"
      query={{ ...asked }}
      report={useReport('time-in-stage', { ...asked })}
      empty={({ stages }) =>
        stages.every(({ ended }) => ended.count === 0) ? 'No deal left a stage in this period.' : undefined
      }
      picture={({ stages }) => (
        <Bars
          rows={stages.map(({ name, ended, lasting }) => ({
            name,
            share: shareOf(
              ended.p90 ?? 0,
              stages.map((stage) => stage.ended.p90 ?? 0),
            ),
            inner: ended.p90 ? (ended.median ?? 0) / ended.p90 : 0,
            value: time(ended.median),
            note: `${count(ended.count)} left · ${count(lasting.count)} there now`,
          }))}
        />
      )}
      table={({ stages }) => ({
        columns: ['Stage', 'Left', 'Mean', 'Median', 'Nine of ten', 'There now', 'So far, median'],
        rows: stages.map(({ name, ended, lasting }) => [
          name,
          ended.count,
          time(ended.mean),
          time(ended.median),
          time(ended.p90),
          lasting.count,
          time(lasting.median),
        ]),
      })}
    />
  )
}

const kinds = {
  in: ['Came in', undefined],
  out: ['Went out', undefined],
  forward: ['Moved forward', undefined],
  back: ['Moved back', 'rotting'],
  won: ['Won', 'won'],
  lost: ['Lost', 'lost'],
  reopened: ['Reopened', undefined],
  pushed: ['Close date pushed', 'rotting'],
  pulled: ['Close date pulled in', undefined],
  raised: ['Amount raised', 'won'],
  lowered: ['Amount lowered', 'lost'],
} as const

export function ChangesPanel(asked: Asked) {
  return (
    <Panel
      title="What has changed"
      about="The pipeline at the end of the period beside the pipeline before it, deal by deal."
      name="changes"
      query={{ ...asked }}
      report={useReport('changes', { ...asked })}
      empty={({ kinds }) => (kinds.every(({ count }) => count === 0) ? 'Nothing is different.' : undefined)}
      picture={(data) => (
        <Bars
          rows={data.kinds
            .filter(({ count }) => count > 0)
            .map((change) => {
              const [name, tone] = kinds[change.kind]
              return {
                name,
                share: shareOf(lengthOf(change), data.kinds.map(lengthOf)),
                value: amountText(change),
                note: (
                  <>
                    {plural(change.count, 'deal')}
                    {change.deals.slice(0, 2).map(({ dealId, title }) => (
                      <span key={dealId}>
                        {' · '}
                        <Link href={`/deals/${dealId}`}>{title}</Link>
                      </span>
                    ))}
                  </>
                ),
                ...(tone ? { tone } : {}),
              }
            })}
        />
      )}
      table={(data) => ({
        columns: ['What', 'Deals', 'Amount'],
        rows: data.kinds.map((change) => [kinds[change.kind][0], change.count, amountsInFull(change)]),
      })}
    />
  )
}

/** What was expected to close in each month, and what did. */
export function ForecastPanel(asked: Asked) {
  const sum = (of: { converted: { value: string } }) => Number(of.converted.value)
  return (
    <Panel
      title="Forecast and won"
      about="What was open at the beginning of a month and expected to close in it, beside what was won in it."
      name="forecast-against-won"
      query={{ ...asked }}
      report={useReport('forecast-against-won', { ...asked })}
      isWide
      empty={({ months }) =>
        months.every(({ expected, won }) => expected.totals.length + won.totals.length === 0) ? nothingInPeriod : undefined
      }
      picture={({ months }) => {
        const currency = months[0]?.won.converted.currency ?? 'USD'
        return (
          <ColumnsChart
            rows={months.map(({ month, expected, won }) => ({ name: monthText(month), expected: sum(expected), won: sum(won) }))}
            series={[
              { key: 'expected', name: 'Expected', color: 'var(--n-6)' },
              { key: 'won', name: 'Won', color: 'var(--won)' },
            ]}
            write={(value) =>
              amountText({
                totals: [{ currency, count: 0, amount: 0, value: String(value) }],
                converted: months[0]?.won.converted ?? { currency, amount: 0, value: '0', missing: [] },
              })
            }
          />
        )
      }}
      table={({ months }) => ({
        columns: ['Month', 'Expected', 'Weighted', 'Won', 'Deals won'],
        rows: months.map(({ month, expected, won }) => [
          monthText(month),
          amountsInFull(expected),
          expected.totals
            .map(({ currency, weightedAmount }) => (weightedAmount === null ? '–' : moneyOf(weightedAmount, currency)))
            .join(' · ') || '–',
          amountsInFull(won),
          won.count,
        ]),
      })}
    />
  )
}

const moneyOf = (minor: number, currency: string): string => {
  const exponent = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  return money((minor / 10 ** exponent).toFixed(exponent), currency)
}

export function CalibrationPanel(asked: Asked) {
  return (
    <Panel
      title="Probabilities"
      about="What the deals of each stage have really won, beside the probability that it is set to."
      name="calibration"
      query={{ ...asked }}
      report={useReport('calibration', { ...asked })}
      empty={({ stages }) =>
        stages.every(({ decided }) => decided === 0) ? 'No deal of this period is decided yet.' : undefined
      }
      picture={({ stages }) => (
        <Bars
          rows={stages.map(({ name, actual, configured, decided }) => ({
            name,
            share: actual ?? 0,
            value: share(actual),
            note: `${configured === null ? 'not set' : `set to ${configured}%`} · ${count(decided)} decided`,
          }))}
        />
      )}
      table={({ stages }) => ({
        columns: ['Stage', 'Set to', 'Really won', 'Won', 'Decided'],
        rows: stages.map(({ name, configured, actual, won, decided }) => [
          name,
          configured === null ? '–' : `${configured}%`,
          share(actual),
          won,
          decided,
        ]),
      })}
    />
  )
}

export function RottingPanel({ pipelineId, ownerId }: Asked) {
  const query = { pipelineId, ownerId, limit: 5 }
  return (
    <Panel
      title="Rotting now"
      about="Deals that nothing has happened to for longer than their stage allows; the longest first."
      name="rotting"
      query={query}
      report={useReport('rotting', query)}
      empty={({ stages }) =>
        stages.length === 0
          ? 'No stage of this pipeline has rotting days.'
          : stages.every(({ count }) => count === 0)
            ? 'Nothing is rotting.'
            : undefined
      }
      picture={({ stages }) => (
        <ul className="rotting-list">
          {stages
            .filter(({ count }) => count > 0)
            .map(({ stageId, name, count: rotting, deals }) => (
              <li key={stageId}>
                <strong>{name}</strong> <span className="meaning-rotting">{plural(rotting, 'deal')}</span>
                <ul>
                  {deals.map(({ id, title, value, currency }) => (
                    <li key={id}>
                      <Link href={`/deals/${id}`} className="ellipsis">
                        {title}
                      </Link>
                      <span className="number">{money(value, currency)}</span>
                    </li>
                  ))}
                </ul>
              </li>
            ))}
        </ul>
      )}
      table={({ stages }) => ({
        columns: ['Stage', 'After', 'Rotting'],
        rows: stages.map(({ name, rotAfterDays, count }) => [name, plural(rotAfterDays, 'day'), count]),
      })}
    />
  )
}

/** The figures at the top. */
export function Figures(asked: Asked) {
  const { data: summary } = useReport('summary', { ...asked })
  const { data: rates } = useReport('win-rate', { ...asked })
  const { data: velocity } = useReport('velocity', { ...asked })
  const [speed] = velocity?.currencies.length === 1 ? velocity.currencies : []
  const figures = [
    ['New', summary && count(summary.new.count), summary && amountText(summary.new)],
    ['Won', summary && amountText(summary.won), summary && plural(summary.won.count, 'deal')],
    ['Lost', summary && amountText(summary.lost), summary && plural(summary.lost.count, 'deal')],
    ['Win rate', rates && share(rates.rate), rates && `${count(rates.won.count + rates.lost.count)} decided`],
    [
      'A day brings',
      velocity && (speed?.valuePerDay ? money(speed.valuePerDay, speed.currency) : '–'),
      velocity && (speed ? `won in ${time(speed.cycleSeconds)}` : plural(velocity.currencies.length, 'currency', 'currencies')),
    ],
    ['Left open', summary && amountText(summary.openAfter), summary && plural(summary.openAfter.count, 'deal')],
  ] as const
  return (
    <dl className="figures">
      {figures.map(([name, value, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? '…'}</dd>
          <dd className="secondary">{note ?? ' '}</dd>
        </div>
      ))}
    </dl>
  )
}
