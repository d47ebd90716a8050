import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'

interface DialogProps {
  title: ReactNode
  open: boolean
  onClose: () => void
  wide?: boolean
  children: ReactNode
}

/** A question that has to be answered before going on. Escape and a click beside it leave everything as it was. */
export const Dialog = ({ title, open, onClose, wide = false, children }: DialogProps) => (
  <Base.Root open={open} onOpenChange={(next) => next || onClose()}>
    <Base.Portal>
      <Base.Backdrop className="backdrop" />
      <Base.Popup className={wide ? 'dialog wide' : 'dialog'}>
        <Base.Title className="dialog-title">{title}</Base.Title>
        {children}
      </Base.Popup>
    </Base.Portal>
  </Base.Root>
)

/** The row of buttons that ends a dialog; the one that does it comes last. */
export const DialogActions = ({ children }: { children: ReactNode }) => <div className="actions">{children}</div>
