import { type Day, dayInMs, type Instant } from '../time.ts'
import type { Facts, Stretch } from './life.ts'

/**
 * What every change adds and takes away, day by day, so that no report reads what happened one by one. Two ledgers are kept with every
 * change and rebuilt by the doctor: balances (where deals stand, summed up to a moment they give the board of that moment) and passages
 * (who came from where to where, summed over days they give a period). Days are UTC days; what a period or a moment cuts off of a day is
 * read from the stretches themselves.
 */

/** Balances are kept twice, by days and by rows of 32 days, so that years are summed from few rows. */
export const spans = [dayInMs, 32 * dayInMs] as const

export const bucketOf = (at: Instant, span: number): number => Math.floor(at / span)

/** `202611` for a day in November 2026; 0 where no day is expected, or none any more. */
export const monthOf = (day: Day | null): number => (day === null ? 0 : Number(day.slice(0, 4)) * 100 + Number(day.slice(5, 7)))

/** What deals have in common that are summed together. */
export interface Cell {
  readonly pipelineId: number
  readonly stageId: number
  readonly currency: string
  readonly ownerId: number
  /** The month that an open deal is expected to close in, as {@link monthOf}. */
  readonly month: number
}

/** What deals add up to; see `StageTotal`. */
export interface Weight {
  readonly count: number
  readonly amount: bigint
  readonly ownAmount: bigint
  readonly ownWeighted: bigint
}

export interface Balance extends Cell, Weight {
  readonly span: number
  readonly bucket: number
}

/**
 * Moves of one day from one stage to another. From stage 0: new deals. From a stage to itself: only amounts and owners changed there. A
 * stage of another pipeline has a minus in front.
 */
export interface Passage {
  readonly pipelineId: number
  readonly day: number
  readonly fromStageId: number
  readonly toStageId: number
  readonly currency: string
  readonly ownerId: number
  readonly count: number
  /** Of these, deals that came to the stage for the first time. */
  readonly firsts: number
  readonly amount: bigint
  /** How many of them are known to have stood in the stage before, and how long together, in milliseconds. */
  readonly stays: number
  readonly stayed: bigint
  /** How old the deals were together, in milliseconds. */
  readonly aged: bigint
}

export const cellOf = (stretch: Omit<Cell, 'month'> & Pick<Stretch, 'kind' | 'expectedCloseDate'>): Cell => ({
  pipelineId: stretch.pipelineId,
  stageId: stretch.stageId,
  currency: stretch.currency,
  ownerId: stretch.ownerId,
  month: stretch.kind === 'open' ? monthOf(stretch.expectedCloseDate) : 0,
})

export function weightOf({ amount, probability }: Pick<Facts, 'amount' | 'probability'>, sign = 1n): Weight {
  const signed = sign * BigInt(amount)
  return {
    count: Number(sign),
    amount: signed,
    ownAmount: probability === null ? 0n : signed,
    ownWeighted: probability === null ? 0n : signed * BigInt(probability),
  }
}

/** What a life that has changed changes in the balances. */
export function balancesBetween(before: readonly Stretch[], after: readonly Stretch[]): Balance[] {
  const sums = new Map<string, { -readonly [K in keyof Balance]: Balance[K] }>()
  const post = (stretch: Stretch, at: Instant, sign: bigint) => {
    const { pipelineId, stageId, currency, ownerId, month } = cellOf(stretch)
    const { count, amount, ownAmount, ownWeighted } = weightOf(stretch, sign)
    for (const span of spans) {
      const bucket = bucketOf(at, span)
      const key = `${span} ${bucket} ${pipelineId} ${stageId} ${currency} ${ownerId} ${month}`
      const sum = sums.get(key)
      if (sum) {
        sum.count += count
        sum.amount += amount
        sum.ownAmount += ownAmount
        sum.ownWeighted += ownWeighted
      } else {
        const cell = { pipelineId, stageId, currency, ownerId, month }
        sums.set(key, { ...cell, count, amount, ownAmount, ownWeighted, span, bucket })
      }
    }
  }
  const enter = (life: readonly Stretch[], other: readonly Stretch[], sign: bigint) => {
    for (const [index, stretch] of life.entries()) {
      if (!stretch.isCounted || stretch === other[index]) continue
      post(stretch, stretch.since, sign)
      if (stretch.until !== null) post(stretch, stretch.until, -sign)
    }
  }
  enter(before, after, -1n)
  enter(after, before, 1n)
  return [...sums.values()].filter(({ count, amount, ownAmount, ownWeighted }) => count || amount || ownAmount || ownWeighted)
}

export const together = (a: Weight, b: Weight): Weight => ({
  count: a.count + b.count,
  amount: a.amount + b.amount,
  ownAmount: a.ownAmount + b.ownAmount,
  ownWeighted: a.ownWeighted + b.ownWeighted,
})

/** What a life that has changed changes in the passages. */
export function passagesBetween(before: readonly Stretch[], after: readonly Stretch[]): Passage[] {
  const shared = sharedLength(before, after)
  return passagesTogether([...[...passagesOf(before, shared)].map(negative), ...passagesOf(after, shared)])
}

/** Passages summed up, without those that come to nothing. */
export function passagesTogether(passages: readonly Passage[]): Passage[] {
  const sums = new Map<string, Passage>()
  for (const passage of passages) {
    const { pipelineId, day, fromStageId, toStageId, currency, ownerId } = passage
    const key = `${pipelineId} ${day} ${fromStageId} ${toStageId} ${currency} ${ownerId}`
    const sum = sums.get(key)
    sums.set(key, sum ? added(sum, passage) : passage)
  }
  return [...sums.values()].filter(isSomething)
}

/** How many stretches two lives begin with alike; only the end of the last of them may differ. */
function sharedLength(before: readonly Stretch[], after: readonly Stretch[]): number {
  let length = 0
  while (length < before.length && sameStart(before[length], after[length])) length++
  return length
}

const sameStart = (a: Stretch | undefined, b: Stretch | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && Object.keys(a).every((key) => key === 'until' || same(a, b, key as keyof Stretch)))

const same = (a: Stretch, b: Stretch, key: keyof Stretch): boolean => a[key] === b[key]

/** The passages of a life from its n-th stretch on. */
function* passagesOf(life: readonly Stretch[], from: number): Generator<Passage> {
  for (const [index, stretch] of life.entries()) {
    if (index >= from) yield* passagesAt(life[index - 1], stretch)
  }
}

/** What has to be known of a stretch, and of the one before it, to say what passed. */
export type Former = Pick<Stretch, 'pipelineId' | 'stageId' | 'amount' | 'currency' | 'ownerId'>
export type Arriving = Former & Pick<Stretch, 'since' | 'bornAt' | 'arrives' | 'isFirst' | 'fromStageId' | 'stayed' | 'isGone'>

/** The passages that a stretch begins with, after the one before it. */
export function passagesAt(former: Former | undefined, stretch: Arriving): readonly Passage[] {
  if (stretch.isGone) return []
  const { pipelineId, stageId: toStageId, currency, ownerId } = stretch
  const base = { pipelineId, day: bucketOf(stretch.since, dayInMs), toStageId, currency, ownerId, amount: BigInt(stretch.amount) }
  if (!former || stretch.fromStageId !== null) {
    const [stays, stayed] = stretch.stayed === null ? [0, 0n] : [1, BigInt(stretch.stayed)]
    const firsts = stretch.isFirst || !former ? 1 : 0
    const aged = BigInt(stretch.since - stretch.bornAt)
    const passage: Passage = { ...base, fromStageId: stretch.fromStageId ?? 0, count: 1, firsts, stays, stayed, aged }
    if (!former || former.pipelineId === pipelineId) return [passage]
    // The pipeline that it left tells of it as well.
    return [
      { ...passage, fromStageId: -passage.fromStageId },
      { ...passage, pipelineId: former.pipelineId, toStageId: -toStageId },
    ]
  }
  if (stretch.arrives || former.stageId !== toStageId || sameMoney(former, stretch)) return []
  const changed = { ...base, fromStageId: toStageId, count: 0, firsts: 0, stays: 0, stayed: 0n, aged: 0n }
  return [{ ...changed, currency: former.currency, ownerId: former.ownerId, amount: -BigInt(former.amount) }, changed]
}

const sameMoney = (a: Former, b: Former): boolean => a.amount === b.amount && a.currency === b.currency && a.ownerId === b.ownerId

/** Passages of a period together, whatever the day. */
export type Flow = Omit<Passage, 'day' | 'pipelineId'>

export const added = <F extends Flow>(a: F, b: Flow): F => ({
  ...a,
  count: a.count + b.count,
  firsts: a.firsts + b.firsts,
  amount: a.amount + b.amount,
  stays: a.stays + b.stays,
  stayed: a.stayed + b.stayed,
  aged: a.aged + b.aged,
})

export const isSomething = ({ count, firsts, amount, stays, stayed, aged }: Flow): boolean =>
  Boolean(count || firsts || amount || stays || stayed || aged)

const negative = (passage: Passage): Passage => ({
  ...passage,
  count: -passage.count,
  firsts: -passage.firsts,
  amount: -passage.amount,
  stays: -passage.stays,
  stayed: -passage.stayed,
  aged: -passage.aged,
})

/** What stands in one cell at a moment. */
export type Standings = Cell & Weight
