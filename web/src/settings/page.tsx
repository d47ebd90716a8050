import type { ComponentType } from 'react'
import { Link, useLocation } from 'wouter'
import type { PageProps } from '../pages.tsx'
import { type Role, useSession } from '../session.ts'
import { Apis } from './apis.tsx'
import { Currencies } from './currencies.tsx'
import { CustomFields } from './custom-fields.tsx'
import { LossReasons } from './loss-reasons.tsx'
import { People } from './people.tsx'
import { Profile } from './profile.tsx'
import { Sessions } from './sessions.tsx'
import './settings.css'
import { Tokens } from './tokens.tsx'
import { Webhooks } from './webhooks.tsx'
import { Workspace } from './workspace.tsx'

interface Entry {
  id: string
  label: string
  Page: ComponentType
  least?: Role
}

const groups: readonly { label: string; entries: readonly Entry[] }[] = [
  {
    label: 'You',
    entries: [
      { id: 'profile', label: 'Profile', Page: Profile },
      { id: 'sessions', label: 'Sessions', Page: Sessions },
      { id: 'tokens', label: 'Tokens', Page: Tokens },
    ],
  },
  {
    label: 'Workspace',
    entries: [
      { id: 'workspace', label: 'Workspace', Page: Workspace },
      { id: 'people', label: 'People', Page: People },
      { id: 'currencies', label: 'Currencies', Page: Currencies },
      { id: 'loss-reasons', label: 'Loss reasons', Page: LossReasons },
      { id: 'custom-fields', label: 'Custom fields', Page: CustomFields },
    ],
  },
  {
    label: 'Integrations',
    entries: [
      { id: 'apis', label: 'APIs', Page: Apis },
      { id: 'webhooks', label: 'Webhooks', Page: Webhooks, least: 'manager' },
    ],
  },
]

/** Everything that is set once and rarely changed, subject by subject, each with its own address. */
export default function SettingsPage({ params }: PageProps) {
  const [, navigate] = useLocation()
  const { can } = useSession()
  const shown = groups.map((group) => ({
    ...group,
    entries: group.entries.filter(({ least = 'viewer' }) => can(least)),
  }))
  const entries = shown.flatMap((group) => group.entries)
  const current = entries.find(({ id }) => id === (params.section ?? 'profile'))
  return (
    <div className="settings">
      <nav aria-label="Settings">
        <h1>Settings</h1>
        <select
          className="input settings-choice"
          aria-label="Subject"
          value={current?.id ?? ''}
          onChange={(event) => navigate(`/settings/${event.target.value}`)}
        >
          {entries.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
        {shown.map((group) => (
          <div key={group.label} className="settings-group">
            <p className="secondary">{group.label}</p>
            <ul>
              {group.entries.map(({ id, label }) => (
                <li key={id}>
                  <Link href={`/settings/${id}`} aria-current={id === current?.id ? 'page' : undefined}>
                    {label}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="settings-body">
        {current ? <current.Page /> : <p>There is nothing here, or your role does not allow it.</p>}
      </div>
    </div>
  )
}
