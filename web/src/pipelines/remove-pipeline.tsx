import { useState } from 'react'
import type { PipelineJson } from '../../../src/dialects/native/pipelines.ts'
import { sentence, write } from '../api.ts'
import { plural } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { SelectField } from '../ui/field.tsx'
import { FaultBox } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { changes } from './data.ts'

interface RemovePipelineProps {
  pipeline: PipelineJson
  pipelines: readonly PipelineJson[]
  deals: number
  onClose: () => void
  onDone: () => void
}

/** Asks where the deals of a pipeline go before it is deleted. */
export function RemovePipeline({ pipeline, pipelines, deals, onClose, onDone }: RemovePipelineProps) {
  const { act, isBusy, error } = useAct({ quiet: true })
  const heirs = pipelines.filter(({ id, isDisabled }) => id !== pipeline.id && !isDisabled)
  const [target, setTarget] = useState(heirs.find(({ isDefault }) => isDefault)?.id ?? heirs[0]?.id)
  const remove = () =>
    act({
      write: () => write('DELETE', `/pipelines/${pipeline.id}${target === undefined ? '' : `?target=${target}`}`),
      changes,
      done: `“${pipeline.name}” deleted.`,
      onDone,
    })
  return (
    <Dialog title={`Delete the pipeline “${pipeline.name}”?`} open onClose={onClose}>
      <p>
        Its stages are deleted with it.{' '}
        {deals > 0
          ? 'Open deals go to the first stage of the other pipeline, closed ones stay won or lost.'
          : 'Archived deals go to the other pipeline.'}
      </p>
      {heirs.length > 0 && (
        <SelectField
          label={deals > 0 ? `Move its ${plural(deals, 'deal')} to` : 'Other pipeline'}
          value={target}
          onChange={(event) => setTarget(Number(event.target.value))}
        >
          {heirs.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      {error && <FaultBox>{sentence(error)}</FaultBox>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button looks="danger" disabled={isBusy} onClick={remove}>
          {isBusy ? 'Deleting…' : 'Delete pipeline'}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
