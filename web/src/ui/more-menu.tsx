import { Button } from './button.tsx'
import { Icon } from './icons.tsx'
import { Menu, type MenuEntry } from './menu.tsx'

interface MoreMenuProps {
  /** What it is about: `Negotiation`. */
  of: string
  items: readonly MenuEntry[]
  disabled?: boolean
}

/** What can be done with one line of a table, at its end. */
export const MoreMenu = ({ of, items, disabled = false }: MoreMenuProps) => (
  <Menu
    align="end"
    items={items}
    trigger={
      <Button looks={['plain', 'icon']} aria-label={`More for ${of}`} disabled={disabled}>
        <Icon name="more" />
      </Button>
    }
  />
)
