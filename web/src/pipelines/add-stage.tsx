import { type FormEvent, useState } from 'react'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { write } from '../api.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { useAct } from '../use-act.ts'
import { changes } from './data.ts'
import { kindNames, kinds } from './kinds.ts'

/** Adds a stage behind the last one of its sort. */
export function AddStage({ pipelineId }: { pipelineId: number }) {
  const { act, isBusy, fault } = useAct<StageJson>()
  const [name, setName] = useState('')
  const [kind, setKind] = useState<StageJson['kind']>('open')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const said = name.trim()
    act({
      write: () => write('POST', '/stages', { pipelineId, name: said, kind }),
      changes,
      done: `“${said}” added.`,
      onDone: () => setName(''),
    })
  }
  return (
    <form className="stage-add" onSubmit={submit}>
      <TextField
        label="New stage"
        placeholder="Proposal"
        required
        maxLength={255}
        value={name}
        onChange={(event) => setName(event.target.value)}
        fault={fault('name', 'Name')}
      />
      <SelectField
        label="Kind"
        value={kind}
        onChange={(event) => setKind(kinds.find((one) => one === event.target.value) ?? 'open')}
      >
        {kinds.map((one) => (
          <option key={one} value={one}>
            {kindNames[one]}
          </option>
        ))}
      </SelectField>
      <Button type="submit" disabled={isBusy}>
        Add stage
      </Button>
    </form>
  )
}
