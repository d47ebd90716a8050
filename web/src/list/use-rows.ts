import { useQueries } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import { get, getData, type ListOf, type Query, queryText } from '../api.ts'
import { queryClient } from '../queries.ts'
import { type Known, nothingKnown, pageSize, pagesFor, roomFor, withPage } from './keyset.ts'

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

interface Seen {
  key: string
  known: Known
  from: number
  to: number
  kept: number
}

const unseen = { known: nothingKnown, from: 0, to: 0, kept: 0 }

/** The rows of a filter in an order, read where they come into sight. */
export function useRows(query: Query, names: Names) {
  const key = queryText(query)
  const [state, setState] = useState<Seen>({ key, ...unseen })
  // Another filter is another list.
  const current = state.key === key ? state : { key, ...unseen }
  if (current !== state) setState(current)
  const { known, from, to, kept } = current
  const wanted = [...new Set([...pagesFor(known, from, to), ...pagesFor(known, kept, kept)])]

  const results = useQueries({
    queries: wanted.map((index) => {
      const cursor = known.cursors[index] ?? undefined
      return {
        queryKey: [...listKey, key, names, cursor ?? ''],
        queryFn: ({ signal }: { signal: AbortSignal }) => readPage({ ...query, cursor }, names, signal),
        gcTime: keepMs,
        staleTime: 10_000,
      }
    }),
  })

  useEffect(() => {
    setState((before) => {
      if (before.key !== key) return before
      let next = before.known
      for (const [nth, index] of wanted.entries()) {
        const page = results[nth]?.data
        if (page) next = withPage(next, index, { length: page.data.length, next: page.next })
      }
      return next === before.known ? before : { ...before, known: next }
    })
  })

  return {
    /** Names the list: another filter or order is another one. */
    key,
    /** How many rows there is room for: all, or those that are known and the page after them. */
    room: roomFor(known),
    /** How many are known to be there so far. */
    known: known.total ?? (known.cursors.length - 1) * pageSize,
    /** How many there are, once the end has been seen. */
    total: known.total,
    rowAt: (index: number): Row | undefined => {
      const nth = wanted.indexOf(Math.floor(index / pageSize))
      return results[nth]?.data?.data[index % pageSize]
    },
    /** Every row that is here now, in its order. */
    here: (): Row[] => results.flatMap(({ data }) => data?.data ?? []),
    /** Which rows are in sight, and one that stays where it is even out of sight. */
    see: (from: number, to: number, kept = from) =>
      setState((before) =>
        before.from === from && before.to === to && before.kept === kept ? before : { ...before, from, to, kept },
      ),
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
