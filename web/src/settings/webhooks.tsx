import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { WebhookJson } from '../../../src/dialects/native/webhooks.ts'
import { getData, sentence, write } from '../api.ts'
import { Button } from '../ui/button.tsx'
import type { MenuEntry } from '../ui/menu.tsx'
import { MoreMenu } from '../ui/more-menu.tsx'
import { EmptyState, SkeletonLines, When } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { Deliveries, deliveriesKey } from './deliveries.tsx'
import { Section, Table } from './section.tsx'
import { RemoveWebhook, WebhookDialog } from './webhook-dialogs.tsx'

const webhooksKey = ['webhooks'] as const

type Asked = { what: 'edit' | 'remove'; hook: WebhookJson } | { what: 'add' }

/** Who hears of what happens here, and what was sent to them. */
export function Webhooks() {
  const { data, error } = useQuery({
    queryKey: webhooksKey,
    queryFn: ({ signal }) => getData<WebhookJson[]>('/webhooks', {}, signal),
  })
  const [asked, setAsked] = useState<Asked>()
  const [openId, setOpenId] = useState<number>()
  const opened = data?.find(({ id }) => id === openId)
  const close = () => setAsked(undefined)
  return (
    <>
      <Section
        title="Webhooks"
        about="Each change is told to these addresses as it happens, signed, and again until it arrives. Those that an integration made are told in its own API’s words."
        actions={<Button onClick={() => setAsked({ what: 'add' })}>Add webhook</Button>}
      >
        {error ? (
          <EmptyState title="The webhooks cannot be read">{sentence(error)}</EmptyState>
        ) : data === undefined ? (
          <SkeletonLines />
        ) : data.length === 0 ? (
          <EmptyState title="Nobody listens yet">
            Add the address of something that should hear of changes, or let an integration subscribe through its own API.
          </EmptyState>
        ) : (
          <Table label="Webhooks" heads={['Address', 'Hears of', 'API', 'State', 'Last sent', '']}>
            {data.map((hook) => (
              <Hook
                key={hook.id}
                hook={hook}
                isOpen={hook.id === openId}
                onOpen={() => setOpenId(hook.id === openId ? undefined : hook.id)}
                onAsk={(what) => setAsked({ what, hook })}
              />
            ))}
          </Table>
        )}
      </Section>
      {opened && <Deliveries key={opened.id} hook={opened} />}
      {asked?.what === 'add' && <WebhookDialog onClose={close} />}
      {asked?.what === 'edit' && <WebhookDialog hook={asked.hook} onClose={close} />}
      {asked?.what === 'remove' && <RemoveWebhook hook={asked.hook} onClose={close} />}
    </>
  )
}

const hears = (events: readonly string[]): string =>
  events.includes('*')
    ? 'Everything'
    : events.length > 2
      ? `${events.slice(0, 2).join(', ')} and ${events.length - 2} more`
      : events.join(', ')

interface HookProps {
  hook: WebhookJson
  isOpen: boolean
  onOpen: () => void
  onAsk: (what: 'edit' | 'remove') => void
}

function Hook({ hook, isOpen, onOpen, onAsk }: HookProps) {
  const { act, isBusy } = useAct()
  const name = hook.name || hook.url
  const path = `/webhooks/${hook.id}`
  const changes = [webhooksKey, deliveriesKey(hook.id)]
  const set = (state: 'active' | 'paused', done: string) => act({ write: () => write('PATCH', path, { state }), changes, done })
  const items: readonly MenuEntry[] = [
    { label: isOpen ? 'Hide deliveries' : 'Show deliveries', onClick: onOpen },
    {
      label: 'Send a test',
      onClick: () => act({ write: () => write('POST', `${path}/test`, {}), changes, done: `A test was sent to “${name}”.` }),
    },
    hook.state === 'active'
      ? { label: 'Pause', onClick: () => set('paused', `“${name}” paused. Changes queue up until it goes on.`) }
      : { label: hook.state === 'paused' ? 'Go on' : 'Enable', onClick: () => set('active', `“${name}” is active again.`) },
    ...(hook.dialect === 'native' ? [{ label: 'Change…', onClick: () => onAsk('edit') }] : []),
    'line',
    { label: 'Remove…', danger: true, onClick: () => onAsk('remove') },
  ]
  return (
    <tr className={hook.state === 'active' ? '' : 'faded'}>
      <td>
        <button type="button" className="hook-open" aria-expanded={isOpen} onClick={onOpen}>
          {hook.name && <span>{hook.name}</span>}
          <span className={hook.name ? 'secondary' : ''}>{hook.url}</span>
        </button>
      </td>
      <td title={hook.events.join(', ')}>{hears(hook.events)}</td>
      <td>{hook.dialect}</td>
      <td>
        <State hook={hook} />
      </td>
      <td>{hook.lastAttemptAt ? <When at={hook.lastAttemptAt} /> : <span className="secondary">Never</span>}</td>
      <td className="end">
        <MoreMenu of={name} items={items} disabled={isBusy} />
      </td>
    </tr>
  )
}

function State({ hook }: { hook: WebhookJson }) {
  if (hook.state === 'paused') return <>Paused</>
  if (hook.state === 'disabled')
    return (
      <span className="meaning-lost" title={hook.reason ?? undefined}>{`Disabled${hook.reason ? `: ${hook.reason}` : ''}`}</span>
    )
  if (hook.failingSince === null) return <>Active</>
  return (
    <span className="meaning-rotting">
      Failing since <When at={hook.failingSince} />
    </span>
  )
}
