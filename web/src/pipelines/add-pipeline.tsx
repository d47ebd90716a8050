import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import type { PipelineJson } from '../../../src/dialects/native/pipelines.ts'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import type { TemplateJson } from '../../../src/dialects/native/templates.ts'
import { getData, sentence, write } from '../api.ts'
import { useStages } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { FaultBox, StageDot } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { changes } from './data.ts'

/** What is kept of a stage in a copy of its pipeline. */
const copyOf = ({ name, kind, probability, rotAfterDays, color }: StageJson) => ({ name, kind, probability, rotAfterDays, color })

const plain = [{ name: 'New', kind: 'open', probability: null, rotAfterDays: null, color: null }] as const

/** Pipelines as new accounts of other systems have them. */
const useTemplates = () =>
  useQuery({ queryKey: ['templates'], queryFn: ({ signal }) => getData<TemplateJson[]>('/templates', {}, signal) })

/** Adds a pipeline: with one stage to begin with, as in another system, or with the stages of another pipeline. */
export function AddPipeline({ pipelines, onClose }: { pipelines: readonly PipelineJson[]; onClose: () => void }) {
  const { act, isBusy, fault, error } = useAct<PipelineJson>({ quiet: true })
  const { data: stages = [] } = useStages()
  const { data: templates = [] } = useTemplates()
  const [, navigate] = useLocation()
  const [name, setName] = useState('')
  const [from, setFrom] = useState('')
  const template = templates.find((one) => one.name === from)
  const model = pipelines.find(({ id }) => String(id) === from)
  const copied = stages.filter((stage) => stage.pipelineId === model?.id && !stage.isArchived).map(copyOf)
  const shown = template?.stages ?? (model ? copied : plain)
  const laidOut = template
    ? { template: template.name }
    : { hasProbability: model?.hasProbability ?? true, stages: model ? copied : plain }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const said = name.trim()
    act({
      write: () => write('POST', '/pipelines', { name: said, ...laidOut }),
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
          <optgroup label="As a new account of">
            {templates.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </optgroup>
          <optgroup label="As in">
            {pipelines.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </optgroup>
        </SelectField>
        <ol className="pipeline-preview" aria-label="Its stages">
          {shown.map((stage, nth) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat, and the list is drawn anew when it changes
            <li key={nth}>
              <StageDot color={stage.color} />
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
