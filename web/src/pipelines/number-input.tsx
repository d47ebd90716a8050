import { useEffect, useState } from 'react'

interface NumberInputProps {
  label: string
  unit: string
  max: number
  value: number | null
  placeholder?: string
  /** It is kept, but does not count at the moment. */
  isFaded?: boolean
  onSave: (value: number | null) => void
}

const textOf = (value: number | null): string => (value === null ? '' : String(value))

/** A whole number that may be missing, changed where it stands: Enter or leaving saves it, Escape leaves it as it was. */
export function NumberInput({ label, unit, max, value, placeholder = '', isFaded = false, onSave }: NumberInputProps) {
  const [text, setText] = useState(textOf(value))
  useEffect(() => setText(textOf(value)), [value])
  const read = text.trim() === '' ? null : Number(text)
  const isGood = read === null || (Number.isInteger(read) && read >= 0 && read <= max)
  const commit = () => {
    if (!isGood) setText(textOf(value))
    else if (read !== value) onSave(read)
  }
  return (
    <span className="number-input" data-faded={isFaded || undefined}>
      <input
        className="input inline-input"
        inputMode="numeric"
        autoComplete="off"
        aria-label={label}
        aria-invalid={!isGood}
        placeholder={placeholder}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur()
          if (event.key === 'Escape') setText(textOf(value))
        }}
      />
      <span className="secondary">{text === '' ? '' : unit}</span>
    </span>
  )
}
