import { useQueries } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import { get, getData, type ListOf, type Query, queryText } from '../api.ts'
import { queryClient } from '../queries.ts'
import {
  asked,
  beginOf,
  type Known,
  knownRows,
  nothingKnown,
  type Page,
  pageSize,
  pagesFor,
  placeOf,
  roomFor,
  withPage,
} from './keyset.ts'

/** A deal with the names that its row shows. */
export interface Row extends DealJson {
  companyName: string | null
  contactName: string | null
}

/** Which names are looked up: those of the columns that are shown. */
export interface Names {
  company: boolean
  contact: boolean
}

type RowPage = ListOf<Row>

const listKey = ['deals', 'list'] as const

/** Pages that are out of sight are forgotten after a while, so that scrolling through a million rows does not keep them. */
const keepMs = 60_000

async function readPage(query: Query, names: Names, signal: AbortSignal): Promise<RowPage> {
  const page = await get<ListOf<DealJson>>('/deals', { ...query, limit: pageSize }, signal)
  const [companies, contacts] = await Promise.all([
    names.company ? namesAt('/companies', page.data, 'companyId', signal) : new Map<number, string>(),
    names.contact ? namesAt('/contacts', page.data, 'contactId', signal) : new Map<number, string>(),
  ])
  const data = page.data.map((deal) => ({
    ...deal,
    companyName: companies.get(deal.companyId ?? 0) ?? null,
    contactName: contacts.get(deal.contactId ?? 0) ?? null,
  }))
  return { data, next: page.next }
}

async function namesAt(path: string, deals: readonly DealJson[], key: 'companyId' | 'contactId', signal: AbortSignal) {
  const ids = [...new Set(deals.flatMap((deal) => deal[key] ?? []))]
  if (ids.length === 0) return new Map<number, string>()
  const found = await getData<{ id: number; name: string }[]>(path, { ids: ids.join(), deleted: 'both', limit: 200 }, signal)
  return new Map(found.map(({ id, name }) => [id, name]))
}

/** From low to high where it was from high to low. */
const reversed = (sort: unknown): string => (String(sort).startsWith('-') ? String(sort).slice(1) : `-${sort}`)

/** A page as the API is asked for it: from the back in the reverse order. */
function queryOf(query: Query, known: Known, page: Page): Query {
  const begin = beginOf(known, page)
  const sort = page.end === 'back' ? reversed(query.sort) : query.sort
  return { ...query, sort, ...(typeof begin === 'string' ? { cursor: begin } : { skip: begin || undefined }) }
}

interface Seen {
  key: string
  known: Known
  from: number
  to: number
  kept: number
}

const unseen = { known: nothingKnown, from: 0, to: 0, kept: 0 }

/** So long a bar that is dragged has to stand still before what is there is read. */
const stillMs = 80

/** The rows of a filter in an order, read where they come into sight. `counted`: how many there are, where the server has counted them. */
export function useRows(query: Query, names: Names, counted?: number) {
  const key = queryText(query)
  const [state, setState] = useState<Seen>({ key, ...unseen })
  // Another filter is another list.
  const current = state.key === key ? state : { key, ...unseen }
  if (current !== state) setState(current)
  const { known, from, to, kept } = current
  const total = known.total ?? counted
  const keyOf = (page: Page) => [...listKey, queryText(queryOf(query, known, page)), names]
  const inSight = pagesFor(known, counted, from, to)
  // What may come into sight is read once what is in sight is there.
  const isThere = inSight.every((page) => queryClient.getQueryData(keyOf(page)) !== undefined)
  const wanted = isThere ? pagesFor(known, counted, from, to, true) : inSight
  for (const page of pagesFor(known, counted, kept, kept))
    if (!wanted.some(({ end, nth }) => end === page.end && nth === page.nth)) wanted.push(page)

  const results = useQueries({
    queries: wanted.map((page) => {
      const asking = queryOf(query, known, page)
      return {
        queryKey: keyOf(page),
        queryFn: ({ signal }: { signal: AbortSignal }) => readPage(asking, names, signal),
        gcTime: keepMs,
        staleTime: 10_000,
      }
    }),
  })

  useEffect(() => {
    setState((before) => {
      if (before.key !== key) return before
      let next = wanted.reduce(asked, before.known)
      for (const [nth, page] of wanted.entries()) {
        const read = results[nth]?.data
        if (read) next = withPage(next, page, { length: read.data.length, next: read.next })
      }
      return next === before.known ? before : { ...before, known: next }
    })
  })

  const still = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(still.current), [])
  const look = (from: number, to: number, kept: number) =>
    setState((before) =>
      before.from === from && before.to === to && before.kept === kept ? before : { ...before, from, to, kept },
    )

  return {
    /** Names the list: another filter or order is another one. */
    key,
    /** How many rows there is room for: all, or those that are known and the page after them. */
    room: roomFor(known, counted),
    /** How many are known to be there so far. */
    known: knownRows(known, counted),
    /** How many there are, once the end has been seen. */
    total: known.total,
    rowAt: (index: number): Row | undefined => {
      const { end, nth, at } = placeOf(index, total)
      const page = wanted.findIndex((page) => page.end === end && page.nth === nth)
      return results[page]?.data?.data[at]
    },
    /** Every row that is here now. */
    here: (): Row[] => [...new Map(results.flatMap(({ data }) => data?.data ?? []).map((row) => [row.id, row])).values()],
    /** Which rows are in sight, and one that stays where it is even out of sight. */
    see: (first: number, last: number, stays = first) => {
      clearTimeout(still.current)
      if (Math.abs(first - from) < pageSize) look(first, last, stays)
      else still.current = setTimeout(() => look(first, last, stays), stillMs)
    },
    error: results.find(({ error }) => error)?.error ?? null,
    retry: () => void Promise.all(results.map((result) => result.refetch())),
  }
}

/** Shows a deal as it is now wherever it stands in a list, without moving it. */
export function showDeal(deal: DealJson): void {
  queryClient.setQueriesData<RowPage>({ queryKey: listKey }, (page) => {
    if (!page?.data.some(({ id }) => id === deal.id)) return page
    return { ...page, data: page.data.map((row) => (row.id === deal.id ? { ...row, ...deal } : row)) }
  })
}

/** Reads again what is in sight of every list of deals. */
export const refreshLists = (): Promise<void> => queryClient.invalidateQueries({ queryKey: listKey })
