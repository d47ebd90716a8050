import { type FormEvent, useState } from 'react'
import type { LossReasonJson } from '../../../src/dialects/native/loss-reasons.ts'
import { write } from '../api.ts'
import { keys, useLossReasons } from '../queries.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { MoreMenu } from '../ui/more-menu.tsx'
import { NameInput } from '../ui/name-input.tsx'
import { EmptyState, SkeletonLines } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { ReadOnlyNote, Section, Table } from './section.tsx'

const changes = [keys.lossReasons]
const kinds = { lost: 'Lost', unqualified: 'Unqualified' } as const

/** Why deals are lost: what is offered when one is, and what reports count. */
export function LossReasons() {
  const { data } = useLossReasons()
  const mayChange = useSession().can('manager')
  return (
    <Section
      title="Loss reasons"
      about="Offered when a deal is lost, and counted in insights. A reason that is archived or deleted stays on old deals."
    >
      {!mayChange && <ReadOnlyNote least="manager" />}
      {data === undefined ? (
        <SkeletonLines />
      ) : data.length === 0 ? (
        <EmptyState title="No loss reasons yet">With a handful of reasons you see later why deals were lost.</EmptyState>
      ) : (
        <Table label="Loss reasons" heads={['Name', 'For deals that are', 'State', '']}>
          {[...data]
            .sort((a, b) => Number(a.isArchived) - Number(b.isArchived))
            .map((reason) => (
              <Reason key={reason.id} reason={reason} mayChange={mayChange} />
            ))}
        </Table>
      )}
      {mayChange && <AddReason />}
    </Section>
  )
}

function Reason({ reason, mayChange }: { reason: LossReasonJson; mayChange: boolean }) {
  const { act } = useAct()
  const path = `/loss-reasons/${reason.id}`
  const rename = (name: string) => act({ write: () => write('PATCH', path, { name }), changes, done: 'Reason renamed.' })
  const archive = (isArchived: boolean) =>
    act({
      write: () => write('PATCH', path, { isArchived }),
      changes,
      done: isArchived ? 'Reason archived.' : 'Reason is offered again.',
    })
  const remove = () => act({ write: () => write('DELETE', path), changes, done: `“${reason.name}” deleted.` })
  return (
    <tr>
      <td>{mayChange ? <NameInput label="Name of the reason" value={reason.name} onSave={rename} /> : reason.name}</td>
      <td>{kinds[reason.kind]}</td>
      <td className="secondary">{reason.isArchived ? 'Archived' : 'Offered'}</td>
      <td className="end">
        {mayChange && (
          <MoreMenu
            of={reason.name}
            items={[
              { label: reason.isArchived ? 'Offer again' : 'Archive', onClick: () => archive(!reason.isArchived) },
              'line',
              { label: 'Delete', danger: true, onClick: remove },
            ]}
          />
        )}
      </td>
    </tr>
  )
}

function AddReason() {
  const { act, isBusy, fault } = useAct({ quiet: true })
  const [name, setName] = useState('')
  const [kind, setKind] = useState<LossReasonJson['kind']>('lost')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    act({ write: () => write('POST', '/loss-reasons', { name: name.trim(), kind }), changes, onDone: () => setName('') })
  }
  return (
    <form onSubmit={submit} className="settings-row">
      <TextField
        label="New reason"
        placeholder="Price too high"
        required
        maxLength={255}
        value={name}
        onChange={(event) => setName(event.target.value)}
        fault={fault('name', 'Name')}
      />
      <SelectField
        label="For deals that are"
        value={kind}
        onChange={(event) => setKind(event.target.value === 'unqualified' ? 'unqualified' : 'lost')}
      >
        <option value="lost">Lost</option>
        <option value="unqualified">Unqualified</option>
      </SelectField>
      <Button type="submit" disabled={isBusy}>
        Add reason
      </Button>
    </form>
  )
}
