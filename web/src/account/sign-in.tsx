import { type FormEvent, useState } from 'react'
import { sentence, write } from '../api.ts'
import { keys, queryClient } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { FaultBox } from '../ui/small.tsx'
import '../shell/shell.css'

/** Asked for wherever nobody is signed in; afterwards the page that was wanted is there. */
export default function SignIn() {
  const [fault, setFault] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const { email, password } = Object.fromEntries(new FormData(event.currentTarget))
    setBusy(true)
    setFault(undefined)
    try {
      await write('POST', '/session', { email, password })
      await queryClient.invalidateQueries({ queryKey: keys.me })
    } catch (error) {
      setFault(sentence(error))
      setBusy(false)
    }
  }

  return (
    <main className="sign">
      <form onSubmit={submit}>
        <h1>Sign in</h1>
        {fault && <FaultBox>{fault}</FaultBox>}
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        <Button type="submit" looks="primary" disabled={isBusy}>
          Sign in
        </Button>
        <p className="secondary">No password yet? Open the link from your invitation, or ask an admin for one.</p>
      </form>
    </main>
  )
}
