import { type FormEvent, useState } from 'react'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { useLossReasons, usePipelines, useStages, useUsers } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { SelectField, TextArea, TextField } from '../ui/field.tsx'
import { StageDot } from '../ui/small.tsx'
import type { Loss } from './acts.ts'

/** What has to be asked before something is done with cards. */
export type Asking =
  | { kind: 'move'; onSaid: (stage: StageJson) => void }
  | { kind: 'lose'; onSaid: (loss: Loss) => void }
  | { kind: 'assign'; onSaid: (owner: { id: number; name: string }) => void }
  | { kind: 'tag'; onSaid: (tag: string) => void }
  | { kind: 'delete'; onSaid: () => void }

interface AskProps {
  asking: Asking
  /** What it is about: the title of a deal, or how many. */
  about: string
  pipelineId: number
  onClose: () => void
}

export default function Ask({ asking, onClose, ...rest }: AskProps) {
  const done =
    <T extends unknown[]>(onSaid: (...said: T) => void) =>
    (...said: T) => {
      onClose()
      onSaid(...said)
    }
  const common = { ...rest, onClose }
  switch (asking.kind) {
    case 'move':
      return <AskStage {...common} onSaid={done(asking.onSaid)} />
    case 'lose':
      return <AskLoss {...common} onSaid={done(asking.onSaid)} />
    case 'assign':
      return <AskOwner {...common} onSaid={done(asking.onSaid)} />
    case 'tag':
      return <AskTag {...common} onSaid={done(asking.onSaid)} />
    case 'delete':
      return <AskDelete {...common} onSaid={done(asking.onSaid)} />
  }
}

type Common = Omit<AskProps, 'asking'>

/** All stages of this pipeline, then those of the others. The first letters of a name choose it. */
function AskStage({ about, pipelineId, onClose, onSaid }: Common & { onSaid: (stage: StageJson) => void }) {
  const stages = (useStages().data ?? []).filter(({ isArchived }) => !isArchived)
  const pipelines = usePipelines().data ?? []
  const [text, setText] = useState('')
  const ordered = pipelines.toSorted(
    (a, b) => Number(b.id === pipelineId) - Number(a.id === pipelineId) || a.position - b.position,
  )
  const shown = ordered
    .filter(({ isDisabled, id }) => !isDisabled || id === pipelineId)
    .flatMap((pipeline) =>
      stages
        .filter((stage) => stage.pipelineId === pipeline.id)
        .map((stage) => ({ stage, name: pipeline.id === pipelineId ? stage.name : `${pipeline.name}: ${stage.name}` })),
    )
    .filter(({ name }) => name.toLocaleLowerCase().includes(text.trim().toLocaleLowerCase()))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (shown[0]) onSaid(shown[0].stage)
  }
  return (
    <Dialog title={`Move ${about} to…`} open onClose={onClose}>
      <form onSubmit={submit}>
        <input
          className="input"
          aria-label="Find a stage"
          placeholder="Find a stage"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </form>
      <div className="ask-list">
        {shown.map(({ stage, name }) => (
          <button key={stage.id} type="button" className="menu-item ask-item" onClick={() => onSaid(stage)}>
            <StageDot color={stage.color} />
            <span className="ellipsis">{name}</span>
            {stage.kind !== 'open' && <span className="hint">{stage.kind}</span>}
          </button>
        ))}
      </div>
    </Dialog>
  )
}

function AskLoss({ about, onClose, onSaid }: Common & { onSaid: (loss: Loss) => void }) {
  const reasons = (useLossReasons().data ?? []).filter(({ isArchived, kind }) => !isArchived && kind === 'lost')
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { reason, comment } = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    onSaid({ reasonId: reason ? Number(reason) : undefined, comment: comment?.trim() || undefined })
  }
  return (
    <Dialog title={`Mark ${about} as lost`} open onClose={onClose}>
      <form onSubmit={submit} className="ask-form">
        {reasons.length > 0 && (
          <SelectField label="Reason" name="reason" defaultValue="">
            <option value="">No reason given</option>
            {reasons.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
        )}
        <TextArea label="Comment" name="comment" maxLength={10_000} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" looks="primary">
            Mark as lost
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function AskOwner({ about, onClose, onSaid }: Common & { onSaid: (owner: { id: number; name: string }) => void }) {
  const users = (useUsers().data ?? []).filter(({ isActive }) => isActive)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const id = Number(new FormData(event.currentTarget).get('owner'))
    const owner = users.find((user) => user.id === id)
    if (owner) onSaid(owner)
  }
  return (
    <Dialog title={`Assign ${about}`} open onClose={onClose}>
      <form onSubmit={submit} className="ask-form">
        <SelectField label="Owner" name="owner" required>
          {users.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" looks="primary">
            Assign
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function AskTag({ about, onClose, onSaid }: Common & { onSaid: (tag: string) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const tag = String(new FormData(event.currentTarget).get('tag')).trim()
    if (tag !== '') onSaid(tag)
  }
  return (
    <Dialog title={`Tag ${about}`} open onClose={onClose}>
      <form onSubmit={submit} className="ask-form">
        <TextField label="Tag" name="tag" required maxLength={255} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" looks="primary">
            Add tag
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

const AskDelete = ({ about, onClose, onSaid }: Common & { onSaid: () => void }) => (
  <Dialog title={`Delete ${about}`} open onClose={onClose}>
    <p>It can be brought back with Undo.</p>
    <DialogActions>
      <Button onClick={onClose}>Cancel</Button>
      <Button looks="danger" onClick={onSaid}>
        Delete
      </Button>
    </DialogActions>
  </Dialog>
)
