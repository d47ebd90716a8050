import { Popover as Base } from '@base-ui/react/popover'
import type { PopoverProps } from './popover.tsx'

/** The part of a popover that is loaded when the first one is opened. */
export default function PopoverPopup({ trigger, label, children, align = 'start' }: PopoverProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="positioner">
          <Base.Popup className="popup popover-popup" aria-label={label}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
