import { type FocusEvent, type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'

interface RowProps {
  label: string
  fault?: string | undefined
  children: (ids: { id: string; 'aria-describedby': string | undefined }) => ReactNode
}

/** A field of the deal: its name, and its value as it can be changed. */
export function Row({ label, fault, children }: RowProps) {
  const id = useId()
  return (
    <div className="deal-row">
      <label htmlFor={id} className="secondary">
        {label}
      </label>
      <div>
        {children({ id, 'aria-describedby': fault ? `${id}-fault` : undefined })}
        {fault && (
          <p className="deal-fault" id={`${id}-fault`} role="alert">
            {fault}
          </p>
        )}
      </div>
    </div>
  )
}

interface TextProps {
  label: string
  value: string
  fault?: string | undefined
  type?: 'text' | 'date' | 'number'
  inputMode?: 'decimal' | 'numeric'
  placeholder?: string
  readOnly: boolean
  maxLength?: number
  /** What stands in it while nobody types: an amount as it is written here. */
  shown?: string
  onSave: (value: string) => void
}

/** Text that is changed where it stands: Enter or leaving it saves, Escape leaves it as it was. */
export function TextInPlace({ label, value, fault, shown, readOnly, onSave, ...props }: TextProps) {
  const [text, setText] = useState(value)
  const [isTyping, setTyping] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => setText(value), [value])
  // What is shown gives way to what can be typed; all of it is selected, so that typing replaces it.
  useLayoutEffect(() => {
    if (isTyping && shown !== undefined) input.current?.select()
  }, [isTyping, shown])
  const leave = (_event: FocusEvent) => {
    setTyping(false)
    if (text.trim() !== value) onSave(text.trim())
  }
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') event.currentTarget.blur()
    if (event.key === 'Escape') {
      event.stopPropagation()
      setText(value)
      // Blurring saves what is there by then.
      requestAnimationFrame(() => (document.activeElement as HTMLElement | null)?.blur())
    }
  }
  return (
    <Row label={label} fault={fault}>
      {(ids) => (
        <input
          ref={input}
          className="input in-place"
          {...ids}
          {...props}
          readOnly={readOnly}
          value={isTyping || shown === undefined ? text : shown}
          onFocus={() => setTyping(true)}
          onChange={(event) => setText(event.target.value)}
          onBlur={leave}
          onKeyDown={press}
        />
      )}
    </Row>
  )
}

interface SelectProps {
  label: string
  value: string
  fault?: string | undefined
  readOnly: boolean
  options: readonly { value: string; label: string }[]
  onSave: (value: string) => void
}

export const SelectInPlace = ({ label, value, fault, readOnly, options, onSave }: SelectProps) => (
  <Row label={label} fault={fault}>
    {(ids) => (
      <select
        className="input in-place"
        {...ids}
        value={value}
        disabled={readOnly}
        onChange={(event) => onSave(event.target.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    )}
  </Row>
)
