import { z } from 'zod'
import { found, invalid } from '../../domain/errors.ts'
import type { Party, PartyKind } from '../../domain/party.ts'
import type { Pipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { isOpen, type Stage } from '../../domain/stage.ts'

/**
 * The vendor's ids are uuids. Its own examples have letters in them that no uuid has, so any text is an id, and one that is nobody's is
 * unknown rather than wrong.
 */

export const ById = z.object({ id: z.string() })

/** What no store need be asked for: longer than any id, or with characters that it could not even compare. */
const isPlausible = (uuid: string): boolean => /^[\w-]{1,64}$/.test(uuid)

const look = async <T>(uuid: string, by: (uuid: string) => Promise<T | undefined>): Promise<T | undefined> =>
  isPlausible(uuid) ? by(uuid) : undefined

const live = <T extends { deletedAt: number | null }>(row: T | undefined): T | undefined =>
  row && row.deletedAt === null ? row : undefined

export const pipelineById = async ({ store }: Scope, uuid: string): Promise<Pipeline | undefined> =>
  live(await look(uuid, store.pipelines.byUuid))

/** A stage as the vendor knows them: winning and losing are a deal's status there, so the stages that stand for them are nobody's. */
export async function stageById({ store }: Scope, uuid: string): Promise<Stage | undefined> {
  const stage = live(await look(uuid, store.stages.byUuid))
  return stage && isOpen(stage) ? stage : undefined
}

/** The id of a live deal. */
export const dealById = async ({ store }: Scope, uuid: string): Promise<number> =>
  found(live(await look(uuid, store.deals.byUuid)), 'deal').id

/** The pipeline that a path names. */
export const pipelineIn = async (scope: Scope, uuid: string): Promise<Pipeline> =>
  found(await pipelineById(scope, uuid), 'pipeline')

const partyById = async ({ store }: Scope, uuid: string, kind: PartyKind): Promise<Party | undefined> => {
  const party = await look(uuid, store.parties.byUuid)
  return party?.kind === kind ? party : undefined
}

/** Ids that a body or a query names, by the field; contacts and companies also once they are deleted, for deals that still point at them. */
const finders = {
  pipelineId: pipelineById,
  openStageId: stageById,
  ownerId: ({ store }: Scope, uuid: string) => look(uuid, store.members.byUuid),
  contactId: (scope: Scope, uuid: string) => partyById(scope, uuid, 'person'),
  companyId: (scope: Scope, uuid: string) => partyById(scope, uuid, 'company'),
}

export type IdField = keyof typeof finders

/** Our id for the vendor's; undefined where there is none. */
export const idOf = async (scope: Scope, field: IdField, uuid: string): Promise<number | undefined> =>
  (await finders[field](scope, uuid))?.id

/** As {@link idOf}, refusing what is unknown. What was not said stays unsaid, and null stays null. */
export async function idIn<T extends string | null | undefined>(
  scope: Scope,
  field: IdField,
  uuid: T,
): Promise<number | Exclude<T, string>> {
  // Only texts are looked up, so that what is left is what was not a text.
  if (typeof uuid !== 'string') return uuid as Exclude<T, string>
  return (await idOf(scope, field, uuid)) ?? invalid(field, 'not_found')
}
