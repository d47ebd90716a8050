import type { ReactNode } from 'react'

export interface BarRow {
  name: string
  /** Of the longest bar, from 0 to 1; `inner` of the bar itself. */
  share: number
  inner?: number
  /** What stands at the end of the bar. */
  value: ReactNode
  /** Beneath the name, in secondary ink. */
  note?: ReactNode
  tone?: 'won' | 'lost' | 'rotting'
}

/** Named bars from left to right, for steps that have an order: a funnel, stages, kinds of change. */
export const Bars = ({ rows }: { rows: readonly BarRow[] }) => (
  <ol className="bars">
    {rows.map(({ name, share, inner, value, note, tone }) => (
      <li key={name}>
        <div className="bars-name">
          <span className="ellipsis">{name}</span>
          {note !== undefined && <span className="secondary">{note}</span>}
        </div>
        <div className="bars-line" aria-hidden="true">
          <div data-tone={tone} style={{ width: `${Math.max(0.4, Math.min(1, share) * 100)}%` }}>
            {inner !== undefined && <div style={{ width: `${Math.min(1, inner) * 100}%` }} />}
          </div>
        </div>
        <span className="bars-value">{value}</span>
      </li>
    ))}
  </ol>
)
