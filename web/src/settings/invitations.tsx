import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { InvitationJson, NewInvitationJson } from '../../../src/dialects/native/invitations.ts'
import { getAll, sentence, write } from '../api.ts'
import { day } from '../format.ts'
import type { Role } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { FaultBox } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { roleNames, roles } from './roles.ts'
import { Section, Table } from './section.tsx'

const key = ['invitations']

/** Links that are out and not used yet. */
export function Invitations() {
  const { data } = useQuery({ queryKey: key, queryFn: ({ signal }) => getAll<InvitationJson>('/invitations', {}, signal) })
  const { act, isBusy } = useAct()
  if (!data || data.length === 0) return null
  return (
    <Section title="Invitations" about="Whoever has such a link can join until it ends.">
      <Table label="Invitations" heads={['E-mail', 'Role', 'Ends', '']}>
        {data.map((invitation) => (
          <tr key={invitation.id}>
            <td>{invitation.email}</td>
            <td>{roleNames[invitation.role]}</td>
            <td>{day(invitation.expiresAt)}</td>
            <td className="end">
              <Button
                looks={['plain', 'danger']}
                aria-label={`Withdraw the invitation of ${invitation.email}`}
                disabled={isBusy}
                onClick={() =>
                  act({
                    write: () => write('DELETE', `/invitations/${invitation.id}`),
                    changes: [key],
                    done: 'Invitation withdrawn.',
                  })
                }
              >
                Withdraw
              </Button>
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  )
}

/** Makes a link for somebody; it is shown once, and the admin sends it on. */
export function InviteDialog({ email: known = '', onClose }: { email?: string; onClose: () => void }) {
  const { act, isBusy, fault, error } = useAct<NewInvitationJson>({ quiet: true })
  const [email, setEmail] = useState(known)
  const [role, setRole] = useState<Role>('member')
  const [made, setMade] = useState<NewInvitationJson>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    act({
      write: () => write('POST', '/invitations', { email: email.trim(), ...(known === '' ? { role } : {}) }),
      changes: [key],
      onDone: ({ data }) => setMade(data),
    })
  }
  if (made)
    return (
      <Dialog title={`The link for ${made.email}`} open onClose={onClose}>
        <p>
          Send it yourself; it is shown this once. Whoever opens it sets a name and a password and is in, until{' '}
          {day(made.expiresAt)}.
        </p>
        <Copyable label="Invitation link" text={made.url ?? ''} />
        <DialogActions>
          <Button looks="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    )
  return (
    <Dialog title={known === '' ? 'Invite somebody' : 'A new link to sign in with'} open onClose={onClose}>
      <form onSubmit={submit} className="settings-form">
        <TextField
          label="E-mail"
          type="email"
          required
          readOnly={known !== ''}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          fault={fault('email', 'E-mail')}
        />
        {known === '' && (
          <SelectField
            label="Role"
            value={role}
            onChange={(event) => setRole(roles.find((one) => one === event.target.value) ?? 'member')}
          >
            {roles.map((one) => (
              <option key={one} value={one}>
                {roleNames[one]}
              </option>
            ))}
          </SelectField>
        )}
        {error && !fault('email', 'E-mail') && <FaultBox>{sentence(error)}</FaultBox>}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" looks="primary" disabled={isBusy}>
            Make link
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
