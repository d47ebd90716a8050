import { type FormEvent, useState } from 'react'
import type { CustomFieldJson } from '../../../src/dialects/native/custom-fields.ts'
import { sentence, write } from '../api.ts'
import { keys, useCustomFields } from '../queries.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { SelectField, TextArea, TextField } from '../ui/field.tsx'
import { MoreMenu } from '../ui/more-menu.tsx'
import { EmptyState, FaultBox, SkeletonLines } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { ReadOnlyNote, Section, Table } from './section.tsx'

const changes = [keys.customFields]
const types = { text: 'Text', number: 'Number', boolean: 'Yes or no', date: 'Date', choice: 'Choice' } as const
const subjects = { deal: 'Deals', contact: 'Contacts and companies' } as const

const optionsIn = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ),
]

/** What a team has added to its deals, contacts and companies. */
export function CustomFields() {
  const { data } = useCustomFields()
  const mayChange = useSession().can('manager')
  const [edited, setEdited] = useState<CustomFieldJson | 'new'>()
  const [doomed, setDoomed] = useState<CustomFieldJson>()
  return (
    <Section
      title="Custom fields"
      about="Every API shows them in its own manner. A new name does not change the values."
      actions={mayChange && <Button onClick={() => setEdited('new')}>Add field</Button>}
    >
      {!mayChange && <ReadOnlyNote least="manager" />}
      {data === undefined ? (
        <SkeletonLines />
      ) : data.length === 0 ? (
        <EmptyState title="No custom fields yet">Add what your team wants to know about its deals and customers.</EmptyState>
      ) : (
        <Table label="Custom fields" heads={['Name', 'Of', 'Type', 'Number', '']}>
          {data.map((field) => (
            <tr key={field.id}>
              <td>{field.name}</td>
              <td>{subjects[field.subject]}</td>
              <td>
                {types[field.type]}
                {field.type === 'choice' && <span className="secondary"> · {field.options.join(', ')}</span>}
              </td>
              <td className="number secondary">{field.id}</td>
              <td className="end">
                {mayChange && (
                  <MoreMenu
                    of={field.name}
                    items={[
                      { label: 'Change…', onClick: () => setEdited(field) },
                      'line',
                      { label: 'Delete…', danger: true, onClick: () => setDoomed(field) },
                    ]}
                  />
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {edited && <FieldDialog field={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />}
      {doomed && <DeleteDialog field={doomed} onClose={() => setDoomed(undefined)} />}
    </Section>
  )
}

function DeleteDialog({ field, onClose }: { field: CustomFieldJson; onClose: () => void }) {
  const { act, isBusy } = useAct()
  const remove = () =>
    act({
      write: () => write('DELETE', `/custom-fields/${field.id}`),
      changes,
      done: `“${field.name}” deleted.`,
      onDone: onClose,
    })
  return (
    <Dialog title={`Delete the field “${field.name}”?`} open onClose={onClose}>
      <p>Its values are no longer shown anywhere, and integrations no longer see the field.</p>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button looks="danger" disabled={isBusy} onClick={remove}>
          Delete field
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function FieldDialog({ field, onClose }: { field: CustomFieldJson | undefined; onClose: () => void }) {
  const { act, isBusy, fault, error } = useAct({ quiet: true })
  const [name, setName] = useState(field?.name ?? '')
  const [subject, setSubject] = useState<string>(field?.subject ?? 'deal')
  const [type, setType] = useState<string>(field?.type ?? 'text')
  const [options, setOptions] = useState(field?.options.join('\n') ?? '')
  const said = { name: name.trim(), ...(type === 'choice' ? { options: optionsIn(options) } : {}) }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    act({
      write: () =>
        field ? write('PATCH', `/custom-fields/${field.id}`, said) : write('POST', '/custom-fields', { ...said, subject, type }),
      changes,
      done: field ? 'Field saved.' : `“${said.name}” added.`,
      onDone: onClose,
    })
  }
  const known = fault('name', 'Name') ?? fault('options', 'Options')
  return (
    <Dialog title={field ? 'Change the field' : 'Add a field'} open onClose={onClose}>
      <form onSubmit={submit} className="settings-form">
        <TextField
          label="Name"
          required
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={fault('name', 'Name')}
        />
        {!field && (
          <>
            <SelectField label="Of" value={subject} onChange={(event) => setSubject(event.target.value)}>
              {Object.entries(subjects).map(([id, label]) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </SelectField>
            <SelectField
              label="Type"
              hint="Stays as it is once the field is there."
              value={type}
              onChange={(event) => setType(event.target.value)}
            >
              {Object.entries(types).map(([id, label]) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </SelectField>
          </>
        )}
        {type === 'choice' && (
          <TextArea
            label="Options"
            hint="One on each line. Values that are there stay, even where their option goes."
            required
            rows={5}
            value={options}
            onChange={(event) => setOptions(event.target.value)}
            fault={fault('options', 'Options')}
          />
        )}
        {error && known === undefined && <FaultBox>{sentence(error)}</FaultBox>}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" looks="primary" disabled={isBusy}>
            {field ? 'Save' : 'Add field'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
