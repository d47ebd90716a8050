import { z } from 'zod'
import { type Deal, type DealPatch, placesOf } from '../../domain/deal.ts'
import { invalid } from '../../domain/errors.ts'
import type { Scope } from '../../domain/scope.ts'
import { isLost } from '../../domain/stage.ts'
import type { Instant } from '../../domain/time.ts'
import { listMembers } from '../../domain/user.ts'
import { body, required, sometimes, whole } from './fields.ts'
import { idIn, pipelineById, stageById } from './ids.ts'
import { currencyId, currencyOf, formatted } from './money.ts'
import { moment } from './wire.ts'

export const statuses = ['open', 'won', 'lost'] as const
export type Status = (typeof statuses)[number]

/** Everything that can be said of a deal. Only what the answers may show as null can be null. */
const sayable = {
  pipeline_stage_id: sometimes(z.string()),
  amount: sometimes(whole),
  currency_id: sometimes(z.string()),
  contact_id: z.string().nullish(),
  company_id: z.string().nullish(),
  owner_id: sometimes(z.string()),
  expected_close_date: z.string().nullish(),
  status: sometimes(z.enum(statuses)),
}

export const NewDeal = body({ name: required(z.string()), pipeline_id: required(z.string()), ...sayable })
export const DealBody = body({ name: sometimes(z.string()), pipeline_id: sometimes(z.string()), ...sayable })
export type DealBody = z.output<typeof DealBody>

/** What a body says of a deal, ids looked up. */
export async function readDeal(scope: Scope, said: DealBody): Promise<DealPatch> {
  return {
    title: said.name,
    ...(await readPlace(scope, said)),
    amount: said.amount,
    currency: said.currency_id === undefined ? undefined : currencyOf(said.currency_id),
    contactId: await idIn(scope, 'contactId', said.contact_id),
    companyId: await idIn(scope, 'companyId', said.company_id),
    ownerId: await idIn(scope, 'ownerId', said.owner_id),
    expectedCloseDate: said.expected_close_date,
    outcome: said.status,
  }
}

/** A stage decides about the pipeline; where both are named they must fit. */
async function readPlace(scope: Scope, said: DealBody): Promise<Pick<DealPatch, 'pipelineId' | 'openStageId'>> {
  const { pipeline_id, pipeline_stage_id } = said
  const pipeline = pipeline_id === undefined ? undefined : await pipelineById(scope, pipeline_id)
  if (pipeline_id !== undefined && !pipeline) invalid('pipelineId', 'not_found')
  if (pipeline_stage_id === undefined) return { pipelineId: pipeline?.id }
  const stage = await stageById(scope, pipeline_stage_id)
  if (!stage || (pipeline && stage.pipelineId !== pipeline.id)) return invalid('openStageId', 'not_found')
  return { openStageId: stage.id }
}

/** What this API alone knows of a deal: that it came through it, and when it was last opened again. */
export const cameByApi = { origin: 'api' } as const
export const reopenedAt = (at: Instant) => ({ reopenedAt: at })

const statusOf = ({ outcome }: Deal): Status => (isLost({ kind: outcome }) ? 'lost' : outcome === 'won' ? 'won' : 'open')

/**
 * When it was won, lost, reopened or else made. Of a deal that was reopened through another API and has moved on since, the model
 * remembers the move alone.
 */
function statusChangedAt({ closedAt, stageChangedAt, openStageChangedAt, createdAt, extras }: Deal): Instant {
  if (closedAt !== null) return closedAt
  const own = extras.pipeback?.reopenedAt
  // Coming back to the stage it was closed from is the only change of stage that is no change of the open stage.
  const reopened = stageChangedAt !== null && stageChangedAt !== openStageChangedAt ? stageChangedAt : createdAt
  return Math.max(typeof own === 'number' ? own : createdAt, reopened)
}

/** The uuids of the live ones among a few. */
async function each<T extends { id: number; uuid: string; deletedAt: Instant | null }>(
  ids: readonly number[],
  get: (id: number) => Promise<T | undefined>,
): Promise<ReadonlyMap<number, string>> {
  const found = await Promise.all(ids.map(get))
  return new Map(found.flatMap((one) => (one && one.deletedAt === null ? [[one.id, one.uuid]] : [])))
}

/** Deals as the vendor shows them, with everything they point at looked up once for all of them. */
export async function writeDeals(scope: Scope, deals: readonly Deal[]) {
  const { store, workspace } = scope
  const ids = (of: (deal: Deal) => number | null) => [...new Set(deals.flatMap((deal) => of(deal) ?? []))]
  const partyIds = [...new Set([...ids((deal) => deal.contactId), ...ids((deal) => deal.companyId)])]
  const parties = await store.parties.uuids(partyIds)
  const ownerIds = ids((deal) => deal.ownerId)
  const owners = await listMembers(scope, { ids: ownerIds, limit: ownerIds.length })
  const pipelines = await each(
    ids((deal) => deal.pipelineId),
    store.pipelines.get,
  )
  const stages = await each(
    ids((deal) => deal.openStageId),
    store.stages.get,
  )
  const places = await placesOf(scope, deals)
  const uuidIn = (uuids: ReadonlyMap<number, string>) => (id: number | null) => (id === null ? null : (uuids.get(id) ?? null))
  const [pipelineId, stageId, partyId] = [uuidIn(pipelines), uuidIn(stages), uuidIn(parties)]
  const ownerOf = new Map(owners.items.map((owner) => [owner.id, owner]))

  return deals.map((deal) => {
    const owner = ownerOf.get(deal.ownerId)
    return {
      id: deal.uuid,
      workspace_id: workspace.uuid,
      pipeline_id: pipelineId(deal.pipelineId),
      pipeline_stage_id: stageId(deal.openStageId),
      contact_id: partyId(deal.contactId),
      company_id: partyId(deal.companyId),
      owner_id: owner?.uuid ?? null,
      owner: owner ? { id: owner.uuid, name: owner.name, photo_url: null } : null,
      currency_id: currencyId(deal.currency),
      sort: places.get(deal.id) ?? 1,
      name: deal.title,
      status: statusOf(deal),
      status_changed_at: moment(statusChangedAt(deal)),
      amount: deal.amount,
      amount_formatted: formatted(deal.amount, deal.currency),
      expected_close_date: deal.expectedCloseDate,
      source_origin: deal.extras.pipeback?.origin === 'api' ? 'api' : 'manually',
      source_channel_id: null,
      source_reference_id: deal.externalId,
      created_at: moment(deal.createdAt),
      updated_at: moment(deal.updatedAt),
    }
  })
}
