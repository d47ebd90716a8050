import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useDeferredValue, useState } from 'react'
import { getData, write } from '../api.ts'
import { keys } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Popover } from '../ui/popover.tsx'
import { toastError } from '../ui/toast.tsx'
import { Row } from './in-place.tsx'

interface Party {
  id: number
  name: string
}

interface PickerProps {
  kind: 'contact' | 'company'
  id: number | null
  fault?: string | undefined
  readOnly: boolean
  onSave: (party: Party | null) => void
}

const paths = { contact: '/contacts', company: '/companies' } as const
const labels = { contact: 'Contact', company: 'Company' } as const

/** What a contact or a company is called. */
export const useParty = (kind: PickerProps['kind'], id: number | null) =>
  useQuery({
    queryKey: keys[kind](id ?? 0),
    queryFn: ({ signal }) => getData<Party>(`${paths[kind]}/${id}`, {}, signal),
    enabled: id !== null,
    retry: false,
  })

/** With whom the deal is made: found by the beginning of a word of the name, or added. */
export function PartyPicker({ kind, id, fault, readOnly, onSave }: PickerProps) {
  const party = useParty(kind, id)
  const name = id === null ? 'None' : (party.data?.name ?? (party.isError ? 'Deleted' : ''))
  return (
    <Row label={labels[kind]} fault={fault}>
      {(ids) =>
        readOnly ? (
          <span className="deal-plain">{name}</span>
        ) : (
          <Popover
            label={`Choose the ${kind}`}
            trigger={
              <Button looks="plain" className="deal-pick" {...ids}>
                <span className="ellipsis">{name}</span>
              </Button>
            }
          >
            <Finder kind={kind} hasOne={id !== null} onSave={onSave} />
          </Popover>
        )
      }
    </Row>
  )
}

function Finder({ kind, hasOne, onSave }: { kind: PickerProps['kind']; hasOne: boolean; onSave: PickerProps['onSave'] }) {
  const [text, setText] = useState('')
  const words = useDeferredValue(text.trim())
  const found =
    useQuery({
      queryKey: [kind, 'found', words],
      queryFn: ({ signal }) => getData<Party[]>(paths[kind], { text: words || undefined, limit: 8, sort: 'name' }, signal),
      placeholderData: (before) => before,
    }).data ?? []
  const exact = found.some(({ name }) => name.toLocaleLowerCase() === words.toLocaleLowerCase())

  const add = async () => {
    try {
      onSave((await write<Party>('POST', paths[kind], { name: words })).data)
    } catch (error) {
      toastError(error)
    }
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    if (found[0]) onSave(found[0])
    else if (words !== '') void add()
  }
  return (
    <div className="deal-finder">
      <input
        className="input"
        aria-label={`Find a ${kind}`}
        placeholder="Find by name"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={press}
      />
      {found.map((party) => (
        <button key={party.id} type="button" className="menu-item ask-item" onClick={() => onSave(party)}>
          <span className="ellipsis">{party.name}</span>
        </button>
      ))}
      {words !== '' && !exact && (
        <button type="button" className="menu-item ask-item" onClick={() => void add()}>
          Add “{words}”
        </button>
      )}
      {hasOne && (
        <button type="button" className="menu-item ask-item secondary" onClick={() => onSave(null)}>
          None
        </button>
      )}
    </div>
  )
}
