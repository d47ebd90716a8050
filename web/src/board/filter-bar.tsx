import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useUsers } from '../queries.ts'
import type { SearchState } from '../search-state.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { Field, SelectField, TextField } from '../ui/field.tsx'
import { Icon } from '../ui/icons.tsx'
import { Popover } from '../ui/popover.tsx'
import { closings, filterKeys, isFiltered, sortOf, sorts } from './filters.ts'

interface BarProps {
  state: SearchState
  change: (change: SearchState) => void
  /** Lists are sorted by their heads instead. */
  isList?: boolean
}

/** Words, and beside them everything else that cards can be narrowed to. */
export function FilterBar({ state, change, isList = false }: BarProps) {
  const { workspace } = useSession()
  const narrowed = filterKeys.filter((key) => key !== 'q' && state[key])
  return (
    <>
      <Words state={state} change={change} />
      <Popover
        label="Filter"
        trigger={
          <Button aria-label={narrowed.length === 0 ? 'Filter' : `Filter, ${narrowed.length} set`}>
            <Icon name="filter" />
            <span className="bar-word">Filter</span>
            {narrowed.length > 0 && <span className="bar-count">{narrowed.length}</span>}
          </Button>
        }
      >
        <Filters state={state} change={change} currency={workspace.currency} />
      </Popover>
      {!isList && (
        <select
          className="input bar-sort"
          aria-label="Order of the cards"
          value={sortOf(state)}
          onChange={(event) => change({ sort: event.target.value === 'rank' ? undefined : event.target.value })}
        >
          {Object.entries(sorts).map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
      )}
      {isFiltered(state) && (
        <Button looks="plain" onClick={() => change(Object.fromEntries(filterKeys.map((key) => [key, undefined])))}>
          Show all
        </Button>
      )}
    </>
  )
}

/** So long after the last letter the cards are looked for. */
const typingMs = 200

function Words({ state, change }: BarProps) {
  const [text, setText] = useState(state.q ?? '')
  const sent = useRef(state.q ?? '')
  useEffect(() => {
    if ((state.q ?? '') === sent.current) return
    sent.current = state.q ?? ''
    setText(sent.current)
  }, [state.q])
  useEffect(() => {
    if (text === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text
      change({ q: text || undefined })
    }, typingMs)
    return () => clearTimeout(timer)
  }, [text, change])
  return (
    <input
      className="input bar-words"
      type="search"
      placeholder="Filter by words"
      aria-label="Filter by words"
      data-filter
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}

function Filters({ state, change, currency }: BarProps & { currency: string }) {
  const users = useUsers().data ?? []
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { tag, min, max } = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    change({ tag: tag?.trim(), min: min?.trim(), max: max?.trim() })
  }
  return (
    <form className="bar-form" onSubmit={submit} onBlur={(event) => submitOnLeave(event.currentTarget, event.target)}>
      <SelectField label="Owner" value={state.owner ?? ''} onChange={(event) => change({ owner: event.target.value })}>
        <option value="">Anybody</option>
        {users.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField label="Close date" value={state.close ?? ''} onChange={(event) => change({ close: event.target.value })}>
        <option value="">Any</option>
        {Object.entries(closings).map(([key, label]) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </SelectField>
      <TextField label="Tag" name="tag" defaultValue={state.tag} key={`tag ${state.tag}`} />
      <Field label={`Amount in ${currency}`}>
        {(ids) => (
          <div className="bar-range">
            <input
              className="input"
              inputMode="decimal"
              placeholder="From"
              name="min"
              key={`min ${state.min}`}
              defaultValue={state.min}
              {...ids}
            />
            <input
              className="input"
              inputMode="decimal"
              placeholder="To"
              aria-label="Amount up to"
              name="max"
              key={`max ${state.max}`}
              defaultValue={state.max}
            />
          </div>
        )}
      </Field>
      <label className="check">
        <input
          type="checkbox"
          checked={state.rotting === '1'}
          onChange={(event) => change({ rotting: event.target.checked ? '1' : undefined })}
        />
        Only rotting deals
      </label>
      <button type="submit" hidden>
        Filter
      </button>
    </form>
  )
}

/** What was typed counts when its field is left. */
function submitOnLeave(form: HTMLFormElement, left: EventTarget): void {
  if (left instanceof HTMLInputElement && left.type !== 'checkbox') form.requestSubmit()
}
