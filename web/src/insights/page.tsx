import { useState } from 'react'
import { today as dayToday } from '../format.ts'
import { useRefreshSoon } from '../list/use-refresh-soon.ts'
import { NarrowingSelects, useNarrowing } from '../narrowing.tsx'
import type { PageProps } from '../pages.tsx'
import { useSearchState } from '../search-state.ts'
import { SkeletonLines } from '../ui/small.tsx'
import { Views } from '../views.tsx'
import './insights.css'
import {
  type Asked,
  CalibrationPanel,
  ChangesPanel,
  Figures,
  FlowPanel,
  ForecastPanel,
  FunnelPanel,
  RottingPanel,
  TimesPanel,
} from './panels.tsx'
import { daysIn, daysOf, type Preset, presetOf, presets } from './periods.ts'
import { refreshReports } from './use-reports.ts'

/** What happened in a pipeline, and what it means: pictures first, each with its numbers. */
export default function InsightsPage(_: PageProps) {
  const [state, change] = useSearchState()
  const [today] = useState(() => dayToday())
  const days = daysIn(state, today)
  const preset = presetOf(days, today)
  const narrowing = useNarrowing(state)
  const { pipeline, ownerId } = narrowing
  useRefreshSoon(refreshReports)
  const pick = (name: string) => {
    const { from, to } = name === 'custom' ? days : daysOf(name as Preset, today)
    change({ from, to })
  }
  const asked: Asked | undefined = pipeline && { pipelineId: pipeline.id, ownerId, ...days }

  return (
    <div className="insights-page">
      <div className="insights-bar">
        <h1>Insights</h1>
        <NarrowingSelects {...narrowing} change={change} />
        <select className="input" aria-label="Period" value={preset ?? 'custom'} onChange={(event) => pick(event.target.value)}>
          {presets.map((name) => (
            <option key={name}>{name}</option>
          ))}
          {!preset && <option value="custom">Other days</option>}
        </select>
        <input
          className="input"
          type="date"
          aria-label="From"
          value={days.from}
          max={days.to}
          onChange={(event) => event.target.value && change({ from: event.target.value, to: days.to })}
        />
        <input
          className="input"
          type="date"
          aria-label="To"
          value={days.to}
          min={days.from}
          onChange={(event) => event.target.value && change({ from: days.from, to: event.target.value })}
        />
        <Views page="insights" kept={{ pipeline: state.pipeline, owner: ownerId, from: state.from, to: state.to }} />
      </div>
      {asked ? (
        <div className="insights">
          <Figures {...asked} />
          <FlowPanel {...asked} />
          <FunnelPanel {...asked} />
          <TimesPanel {...asked} />
          <ChangesPanel {...asked} />
          <CalibrationPanel {...asked} />
          <ForecastPanel {...asked} />
          <RottingPanel {...asked} />
        </div>
      ) : (
        <SkeletonLines lines={8} />
      )}
    </div>
  )
}
