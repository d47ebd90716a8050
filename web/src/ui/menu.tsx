import { type ComponentProps, cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useState } from 'react'

const MenuPopup = lazy(() => import('./menu-popup.tsx'))

export interface MenuItem {
  label: ReactNode
  onClick: () => void
  /** What says more, at the end of the line: a key, a count, a tick. */
  hint?: ReactNode
  disabled?: boolean
  danger?: boolean
}

export type MenuEntry = MenuItem | 'line' | { group: string; items: readonly MenuItem[] }

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<ComponentProps<'button'>>
  /** What it offers; a function where that need not be known before it is opened. */
  items: readonly MenuEntry[] | (() => readonly MenuEntry[])
  align?: 'start' | 'end'
}

/** What can be done with something. Until it is first opened it is only its button. */
export function Menu(props: MenuProps) {
  const [wasOpened, setOpened] = useState(false)
  const button = cloneElement(props.trigger, { 'aria-haspopup': 'menu', onClick: () => setOpened(true) })
  if (!wasOpened) return button
  return (
    <Suspense fallback={button}>
      <MenuPopup {...props} />
    </Suspense>
  )
}
