import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import type { ForecastAgainstWonJson } from '../../../src/dialects/native/reports/changes.ts'
import type { ForecastJson } from '../../../src/dialects/native/reports/forecast.ts'
import { announce } from '../announce.ts'
import { getData, type Query, sentence, write } from '../api.ts'
import { type Row, refreshLists, showDeal } from '../list/use-rows.ts'
import { queryClient } from '../queries.ts'
import { toastError } from '../ui/toast.tsx'
import { told } from '../undo.ts'
import { type Day, type Month, monthOf } from './months.ts'
import { dayIn, type Span, spanId } from './spans.ts'

const key = ['reports', 'forecast'] as const

export const useForecast = (query: Query) =>
  useQuery({
    queryKey: [...key, query],
    queryFn: ({ signal }) => getData<ForecastJson>('/reports/forecast', query, signal),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })

const wonKey = ['reports', 'forecast-against-won'] as const

/** What was won in each month from one on, this one included; nothing where that is still to come. */
export const useWon = (query: Query, from: Month, today: Day) =>
  useQuery({
    queryKey: [...wonKey, query, from],
    queryFn: async ({ signal }) => {
      const report = await getData<ForecastAgainstWonJson>(
        '/reports/forecast-against-won',
        { ...query, from: `${from}-01` },
        signal,
      )
      return new Map(report.months.map(({ month, won }) => [month, won]))
    },
    enabled: from <= monthOf(today),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })

/** Reads again what the forecast shows. */
export const refreshForecast = (): Promise<unknown> =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: key }),
    queryClient.invalidateQueries({ queryKey: wonKey }),
    refreshLists(),
  ])

/** A deal on its way to another column: it stands there at once, and is faded where it came from until the server has said yes. */
export interface Moving {
  row: Row
  to: string
}

/** Moves deals from column to column by the day that they are expected to close. */
export function useMoves(nameOf: (span: Span) => string, today: string) {
  const [moving, setMoving] = useState<readonly Moving[]>([])
  const move = async (row: Row, span: Span) => {
    const day = dayIn(span, row.expectedCloseDate, today)
    if (day === undefined || day === row.expectedCloseDate) return
    const one: Moving = { row: { ...row, expectedCloseDate: day }, to: spanId(span) }
    setMoving((all) => [...all.filter(({ row: other }) => other.id !== row.id), one])
    const done = `“${row.title}” moved to ${nameOf(span)}`
    announce(done)
    try {
      const { data, undo } = await write<DealJson>('PATCH', `/deals/${row.id}`, { expectedCloseDate: day }, row.version)
      told(done, undo)
      showDeal(data)
    } catch (error) {
      announce(sentence(error))
      toastError(error)
    }
    await refreshForecast()
    setMoving((all) => all.filter((other) => other !== one))
  }
  return { moving, move }
}
