import { useEffect, useState } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icons.tsx'
import { toast } from './toast.tsx'
import './inline.css'

/** Pages that are not served by TLS or from this machine have no clipboard; there the browser's older way is left. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = document.createElement('textarea')
    field.value = text
    // A dialog keeps the focus inside; what is copied from has to be in there too.
    const within = document.activeElement?.closest('[role="dialog"]') ?? document.body
    within.append(field)
    field.select()
    const isDone = document.execCommand('copy')
    field.remove()
    return isDone
  }
}

/** Copies a text, and says so on itself for a moment. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false)
  useEffect(() => {
    if (!isDone) return
    const timer = setTimeout(() => setDone(false), 2000)
    return () => clearTimeout(timer)
  }, [isDone])
  const click = async () => {
    if (await copy(text)) setDone(true)
    else toast('The browser does not allow copying. Select the text and copy it yourself.')
  }
  return (
    <Button onClick={click} aria-label={label}>
      <Icon name={isDone ? 'check' : 'copy'} />
      <span aria-live="polite">{isDone ? 'Copied' : 'Copy'}</span>
    </Button>
  )
}

/** A text to be taken elsewhere, such as a secret or a link: selected at a click, and copied by the button. */
export const Copyable = ({ text, label }: { text: string; label: string }) => (
  <div className="copyable">
    <input className="input" readOnly value={text} aria-label={label} onFocus={(event) => event.currentTarget.select()} />
    <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
  </div>
)
