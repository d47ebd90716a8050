import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import type { DeliveryJson } from '../../../src/dialects/native/deliveries.ts'
import type { WebhookJson } from '../../../src/dialects/native/webhooks.ts'
import { get, type ListOf, write } from '../api.ts'
import { count } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { EmptyState, SkeletonLines, When } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { Section, Table } from './section.tsx'

export const deliveriesKey = (hookId: number) => ['deliveries', hookId] as const

const states = { pending: 'Waiting', delivered: 'Arrived', failed: 'Failed', dropped: 'Dropped' } as const

/** While the log is looked at it is read again, because deliveries go on by themselves. */
const everyMs = 5000

/** What was sent to a webhook, what was answered, and sending it again. */
export function Deliveries({ hook }: { hook: WebhookJson }) {
  const [state, setState] = useState('')
  const [deal, setDeal] = useState('')
  const { act, isBusy } = useAct()
  const changes = [deliveriesKey(hook.id), ['webhooks']]
  const filter = { state: state || undefined, dealId: /^\d+$/.test(deal.trim()) ? deal.trim() : undefined }
  const path = `/webhooks/${hook.id}/deliveries`
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...deliveriesKey(hook.id), filter],
    queryFn: ({ pageParam, signal }) => get<ListOf<DeliveryJson>>(path, { ...filter, limit: 50, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: everyMs,
  })
  const shown = data?.pages.flatMap((page) => page.data)
  const replay = (delivery: DeliveryJson) =>
    act({ write: () => write('POST', `${path}/${delivery.id}/replay`), changes, done: 'It is sent again.' })
  return (
    <Section
      title={`Deliveries to ${hook.name || hook.url}`}
      actions={
        <Button
          disabled={isBusy}
          onClick={() =>
            act({ write: () => write('POST', `/webhooks/${hook.id}/replay`, {}), changes, done: 'What failed is sent again.' })
          }
        >
          Send failed ones again
        </Button>
      }
    >
      <div className="settings-row">
        <SelectField label="State" value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">All</option>
          {Object.entries(states).map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </SelectField>
        <TextField
          label="About deal number"
          inputMode="numeric"
          value={deal}
          onChange={(event) => setDeal(event.target.value)}
          fault={deal.trim() === '' || filter.dealId ? undefined : 'A number.'}
        />
      </div>
      {shown === undefined ? (
        <SkeletonLines />
      ) : shown.length === 0 ? (
        <EmptyState title="Nothing was sent">
          {state || deal ? 'Nothing fits the filter.' : 'Send a test, or change a deal.'}
        </EmptyState>
      ) : (
        <Table label="Deliveries" heads={['What', 'About', 'State', 'Answer', 'Took', 'When', '']}>
          {shown.map((delivery) => (
            <tr key={delivery.id}>
              <td>
                <code>{delivery.topic}</code>
              </td>
              <td>
                {delivery.subject === 'deal' ? (
                  <Link href={`/deals/${delivery.subjectId}`}>deal {delivery.subjectId}</Link>
                ) : (
                  `${delivery.subject} ${delivery.subjectId || ''}`
                )}
              </td>
              <td>
                <StateOf delivery={delivery} />
              </td>
              <td title={delivery.error ?? undefined}>{delivery.status ?? delivery.error ?? ''}</td>
              <td className="number">{delivery.durationMs === null ? '' : `${count(delivery.durationMs)} ms`}</td>
              <td>
                <When at={delivery.attemptedAt ?? delivery.createdAt} />
              </td>
              <td className="end">
                <Button looks="plain" disabled={isBusy} onClick={() => replay(delivery)}>
                  Send again
                </Button>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {hasNextPage && (
        <div className="settings-foot">
          <Button disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </Section>
  )
}

function StateOf({ delivery: { state, attempts } }: { delivery: DeliveryJson }) {
  const looks = state === 'delivered' ? 'meaning-won' : state === 'failed' ? 'meaning-lost' : ''
  return (
    <>
      <span className={looks}>{states[state]}</span>
      {attempts > 1 && <span className="secondary"> after {attempts} attempts</span>}
    </>
  )
}
