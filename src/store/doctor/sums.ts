import type { StageTotal } from '../../domain/board.ts'
import type { Deal } from '../../domain/deal.ts'
import type { TotalText } from './statements.ts'

/** The totals of all stages and currencies, summed from the deals and compared with those that are kept. */
export class Sums {
  readonly #expected = new Map<string, { workspaceId: number; total: StageTotal }>()
  readonly #contribution: (deal: Deal) => StageTotal | null
  readonly #kept = new Map<string, { workspaceId: number; total: StageTotal }>()

  constructor(contribution: (deal: Deal) => StageTotal | null) {
    this.#contribution = contribution
  }

  add(workspaceId: number, deal: Deal): void {
    const one = this.#contribution(deal)
    if (!one) return
    const key = keyOf(workspaceId, one)
    const sum = this.#expected.get(key)?.total
    const total = sum
      ? {
          ...one,
          count: sum.count + one.count,
          amount: sum.amount + one.amount,
          ownAmount: sum.ownAmount + one.ownAmount,
          ownWeighted: sum.ownWeighted + one.ownWeighted,
        }
      : one
    this.#expected.set(key, { workspaceId, total })
  }

  /** A total that is kept. */
  compare(row: TotalText): void {
    const total: StageTotal = {
      stageId: row.stage_id,
      currency: row.currency,
      count: row.deal_count,
      amount: BigInt(row.amount),
      ownAmount: BigInt(row.own_amount),
      ownWeighted: BigInt(row.own_weighted),
    }
    this.#kept.set(keyOf(row.workspace_id, total), { workspaceId: row.workspace_id, total })
  }

  *differences(): Generator<[number, string]> {
    for (const key of new Set([...this.#expected.keys(), ...this.#kept.keys()])) {
      const [is, ought] = [this.#kept.get(key), this.#expected.get(key)]
      const { workspaceId, total } = (is ?? ought) as NonNullable<typeof is>
      const [kept, summed] = [told(is?.total), told(ought?.total)]
      if (kept !== summed)
        yield [workspaceId, `stage ${total.stageId} in ${total.currency} is kept as ${kept}, but its deals add up to ${summed}`]
    }
  }
}

const keyOf = (workspaceId: number, { stageId, currency }: StageTotal): string => `${workspaceId} ${stageId} ${currency}`

const told = (total: StageTotal | undefined): string =>
  total === undefined
    ? '0 deals, 0'
    : `${total.count} deals, ${total.amount}${total.ownAmount === 0n && total.ownWeighted === 0n ? '' : ` (${total.ownAmount} weighing ${total.ownWeighted})`}`
