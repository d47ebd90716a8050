import { type FormEvent, useState } from 'react'
import type { WorkspaceJson } from '../../../src/dialects/native/account.ts'
import { write } from '../api.ts'
import { keys, useWorkspace } from '../queries.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { SkeletonLines } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { currencies, currencyLabel } from './currency-names.ts'
import { ReadOnlyNote, Section } from './section.tsx'

const timeZones = Intl.supportedValuesOf('timeZone')
const locales = [
  'en-US',
  'en-GB',
  'de-DE',
  'fr-FR',
  'es-ES',
  'it-IT',
  'nl-NL',
  'pl-PL',
  'pt-BR',
  'ru-RU',
  'sv-SE',
  'tr-TR',
  'ja-JP',
  'zh-CN',
]
const localeName = (locale: string): string => new Intl.DisplayNames(undefined, { type: 'language' }).of(locale) ?? locale
const withOwn = (list: readonly string[], own: string): readonly string[] => (list.includes(own) ? list : [own, ...list])

/** What the team calls itself, and how it counts. */
export function Workspace() {
  const { data } = useWorkspace()
  return (
    <Section title="Workspace" about="What all members share. Every API answers by it.">
      {data ? <Form key={data.updatedAt} workspace={data} /> : <SkeletonLines lines={5} />}
    </Section>
  )
}

type Draft = Pick<WorkspaceJson, 'name' | 'currency' | 'timeZone' | 'locale'> & { probability: boolean }

function Form({ workspace }: { workspace: WorkspaceJson }) {
  const mayChange = useSession().can('admin')
  const { act, isBusy, fault } = useAct()
  const [draft, setDraft] = useState<Draft>({
    name: workspace.name,
    currency: workspace.currency,
    timeZone: workspace.timeZone,
    locale: workspace.locale,
    probability: workspace.features.probability,
  })
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { probability, ...fields } = draft
    act({
      write: () => write('PATCH', '/workspace', { ...fields, features: { probability } }),
      changes: [keys.workspace, keys.me, ['board'], ['reports']],
      done: 'Workspace saved.',
    })
  }
  return (
    <form onSubmit={submit} className="settings-form">
      {!mayChange && <ReadOnlyNote least="admin" />}
      <fieldset disabled={!mayChange || isBusy}>
        <TextField
          label="Name"
          required
          maxLength={255}
          value={draft.name}
          onChange={(event) => set({ name: event.target.value })}
          fault={fault('name', 'Name')}
        />
        <TextField label="Subdomain" readOnly value={workspace.subdomain} hint="Names the workspace in addresses. It stays." />
        <SelectField
          label="Currency"
          hint="New deals are counted in it, and totals are converted to it."
          value={draft.currency}
          onChange={(event) => set({ currency: event.target.value })}
          fault={fault('currency', 'Currency')}
        >
          {currencies.map((code) => (
            <option key={code} value={code}>
              {currencyLabel(code)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Time zone"
          hint="Decides on which day something falls."
          value={draft.timeZone}
          onChange={(event) => set({ timeZone: event.target.value })}
          fault={fault('timeZone', 'Time zone')}
        >
          {withOwn(timeZones, workspace.timeZone).map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll('_', ' ')}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Locale"
          hint="For integrations that ask for it. These pages follow your own browser."
          value={draft.locale}
          onChange={(event) => set({ locale: event.target.value })}
          fault={fault('locale', 'Locale')}
        >
          {withOwn(locales, workspace.locale).map((locale) => (
            <option key={locale} value={locale}>
              {localeName(locale)}
            </option>
          ))}
        </SelectField>
        <label className="check">
          <input type="checkbox" checked={draft.probability} onChange={(event) => set({ probability: event.target.checked })} />
          Weigh deals by probability
        </label>
        {mayChange && (
          <div className="actions">
            <Button type="submit" looks="primary">
              Save
            </Button>
          </div>
        )}
      </fieldset>
    </form>
  )
}
