import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { sentence, write } from '../api.ts'
import { typedDecimal } from '../format.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { told } from '../undo.ts'
import { useAdding } from './adding.ts'

/** A new deal in a column: a title, perhaps an amount. It stays open for the next one; Escape closes it. */
export function QuickAdd({ stage }: { stage: StageJson }) {
  const { workspace } = useSession()
  const { close, added } = useAdding()
  const [fault, setFault] = useState<string>()
  const title = useRef<HTMLInputElement>(null)

  useEffect(() => title.current?.focus(), [])

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const said = Object.fromEntries(new FormData(form)) as { title: string; value: string }
    setFault(undefined)
    try {
      const body = {
        title: said.title,
        stageId: stage.id,
        ...(said.value ? { value: typedDecimal(said.value), currency: workspace.currency } : {}),
      }
      const { data, undo } = await write<DealJson>('POST', '/deals', body)
      told(`${data.title} added in ${stage.name}`, undo)
      added(stage.id)
      form.reset()
      title.current?.focus()
    } catch (error) {
      setFault(sentence(error))
    }
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    close()
  }

  return (
    <form className="quick-add" onSubmit={submit} onKeyDown={press} aria-label={`New deal in ${stage.name}`}>
      <input ref={title} name="title" className="input" aria-label="Title" placeholder="Title" required maxLength={255} />
      <div className="quick-add-line">
        <input
          name="value"
          className="input"
          aria-label={`Amount in ${workspace.currency}`}
          placeholder={`Amount, ${workspace.currency}`}
          inputMode="decimal"
        />
        <Button type="submit" looks="primary">
          Add
        </Button>
        <Button looks="plain" onClick={close}>
          Close
        </Button>
      </div>
      {fault && (
        <p className="meaning-lost" role="alert">
          {fault}
        </p>
      )}
    </form>
  )
}
