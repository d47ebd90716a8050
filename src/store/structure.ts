import type { CustomField } from '../domain/custom-field.ts'
import type { LossReason } from '../domain/loss-reason.ts'
import type { Pipeline } from '../domain/pipeline.ts'
import type { Stage } from '../domain/stage.ts'
import type { Store } from '../domain/store.ts'
import { param, statement } from './engine.ts'
import { revised } from './revisions.ts'
import { all, type Db, nounTable, one, parse } from './rows.ts'
import { type CustomFieldRow, flag, type LossReasonRow, type PipelineRow, pack, type StageRow } from './schema.ts'
import { sql } from './sql.ts'

/** Pipelines, stages, loss reasons and custom fields: the bounded lists that give a workspace its shape. */

export const toPipeline = (row: PipelineRow): Pipeline => ({
  id: row.id,
  uuid: row.uuid,
  name: row.name,
  position: row.position,
  isDefault: row.is_default === 1,
  hasProbability: row.has_probability === 1,
  isDisabled: row.is_disabled === 1,
  extras: parse(row.extras, {}),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
})

const fromPipeline = (pipeline: Pipeline, workspaceId: number): PipelineRow => ({
  id: pipeline.id,
  workspace_id: workspaceId,
  uuid: pipeline.uuid,
  name: pipeline.name,
  position: pipeline.position,
  is_default: flag(pipeline.isDefault),
  has_probability: flag(pipeline.hasProbability),
  is_disabled: flag(pipeline.isDisabled),
  extras: pack(pipeline.extras),
  created_at: pipeline.createdAt,
  updated_at: pipeline.updatedAt,
  deleted_at: pipeline.deletedAt,
})

const livePipelines = statement<PipelineRow>(
  () => sql`select * from pipeline where workspace_id = ${param('workspace')} and deleted_at is null order by position, id`,
)

export const pipelineTable = (db: Db): Store['pipelines'] => ({
  ...nounTable(db, 'pipeline', toPipeline, fromPipeline),
  live: () => all(db, livePipelines, toPipeline),
})

export const toStage = (row: StageRow): Stage => ({
  id: row.id,
  uuid: row.uuid,
  pipelineId: row.pipeline_id,
  name: row.name,
  position: row.position,
  kind: row.kind as Stage['kind'],
  probability: row.probability,
  rotAfterDays: row.rot_after_days,
  color: row.color,
  isArchived: row.is_archived === 1,
  extras: parse(row.extras, {}),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
})

const fromStage = (stage: Stage, workspaceId: number): StageRow => ({
  id: stage.id,
  workspace_id: workspaceId,
  uuid: stage.uuid,
  pipeline_id: stage.pipelineId,
  name: stage.name,
  position: stage.position,
  kind: stage.kind,
  probability: stage.probability,
  rot_after_days: stage.rotAfterDays,
  color: stage.color,
  is_archived: flag(stage.isArchived),
  extras: pack(stage.extras),
  created_at: stage.createdAt,
  updated_at: stage.updatedAt,
  deleted_at: stage.deletedAt,
})

const liveStages = statement<StageRow>(
  () =>
    sql`select * from stage where workspace_id = ${param('workspace')} and deleted_at is null order by pipeline_id, position, id`,
)

const stagesOfPipeline = statement<StageRow>(
  () =>
    sql`select * from stage where workspace_id = ${param('workspace')} and pipeline_id = ${param('pipeline')} and deleted_at is null order by position, id`,
)

export const stageTable = (db: Db): Store['stages'] => ({
  ...nounTable(db, 'stage', toStage, fromStage),
  live: (pipelineId) =>
    pipelineId === undefined ? all(db, liveStages, toStage) : all(db, stagesOfPipeline, toStage, { pipeline: pipelineId }),
})

const toLossReason = (row: LossReasonRow): LossReason => ({
  id: row.id,
  uuid: row.uuid,
  name: row.name,
  kind: row.kind as LossReason['kind'],
  isArchived: row.is_archived === 1,
  creatorId: row.creator_id,
  extras: parse(row.extras, {}),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
})

const fromLossReason = (reason: LossReason, workspaceId: number): LossReasonRow => ({
  id: reason.id,
  workspace_id: workspaceId,
  uuid: reason.uuid,
  name: reason.name,
  kind: reason.kind,
  is_archived: flag(reason.isArchived),
  creator_id: reason.creatorId,
  extras: pack(reason.extras),
  created_at: reason.createdAt,
  updated_at: reason.updatedAt,
  deleted_at: reason.deletedAt,
})

const liveReasons = statement<LossReasonRow>(
  () => sql`select * from loss_reason where workspace_id = ${param('workspace')} and deleted_at is null order by id`,
)

/** `lost` comes before `unqualified` in the alphabet as well. */
const reasonByName = statement<LossReasonRow>(
  () =>
    sql`select * from loss_reason where workspace_id = ${param('workspace')} and name = ${param('name')} and deleted_at is null order by kind limit 1`,
)

export const lossReasonTable = (db: Db): Store['lossReasons'] => ({
  ...revised(db, 'loss-reasons', nounTable(db, 'loss_reason', toLossReason, fromLossReason)),
  live: async (kind) => (await all(db, liveReasons, toLossReason)).filter((reason) => kind === undefined || reason.kind === kind),
  byName: (name) => one(db, reasonByName, toLossReason, { name }),
})

const toCustomField = (row: CustomFieldRow): CustomField => ({
  id: row.id,
  uuid: row.uuid,
  subject: row.subject as CustomField['subject'],
  name: row.name,
  type: row.type as CustomField['type'],
  options: parse(row.options, []),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
})

const fromCustomField = (field: CustomField, workspaceId: number): CustomFieldRow => ({
  id: field.id,
  workspace_id: workspaceId,
  uuid: field.uuid,
  subject: field.subject,
  name: field.name,
  type: field.type,
  options: pack(field.options),
  created_at: field.createdAt,
  updated_at: field.updatedAt,
  deleted_at: field.deletedAt,
})

const liveFields = statement<CustomFieldRow>(
  () => sql`select * from custom_field where workspace_id = ${param('workspace')} and deleted_at is null order by id`,
)

export const customFieldTable = (db: Db): Store['customFields'] => ({
  ...revised(db, 'custom-fields', nounTable(db, 'custom_field', toCustomField, fromCustomField)),
  live: async (subject) =>
    (await all(db, liveFields, toCustomField)).filter((field) => subject === undefined || field.subject === subject),
})

/** Whoever changes the shape of a workspace has it for itself until the end of the transaction. */
export const lockStructure = async ({ session, workspaceId }: Db): Promise<void> => session.hold(workspaceId, 'alone')
