import type { PipelineJson } from '../../src/dialects/native/pipelines.ts'
import { usePipelines, useUsers } from './queries.ts'
import type { SearchState } from './search-state.ts'

/** A pipeline, and everybody's deals of it or one owner's: what the forecast and the insights are about, as the address has it. */
interface Narrowing {
  /** The default one where the address names none. Undefined until the pipelines have been read. */
  pipeline: PipelineJson | undefined
  ownerId: string | undefined
}

export function useNarrowing({ pipeline, owner }: SearchState): Narrowing {
  const all = usePipelines().data
  return {
    pipeline: all?.find(({ id }) => String(id) === pipeline) ?? all?.find(({ isDefault }) => isDefault),
    ownerId: /^\d+$/.test(owner ?? '') ? owner : undefined,
  }
}

interface SelectsProps extends Narrowing {
  change: (change: SearchState) => void
}

/** Chooses the pipeline and the owner. */
export function NarrowingSelects({ pipeline, ownerId, change }: SelectsProps) {
  const pipelines = usePipelines().data ?? []
  const users = useUsers().data ?? []
  return (
    <>
      <select
        className="input"
        aria-label="Pipeline"
        value={pipeline?.id ?? ''}
        onChange={(event) => change({ pipeline: event.target.value })}
      >
        {pipelines.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        className="input"
        aria-label="Owner"
        value={ownerId ?? ''}
        onChange={(event) => change({ owner: event.target.value || undefined })}
      >
        <option value="">Everybody</option>
        {users.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </>
  )
}
