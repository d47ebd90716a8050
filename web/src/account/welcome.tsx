import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import type { WelcomeJson } from '../../../src/dialects/native/invitations.ts'
import { sentence, write } from '../api.ts'
import { keys, queryClient } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { EmptyState, FaultBox } from '../ui/small.tsx'
import '../shell/shell.css'

/** The secret stands behind the `#`, which browsers do not send: it is in no log and in no referrer. */
const secretOfLink = (): string => location.hash.slice(1)

/** Where a link of an invitation, or that of the first start, leads: the person chooses a name and a password. */
export default function Welcome() {
  const [secret] = useState(secretOfLink)
  const check = useQuery({
    queryKey: ['welcome', secret],
    queryFn: async () => (await write<WelcomeJson>('POST', '/welcome/check', { secret })).data,
    retry: false,
  })
  if (check.isPending) return null
  if (check.isError) {
    return (
      <EmptyState title="This link is not valid any more" actions={<a href="/">Sign in</a>}>
        It may have been used, or be too old. Ask an admin for a new one.
      </EmptyState>
    )
  }
  return <Form secret={secret} invitation={check.data} />
}

function Form({ secret, invitation }: { secret: string; invitation: WelcomeJson }) {
  const [fault, setFault] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const [, navigate] = useLocation()
  const { email, name, hasPassword, canChangeEmail, workspace } = invitation

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const { again, ...said } = Object.fromEntries(new FormData(event.currentTarget))
    if (again !== undefined && said.password !== again) return setFault('The passwords are not the same.')
    setBusy(true)
    setFault(undefined)
    try {
      await write('POST', '/welcome', { secret, ...said })
      await queryClient.invalidateQueries({ queryKey: keys.me })
      navigate('/', { replace: true })
    } catch (error) {
      setFault(sentence(error))
      setBusy(false)
    }
  }

  return (
    <main className="sign">
      <form onSubmit={submit}>
        <h1>Welcome to {workspace.name}</h1>
        {fault && <FaultBox>{fault}</FaultBox>}
        {canChangeEmail ? (
          <TextField label="E-mail" name="email" type="email" autoComplete="username" required defaultValue={email} />
        ) : (
          <p className="secondary">You will sign in as {email}.</p>
        )}
        {hasPassword ? (
          <TextField
            label="Your password"
            hint="The one that you have in another workspace of this server."
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
        ) : (
          <>
            <TextField label="Your name" name="name" autoComplete="name" required defaultValue={name ?? ''} />
            <TextField
              label="Password"
              hint="10 characters or more."
              name="password"
              type="password"
              autoComplete="new-password"
              minLength={10}
              required
            />
            <TextField label="Password again" name="again" type="password" autoComplete="new-password" required />
          </>
        )}
        <Button type="submit" looks="primary" disabled={isBusy}>
          {hasPassword ? 'Join' : 'Set password and sign in'}
        </Button>
      </form>
    </main>
  )
}
