import { type FormEvent, useState } from 'react'
import type { UserJson } from '../../../src/dialects/native/users.ts'
import { sentence, write } from '../api.ts'
import { keys, useUsers } from '../queries.ts'
import { useSession } from '../session.ts'
import { chooseTheme, type Theme, themes, useTheme } from '../theme.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { FaultBox, SkeletonLines } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { roleNames } from './roles.ts'
import { Section } from './section.tsx'

const themeNames: Readonly<Record<Theme, string>> = { system: 'As the system has it', light: 'Light', dark: 'Dark' }

/** What belongs to the person at the page. */
export function Profile() {
  const { user } = useSession()
  const { data: users } = useUsers()
  const me = users?.find(({ id }) => id === user.id)
  return (
    <>
      <Section
        title="Profile"
        about={`You are signed in as ${user.email}, with the role of ${roleNames[user.role].toLowerCase()}.`}
      >
        {me ? <Form key={me.updatedAt} me={me} /> : <SkeletonLines lines={2} />}
      </Section>
      <Section title="Appearance">
        <Appearance />
      </Section>
      <Section title="Password" about="Changing it ends your other sessions.">
        <Password />
      </Section>
    </>
  )
}

function Form({ me }: { me: UserJson }) {
  const { act, isBusy, fault } = useAct()
  const [name, setName] = useState(me.name)
  const [phone, setPhone] = useState(me.phone ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    act({
      write: () => write('PATCH', `/users/${me.id}`, { name: name.trim(), phone: phone.trim() || null }),
      changes: [keys.users, keys.me],
      done: 'Profile saved.',
    })
  }
  return (
    <form onSubmit={submit} className="settings-form">
      <TextField
        label="Name"
        required
        maxLength={255}
        autoComplete="name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        fault={fault('name', 'Name')}
      />
      <TextField
        label="Phone"
        type="tel"
        maxLength={255}
        autoComplete="tel"
        value={phone}
        onChange={(event) => setPhone(event.target.value)}
        fault={fault('phone', 'Phone')}
      />
      <div className="actions">
        <Button type="submit" looks="primary" disabled={isBusy}>
          Save
        </Button>
      </div>
    </form>
  )
}

function Appearance() {
  const theme = useTheme()
  return (
    <div className="settings-form">
      <SelectField
        label="Colours"
        hint="In this browser."
        value={theme}
        onChange={(event) => chooseTheme(themes.find((one) => one === event.target.value) ?? 'system')}
      >
        {themes.map((one) => (
          <option key={one} value={one}>
            {themeNames[one]}
          </option>
        ))}
      </SelectField>
    </div>
  )
}

function Password() {
  const { act, isBusy, fault, error } = useAct({ quiet: true })
  const { user } = useSession()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const faults = { current: fault('current', 'Current password'), password: fault('password', 'New password') }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    act({
      write: () => write('POST', '/me/password', { current, password: next }),
      changes: [['sessions']],
      done: 'Password changed. Your other sessions have ended.',
      onDone: () => {
        setCurrent('')
        setNext('')
      },
    })
  }
  return (
    <form onSubmit={submit} className="settings-form">
      {/* Password managers need to know whose password it is. */}
      <input type="text" hidden readOnly autoComplete="username" value={user.email} />
      <TextField
        label="Current password"
        type="password"
        autoComplete="current-password"
        required
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
        fault={faults.current}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        required
        value={next}
        onChange={(event) => setNext(event.target.value)}
        fault={faults.password}
      />
      {error && !faults.current && !faults.password && <FaultBox>{sentence(error)}</FaultBox>}
      <div className="actions">
        <Button type="submit" disabled={isBusy}>
          Change password
        </Button>
      </div>
    </form>
  )
}
