import { useLocation } from 'wouter'
import { pages } from '../pages.tsx'
import { signOut, useSession } from '../session.ts'
import { chooseTheme, type Theme, themes, useTheme } from '../theme.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icons.tsx'
import { Menu } from '../ui/menu.tsx'
import { Avatar } from '../ui/small.tsx'
import { toastError } from '../ui/toast.tsx'

const themeNames: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' }

export function AccountMenu({ onKeys }: { onKeys: () => void }) {
  const { user } = useSession()
  const [, navigate] = useLocation()
  const chosen = useTheme()
  const hasSettings = pages.some(({ paths }) => paths[0].startsWith('/settings'))
  return (
    <Menu
      align="end"
      trigger={
        <Button looks={['plain', 'icon']} aria-label={`Account of ${user.name}`}>
          <Avatar name={user.name} />
        </Button>
      }
      items={[
        {
          group: user.email,
          items: [
            ...(hasSettings ? [{ label: 'Settings', onClick: () => navigate('/settings') }] : []),
            { label: 'Keyboard', onClick: onKeys, hint: <kbd>?</kbd> },
          ],
        },
        'line',
        {
          group: 'Look',
          items: themes.map((theme) => ({
            label: themeNames[theme],
            onClick: () => chooseTheme(theme),
            hint: theme === chosen && <Icon name="check" />,
          })),
        },
        'line',
        { label: 'Sign out', onClick: () => void signOut().catch(toastError) },
      ]}
    />
  )
}
