import { Menu as Base } from '@base-ui/react/menu'
import type { MenuEntry, MenuProps } from './menu.tsx'

/** The part of a menu that is loaded when the first one is opened. */
export default function MenuPopup({ trigger, items, align = 'start' }: MenuProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="positioner">
          <Base.Popup className="popup menu-popup">
            {(typeof items === 'function' ? items() : items).map((entry, nth) => (
              <Entry key={keyOf(entry, nth)} entry={entry} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

const keyOf = (entry: MenuEntry, nth: number) => (typeof entry === 'object' && 'items' in entry ? entry.group : `${nth}`)

function Entry({ entry }: { entry: MenuEntry }) {
  if (entry === 'line') return <Base.Separator className="menu-line" />
  if ('items' in entry) {
    return (
      <Base.Group>
        <Base.GroupLabel className="menu-label">{entry.group}</Base.GroupLabel>
        {entry.items.map((item, nth) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the entries of an open menu do not change places
          <Entry key={nth} entry={item} />
        ))}
      </Base.Group>
    )
  }
  const { label, onClick, disabled = false, danger = false, hint } = entry
  return (
    <Base.Item className={danger ? 'menu-item danger' : 'menu-item'} disabled={disabled} onClick={onClick}>
      {label}
      {hint && <span className="hint">{hint}</span>}
    </Base.Item>
  )
}
