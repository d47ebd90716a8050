import type { Deal, DealPatch } from '../../domain/deal.ts'
import { changeDeal, createDeal } from '../../domain/edit-deals.ts'
import type { Scope } from '../../domain/scope.ts'
import { isLost, isOpen, type StageKind } from '../../domain/stage.ts'
import type { Instant } from '../../domain/time.ts'
import type { Cells } from './cells.ts'
import type { Directory } from './directory.ts'
import { kindOf } from './outcomes.ts'
import { refuseRow } from './refusal.ts'

/** What is said of all rows. */
export interface DealDefaults {
  /** For rows that name none. */
  pipeline: string | undefined
  currency: string | undefined
  titleOf(cells: Cells): string
  /** What a name of a stage in the file is here: another name, or an outcome. */
  stages: ReadonlyMap<string, string>
  skipExisting: boolean
}

/** What became of a row: the record, and whether the row changed it. */
export interface Taken<T> {
  record: T
  became: 'created' | 'updated' | 'unchanged' | 'skipped'
}

/** Takes one row in: makes the deal, or brings the one with its external id up to what the row says. */
export async function takeDeal(scope: Scope, directory: Directory, cells: Cells, defaults: DealDefaults): Promise<Taken<Deal>> {
  const externalId = cells.text('external_id')
  const existing = externalId === undefined ? undefined : await scope.store.deals.byExternalId(externalId)
  // Whoever deleted it here did so after it came; whoever wants it back restores it.
  if (existing && (existing.deletedAt !== null || defaults.skipExisting)) return { record: existing, became: 'skipped' }
  const { createdAt, ...patch } = await factsOf(scope, directory, cells, defaults, existing)
  if (existing) {
    const record = await withExtras(scope, await changeDeal(scope, existing.id, patch), cells)
    return { record, became: record.version === existing.version ? 'unchanged' : 'updated' }
  }
  const made = await createDeal(scope, { ...patch, externalId, title: patch.title ?? '', createdAt })
  return { record: await withExtras(scope, made, cells), became: 'created' }
}

async function factsOf(
  scope: Scope,
  directory: Directory,
  cells: Cells,
  defaults: DealDefaults,
  existing: Deal | undefined,
): Promise<DealPatch & { createdAt: Instant | undefined }> {
  const { where, outcome } = await standingOf(scope, directory, cells, defaults, existing)
  const isClosed = outcome !== 'open'
  const closing = cells.instant('closed_at')
  const value = cells.decimal('value')
  const owner = { name: cells.text('owner'), email: cells.text('owner_email') }
  const company = cells.text('company')
  const companyId = company === undefined ? undefined : await directory.company(scope, company)
  const contact = { name: cells.text('contact'), email: cells.text('contact_email'), companyId }
  return {
    title: defaults.titleOf(cells) || undefined,
    currency: cells.text('currency')?.toUpperCase() ?? (existing ? undefined : defaults.currency),
    value: value === undefined ? undefined : { decimal: value },
    ...where,
    ownerId: owner.name === undefined && owner.email === undefined ? undefined : await directory.owner(scope, owner),
    companyId,
    contactId: contact.name === undefined && contact.email === undefined ? undefined : await directory.contact(scope, contact),
    probability: cells.percent('probability'),
    expectedCloseDate: cells.day('expected_close_date') ?? (isClosed ? undefined : cells.day('closed_at')),
    ...(isLost({ kind: outcome }) ? await lossOf(scope, directory, cells, outcome) : {}),
    tags: cells.list('tags'),
    customFields: await directory.customFields(scope, 'deal', cells),
    stageChangedAt: cells.instant('stage_changed_at'),
    closedAt: isClosed ? closing : undefined,
    archivedAt: cells.instant('archived_at'),
    // A deal is not younger than its end.
    createdAt: cells.instant('created_at') ?? (isClosed ? closing : undefined),
  }
}

/**
 * Where the row says that the deal stands. Some systems put a won deal into a won stage, others leave it in the stage it was won from and
 * say won beside it; both are understood.
 */
async function standingOf(
  scope: Scope,
  directory: Directory,
  cells: Cells,
  defaults: DealDefaults,
  existing: Deal | undefined,
): Promise<{ where: Pick<DealPatch, 'pipelineId' | 'stageId' | 'openStageId' | 'outcome'>; outcome: StageKind }> {
  const said = outcomeOf(cells)
  const row = cells.text('pipeline') ?? defaults.pipeline
  const named = row === undefined ? undefined : await directory.pipeline(scope, row)
  const text = cells.text('stage')
  if (text === undefined) {
    return { where: { pipelineId: named?.id, outcome: said }, outcome: said ?? existing?.outcome ?? 'open' }
  }
  const pipeline = named ?? (await ownPipeline(scope, existing)) ?? (await directory.defaultPipeline(scope))
  // Our own files name the closed stage and the open one before it; others name the open one or a word like Won.
  const isExact = said !== undefined && cells.has('last_open_stage')
  const here = defaults.stages.get(text.toLowerCase()) ?? text
  const stage = await directory.stage(scope, pipeline, here, { kind: isExact ? said : 'open', isExact })
  if (said === undefined || said === stage.kind || (isLost({ kind: said }) && isLost(stage))) {
    const last = isOpen(stage) ? undefined : cells.text('last_open_stage')
    const openStageId =
      last === undefined ? undefined : (await directory.stage(scope, pipeline, last, { kind: 'open', isExact: true })).id
    return { where: { stageId: stage.id, openStageId }, outcome: stage.kind }
  }
  if (!isOpen(stage)) refuseRow(`stage '${text}' is ${stage.kind}, but the outcome says ${said}`)
  return { where: { openStageId: stage.id, outcome: said }, outcome: said }
}

const ownPipeline = async (scope: Scope, existing: Deal | undefined) => existing && scope.store.pipelines.get(existing.pipelineId)

function outcomeOf(cells: Cells): StageKind | undefined {
  const text = cells.text('outcome')
  return text === undefined
    ? undefined
    : (kindOf(text) ?? refuseRow(`outcome '${text}' is none of open, won, lost and unqualified`))
}

/** Why it was lost. A reason that is not there and may not be made is kept as the comment. */
async function lossOf(scope: Scope, directory: Directory, cells: Cells, outcome: StageKind): Promise<DealPatch> {
  const [reason, lossComment] = [cells.text('loss_reason'), cells.text('loss_comment')]
  if (reason === undefined) return { lossComment }
  const lossReasonId = await directory.reason(scope, reason, outcome === 'unqualified' ? 'unqualified' : 'lost')
  if (lossReasonId !== undefined) return { lossReasonId, lossComment }
  return { lossComment: lossComment === undefined ? reason : `${reason}: ${lossComment}` }
}

/** What single dialects know of the deal goes in through them: nobody else may write it. */
async function withExtras(scope: Scope, deal: Deal, cells: Cells): Promise<Deal> {
  let latest = deal
  for (const [via, extras] of cells.extras()) latest = await changeDeal({ ...scope, via }, deal.id, { extras })
  return latest
}
