import { sameInNative } from './operations.ts'
import { type Measured, type Results, ratio, type SizeResults } from './results.ts'

/** What was promised, and whether it holds: the table at the head of the report. */
export interface Target {
  what: string
  wanted: string
  /** What was measured, the worst where it is several. */
  found: string
  holds: boolean
}

const two = (value: number) => value.toFixed(2)
const whole = (value: number) => Math.round(value).toLocaleString('en')

/** The worst of some, with where it was. */
function worst(of: readonly { value: number; where: string }[], better: 'high' | 'low') {
  const sorted = of.toSorted((a, b) => (better === 'high' ? a.value - b.value : b.value - a.value))
  return sorted[0] ?? { value: Number.NaN, where: 'not measured' }
}

const where = ({ size }: SizeResults, { name, connections }: Measured) => `${name}, ${connections} conn., ${whole(size)} deals`

/** Each measurement of these operations against the limit. */
const shares = ({ sizes }: Results, names: readonly string[], connections: readonly number[]) =>
  sizes.flatMap((size) =>
    size.measured
      .filter((one) => names.includes(one.name) && connections.includes(one.connections))
      .map((one) => ({ value: ratio(one), where: where(size, one) })),
  )

const vendorShares = ({ sizes }: Results) =>
  sizes.flatMap((size) =>
    size.measured
      .filter(({ name }) => name.includes(': '))
      .map((one) => {
        const own = size.measured.find((other) => other.name === sameInNative(one.name) && other.connections === one.connections)
        return { value: one.ours.perSecond / (own?.ours.perSecond ?? Number.NaN), where: where(size, one) }
      }),
  )

/** How the middle time of an operation on the largest store compares with that on the smallest. */
const growth = ({ sizes }: Results, names: readonly string[]) => {
  const [small, large] = [sizes[0], sizes.at(-1)]
  return (large?.measured ?? [])
    .filter(({ name, connections }) => names.includes(name) && connections === 1)
    .map((one) => {
      const before = small?.measured.find(({ name, connections }) => name === one.name && connections === 1)
      return { value: one.ours.p50 / (before?.ours.p50 ?? Number.NaN), where: one.name }
    })
}

const importTarget = { sqlite: 50_000, postgres: 20_000 }

/** Everything that can be promised of one engine's results. */
export function targetsOf(results: Results): Target[] {
  const largest = results.sizes.at(-1)
  if (!largest) return []
  const atLeast = (what: string, limit: number, { value, where }: { value: number; where: string }, write = two): Target => ({
    what,
    wanted: `≥ ${write(limit)}`,
    found: `${write(value)} (${where})`,
    holds: value >= limit,
  })
  const atMost = (what: string, limit: number, { value, where }: { value: number; where: string }, write = two): Target => ({
    what,
    wanted: `≤ ${write(limit)}`,
    found: `${write(value)} (${where})`,
    holds: value <= limit,
  })
  const read = ['deal by id', 'list of 25 in a stage', 'list of 100 in a stage', 'board']
  const grown = [
    'stages with totals',
    'board',
    'list of 25 in a stage',
    'list of 100 in a stage',
    'filter by owner and status, last changed first',
    'move',
  ]
  const at = (name: string, connections: number) =>
    largest.measured.find((one) => one.name === name && one.connections === connections)?.ours
  const deals = `${whole(largest.size)} deals`
  const search = { value: at('text search', 1)?.p50 ?? Number.NaN, where: deals }
  const writers = worst(
    results.sizes.map((size) => {
      const rate = (connections: number) =>
        size.measured.find((one) => one.name === 'move' && one.connections === connections)?.ours.perSecond ?? Number.NaN
      return {
        value: rate(64) / rate(1),
        where: `${whole(rate(64))} against ${whole(rate(1))} a second, ${whole(size.size)} deals`,
      }
    }),
    'high',
  )
  const told = results.sizes.flatMap(({ size, webhooks = [] }) =>
    webhooks.map((one) => ({ ...one, where: `${one.connections} conn., ${whole(size)} deals` })),
  )
  const heard = worst(
    told.map((one) => ({ value: one.with.perSecond / one.without.perSecond, where: one.where })),
    'high',
  )
  // Over one connection hardly anything is left to be told when the moves end.
  const delivered = worst(
    told.flatMap(({ connections, deliveredPerSecond, where }) => (connections > 1 ? [{ value: deliveredPerSecond, where }] : [])),
    'high',
  )
  return [
    atLeast('deal by id, lists, board: ours ÷ limit', 0.6, worst(shares(results, read, [1, 64]), 'high')),
    atLeast('move and change over 64 connections: ours ÷ limit', 0.5, worst(shares(results, ['move', 'change'], [64]), 'high')),
    atLeast('each vendor’s list and move ÷ the native one', 0.8, worst(vendorShares(results), 'high')),
    atMost(
      'totals, board, lists, filter, move: p50 on the largest store ÷ on the smallest',
      1.3,
      worst(growth(results, grown), 'low'),
    ),
    atMost('text search, p50 in ms', 30, search, (value) => value.toFixed(1)),
    ...(results.engine === 'sqlite' ? [atLeast('moves a second, 64 writers ÷ one at a time', 2.5, writers)] : []),
    atLeast('moves a second with three webhooks ÷ without', 0.7, heard),
    atLeast('deliveries a second to a local receiver', 2000, delivered, whole),
    atLeast(
      'import of a CSV, rows a second',
      importTarget[results.engine],
      { value: largest.rowsPerSecond, where: deals },
      whole,
    ),
    atMost('from start to /readyz, ms', 1000, { value: largest.startMs, where: deals }, whole),
    atMost('resident after all this, MB', 200, { value: largest.residentAfter / 2 ** 20, where: deals }, whole),
  ]
}
