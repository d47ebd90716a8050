import { useInfiniteQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { NewTokenJson, TokenJson } from '../../../src/dialects/native/tokens.ts'
import { get, type ListOf, write } from '../api.ts'
import { day, dayInMs } from '../format.ts'
import { useUsers } from '../queries.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { EmptyState, SkeletonLines, When } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { Section, Table } from './section.tsx'

const key = ['tokens']
const changes = [key]

const useTokens = () =>
  useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => get<ListOf<TokenJson>>('/tokens', { limit: 200, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

type State = 'valid' | 'expired' | 'revoked'
const stateOf = ({ revokedAt, expiresAt }: TokenJson, now = Date.now()): State =>
  revokedAt !== null ? 'revoked' : expiresAt !== null && Date.parse(expiresAt) <= now ? 'expired' : 'valid'

/** Keys for integrations: a token speaks for a member through every API alike. */
export function Tokens() {
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useTokens()
  const { data: users = [] } = useUsers()
  const { can } = useSession()
  const [isAdding, setAdding] = useState(false)
  const [showsEnded, setShowsEnded] = useState(false)
  const all = data?.pages.flatMap((page) => page.data)
  const shown = all?.filter((token) => showsEnded || stateOf(token) === 'valid').reverse()
  const nameOf = (id: number) => users.find((user) => user.id === id)?.name ?? ''
  const ended = all === undefined ? 0 : all.filter((token) => stateOf(token) !== 'valid').length
  return (
    <Section
      title="Tokens"
      about={`A token speaks for its member through every API alike. ${can('admin') ? 'You see everybody’s.' : 'You see your own.'}`}
      actions={<Button onClick={() => setAdding(true)}>Make a token</Button>}
    >
      {shown === undefined ? (
        <SkeletonLines />
      ) : shown.length === 0 ? (
        <EmptyState title="No valid tokens">Make one to connect an integration, or to call the API yourself.</EmptyState>
      ) : (
        <Table label="Tokens" heads={['For', 'Member', 'Made', 'Last used', 'Ends', '']}>
          {shown.map((token) => (
            <TokenRow key={token.id} token={token} member={nameOf(token.userId)} />
          ))}
        </Table>
      )}
      <div className="settings-foot">
        {ended > 0 && (
          <label className="check">
            <input type="checkbox" checked={showsEnded} onChange={(event) => setShowsEnded(event.target.checked)} />
            Show the {ended} that ended
          </label>
        )}
        {hasNextPage && (
          <Button disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
            Show more
          </Button>
        )}
      </div>
      {isAdding && <NewToken onClose={() => setAdding(false)} />}
    </Section>
  )
}

function TokenRow({ token, member }: { token: TokenJson; member: string }) {
  const { act, isBusy } = useAct()
  const state = stateOf(token)
  const label = token.label || 'No label'
  return (
    <tr>
      <td>{label}</td>
      <td>{member}</td>
      <td>
        <When at={token.createdAt} />
      </td>
      <td>{token.lastUsedAt ? <When at={token.lastUsedAt} /> : <span className="secondary">Never</span>}</td>
      <td>
        {state === 'revoked' ? (
          <span className="secondary">Revoked</span>
        ) : state === 'expired' ? (
          <span className="secondary">Ended</span>
        ) : token.expiresAt === null ? (
          <span className="secondary">Never</span>
        ) : (
          day(token.expiresAt)
        )}
      </td>
      <td className="end">
        {state === 'valid' && (
          <Button
            looks={['plain', 'danger']}
            aria-label={`Revoke ${label}`}
            disabled={isBusy}
            onClick={() =>
              act({ write: () => write('DELETE', `/tokens/${token.id}`), changes, done: 'Token revoked. It ended at once.' })
            }
          >
            Revoke
          </Button>
        )}
      </td>
    </tr>
  )
}

const lives = [
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: '1 year' },
  { days: 0, label: 'Never' },
]

function NewToken({ onClose }: { onClose: () => void }) {
  const { act, isBusy, fault } = useAct<NewTokenJson>()
  const { can, user } = useSession()
  const { data: users = [] } = useUsers()
  const [label, setLabel] = useState('')
  const [days, setDays] = useState(90)
  const [userId, setUserId] = useState(user.id)
  const [made, setMade] = useState<NewTokenJson>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const expiresAt = days === 0 ? null : new Date(Date.now() + days * dayInMs).toISOString()
    act({
      write: () => write('POST', '/tokens', { label: label.trim(), expiresAt, ...(userId === user.id ? {} : { userId }) }),
      changes,
      onDone: ({ data }) => setMade(data),
    })
  }
  if (made)
    return (
      <Dialog title="The new token" open onClose={onClose}>
        <p>Copy it now. It is shown this once; here only a fingerprint of it is kept.</p>
        <Copyable label="Token" text={made.secret ?? ''} />
        <DialogActions>
          <Button looks="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    )
  return (
    <Dialog title="Make a token" open onClose={onClose}>
      <form onSubmit={submit} className="settings-form">
        <TextField
          label="What it is for"
          placeholder="Website form"
          required
          maxLength={255}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
          fault={fault('label', 'Label')}
        />
        {can('admin') && (
          <SelectField
            label="Member"
            hint="It may do what this member may do, and changes are told in this member’s name."
            value={userId}
            onChange={(event) => setUserId(Number(event.target.value))}
          >
            {users
              .filter(({ isActive }) => isActive)
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {id === user.id ? `${name} (you)` : name}
                </option>
              ))}
          </SelectField>
        )}
        <SelectField label="Ends after" value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {lives.map((life) => (
            <option key={life.days} value={life.days}>
              {life.label}
            </option>
          ))}
        </SelectField>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" looks="primary" disabled={isBusy}>
            Make token
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
