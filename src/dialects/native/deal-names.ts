import type { Deal } from '../../domain/deal.ts'
import { listParties } from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import { listMembers } from '../../domain/user.ts'

/** What the ids in some deals stand for. */
export interface Names {
  pipelines: ReadonlyMap<number, string>
  stages: ReadonlyMap<number, string>
  lossReasons: ReadonlyMap<number, string>
  members: ReadonlyMap<number, string>
  parties: ReadonlyMap<number, string>
}

const named = (records: readonly { id: number; name: string }[]): ReadonlyMap<number, string> =>
  new Map(records.map(({ id, name }) => [id, name]))

const idsIn = (ids: readonly (number | null)[]): number[] => [...new Set(ids.filter((id) => id !== null))]

/** The people and companies that deals are made with, by their ids; both share one row of ids. */
export async function partyNames(scope: Scope, deals: readonly Deal[]): Promise<ReadonlyMap<number, string>> {
  const ids = idsIn(deals.flatMap(({ contactId, companyId }) => [contactId, companyId]))
  if (ids.length === 0) return new Map()
  return named((await listParties(scope, { ids, deleted: 'both', limit: ids.length })).items)
}

/** All of them by a few look-ups, however many deals there are. Those that were deleted since keep their name. */
export async function namesFor(scope: Scope, deals: readonly Deal[]): Promise<Names> {
  const { store } = scope
  const each = async (ids: readonly number[], get: (id: number) => Promise<{ id: number; name: string } | undefined>) =>
    named((await Promise.all(ids.map(get))).filter((record) => record !== undefined))
  const owners = idsIn(deals.map(({ ownerId }) => ownerId))
  return {
    pipelines: await each(idsIn(deals.map(({ pipelineId }) => pipelineId)), store.pipelines.get),
    stages: await each(idsIn(deals.map(({ stageId }) => stageId)), store.stages.get),
    lossReasons: await each(idsIn(deals.map(({ lossReasonId }) => lossReasonId)), store.lossReasons.get),
    members: named((await listMembers(scope, { ids: owners, limit: owners.length + 1 })).items),
    parties: await partyNames(scope, deals),
  }
}
