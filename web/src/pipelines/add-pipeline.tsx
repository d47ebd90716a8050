import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import type { PipelineJson } from '../../../src/dialects/native/pipelines.ts'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { sentence, write } from '../api.ts'
import { useStages } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { FaultBox, StageDot } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { changes } from './data.ts'

/** What is kept of a stage in a copy of its pipeline. */
const copyOf = ({ name, kind, probability, rotAfterDays, color }: StageJson) => ({ name, kind, probability, rotAfterDays, color })

const plain = [{ name: 'New', kind: 'open' as const }]

/** Adds a pipeline: with one stage to begin with, or with the stages of another. */
export function AddPipeline({ pipelines, onClose }: { pipelines: readonly PipelineJson[]; onClose: () => void }) {
  const { act, isBusy, fault, error } = useAct<PipelineJson>({ quiet: true })
  const { data: stages = [] } = useStages()
  const [, navigate] = useLocation()
  const [name, setName] = useState('')
  const [from, setFrom] = useState('')
  const model = pipelines.find(({ id }) => String(id) === from)
  const own = model ? stages.filter((stage) => stage.pipelineId === model.id && !stage.isArchived).map(copyOf) : plain
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const said = name.trim()
    act({
      write: () => write('POST', '/pipelines', { name: said, hasProbability: model?.hasProbability ?? true, stages: own }),
      changes,
      done: `“${said}” added.`,
      onDone: ({ data }) => {
        navigate(`/pipelines/${data.id}`)
        onClose()
      },
    })
  }
  return (
    <Dialog title="Add a pipeline" open onClose={onClose}>
      <form onSubmit={submit} className="pipeline-form">
        <TextField
          label="Name"
          placeholder="Renewals"
          required
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={fault('name', 'Name')}
        />
        <SelectField label="Stages" value={from} onChange={(event) => setFrom(event.target.value)}>
          <option value="">One to begin with</option>
          <optgroup label="As in">
            {pipelines.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </optgroup>
        </SelectField>
        <ol className="pipeline-preview" aria-label="Its stages">
          {own.map((stage, nth) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat, and the list is drawn anew when it changes
            <li key={nth}>
              <StageDot color={'color' in stage ? stage.color : null} />
              {stage.name}
            </li>
          ))}
        </ol>
        {error && !fault('name', 'Name') && <FaultBox>{sentence(error)}</FaultBox>}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" looks="primary" disabled={isBusy}>
            Add pipeline
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
