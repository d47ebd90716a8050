import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import { getData } from '../api.ts'
import { money } from '../format.ts'
import { pages } from '../pages.tsx'
import { usePipelines } from '../queries.ts'
import { isAtLeast, useSession } from '../session.ts'
import { Dialog } from '../ui/dialog.tsx'
import { actionsNow } from './actions.ts'
import './palette.css'

interface Entry {
  key: string
  group: string
  label: string
  hint?: string
  run: () => void
}

/** Finds deals, pipelines, pages and what can be done where one is. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const entries = useEntries(text)
  const chosen = Math.min(at, entries.length - 1)
  const list = useRef<HTMLDivElement>(null)

  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen])

  const run = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    entry.run()
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((chosen + step + entries.length) % Math.max(1, entries.length))
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      run(entries[chosen])
    }
  }

  return (
    <Dialog title={<span className="out-of-sight">Find and do</span>} open onClose={onClose}>
      <input
        className="palette-input"
        placeholder="Find a deal, a pipeline, a page or an action"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={entries[chosen] && `palette-${entries[chosen].key}`}
        aria-label="Find and do"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <div className="palette-list" id="palette-list" role="listbox" aria-label="Found" ref={list}>
        {entries.map((entry, nth) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys; options are never focused
          <div
            key={entry.key}
            id={`palette-${entry.key}`}
            className="menu-item"
            role="option"
            tabIndex={-1}
            aria-selected={nth === chosen}
            onClick={() => run(entry)}
            onPointerMove={() => setAt(nth)}
          >
            <span className="ellipsis">{entry.label}</span>
            <span className="hint">{entry.hint ?? entry.group}</span>
          </div>
        ))}
        {entries.length === 0 && <p className="palette-none">Nothing is called that.</p>}
      </div>
    </Dialog>
  )
}

function useEntries(text: string): Entry[] {
  const words = useDeferredValue(text.trim())
  const [, navigate] = useLocation()
  const { user } = useSession()
  const pipelines = usePipelines().data ?? []
  const deals =
    useQuery({
      queryKey: ['found', words],
      queryFn: ({ signal }) => getData<DealJson[]>('/deals', { text: words, limit: 8 }, signal),
      enabled: words.length > 1,
      placeholderData: (before) => before,
      staleTime: 10_000,
    }).data ?? []

  const fixed: Entry[] = [
    ...actionsNow().map(({ name, key, run }) => ({
      key: `do-${name}`,
      group: 'Action',
      label: name,
      ...(key && { hint: key }),
      run,
    })),
    ...pages.flatMap(({ nav, least = 'viewer' }) =>
      nav && isAtLeast(user.role, least)
        ? [{ key: `page-${nav.to}`, group: 'Page', label: nav.label, run: () => navigate(nav.to) }]
        : [],
    ),
    ...pipelines.map(({ id, name }) => ({
      key: `pipeline-${id}`,
      group: 'Pipeline',
      label: name,
      run: () => navigate(`/board/${id}`),
    })),
  ]
  const found = words.length > 1 ? deals : []
  return [
    ...fixed.filter(({ label, group }) => matches(`${label} ${group}`, words)),
    ...found.map((deal) => ({
      key: `deal-${deal.id}`,
      group: 'Deal',
      label: deal.title,
      hint: money(deal.value, deal.currency),
      run: () => navigate(`/deals/${deal.id}`),
    })),
  ]
}

/** Each word of the search begins a word of the text. */
const matches = (text: string, search: string): boolean =>
  search
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => ` ${text.toLocaleLowerCase()}`.includes(` ${word}`))
