import { useEffect, useState } from 'react'
import './inline.css'

interface NameInputProps {
  label: string
  value: string
  onSave: (name: string) => void
  disabled?: boolean
  className?: string
}

/** A name that is changed where it stands: Enter or leaving saves it, Escape leaves it as it was. It is never empty. */
export function NameInput({ label, value, onSave, disabled = false, className = '' }: NameInputProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const commit = () => {
    const name = text.trim()
    if (name === '' || name === value) setText(value)
    else onSave(name)
  }
  return (
    <input
      className={`input inline-input ${className}`}
      aria-label={label}
      maxLength={255}
      autoComplete="off"
      disabled={disabled}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key !== 'Escape') return
        event.stopPropagation()
        setText(value)
      }}
    />
  )
}
