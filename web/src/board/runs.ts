/** A long list of which only some stretches are known: the first cards of a column, and those around where somebody looks. */
export interface Run<T> {
  readonly start: number
  readonly items: readonly T[]
}
export type Runs<T> = readonly Run<T>[]

const endOf = <T>({ start, items }: Run<T>): number => start + items.length

/** What stands at a place; undefined where that is not known. */
export function at<T>(runs: Runs<T>, index: number): T | undefined {
  const run = runs.find((run) => index >= run.start && index < endOf(run))
  return run?.items[index - run.start]
}

/** All places where it is known what stands there. */
export const knownIn = <T>(runs: Runs<T>): number[] => runs.flatMap(({ start, items }) => items.map((_, nth) => start + nth))

/** Where something stands, if that is known. */
export function indexIn<T>(runs: Runs<T>, matches: (item: T) => boolean): number | undefined {
  for (const { start, items } of runs) {
    const index = items.findIndex(matches)
    if (index >= 0) return start + index
  }
  return undefined
}

/** Puts a stretch over what was known there. */
export function put<T>(runs: Runs<T>, start: number, items: readonly T[]): Runs<T> {
  const end = start + items.length
  const rest = runs.flatMap((run): Run<T>[] => [
    { start: run.start, items: run.items.slice(0, Math.max(0, start - run.start)) },
    { start: Math.max(run.start, end), items: run.items.slice(Math.max(0, end - run.start)) },
  ])
  return joined([...rest, { start, items }])
}

/** Takes one out; all that follow move up. */
export const removed = <T>(runs: Runs<T>, index: number): Runs<T> =>
  joined(
    runs.map((run) => {
      if (run.start > index) return { ...run, start: run.start - 1 }
      return endOf(run) <= index ? run : { ...run, items: run.items.toSpliced(index - run.start, 1) }
    }),
  )

/** Puts one in; all that follow move down. */
export function inserted<T>(runs: Runs<T>, index: number, item: T): Runs<T> {
  const host = runs.find((run) => index >= run.start && index <= endOf(run))
  const moved = runs.map((run) => {
    if (run === host) return { ...run, items: run.items.toSpliced(index - run.start, 0, item) }
    return run.start >= index ? { ...run, start: run.start + 1 } : run
  })
  return host ? moved : joined([...moved, { start: index, items: [item] }])
}

/** Changes what matches, where it stands. */
export const changed = <T>(runs: Runs<T>, matches: (item: T) => boolean, change: (item: T) => T): Runs<T> =>
  runs.map((run) =>
    run.items.some(matches) ? { ...run, items: run.items.map((item) => (matches(item) ? change(item) : item)) } : run,
  )

/** Only what stands between two places: the rest can be asked for again. */
export const within = <T>(runs: Runs<T>, from: number, to: number): Runs<T> =>
  joined(
    runs.map(({ start, items }) => ({
      start: Math.max(start, from),
      items: items.slice(Math.max(0, from - start), Math.max(0, to - start)),
    })),
  )

/** The first place from which on something is not known, before `to`. */
export function firstGap<T>(runs: Runs<T>, from: number, to: number): number | undefined {
  let index = from
  while (index < to) {
    const run = runs.find((run) => index >= run.start && index < endOf(run))
    if (!run) return index
    index = endOf(run)
  }
  return undefined
}

/** How far anything is known. */
export const knownEnd = <T>(runs: Runs<T>): number => runs.reduce((end, run) => Math.max(end, endOf(run)), 0)

/** In order, without empty stretches, neighbours as one. */
function joined<T>(runs: readonly Run<T>[]): Runs<T> {
  const whole: Run<T>[] = []
  for (const run of runs.filter(({ items }) => items.length > 0).sort((a, b) => a.start - b.start)) {
    const last = whole.at(-1)
    if (last && endOf(last) === run.start) whole[whole.length - 1] = { start: last.start, items: [...last.items, ...run.items] }
    else whole.push(run)
  }
  return whole
}
