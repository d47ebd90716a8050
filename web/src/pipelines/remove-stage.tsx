import { useState } from 'react'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { sentence, write } from '../api.ts'
import { plural } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { SelectField } from '../ui/field.tsx'
import { EmptyState, FaultBox } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { changes } from './data.ts'
import { heirsOf, likelyHeir, mergeTargets } from './order.ts'

interface StageDialogProps {
  stage: StageJson
  stages: readonly StageJson[]
  deals: number
  onClose: () => void
}

const nameIn = (stages: readonly StageJson[], id: number | undefined): string =>
  stages.find((stage) => stage.id === id)?.name ?? ''

/** Asks where the deals of a stage go before it is deleted. */
export function DeleteStage({ stage, stages, deals, onClose }: StageDialogProps) {
  const { act, isBusy, error } = useAct({ quiet: true })
  const heirs = heirsOf(stages, stage)
  const [target, setTarget] = useState(likelyHeir(stages, stage)?.id)
  const chosen = heirs.find(({ id }) => id === target)
  const remove = () =>
    act({
      write: () => write('DELETE', `/stages/${stage.id}${target === undefined ? '' : `?target=${target}`}`),
      changes,
      done:
        deals === 0
          ? `“${stage.name}” deleted.`
          : `“${stage.name}” deleted, ${plural(deals, 'deal')} moved to “${nameIn(stages, target)}”.`,
      onDone: onClose,
    })
  return (
    <Dialog title={`Delete the stage “${stage.name}”?`} open onClose={onClose}>
      {heirs.length > 0 && (
        <SelectField
          label={deals > 0 ? `Move its ${plural(deals, 'deal')} to` : 'Archived deals that are still in it go to'}
          hint={chosen && chosen.kind !== stage.kind ? kindNote(chosen) : undefined}
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
          {isBusy ? 'Deleting…' : 'Delete stage'}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

const kindNote = (stage: StageJson): string =>
  stage.kind === 'open' ? 'There they are open again.' : `There they count as ${stage.kind}.`

/** Asks which stage of the same kind takes over everything. */
export function MergeStage({ stage, stages, deals, onClose }: StageDialogProps) {
  const { act, isBusy, error } = useAct({ quiet: true })
  const targets = mergeTargets(stages, stage)
  const [into, setInto] = useState(likelyHeir(stages, stage)?.id)
  const merge = () =>
    act({
      write: () => write('POST', `/stages/${stage.id}/merge`, { into }),
      changes,
      done: `“${stage.name}” merged into “${nameIn(stages, into)}”.`,
      onDone: onClose,
    })
  if (targets.length === 0)
    return (
      <Dialog title={`Merge “${stage.name}”`} open onClose={onClose}>
        <EmptyState title="There is nothing to merge it into">
          Only stages of one kind can be merged, and this is the only one.
        </EmptyState>
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
        </DialogActions>
      </Dialog>
    )
  return (
    <Dialog title={`Merge “${stage.name}” into another stage`} open onClose={onClose}>
      <SelectField label="The stage that stays" value={into} onChange={(event) => setInto(Number(event.target.value))}>
        {targets.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <p className="secondary">
        {deals > 0
          ? `${plural(deals, 'deal')} and everything archived move to “${nameIn(stages, into)}”; “${stage.name}” is deleted.`
          : `“${stage.name}” is deleted. It has no deals that would move.`}
      </p>
      {error && <FaultBox>{sentence(error)}</FaultBox>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button looks="primary" disabled={isBusy} onClick={merge}>
          {isBusy ? 'Merging…' : 'Merge stages'}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
