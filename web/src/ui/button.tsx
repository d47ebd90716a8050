import type { ComponentProps } from 'react'

type Looks = 'primary' | 'danger' | 'plain' | 'icon'

export interface ButtonProps extends ComponentProps<'button'> {
  looks?: Looks | readonly Looks[]
}

/** A verb. `primary` once per view; `plain` and `icon` where a row of them would be noisy. An icon needs an `aria-label`. */
export const Button = ({ looks = [], className, type = 'button', ...props }: ButtonProps) => (
  <button type={type} className={['button', ...[looks].flat(), className].filter(Boolean).join(' ')} {...props} />
)
