import type { Deal } from '../../../domain/deal.ts'
import { writeOrganizationObject, writePersonObject } from './parties.ts'
import { writePipeline } from './pipelines.ts'
import type { Related, RelatedToDeals } from './related.ts'
import { writeStage } from './stages.ts'
import { writeUserObject } from './user-reference.ts'

/** The records with these ids, by id; undefined where there are none, so that the kind is left out. */
function pick<T, W>(
  ids: readonly (number | null)[],
  from: ReadonlyMap<number, T>,
  write: (item: T) => W,
): Record<string, W> | undefined {
  const entries = ids.flatMap((id): [string, W][] => {
    const item = id === null ? undefined : from.get(id)
    return item === undefined ? [] : [[String(id), write(item)]]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const withoutEmpty = (objects: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(objects).filter(([, value]) => value !== undefined))

/** `related_objects` of full deals. */
export const relatedObjects = (deals: readonly Deal[], related: RelatedToDeals): object =>
  withoutEmpty({
    user: pick(
      deals.flatMap(({ creatorId, ownerId }) => [creatorId, ownerId]),
      related.users,
      writeUserObject,
    ),
    person: pick(
      deals.map(({ contactId }) => contactId),
      related.parties,
      (person) => writePersonObject(person, related),
    ),
    organization: pick(
      deals.map(({ companyId }) => companyId),
      related.parties,
      (company) => writeOrganizationObject(company, related),
    ),
    stage: pick(
      deals.map(({ openStageId }) => openStageId),
      related.stages,
      writeStage,
    ),
    pipeline: pick(
      deals.map(({ pipelineId }) => pipelineId),
      related.pipelines,
      (pipeline) => writePipeline(pipeline, related.workspace),
    ),
  })

/** `related_objects` of people and organizations. */
export const objectsOfParties = (parties: readonly { ownerId: number; companyId: number | null }[], related: Related): object =>
  withoutEmpty({
    user: pick(
      parties.map(({ ownerId }) => ownerId),
      related.users,
      writeUserObject,
    ),
    organization: pick(
      parties.map(({ companyId }) => companyId),
      related.parties,
      (company) => writeOrganizationObject(company, related),
    ),
  })
