import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { modKey, useKeys } from '../keyboard.ts'
import { startLive } from '../live.ts'
import { pages } from '../pages.tsx'
import { isAtLeast, useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icons.tsx'
import { undoLast } from '../undo.ts'
import { AccountMenu } from './account-menu.tsx'
import './shell.css'

const Palette = lazy(() => import('./palette.tsx'))
const KeysHelp = lazy(() => import('./keys-help.tsx'))

type Opened = 'palette' | 'keys' | undefined

/** What is around every page: where one can go, finding, and who one is. */
export function Shell({ children }: { children: ReactNode }) {
  const { user, workspace } = useSession()
  const [location] = useLocation()
  const [opened, setOpened] = useState<Opened>()
  const close = () => setOpened(undefined)
  useKeys({ 'mod+k': () => setOpened('palette'), '?': () => setOpened('keys'), 'mod+z': undoLast })
  useEffect(startLive, [])
  const nav = useRef<HTMLElement>(null)
  // On a phone not all pages are in sight; the one that is open is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address is another page
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [location])

  return (
    <div className="shell">
      <header className="shell-bar">
        <Link href="/" className="shell-name ellipsis">
          {workspace.name}
        </Link>
        <nav className="shell-nav" aria-label="Pages" ref={nav}>
          {pages.map(({ nav, paths, least = 'viewer' }) =>
            nav && isAtLeast(user.role, least) ? (
              <Link
                key={nav.to}
                href={nav.to}
                className="shell-link"
                aria-current={isUnder(location, [nav.to, ...paths]) ? 'page' : undefined}
              >
                {nav.label}
              </Link>
            ) : null,
          )}
        </nav>
        <span className="shell-space" />
        <Button looks="plain" className="shell-find" aria-label="Find and do" onClick={() => setOpened('palette')}>
          <Icon name="search" />
          <kbd>{modKey} K</kbd>
        </Button>
        <AccountMenu onKeys={() => setOpened('keys')} />
      </header>
      <main className="shell-main">{children}</main>
      <Suspense fallback={null}>
        {opened === 'palette' && <Palette onClose={close} />}
        {opened === 'keys' && <KeysHelp onClose={close} />}
      </Suspense>
    </div>
  )
}

/** Whether an address belongs to a page: its first word is one of the page's. */
const isUnder = (location: string, paths: readonly string[]): boolean =>
  paths.some((path) => path.split('/')[1] === location.split('/')[1])
