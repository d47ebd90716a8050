import type { NativeSpeaker } from '../speaker.ts'
import { forecastRoutes } from './forecast.ts'
import { stageTimesRoutes } from './stage-times.ts'

/** Numbers about what happened; each is defined in docs/numbers.md. */
export function reportRoutes(api: NativeSpeaker): void {
  for (const open of reports) open(api)
}

const reports = [stageTimesRoutes, forecastRoutes]
