import { type FormEvent, useState } from 'react'
import type { WorkspaceJson } from '../../../src/dialects/native/account.ts'
import { write } from '../api.ts'
import { keys, useWorkspace } from '../queries.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { readDecimal } from '../ui/decimal.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { Icon } from '../ui/icons.tsx'
import { EmptyState, SkeletonLines } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { currencies, currencyLabel, currencyName } from './currency-names.ts'
import { ReadOnlyNote, Section, Table } from './section.tsx'

/** What one unit of another currency is worth in the workspace's own. */
export function Currencies() {
  const { data } = useWorkspace()
  return (
    <Section
      title="Currencies and rates"
      about={
        data
          ? `Totals are always shown per currency. At these rates they are also added up in ${data.currency}; a currency without a rate is named and left out.`
          : undefined
      }
    >
      {data ? <Rates key={data.updatedAt} workspace={data} /> : <SkeletonLines />}
    </Section>
  )
}

const rateFormat = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 10 })

function Rates({ workspace }: { workspace: WorkspaceJson }) {
  const mayChange = useSession().can('admin')
  const { act, isBusy } = useAct()
  const rates = Object.entries(workspace.rates).sort(([a], [b]) => (a < b ? -1 : 1))
  const save = (next: Record<string, number>, done: string) =>
    act({ write: () => write('PATCH', '/workspace', { rates: next }), changes: [keys.workspace, ['board'], ['reports']], done })
  return (
    <>
      {!mayChange && <ReadOnlyNote least="admin" />}
      {rates.length === 0 ? (
        <EmptyState title="No rates yet">
          Deals in other currencies than {workspace.currency} are counted, but not added up with the rest.
        </EmptyState>
      ) : (
        <Table label="Rates" heads={['Currency', 'Name', `Worth in ${workspace.currency}`, '']}>
          {rates.map(([code, rate]) => (
            <tr key={code}>
              <td>{code}</td>
              <td className="secondary">{currencyName(code)}</td>
              <td>
                {mayChange ? (
                  <Rate
                    code={code}
                    rate={rate}
                    busy={isBusy}
                    onSave={(next) => save({ ...workspace.rates, [code]: next }, `Rate of ${code} saved.`)}
                  />
                ) : (
                  <span className="number">{rateFormat.format(rate)}</span>
                )}
              </td>
              <td className="end">
                {mayChange && (
                  <Button
                    looks={['plain', 'icon']}
                    aria-label={`Remove ${code}`}
                    disabled={isBusy}
                    onClick={() => {
                      const { [code]: _, ...rest } = workspace.rates
                      save(rest, `Rate of ${code} removed.`)
                    }}
                  >
                    <Icon name="close" />
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {mayChange && (
        <AddRate
          workspace={workspace}
          busy={isBusy}
          onAdd={(code, rate) => save({ ...workspace.rates, [code]: rate }, `Rate of ${code} added.`)}
        />
      )}
    </>
  )
}

const readRate = (text: string): number | undefined => {
  const rate = Number(readDecimal(text))
  return rate > 0 ? rate : undefined
}

function Rate({ code, rate, busy, onSave }: { code: string; rate: number; busy: boolean; onSave: (rate: number) => void }) {
  const [text, setText] = useState(rateFormat.format(rate))
  const read = readRate(text)
  const commit = () => {
    if (read === undefined) setText(rateFormat.format(rate))
    else if (read !== rate) onSave(read)
  }
  return (
    <input
      className="input number short"
      inputMode="decimal"
      aria-label={`Worth of one ${code}`}
      aria-invalid={read === undefined}
      disabled={busy}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape') setText(rateFormat.format(rate))
      }}
    />
  )
}

interface AddRateProps {
  workspace: WorkspaceJson
  busy: boolean
  onAdd: (code: string, rate: number) => void
}

function AddRate({ workspace, busy, onAdd }: AddRateProps) {
  const free = currencies.filter((code) => code !== workspace.currency && workspace.rates[code] === undefined)
  const [code, setCode] = useState(free.includes('EUR') ? 'EUR' : (free[0] ?? ''))
  const [text, setText] = useState('')
  const [isTried, setTried] = useState(false)
  const rate = readRate(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (rate !== undefined) onAdd(code, rate)
  }
  return (
    <form onSubmit={submit} className="settings-row">
      <SelectField label="Currency" value={code} onChange={(event) => setCode(event.target.value)}>
        {free.map((one) => (
          <option key={one} value={one}>
            {currencyLabel(one)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={`One ${code} is worth, in ${workspace.currency}`}
        inputMode="decimal"
        placeholder={rateFormat.format(1.08)}
        value={text}
        onChange={(event) => setText(event.target.value)}
        fault={isTried && rate === undefined ? 'A rate is a number above 0.' : undefined}
      />
      <Button type="submit" disabled={busy}>
        Add rate
      </Button>
    </form>
  )
}
