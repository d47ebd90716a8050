import { type KeyboardEvent, useRef, useState } from 'react'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import { announce } from '../announce.ts'
import { getData, Refused, sentence, write } from '../api.ts'
import { toast, toastError } from '../ui/toast.tsx'
import { told } from '../undo.ts'
import type { Lookups } from './cell-text.tsx'
import type { Column } from './columns.ts'
import { draftOf, type Editor, readEdit } from './edits.ts'
import { type Row, showDeal } from './use-rows.ts'

interface CellEditorProps {
  column: Column
  row: Row
  editor: Editor
  lookups: Lookups
  /** How many rows to take the focus down from here; not given where it has gone elsewhere. */
  onClose: (step?: number) => void
}

/** Changes a cell where it stands: Enter and leaving save, Escape leaves it as it was. */
export function CellEditor({ column, row, editor, lookups, onClose }: CellEditorProps) {
  const draft = draftOf(column.id, row)
  const [text, setText] = useState(draft)
  const [fault, setFault] = useState<string>()
  const isDone = useRef(false)

  const close = (step?: number) => {
    isDone.current = true
    onClose(step)
  }
  const save = (said: string, step?: number) => {
    if (isDone.current) return
    if (said === draft) return close(step)
    const read = readEdit(column.id, said, lookups.fields)
    if ('fault' in read) {
      setFault(read.fault)
      announce(read.fault)
      return
    }
    close(step)
    void send(row, read.patch, `${column.label} of “${row.title}” changed`)
  }
  const common = {
    ref: takeFocus,
    className: 'input grid-input',
    'aria-label': `${column.label} of ${row.title}`,
    'aria-invalid': fault !== undefined,
    title: fault,
    value: text,
    onKeyDown: (event: KeyboardEvent) => {
      event.stopPropagation()
      if (event.key === 'Escape') close(0)
      if (event.key === 'Enter') save(text, 1)
    },
  }
  const options = optionsOf(editor, row, lookups)
  if (options)
    return (
      <select {...common} onChange={(event) => save(event.target.value, 0)} onBlur={() => isDone.current || close()}>
        {options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    )
  return (
    <input
      {...common}
      type={editor.control === 'date' ? 'date' : 'text'}
      inputMode={editor.control === 'money' || editor.control === 'number' ? 'decimal' : undefined}
      autoComplete="off"
      maxLength={editor.control === 'tags' ? undefined : 255}
      onChange={(event) => {
        setText(event.target.value)
        setFault(undefined)
      }}
      onBlur={() => {
        if (isDone.current) return
        // Leaving is no time for questions: what cannot be meant is left as it was.
        if (text !== draft && 'fault' in readEdit(column.id, text, lookups.fields)) close()
        else save(text)
      }}
    />
  )
}

/** What is there is replaced by what is typed. */
function takeFocus(control: HTMLInputElement | HTMLSelectElement | null): void {
  control?.focus({ preventScroll: true })
  if (control instanceof HTMLInputElement && control.type === 'text') control.select()
}

interface Option {
  value: string
  label: string
}

/** What can be chosen, where there is a choice. */
function optionsOf(editor: Editor, row: Row, { stages, users, reasons }: Lookups): Option[] | undefined {
  const none = { value: '', label: '' }
  const named = ({ id, name }: { id: number; name: string }): Option => ({ value: String(id), label: name })
  switch (editor.control) {
    case 'stage':
      return [...stages.values()]
        .filter((stage) => stage.pipelineId === row.pipelineId && (!stage.isArchived || stage.id === row.stageId))
        .map(named)
    case 'owner':
      return [...users.values()].filter((user) => user.isActive || user.id === row.ownerId).map(named)
    case 'lossReason':
      return [none, ...[...reasons.values()].filter((reason) => !reason.isArchived || reason.id === row.lossReasonId).map(named)]
    case 'choice':
      return [none, ...editor.options.map((option) => ({ value: option, label: option }))]
    default:
      return undefined
  }
}

/** The row shows what was said at once; the server's no takes it back and says why. */
async function send(row: Row, patch: Readonly<Record<string, unknown>>, done: string): Promise<void> {
  showDeal({ ...row, ...shownOf(row, patch) })
  try {
    const { data, undo } = await write<DealJson>('PATCH', `/deals/${row.id}`, patch, row.version)
    showDeal(data)
    told(done, undo)
  } catch (error) {
    const isStale = error instanceof Refused && error.status === 412
    if (isStale) toast(`Somebody else changed “${row.title}” in the meantime. Look at it and change it again.`)
    else toastError(error)
    announce(sentence(error))
    showDeal(isStale ? await getData<DealJson>(`/deals/${row.id}`).catch(() => row) : row)
  }
}

/** The patch as the row can show it before the server has answered. */
const shownOf = (row: Row, { customFields, ...patch }: Readonly<Record<string, unknown>>): Partial<DealJson> => ({
  ...patch,
  ...(customFields ? { customFields: { ...row.customFields, ...customFields } } : {}),
})
