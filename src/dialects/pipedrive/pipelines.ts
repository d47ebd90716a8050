import { deletePipeline } from '../../domain/edit-pipelines.ts'
import { listPipelines, type Pipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'

/**
 * Deletes a pipeline. What becomes of its deals is nowhere documented; here they go to the default pipeline, or from that one to the
 * first that remains, because no deal is ever lost.
 */
export async function removePipeline(scope: Scope, id: number): Promise<Pipeline> {
  const others = (await listPipelines(scope)).filter((pipeline) => pipeline.id !== id)
  const heir = others.find((pipeline) => pipeline.isDefault) ?? others.find((pipeline) => !pipeline.isDisabled) ?? others[0]
  return deletePipeline(scope, id, { target: heir?.id })
}
