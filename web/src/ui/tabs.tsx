import { Link, useLocation } from 'wouter'

/** Tabs that are addresses: a link to one shows the same to a colleague. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly { to: string; label: string }[] }) {
  const [location] = useLocation()
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.to} href={tab.to} className="tab" aria-current={tab.to === location ? 'page' : undefined}>
          {tab.label}
        </Link>
      ))}
    </nav>
  )
}
