import type { NativeSpeaker } from '../speaker.ts'
import { boardReportRoutes } from './board.ts'
import { changesRoutes } from './changes.ts'
import { forecastRoutes } from './forecast.ts'
import { movementRoutes } from './movement.ts'
import { stageTimesRoutes } from './stage-times.ts'
import { summaryRoutes } from './summary.ts'
import { timesRoutes } from './times.ts'

/** Numbers about what happened; each is defined in docs/numbers.md. */
export function reportRoutes(api: NativeSpeaker): void {
  for (const open of reports) open(api)
}

const reports = [stageTimesRoutes, boardReportRoutes, forecastRoutes, changesRoutes, summaryRoutes, movementRoutes, timesRoutes]
