import { useState } from 'react'
import type { UserJson } from '../../../src/dialects/native/users.ts'
import { write } from '../api.ts'
import { keys, useUsers } from '../queries.ts'
import { type Role, useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import type { MenuItem } from '../ui/menu.tsx'
import { MoreMenu } from '../ui/more-menu.tsx'
import { Avatar, SkeletonLines } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { Invitations, InviteDialog } from './invitations.tsx'
import { roleNames, roles, whatRolesDo } from './roles.ts'
import { Section, Table } from './section.tsx'

const changes = [keys.users, keys.me]

/** Who is here, and what they may do. */
export function People() {
  const { data } = useUsers()
  const { can } = useSession()
  const isAdmin = can('admin')
  const [invited, setInvited] = useState<string>()
  const [showsGone, setShowsGone] = useState(false)
  const gone = data?.filter(({ isActive }) => !isActive).length ?? 0
  const shown = data?.filter(({ isActive }) => isActive || showsGone)
  const admins = data?.filter(({ role, isActive }) => isActive && role === 'admin').length ?? 0
  return (
    <>
      <Section
        title="People"
        about={whatRolesDo}
        actions={isAdmin && <Button onClick={() => setInvited('')}>Invite somebody</Button>}
      >
        {shown ? (
          <Table label="Members" heads={['Name', 'E-mail', 'Phone', 'Role', '']}>
            {shown.map((user) => (
              <Person
                key={user.id}
                user={user}
                onInvite={() => setInvited(user.email)}
                isLastAdmin={admins === 1 && user.role === 'admin' && user.isActive}
              />
            ))}
          </Table>
        ) : (
          <SkeletonLines lines={4} />
        )}
        {gone > 0 && (
          <label className="check settings-foot">
            <input type="checkbox" checked={showsGone} onChange={(event) => setShowsGone(event.target.checked)} />
            Show the {gone} who left
          </label>
        )}
      </Section>
      {isAdmin && <Invitations />}
      {invited !== undefined && <InviteDialog email={invited} onClose={() => setInvited(undefined)} />}
    </>
  )
}

interface PersonProps {
  user: UserJson
  isLastAdmin: boolean
  /** Makes a link with which they set a new password. */
  onInvite: () => void
}

function Person({ user, isLastAdmin, onInvite }: PersonProps) {
  const { can, user: me } = useSession()
  const { act, isBusy } = useAct()
  const isAdmin = can('admin')
  const why = isLastAdmin ? 'The last admin stays one. Make somebody else an admin first.' : undefined
  const change = (patch: Partial<Pick<UserJson, 'role' | 'isActive'>>, done: string) =>
    act({ write: () => write('PATCH', `/users/${user.id}`, patch), changes, done })
  const away: MenuItem = user.isActive
    ? {
        label: 'Deactivate',
        danger: true,
        disabled: isLastAdmin,
        hint: isLastAdmin ? 'Last admin' : undefined,
        onClick: () => change({ isActive: false }, `${user.name} can no longer sign in. Deals keep the name.`),
      }
    : { label: 'Activate again', onClick: () => change({ isActive: true }, `${user.name} can sign in again.`) }
  return (
    <tr className={user.isActive ? '' : 'faded'}>
      <td>
        <span className="settings-person">
          <Avatar name={user.name} />
          {user.name}
          {user.id === me.id && <span className="secondary">you</span>}
        </span>
      </td>
      <td>{user.email}</td>
      <td>{user.phone}</td>
      <td>
        {isAdmin && user.isActive ? (
          <select
            className="input"
            aria-label={`Role of ${user.name}`}
            value={user.role}
            disabled={isBusy || isLastAdmin}
            title={why}
            onChange={(event) => {
              const role = roles.find((one): one is Role => one === event.target.value)
              if (role) change({ role }, `${user.name} is now ${roleNames[role].toLowerCase()}.`)
            }}
          >
            {roles.map((role) => (
              <option key={role} value={role}>
                {roleNames[role]}
              </option>
            ))}
          </select>
        ) : (
          `${roleNames[user.role]}${user.isActive ? '' : ', left'}`
        )}
      </td>
      <td className="end">
        {isAdmin && (
          <MoreMenu
            of={user.name}
            items={[{ label: 'New link to sign in…', onClick: onInvite }, 'line', away]}
            disabled={isBusy}
          />
        )}
      </td>
    </tr>
  )
}
