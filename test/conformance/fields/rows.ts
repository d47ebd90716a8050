import type { Deal, DealDraft, DealPatch } from '../../../src/domain/deal.ts'
import type { Pipeline, PipelineDraft, PipelinePatch } from '../../../src/domain/pipeline.ts'
import type { Scope } from '../../../src/domain/scope.ts'
import type { Stage, StageDraft, StagePatch } from '../../../src/domain/stage.ts'
import type { DialectClient, Told } from '../../support/driver.ts'

/** Every field of the model: what is done to it to see who shows it, and what else follows from it. */

/** What a workspace has for a rich record to point at. */
export interface Place {
  stages: readonly Stage[]
  otherPipeline: number
  /** Somebody else in the workspace. */
  other: Scope
  contactIds: readonly [number, number]
  companyIds: readonly [number, number]
  reasonIds: readonly [number, number]
  fieldId: number
}

export interface Row<Fields, Draft, Patch> {
  /** How the record is before, where not as all others. */
  from?: (place: Place) => Partial<Draft>
  /** What is said of it in the domain. */
  change?: (place: Place) => Patch
  /** For what can only be said when a record begins, or what the domain derives: what becomes of one record, and what of another. */
  lives?: (place: Place, other: boolean) => Life<Draft, Patch>
  /** Gives back what only one record can have. */
  free?: Patch
  /** What it becomes depends on when it is said, and on the other records. */
  isRelative?: boolean
  /** Fields that the domain changes with it. */
  may?: readonly (keyof Fields)[]
  /** The driver's own way of saying it. */
  say?: (client: DialectClient, id: number, place: Place) => Promise<Told<unknown>> | undefined
}

export interface Life<Draft, Patch> {
  /** The day on which it begins. */
  day?: number
  draft?: Partial<Draft>
  later?: readonly { day: number; byOther?: boolean; patch: Patch }[]
}

/** The n-th day of the test. */
export const day = (n: number): number => Date.UTC(2026, 2, n)

const standing = [
  'pipelineId',
  'stageId',
  'outcome',
  'openStageId',
  'stageChangedAt',
  'stageChangedById',
  'openStageChangedAt',
  'closedAt',
  'firstWonAt',
  'lossReasonId',
  'lossComment',
  'rank',
] as const satisfies readonly (keyof Deal)[]

type Rows<Fields, Draft, Patch, Left extends keyof Fields> = Readonly<
  Record<Exclude<keyof Fields, Left>, Row<Fields, Draft, Patch>>
>

/** Ids are nobody's to say, and extras are each dialect's own. */
export const dealRows: Rows<Deal, DealDraft, DealPatch, 'id' | 'uuid' | 'extras'> = {
  title: { change: () => ({ title: 'Other' }), say: (client, id) => client.changeDeal?.(id, { title: 'Other' }) },
  externalId: { change: () => ({ externalId: 'other-id' }), free: { externalId: null } },
  amount: { change: () => ({ amount: 125_049 }), say: (client, id) => client.changeDeal?.(id, { value: 1250.49 }) },
  currency: {
    change: () => ({ currency: 'EUR' }),
    may: ['amount'],
    say: (client, id) => client.changeDeal?.(id, { currency: 'EUR' }),
  },
  pipelineId: { change: ({ otherPipeline }) => ({ pipelineId: otherPipeline }), may: standing },
  stageId: {
    change: ({ stages }) => ({ stageId: stages[2]?.id }),
    may: standing,
    say: (client, id, { stages }) => client.moveDeal?.(id, stages[2]?.id ?? 0),
  },
  outcome: { change: () => ({ outcome: 'won' }), may: standing, say: (client, id) => client.winDeal?.(id) },
  openStageId: {
    from: () => ({ outcome: 'won' }),
    change: ({ stages }) => ({ openStageId: stages[2]?.id }),
    may: standing,
  },
  ownerId: { change: ({ other }) => ({ ownerId: other.user.id }) },
  creatorId: { lives: (place, other) => (other ? { draft: { creatorId: place.other.user.id } } : {}) },
  contactId: { change: ({ contactIds }) => ({ contactId: contactIds[1] }), may: ['companyId'] },
  companyId: { change: ({ companyIds }) => ({ companyId: companyIds[1] }) },
  probability: { change: () => ({ probability: 12 }), say: (client, id) => client.changeDeal?.(id, { probability: 12 }) },
  expectedCloseDate: {
    change: () => ({ expectedCloseDate: '2027-01-31' }),
    say: (client, id) => client.changeDeal?.(id, { expectedCloseDate: '2027-01-31' }),
  },
  lossReasonId: {
    from: ({ reasonIds }) => ({ outcome: 'lost', lossReasonId: reasonIds[0] }),
    change: ({ reasonIds }) => ({ lossReasonId: reasonIds[1] }),
    may: ['lossComment'],
  },
  lossComment: {
    from: () => ({ outcome: 'lost', lossComment: 'Too dear' }),
    change: () => ({ lossComment: 'Too late' }),
    may: ['lossReasonId'],
  },
  stageChangedAt: { from: () => ({ stageChangedAt: day(2) }), change: () => ({ stageChangedAt: day(9) }) },
  stageChangedById: {
    lives: ({ stages }, other) => ({ later: [{ day: 3, byOther: other, patch: { stageId: stages[2]?.id } }] }),
  },
  openStageChangedAt: {
    lives: ({ stages }, other) => ({
      later: [
        { day: other ? 4 : 3, patch: { stageId: stages[2]?.id } },
        { day: 5, patch: { outcome: 'won' } },
      ],
    }),
  },
  closedAt: {
    from: () => ({ outcome: 'won', closedAt: day(2) }),
    change: () => ({ closedAt: day(9) }),
    may: ['firstWonAt'],
  },
  firstWonAt: {
    lives: (_, other) => ({
      later: [
        { day: other ? 3 : 2, patch: { outcome: 'won' } },
        { day: 4, patch: { outcome: 'open' } },
      ],
    }),
  },
  tags: { change: () => ({ tags: ['cold'] }) },
  customFields: { change: ({ fieldId }) => ({ customFields: { [fieldId]: 'small' } }) },
  rank: { change: () => ({ place: 'first' }) },
  version: {
    lives: (_, other) => ({
      later: other
        ? [
            { day: 1, patch: { tags: [] } },
            { day: 1, patch: { tags: ['hot', 'vip'] } },
          ]
        : [],
    }),
  },
  archivedAt: { change: () => ({ isArchived: true }), isRelative: true },
  deletedAt: { say: (client, id) => client.deleteDeal?.(id) },
  createdAt: { lives: (_, other) => (other ? { draft: { createdAt: day(-9) } } : {}) },
  updatedAt: {
    lives: (_, other) => ({
      later: [
        { day: 2, patch: { tags: [] } },
        { day: other ? 4 : 3, patch: { tags: ['hot', 'vip'] } },
      ],
    }),
  },
}

const begunLater = (_: Place, other: boolean) => ({ day: other ? 2 : 1 })

export const stageRows: Rows<Stage, StageDraft, StagePatch, 'id' | 'uuid' | 'extras'> = {
  name: { change: () => ({ name: 'Other' }), say: (client, id) => client.renameStage?.(id, 'Other') },
  pipelineId: { change: ({ otherPipeline }) => ({ pipelineId: otherPipeline }), may: ['position'] },
  position: { change: () => ({ place: { nth: 1 } }), isRelative: true },
  kind: { change: () => ({ kind: 'won' }), may: ['position', 'probability'] },
  probability: { change: () => ({ probability: 12 }) },
  rotAfterDays: { change: () => ({ rotAfterDays: 21 }) },
  color: { change: () => ({ color: '#00ff00' }) },
  isArchived: {
    change: () => ({ isArchived: true }),
    say: (client, id) => calling(client, 'stage', id, /^(POST|PATCH) .*\/archive$/),
  },
  createdAt: { lives: begunLater },
  updatedAt: {
    lives: (_, other) => ({
      later: [
        { day: 2, patch: { rotAfterDays: 1 } },
        { day: other ? 4 : 3, patch: { rotAfterDays: 14 } },
      ],
    }),
  },
  deletedAt: { say: (client, id) => client.deleteStage?.(id) },
}

export const pipelineRows: Rows<Pipeline, PipelineDraft, PipelinePatch, 'id' | 'uuid' | 'extras'> = {
  name: { change: () => ({ name: 'Other' }) },
  position: { change: () => ({ position: 1 }), isRelative: true },
  isDefault: { change: () => ({ isDefault: true }) },
  hasProbability: { change: () => ({ hasProbability: false }) },
  isDisabled: { change: () => ({ isDisabled: true }) },
  createdAt: { lives: begunLater },
  updatedAt: {
    lives: (_, other) => ({
      later: [
        { day: 2, patch: { isDisabled: true } },
        { day: other ? 4 : 3, patch: { isDisabled: false } },
      ],
    }),
  },
  deletedAt: { say: (client, id) => calling(client, 'pipeline', id, /^DELETE /) },
}

/** A call that the driver has no method for, found among those that take an id. */
function calling(
  client: DialectClient,
  kind: 'stage' | 'pipeline',
  id: number,
  name: RegExp,
): Promise<Told<unknown>> | undefined {
  const call = client.withId(kind, id).find((call) => name.test(call.name))
  return call?.send().then((answer) => (answer.status < 300 ? { ok: true, value: answer.body } : { ok: false, ...answer }))
}
