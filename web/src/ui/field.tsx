import { type ComponentProps, type ReactNode, useId } from 'react'

interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  fault?: string | undefined
  /** Gets the ids that tie the control to its label and to what is said of it. */
  children: (ids: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ReactNode
}

/** A label, its control, and below it what is wrong, or else a hint. */
export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId()
  const said = fault ?? hint
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {children({ id, 'aria-describedby': said ? `${id}-said` : undefined, 'aria-invalid': fault !== undefined })}
      {said && (
        <div className={fault ? 'fault' : 'hint'} id={`${id}-said`}>
          {said}
        </div>
      )}
    </div>
  )
}

type Said = Pick<FieldProps, 'label' | 'hint' | 'fault'>

export const TextField = ({ label, hint, fault, ...props }: Said & ComponentProps<'input'>) => (
  <Field label={label} hint={hint} fault={fault}>
    {(ids) => <input className="input" autoComplete="off" {...ids} {...props} />}
  </Field>
)

export const TextArea = ({ label, hint, fault, ...props }: Said & ComponentProps<'textarea'>) => (
  <Field label={label} hint={hint} fault={fault}>
    {(ids) => <textarea className="input" {...ids} {...props} />}
  </Field>
)

/** The platform's own list: it works on every device and with every aid. */
export const SelectField = ({ label, hint, fault, ...props }: Said & ComponentProps<'select'>) => (
  <Field label={label} hint={hint} fault={fault}>
    {(ids) => <select className="input" {...ids} {...props} />}
  </Field>
)
