import { addPipeline } from './edit-pipelines.ts'
import { invalid } from './errors.ts'
import { addLossReason } from './loss-reason.ts'
import { requireCurrency } from './money.ts'
import type { PipelineDraft } from './pipeline.ts'
import type { Scope } from './scope.ts'
import type { StageDraft } from './stage.ts'
import type { Registry } from './store.ts'
import { type JsonObject, requireName } from './text.ts'
import type { Instant } from './time.ts'
import { type Member, requireEmail } from './user.ts'
import { requirePlace, requireSubdomain, type Workspace } from './workspace.ts'

/** How a vendor's new account looks: its one pipeline, stage by stage. */
export interface Template {
  readonly pipeline: string
  readonly hasProbability: boolean
  readonly stages: readonly Omit<StageDraft, 'pipelineId'>[]
  readonly lossReasons?: readonly string[]
  /** The dialect whose own keys the extras of this template are; native where there are none. */
  readonly dialect?: string
  /** Extras of the pipeline. Those of the stages are in their drafts. */
  readonly extras?: JsonObject
}

/** What a pipeline that is laid out like a template begins with. What only that vendor knows of it is left to that vendor's defaults. */
export const draftOf = ({ hasProbability, stages }: Template): Pick<PipelineDraft, 'hasProbability' | 'stages'> => ({
  hasProbability,
  stages: stages.map(({ name, kind, probability, rotAfterDays, color }) => ({ name, kind, probability, rotAfterDays, color })),
})

export interface WorkspaceDraft {
  name: string
  subdomain: string
  currency?: string | undefined
  timeZone?: string | undefined
  locale?: string | undefined
  template: Template
  admin: { name: string; email: string }
}

/** Makes a workspace with its first admin and a vendor's default pipeline. Refuses (`subdomain`, `duplicate`) a label that is taken. */
export async function createWorkspace(
  registry: Registry,
  draft: WorkspaceDraft,
  now: () => Instant,
): Promise<{ workspace: Workspace; admin: Member }> {
  requireName(draft.name)
  requireSubdomain(draft.subdomain)
  requirePlace(draft)
  const currency = requireCurrency(draft.currency ?? 'USD')
  const email = requireEmail(draft.admin.email)
  return registry.transaction(async (tx) => {
    if (await tx.workspaceBySubdomain(draft.subdomain)) invalid('subdomain', 'duplicate')
    const at = now()
    const workspace = await tx.insertWorkspace({
      name: draft.name,
      subdomain: draft.subdomain,
      currency,
      timeZone: draft.timeZone ?? 'UTC',
      locale: draft.locale ?? 'en-US',
      features: { probability: true },
      rates: {},
      createdAt: at,
      updatedAt: at,
    })
    const store = tx.of(workspace.id)
    const admin = await store.members.add({ name: requireName(draft.admin.name), email, phone: null, role: 'admin' }, at)
    const { pipeline, hasProbability, stages, extras, dialect, lossReasons } = draft.template
    const scope: Scope = { workspace, user: admin, via: dialect ?? 'native', store, now }
    await addPipeline(scope, { name: pipeline, hasProbability, stages, extras })
    for (const name of lossReasons ?? []) await addLossReason(scope, { name })
    return { workspace, admin }
  })
}
