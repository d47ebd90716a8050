import { useQuery } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import type { EntryJson } from '../../../src/dialects/native/sessions.ts'
import { getData, write } from '../api.ts'
import { pages } from '../pages.tsx'
import { keys } from '../queries.ts'
import { signOut, useSession } from '../session.ts'
import { chooseTheme, type Theme, themes, useTheme } from '../theme.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icons.tsx'
import { Menu } from '../ui/menu.tsx'
import { Avatar } from '../ui/small.tsx'
import { toastError } from '../ui/toast.tsx'

const themeNames: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' }

export function AccountMenu({ onKeys }: { onKeys: () => void }) {
  const { user, workspace } = useSession()
  const [, navigate] = useLocation()
  const chosen = useTheme()
  const entry = useQuery({
    queryKey: keys.entry,
    queryFn: ({ signal }) => getData<EntryJson>('/session', {}, signal),
    retry: false,
  }).data
  const others = (entry?.workspaces ?? []).filter(({ id }) => id !== workspace.id)
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
        ...(others.length === 0
          ? []
          : ([
              'line',
              {
                group: 'Other workspaces',
                items: others.map(({ id, name }) => ({ label: name, onClick: () => void goTo(id).catch(toastError) })),
              },
            ] as const)),
        'line',
        { label: 'Sign out', onClick: () => void signOut().catch(toastError) },
      ]}
    />
  )
}

/** Another workspace is another world: nothing of this one stays on the page. */
async function goTo(workspaceId: number): Promise<void> {
  await write('PATCH', '/session', { workspaceId })
  location.assign('/')
}
