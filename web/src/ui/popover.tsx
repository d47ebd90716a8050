import { type ComponentProps, cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useState } from 'react'

const PopoverPopup = lazy(() => import('./popover-popup.tsx'))

export interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactElement<ComponentProps<'button'>>
  /** Names it for those who cannot see what it belongs to. */
  label: string
  children: ReactNode
  align?: 'start' | 'end'
}

/** A small form beside what it belongs to. Until it is first opened it is only its button. */
export function Popover(props: PopoverProps) {
  const [wasOpened, setOpened] = useState(false)
  const button = cloneElement(props.trigger, { 'aria-haspopup': 'dialog', onClick: () => setOpened(true) })
  if (!wasOpened) return button
  return (
    <Suspense fallback={button}>
      <PopoverPopup {...props} />
    </Suspense>
  )
}
