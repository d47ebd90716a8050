import { type FormEvent, useState } from 'react'
import type { NewWebhookJson, WebhookJson } from '../../../src/dialects/native/webhooks.ts'
import { sentence, write } from '../api.ts'
import { Button } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { FaultBox } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'

const changes = [['webhooks']]

/** What there is to be heard of, noun by noun. */
const events = {
  Deals: ['deal.created', 'deal.updated', 'deal.moved', 'deal.deleted', 'deal.restored'],
  Stages: ['stage.created', 'stage.updated', 'stage.moved', 'stage.deleted'],
  Pipelines: ['pipeline.created', 'pipeline.updated', 'pipeline.deleted'],
} as const

interface WebhookDialogProps {
  /** Not given: a new one is added. */
  hook?: WebhookJson
  onClose: () => void
}

/** Where changes are told, and which. The secret of a new one is shown once. */
export function WebhookDialog({ hook, onClose }: WebhookDialogProps) {
  const { act, isBusy, fault, error } = useAct<NewWebhookJson>({ quiet: true })
  const [url, setUrl] = useState(hook?.url ?? '')
  const [name, setName] = useState(hook?.name ?? '')
  const [heard, setHeard] = useState<readonly string[]>(hook?.events ?? ['*'])
  const [made, setMade] = useState<NewWebhookJson>()
  const isAll = heard.includes('*')
  const faults = { url: fault('url', 'Address'), name: fault('name', 'Name'), events: fault('events', 'Events') }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const body = { url: url.trim(), name: name.trim(), events: isAll ? ['*'] : heard }
    act({
      write: () => (hook ? write('PATCH', `/webhooks/${hook.id}`, body) : write('POST', '/webhooks', body)),
      changes,
      ...(hook ? { done: 'Webhook saved.' } : {}),
      onDone: ({ data }) => (hook ? onClose() : setMade(data)),
    })
  }
  if (made)
    return (
      <Dialog title="The new webhook" open onClose={onClose}>
        <p>Deliveries are signed with this secret, as Standard Webhooks has it. It is shown this once.</p>
        <Copyable label="Secret" text={made.secret ?? ''} />
        <DialogActions>
          <Button looks="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    )
  return (
    <Dialog title={hook ? 'Change the webhook' : 'Add a webhook'} open onClose={onClose}>
      <form onSubmit={submit} className="settings-form">
        <TextField
          label="Address"
          type="url"
          placeholder="https://example.com/hooks"
          required
          maxLength={2000}
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          fault={faults.url}
        />
        <TextField
          label="Name"
          hint="To recognise it by."
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={faults.name}
        />
        <fieldset className="hook-events">
          <legend className="secondary">Hears of</legend>
          <label className="check">
            <input type="checkbox" checked={isAll} onChange={(event) => setHeard(event.target.checked ? ['*'] : [])} />
            Everything
          </label>
          {!isAll &&
            Object.entries(events).map(([noun, types]) => (
              <div key={noun}>
                {types.map((type) => (
                  <label key={type} className="check">
                    <input
                      type="checkbox"
                      checked={heard.includes(type)}
                      onChange={(event) =>
                        setHeard(event.target.checked ? [...heard, type] : heard.filter((other) => other !== type))
                      }
                    />
                    <code>{type}</code>
                  </label>
                ))}
              </div>
            ))}
        </fieldset>
        {faults.events && <FaultBox>Choose at least one event.</FaultBox>}
        {error && !faults.url && !faults.name && !faults.events && <FaultBox>{sentence(error)}</FaultBox>}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" looks="primary" disabled={isBusy}>
            {hook ? 'Save' : 'Add webhook'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

export function RemoveWebhook({ hook, onClose }: { hook: WebhookJson; onClose: () => void }) {
  const { act, isBusy } = useAct()
  const remove = () =>
    act({ write: () => write('DELETE', `/webhooks/${hook.id}`), changes, done: 'Webhook removed.', onDone: onClose })
  return (
    <Dialog title={`Remove the webhook “${hook.name || hook.url}”?`} open onClose={onClose}>
      <p>What is still on its way to it is dropped. An integration that made it will no longer hear of changes.</p>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button looks="danger" disabled={isBusy} onClick={remove}>
          Remove webhook
        </Button>
      </DialogActions>
    </Dialog>
  )
}
