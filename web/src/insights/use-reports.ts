import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ChangesJson, ForecastAgainstWonJson } from '../../../src/dialects/native/reports/changes.ts'
import type { ConversionJson, MovementJson } from '../../../src/dialects/native/reports/movement.ts'
import type { SummaryJson, WinRateJson } from '../../../src/dialects/native/reports/summary.ts'
import type { CalibrationJson, RottingJson, TimeInStageJson, VelocityJson } from '../../../src/dialects/native/reports/times.ts'
import { getData, type Query } from '../api.ts'
import { queryClient } from '../queries.ts'

interface Reports {
  summary: SummaryJson
  'win-rate': WinRateJson
  conversion: ConversionJson
  movement: MovementJson
  'time-in-stage': TimeInStageJson
  velocity: VelocityJson
  changes: ChangesJson
  calibration: CalibrationJson
  'forecast-against-won': ForecastAgainstWonJson
  rotting: RottingJson
}
export type ReportName = keyof Reports

const key = ['reports', 'insights'] as const

/** One report of the native API; what is shown stays until the next one is there. */
export const useReport = <N extends ReportName>(name: N, query: Query) =>
  useQuery({
    queryKey: [...key, name, query],
    queryFn: ({ signal }) => getData<Reports[N]>(`/reports/${name}`, query, signal),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })

export const refreshReports = (): Promise<unknown> => queryClient.invalidateQueries({ queryKey: key })

/** Where the same numbers are as CSV. */
export function csvAddress(name: ReportName, query: Query): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
  return `/api/v1/reports/${name}.csv?${new URLSearchParams(said.map(([name, value]) => [name, String(value)]))}`
}
