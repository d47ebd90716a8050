import { type CustomField, listCustomFields } from '../../../domain/custom-field.ts'
import type { Deal } from '../../../domain/deal.ts'
import type { Party } from '../../../domain/party.ts'
import { listPipelines, type Pipeline } from '../../../domain/pipeline.ts'
import type { Scope } from '../../../domain/scope.ts'
import { listStages, type Stage } from '../../../domain/stage.ts'
import type { Instant } from '../../../domain/time.ts'
import type { Member } from '../../../domain/user.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import { lossNames } from '../deals.ts'
import { countFollowers } from '../followers.ts'

/** What records of v1 say about others beside themselves: looked up for a whole page at once. */
export interface Related {
  workspace: Workspace
  /** When it was looked up. */
  now: Instant
  users: ReadonlyMap<number, Member>
  parties: ReadonlyMap<number, Party>
  /** How many people each company has. */
  people: ReadonlyMap<number, number>
}

/** What is said about deals beside themselves. */
export interface RelatedToDeals extends Related {
  stages: ReadonlyMap<number, Stage>
  pipelines: ReadonlyMap<number, Pipeline>
  losses: ReadonlyMap<number, string>
  /** How many follow each deal. */
  followers: ReadonlyMap<number, number>
  fields: readonly CustomField[]
}

const byId = <T extends { id: number }>(list: readonly T[]): Map<number, T> => new Map(list.map((item) => [item.id, item]))

const distinct = (ids: readonly (number | null)[]): number[] => [...new Set(ids.filter((id) => id !== null))]

/** The parties with these ids, deleted ones too: what points at them keeps its history. */
async function partiesOf({ store }: Scope, ids: readonly number[]): Promise<readonly Party[]> {
  return ids.length === 0 ? [] : (await store.parties.list({ ids, deleted: 'both', limit: ids.length })).items
}

async function usersOf({ store }: Scope, ids: readonly number[]): Promise<ReadonlyMap<number, Member>> {
  return byId(ids.length === 0 ? [] : (await store.members.list({ ids, limit: ids.length })).items)
}

/** What these people and companies belong to. */
export async function relatedToParties(
  scope: Scope,
  parties: readonly Party[],
  userIds: readonly number[] = [],
): Promise<Related> {
  const known = byId(parties)
  const missing = distinct(parties.map(({ companyId }) => companyId)).filter((id) => !known.has(id))
  const all = [...parties, ...(await partiesOf(scope, missing))]
  const companies = all.filter(({ kind }) => kind === 'company').map(({ id }) => id)
  return {
    workspace: scope.workspace,
    now: scope.now(),
    users: await usersOf(scope, distinct([...userIds, ...all.flatMap(({ ownerId, creatorId }) => [ownerId, creatorId])])),
    parties: byId(all),
    people: companies.length === 0 ? new Map() : await scope.store.parties.peopleCounts(companies),
  }
}

/** What these deals belong to: a handful of statements, however many deals there are. */
export async function relatedToDeals(scope: Scope, deals: readonly Deal[]): Promise<RelatedToDeals> {
  const parties = await partiesOf(scope, distinct(deals.flatMap(({ contactId, companyId }) => [contactId, companyId])))
  const users = deals.flatMap(({ ownerId, creatorId }) => [ownerId, creatorId])
  const stages = byId(await listStages(scope))
  const pipelines = byId(await listPipelines(scope))
  // A deal that was deleted before its stage was is still shown in it.
  for (const deal of deals) {
    for (const id of [deal.stageId, deal.openStageId]) {
      const gone = id === null || stages.has(id) ? undefined : await scope.store.stages.get(id)
      if (gone) stages.set(gone.id, gone)
    }
    const gone = pipelines.has(deal.pipelineId) ? undefined : await scope.store.pipelines.get(deal.pipelineId)
    if (gone) pipelines.set(gone.id, gone)
  }
  return {
    ...(await relatedToParties(scope, parties, users)),
    stages,
    pipelines,
    losses: await lossNames(scope, deals),
    followers: await countFollowers(scope, deals),
    fields: await listCustomFields(scope, 'deal'),
  }
}
