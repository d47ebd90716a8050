import type { Deal } from '../../domain/deal.ts'
import { countRecords } from '../../domain/record.ts'
import type { Scope } from '../../domain/scope.ts'

/** Who follows a deal: a record each, named `DEAL:USER`. Following changes nothing about the deal itself. */
export const followers = 'follower'

const prefixOf = (dealId: number): string => `${dealId}:`

export const followerKey = (dealId: number, userId: number): string => prefixOf(dealId) + userId

/** How many follow each of the deals. */
export async function countFollowers(scope: Scope, deals: readonly Deal[]): Promise<ReadonlyMap<number, number>> {
  const counts = await countRecords(
    scope,
    followers,
    deals.map(({ id }) => prefixOf(id)),
  )
  return new Map(deals.flatMap(({ id }) => [[id, counts.get(prefixOf(id)) ?? 0]]))
}
