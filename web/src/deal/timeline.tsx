import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { EventJson } from '../../../src/dialects/native/events.ts'
import { get, getData, type ListOf } from '../api.ts'
import { keys, useCustomFields, useLossReasons, usePipelines, useStages, useUsers } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Avatar, SkeletonLines, When } from '../ui/small.tsx'
import { type Names, tell } from './events.ts'

/** What happened to the deal, the newest first. */
export function Timeline({ id }: { id: number }) {
  const events = useInfiniteQuery({
    queryKey: keys.dealEvents(id),
    queryFn: ({ pageParam, signal }) =>
      get<ListOf<EventJson>>(`/deals/${id}/events`, { sort: '-id', limit: 50, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const all = useMemo(() => events.data?.pages.flatMap(({ data }) => data) ?? [], [events.data])
  const names = useNames(all)
  if (events.isPending || !names) return <SkeletonLines lines={4} />
  return (
    <section className="deal-timeline" aria-label="What happened">
      <h3>History</h3>
      <ol>
        {all.map((event) => {
          const { who, what, via } = tell(event, names)
          return (
            <li key={event.id} className="deal-event">
              <Avatar name={who} />
              <p>
                {who} {what}
                <span className="secondary">
                  <When at={event.at} /> · {via}
                </span>
              </p>
            </li>
          )
        })}
      </ol>
      {events.hasNextPage && <Button onClick={() => void events.fetchNextPage()}>Show earlier</Button>}
    </section>
  )
}

/** Names for what the events know by id; undefined while they are on their way. */
function useNames(events: readonly EventJson[]): Names | undefined {
  const [users, stages, pipelines, reasons, fields] = [
    useUsers().data,
    useStages().data,
    usePipelines().data,
    useLossReasons().data,
    useCustomFields().data,
  ]
  const apis = useQuery({
    queryKey: ['apis'],
    queryFn: ({ signal }) => getData<{ name: string; title: string }[]>('/apis', {}, signal),
  }).data
  const parties = usePartyNames(events)
  return useMemo(() => {
    if (!users || !stages || !pipelines || !reasons || !fields || !apis) return undefined
    const by = (list: readonly { id: number; name: string }[], noun: string) => (id: number) =>
      list.find((one) => one.id === id)?.name ?? `${noun} ${id}`
    return {
      user: by(users, 'Member'),
      stage: by(stages, 'stage'),
      pipeline: by(pipelines, 'pipeline'),
      reason: by(reasons, 'reason'),
      party: (id) => parties.get(id) ?? `no. ${id}`,
      field: (id) => fields.find((field) => String(field.id) === id)?.name ?? 'a field',
      api: (name) => apis.find((api) => api.name === name)?.title ?? name,
    }
  }, [users, stages, pipelines, reasons, fields, apis, parties])
}

/** Contacts and companies that the events speak of. */
function usePartyNames(events: readonly EventJson[]): ReadonlyMap<number, string> {
  const idsOf = (key: 'contactId' | 'companyId') =>
    [...new Set(events.flatMap(({ after }) => (typeof after?.[key] === 'number' ? [after[key]] : [])))].slice(0, 200).join(',')
  const [contacts, companies] = [idsOf('contactId'), idsOf('companyId')]
  const read = async (path: string, ids: string, signal: AbortSignal) =>
    ids === '' ? [] : getData<{ id: number; name: string }[]>(path, { ids, deleted: 'both', limit: 200 }, signal)
  const { data } = useQuery({
    queryKey: ['parties', contacts, companies],
    queryFn: async ({ signal }) => [
      ...(await read('/contacts', contacts, signal)),
      ...(await read('/companies', companies, signal)),
    ],
    placeholderData: (before) => before,
  })
  return useMemo(() => new Map(data?.map(({ id, name }) => [id, name])), [data])
}
