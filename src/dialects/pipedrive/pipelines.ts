import { addPipeline, changePipeline, deletePipeline } from '../../domain/edit-pipelines.ts'
import { findPipeline, listPipelines, type Pipeline, type PipelineDraft, type PipelinePatch } from '../../domain/pipeline.ts'
import { atomically, type Scope } from '../../domain/scope.ts'

const hyphenated = (name: string): string => name.replaceAll(' ', '-')

/**
 * What stands for a pipeline in the vendor's own URLs, which only v1 shows. Both versions keep it from the beginning on, because
 * renaming does not change it.
 */
export function urlTitle({ extras, isDefault, name }: Pipeline): string {
  const kept = extras.pipedrive?.url_title
  return typeof kept === 'string' ? kept : isDefault ? 'default' : hyphenated(name)
}

/** For a new pipeline: its name with hyphens; where another has the name, the name as it is with a number. */
function newUrlTitle(name: string, others: readonly Pipeline[]): string {
  const taken = new Set(others.map(urlTitle))
  if (!others.some((other) => other.name === name) && !taken.has(hyphenated(name))) return hyphenated(name)
  for (let number = 1; ; number++) if (!taken.has(`${name}${number}`)) return `${name}${number}`
}

/** Adds a pipeline, with what stands for it in URLs. */
export const postPipeline = (scope: Scope, draft: PipelineDraft): Promise<Pipeline> =>
  atomically(scope, async (scope) =>
    addPipeline(scope, { ...draft, extras: { url_title: newUrlTitle(draft.name, await listPipelines(scope)) } }),
  )

/** Changes a pipeline; what stands for it in URLs stays. */
export const editPipeline = (scope: Scope, id: number, patch: PipelinePatch): Promise<Pipeline> =>
  atomically(scope, async (scope) => {
    const before = await findPipeline(scope, id)
    const isRenamed = patch.name !== undefined && patch.name !== before.name
    return changePipeline(scope, id, { ...patch, extras: isRenamed ? { url_title: urlTitle(before) } : undefined })
  })

/**
 * Deletes a pipeline. What becomes of its deals is nowhere documented; here they go to the default pipeline, or from that one to the
 * first that remains, because no deal is ever lost.
 */
export async function removePipeline(scope: Scope, id: number): Promise<Pipeline> {
  const others = (await listPipelines(scope)).filter((pipeline) => pipeline.id !== id)
  const heir = others.find((pipeline) => pipeline.isDefault) ?? others.find((pipeline) => !pipeline.isDisabled) ?? others[0]
  return deletePipeline(scope, id, { target: heir?.id })
}
