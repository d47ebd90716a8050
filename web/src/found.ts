import type { TotalsJson } from '../../src/dialects/native/board.ts'
import type { CountJson } from '../../src/dialects/native/deal-routes.ts'
import { getData, type Query } from './api.ts'

/** To look at so many deals takes a server some fifty milliseconds. */
const most = 50_000

/**
 * What those deals of a pipeline add up to that a filter finds; stages and outcomes are null where the filter leads to so many that
 * adding them up would keep everybody waiting. A filter that finds few in a large pipeline is always told.
 */
export const readFound = (pipelineId: number, { sort: _, ...filter }: Query, signal?: AbortSignal): Promise<TotalsJson> =>
  getData<TotalsJson>(`/pipelines/${pipelineId}/totals`, { ...filter, most }, signal)

/** How many deals a filter finds; null as above. */
export const readCount = async ({ sort: _, ...filter }: Query, signal?: AbortSignal): Promise<number | null> =>
  (await getData<CountJson>('/deals/count', { ...filter, most }, signal)).count
