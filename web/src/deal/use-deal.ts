import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import type { EventJson } from '../../../src/dialects/native/events.ts'
import { get, getData, type ListOf, Refused, sentence, write } from '../api.ts'
import { when } from '../format.ts'
import { keys, queryClient, useUsers } from '../queries.ts'
import { told } from '../undo.ts'

export type Patch = Readonly<Record<string, unknown>>

/** What a field says after it was refused; kept with what the person wanted, so that it is not lost. */
export interface Conflict {
  field: string
  said: string
}

const readDeal = (id: number) => getData<DealJson>(`/deals/${id}`)

/**
 * One deal, and changing it field by field. A write insists on the version that the person saw. Where somebody else has changed the
 * deal in the meantime, but not this field, it is written again on top of that; where it was this field, the person is told who it was.
 */
export function useDeal(id: number) {
  const query = useQuery({ queryKey: keys.deal(id), queryFn: () => readDeal(id), retry: false })
  const users = useUsers().data
  const [conflict, setConflict] = useState<Conflict>()

  const keep = (deal: DealJson) => {
    queryClient.setQueryData(keys.deal(id), deal)
    void queryClient.invalidateQueries({ queryKey: keys.dealEvents(id) })
    void queryClient.invalidateQueries({ queryKey: keys.stageTimes(id) })
  }

  async function save(field: string, patch: Patch, said: string): Promise<boolean> {
    const seen = queryClient.getQueryData<DealJson>(keys.deal(id))
    if (!seen) return false
    setConflict(undefined)
    try {
      const { data, undo } = await sendPatch(seen, patch)
      keep(data)
      told(said, undo)
      return true
    } catch (error) {
      const isStale = error instanceof Refused && error.status === 412
      setConflict({ field, said: isStale ? await whoChanged() : sentence(error) })
      return false
    }
  }

  async function whoChanged(): Promise<string> {
    const { data } = await get<ListOf<EventJson>>(`/deals/${id}/events`, { sort: '-id', limit: 1 })
    const [last] = data
    const who = users?.find((user) => user.id === last?.user)?.name ?? 'Somebody'
    return `${who} changed this ${last ? when(last.at) : 'in the meantime'}. What stands here now is theirs; type again to change it.`
  }

  async function sendPatch(seen: DealJson, patch: Patch) {
    try {
      return await write<DealJson>('PATCH', `/deals/${id}`, patch, seen.version)
    } catch (error) {
      if (!(error instanceof Refused && error.status === 412)) throw error
      const fresh = await readDeal(id)
      queryClient.setQueryData(keys.deal(id), fresh)
      if (fieldsOf(patch).some((field) => JSON.stringify(fresh[field]) !== JSON.stringify(seen[field]))) throw error
      return write<DealJson>('PATCH', `/deals/${id}`, patch, fresh.version)
    }
  }

  /** Moves, wins, loses, reopens. */
  async function act(path: string, body: unknown, said: string): Promise<void> {
    setConflict(undefined)
    try {
      const { data, undo } = await write<DealJson>('POST', `/deals/${id}/${path}`, body)
      keep(data)
      told(said, undo)
    } catch (error) {
      setConflict({ field: 'stage', said: sentence(error) })
    }
  }

  return { deal: query.data, error: query.error, save, act, conflict }
}

export type DealAccess = ReturnType<typeof useDeal>

/** The fields of a deal that a patch changes; a value is what the amount is shown as. */
const fieldsOf = (patch: Patch): (keyof DealJson)[] => Object.keys(patch) as (keyof DealJson)[]
