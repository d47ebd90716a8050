import { openStages, pipelines } from './dataset.ts'
import { token } from './stores.ts'

interface Noun {
  id: number
  uuid: string
  name: string
}

/** What requests need to know of a store. */
export interface Facts {
  workspace: Noun
  /** Of deals from everywhere in the store; PostgreSQL leaves gaps between ids. */
  dealIds: readonly number[]
  pipelines: readonly (Noun & { stages: readonly Noun[] })[]
  owners: readonly Noun[]
  /** Deals that stand in the first stage of a pipeline, with the stage that they can go to. */
  movable: readonly { id: number; uuid: string; from: Noun; to: Noun; pipelineId: number }[]
}

const samplePages = 40

/** Asks the served instance itself, so that the bench knows no ids by heart. */
export async function learn(origin: string, size: number): Promise<Facts> {
  const get = async (path: string) => {
    const answer = await fetch(`${origin}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as { data: never; workspace: never }
  }
  const list = async <T = Noun>(path: string): Promise<T[]> => (await get(path)).data
  const named = (await list('/pipelines')).filter(({ name }) => (pipelines as readonly string[]).includes(name))
  const rows = await Promise.all(
    named.map(async (pipeline) => {
      const stages = await list(`/stages?pipelineId=${pipeline.id}`)
      return { ...pipeline, stages: openStages.flatMap((name) => stages.filter((stage) => stage.name === name)) }
    }),
  )
  const movable = await Promise.all(
    rows.map(async ({ id: pipelineId, stages: [from, to] }) => {
      if (!from || !to) throw new Error('a pipeline without two open stages')
      const deals = await list(`/deals?stageId=${from.id}&limit=200&sort=rank`)
      return deals.map(({ id, uuid }) => ({ id, uuid, from, to, pipelineId }))
    }),
  )
  const dealIds: number[] = []
  for (let page = 0; page < samplePages; page++) {
    const deals = await list(`/deals?limit=50&skip=${Math.floor((page * size) / samplePages)}`)
    dealIds.push(...deals.map(({ id }) => id))
  }
  return {
    workspace: (await get('/me')).workspace,
    dealIds,
    pipelines: rows,
    owners: (await list('/users?limit=200')).filter(({ name }) => name.startsWith('Owner ')),
    movable: movable.flat(),
  }
}
