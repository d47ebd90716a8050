import { useQuery } from '@tanstack/react-query'
import type { SessionJson } from '../../../src/dialects/native/sessions.ts'
import { getAll, write } from '../api.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState, SkeletonLines, When } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { browserOf } from './browser.ts'
import { Section, Table } from './section.tsx'

const key = ['sessions']

/** Where the person is signed in. */
export function Sessions() {
  const { data } = useQuery({ queryKey: key, queryFn: ({ signal }) => getAll<SessionJson>('/sessions', {}, signal) })
  const { act, isBusy } = useAct()
  const others = data?.filter(({ isCurrent }) => !isCurrent) ?? []
  return (
    <Section
      title="Sessions"
      about="Every browser in which you are signed in to this workspace. End those that you do not know."
      actions={
        others.length > 0 && (
          <Button
            disabled={isBusy}
            onClick={() =>
              act({ write: () => write('DELETE', '/sessions'), changes: [key], done: 'All other sessions have ended.' })
            }
          >
            End all others
          </Button>
        )
      }
    >
      {data === undefined ? (
        <SkeletonLines />
      ) : data.length === 0 ? (
        <EmptyState title="No sessions">You are here with a token.</EmptyState>
      ) : (
        <Table label="Sessions" heads={['Browser', 'From', 'Signed in', 'Last seen', '']}>
          {data.map((session) => (
            <tr key={session.id}>
              <td title={session.userAgent}>{browserOf(session.userAgent)}</td>
              <td>{session.address}</td>
              <td>
                <When at={session.createdAt} />
              </td>
              <td>{session.isCurrent ? 'This one' : <When at={session.seenAt} />}</td>
              <td className="end">
                {!session.isCurrent && (
                  <Button
                    looks={['plain', 'danger']}
                    aria-label={`End the session of ${browserOf(session.userAgent)}`}
                    disabled={isBusy}
                    onClick={() =>
                      act({ write: () => write('DELETE', `/sessions/${session.id}`), changes: [key], done: 'Session ended.' })
                    }
                  >
                    End
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  )
}
