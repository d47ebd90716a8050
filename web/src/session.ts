import type { MeJson } from '../../src/dialects/native/account.ts'
import { write } from './api.ts'
import { keys, queryClient, useMe } from './queries.ts'

/** Who is at the page. The session is a cookie that scripts cannot read; `GET /me` says whose it is. */

export type Role = MeJson['user']['role']
const order: readonly Role[] = ['viewer', 'member', 'manager', 'admin']

/** Whether a role does what another can. The server decides; the page only does not offer what would be refused. */
export const isAtLeast = (role: Role, least: Role): boolean => order.indexOf(role) >= order.indexOf(least)

/** The person, on pages that nobody sees signed out. */
export function useSession(): MeJson & { can: (least: Role) => boolean } {
  const { data } = useMe()
  if (!data) throw new Error('this page is only shown to those who are signed in')
  return { ...data, can: (least) => isAtLeast(data.user.role, least) }
}

/** Ends the session on the server and forgets everything here. */
export async function signOut(): Promise<void> {
  await write('DELETE', '/session')
  forget()
}

/** Nothing of one person stays for the next. */
export function forget(): void {
  queryClient.setQueryData(keys.me, null)
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey.length > 1 || queryKey[0] !== keys.me[0] })
}
