import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import '../board/board.css'
import { sentence } from '../api.ts'
import { named } from '../board/acts.ts'
import { BulkBar } from '../board/bulk-bar.tsx'
import type { Asking } from '../board/dialogs.tsx'
import { FilterBar } from '../board/filter-bar.tsx'
import { count, plural, today } from '../format.ts'
import type { PageProps } from '../pages.tsx'
import { queryClient, useCustomFields, useLossReasons, usePipelines, useStages, useUsers } from '../queries.ts'
import { type SearchState, useSearchState, withSearch } from '../search-state.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/small.tsx'
import { Views } from '../views.tsx'
import type { Lookups } from './cell-text.tsx'
import { ColumnChooser } from './column-chooser.tsx'
import { columnsOf, isUsual, readChoice, writeChoice } from './columns.ts'
import { DealGrid } from './deal-grid.tsx'
import './list.css'
import { csvPath, isWhole, keptOf, listQueryOf, listSortOf, type Status, statuses, statusOf } from './list-query.ts'
import { countKey, useCount } from './use-count.ts'
import { useListDeeds } from './use-list-deeds.ts'
import { useRefreshSoon } from './use-refresh-soon.ts'
import { type Row, refreshLists, useRows } from './use-rows.ts'

const DealPanel = lazy(() => import('../deal/deal-panel.tsx'))
const Ask = lazy(() => import('../board/dialogs.tsx'))

/** Deals row by row: sorted, filtered and changed where they stand. */
export default function ListPage({ params }: PageProps) {
  const pipelines = usePipelines().data
  const { workspace, user, can } = useSession()
  const [state, change] = useSearchState()
  const [path, navigate] = useLocation()
  const pipeline = pipelines?.find(({ id }) => String(id) === params.pipelineId)
  const pipelineId = params.pipelineId === undefined ? undefined : (pipeline?.id ?? -1)

  const { lookups, fields } = useLookups()
  const columns = useMemo(() => columnsOf(fields), [fields])
  const [choice, choose] = useChoice(state, change, `crmux.columns.${user.id}`, columns)
  const shown = useMemo(() => choice.flatMap((id) => columns.find((column) => column.id === id) ?? []), [choice, columns])

  const query = listQueryOf(state, pipelineId, workspace.currency)
  const counted = useCount(query)
  const rows = useRows(query, { company: choice.includes('company'), contact: choice.includes('contact') }, counted)
  useRefreshSoon(() => Promise.all([refreshLists(), queryClient.invalidateQueries({ queryKey: countKey })]))

  const { selected, toggle, toggleAll, clear } = useSelection(rows, rows.key)
  const [asked, setAsked] = useState<{ asking: Asking; ids: readonly number[] }>()
  const deeds = useListDeeds({ selected, clear, ask: (asking, ids) => setAsked({ asking, ids }) })
  const ids = [...selected.keys()]
  const open = (id: number | undefined) => change({ deal: id === undefined ? undefined : String(id) })

  return (
    <div className="list-page">
      <h1 className="out-of-sight">Deals</h1>
      <div className="board-bar">
        <select
          className="input board-pipeline"
          aria-label="Pipeline"
          value={params.pipelineId ?? ''}
          onChange={(event) => navigate(withSearch(event.target.value ? `/list/${event.target.value}` : '/list', keptOf(state)))}
        >
          <option value="">All pipelines</option>
          {pipelines?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <select
          className="input bar-sort"
          aria-label="Status"
          value={statusOf(state)}
          onChange={(event) => change({ status: event.target.value === 'open' ? undefined : event.target.value })}
        >
          {(Object.keys(statuses) as Status[]).map((status) => (
            <option key={status} value={status}>
              {statuses[status]}
            </option>
          ))}
        </select>
        <span className="list-count">{howMany(rows.total ?? counted, rows.known)}</span>
        <span className="board-bar-space" />
        <FilterBar state={state} change={change} isList />
        <Views page="list" kept={keptOf(state)} />
        <a className="button" href={csvPath(query, choice)}>
          CSV
        </a>
        <ColumnChooser columns={columns} choice={choice} onChoose={choose} />
      </div>
      {rows.error && rows.known === 0 ? (
        <EmptyState title="The deals cannot be read" actions={<Button onClick={rows.retry}>Try again</Button>}>
          {sentence(rows.error)}
        </EmptyState>
      ) : rows.total === 0 ? (
        <Nothing state={state} clear={() => navigate(path, { replace: true })} />
      ) : (
        <DealGrid
          columns={shown}
          rows={rows}
          lookups={lookups}
          sort={listSortOf(state)}
          onSort={(sort) => change({ sort })}
          selected={selected}
          onToggle={toggle}
          onToggleAll={toggleAll}
          mayEdit={can('member')}
          onOpen={open}
        />
      )}
      {ids.length > 0 && <BulkBar n={ids.length} ids={ids} deeds={deeds} />}
      <Suspense fallback={null}>
        {asked && (
          <Ask
            asking={asked.asking}
            about={named([...selected.values()], asked.ids.length)}
            pipelineId={pipelineId ?? 0}
            onClose={() => setAsked(undefined)}
          />
        )}
        {state.deal && /^\d+$/.test(state.deal) && <DealPanel id={Number(state.deal)} onClose={() => open(undefined)} />}
      </Suspense>
    </div>
  )
}

const howMany = (total: number | undefined, known: number): string =>
  total === undefined ? `${count(known)}+ deals` : plural(total, 'deal')

const Nothing = ({ state, clear }: { state: SearchState; clear: () => void }) =>
  isWhole(state) ? (
    <EmptyState title={`No ${statusOf(state) === 'all' ? '' : `${statuses[statusOf(state)].toLowerCase()} `}deals`}>
      Deals that are added on the board, imported, or come through an integration stand here.
    </EmptyState>
  ) : (
    <EmptyState title="No deal fits the filter" actions={<Button onClick={clear}>Show all</Button>} />
  )

/** What the ids of rows stand for. */
function useLookups(): { lookups: Lookups; fields: Lookups['fields'] } {
  const stages = useStages().data
  const users = useUsers().data
  const reasons = useLossReasons().data
  const fields = useCustomFields().data
  return useMemo(() => {
    const byId = <T extends { id: number }>(all: readonly T[] = []) => new Map(all.map((one) => [one.id, one]))
    const own = fields ?? []
    return {
      lookups: { stages: byId(stages), users: byId(users), reasons: byId(reasons), fields: own, today: today() },
      fields: own,
    }
  }, [stages, users, reasons, fields])
}

/** The chosen columns: those of the address, or else those that the person chose last in this browser. */
function useChoice(
  state: SearchState,
  change: (change: SearchState) => void,
  key: string,
  columns: Parameters<typeof readChoice>[1],
): [readonly string[], (choice: readonly string[] | undefined) => void] {
  const [kept, setKept] = useState(() => localStorage.getItem(key))
  const text = state.columns ?? kept
  const choice = useMemo(() => readChoice(text, columns), [text, columns])
  const choose = (next: readonly string[] | undefined) => {
    const said = next && !isUsual(next) ? writeChoice(next) : undefined
    if (said === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, said)
    setKept(said ?? null)
    change({ columns: said })
  }
  return [choice, choose]
}

/** The selected rows, and how they are chosen: one by one, or all between two with Shift. */
function useSelection(rows: ReturnType<typeof useRows>, list: string) {
  const [state, setState] = useState<{ list: string; selected: ReadonlyMap<number, Row> }>({ list, selected: new Map() })
  const selected = state.list === list ? state.selected : new Map<number, Row>()
  const last = useRef(0)
  const set = (next: ReadonlyMap<number, Row>) => setState({ list, selected: next })
  const toggle = (row: Row, index: number, isRange: boolean) => {
    const next = new Map(selected)
    const from = isRange ? Math.min(last.current, index) : index
    const to = isRange ? Math.max(last.current, index) : index
    const between = Array.from({ length: to - from + 1 }, (_, nth) => rows.rowAt(from + nth) ?? []).flat()
    if (isRange) for (const one of between) next.set(one.id, one)
    else if (!next.delete(row.id)) next.set(row.id, row)
    last.current = index
    set(next)
  }
  const toggleAll = () => {
    const here = rows.here()
    const isAll = here.every(({ id }) => selected.has(id))
    set(new Map(isAll ? [] : here.map((row) => [row.id, row])))
  }
  return { selected, toggle, toggleAll, clear: useCallback(() => setState({ list, selected: new Map() }), [list]) }
}
