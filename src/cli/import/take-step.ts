import type { Deal } from '../../domain/deal.ts'
import { changeDeal, createDeal } from '../../domain/edit-deals.ts'
import { inThePast, type Scope } from '../../domain/scope.ts'
import type { StageKind } from '../../domain/stage.ts'
import type { Member } from '../../domain/user.ts'
import type { Cells } from './cells.ts'
import type { Directory } from './directory.ts'
import { kindOf } from './outcomes.ts'
import { refuseRow } from './refusal.ts'
import type { Taken } from './take-deal.ts'

/** What is said of all rows. */
export interface StepDefaults {
  pipeline: string | undefined
  currency: string | undefined
  /** What the file's stages are, by their names in lower case; open where nothing is said. */
  kinds: ReadonlyMap<string, StageKind>
  titleOf(cells: Cells): string
}

/** Takes one row in: the deal came to a stage then, by that person's hand. A row that was taken in before is there already. */
export async function takeStep(
  scope: Scope,
  directory: Directory,
  cells: Cells,
  { pipeline: name, currency, kinds, titleOf }: StepDefaults,
): Promise<Taken<Deal>> {
  const externalId = cells.text('deal') ?? refuseRow('the row names no deal')
  const stageName = cells.text('stage') ?? refuseRow('the row names no stage')
  const at = cells.instant('entered_at') ?? refuseRow('the row does not say when')
  if (at > scope.now()) return refuseRow(`${cells.text('entered_at')} has not been yet`)
  const existing = await scope.store.deals.byExternalId(externalId)
  if (existing && existing.deletedAt !== null) return { record: existing, became: 'skipped' }
  const pipeline = name === undefined ? await directory.defaultPipeline(scope) : await directory.pipeline(scope, name)
  const said = kinds.get(stageName.toLowerCase())
  const kind = said ?? kindOf(stageName) ?? 'open'
  const { id: stageId } = await directory.stage(scope, pipeline, stageName, { kind, isExact: said !== undefined })
  const value = cells.decimal('value')
  const patch = {
    stageId,
    value: value === undefined ? undefined : { decimal: value },
    currency: cells.text('currency')?.toUpperCase(),
  }
  if (!existing) {
    const past = inThePast(scope, at, await actor(scope, directory, cells))
    const draft = { ...patch, currency: patch.currency ?? currency, externalId, title: titleOf(cells), createdAt: at }
    return { record: await createDeal(past, draft), became: 'created' }
  }
  const arrivals = (await scope.store.lives.of(existing.id)).filter(({ arrives }) => arrives)
  const last = arrivals.at(-1)
  if (arrivals.some((arrival) => arrival.stageId === stageId && arrival.since === at))
    return { record: existing, became: 'unchanged' }
  if (last && last.since > at)
    return refuseRow(`deal '${externalId}' had gone on by then; rows of a deal must be in the order of time`)
  const past = inThePast(scope, at, await actor(scope, directory, cells))
  const record = await changeDeal(past, existing.id, patch)
  return { record, became: record.version === existing.version ? 'unchanged' : 'updated' }
}

/** Who did it. What was done then was allowed, whatever they may do today. */
async function actor(scope: Scope, directory: Directory, cells: Cells): Promise<Member> {
  const name = cells.text('user')
  if (name === undefined) return scope.user
  const id = await directory.owner(scope, { name, email: undefined })
  const member = await directory.kept.find(`member ${id}`, () => scope.store.members.get(id))
  return { ...(member ?? scope.user), role: 'member', isActive: true }
}
