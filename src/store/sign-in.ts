import type { Attempts } from '../domain/attempts.ts'
import type { Person } from '../domain/sign-in.ts'
import type { Registry } from '../domain/store.ts'
import { param, returning, type Session, statement } from './engine.ts'
import { type HomeRow, homeColumns, toHome } from './people.ts'
import type { AttemptRow } from './schema.ts'
import { hashOf } from './secrets.ts'
import { endSessionsOf } from './sessions.ts'
import { sql } from './sql.ts'

/** People beyond any one workspace: how they sign in, and how often somebody tried to. */

interface PersonRow {
  id: number
  email: string
  password: string | null
}

const person = sql`select "user".id, "user".email, password.hash as password from "user" left join password on password.user_id = "user".id`
const personById = statement<PersonRow>(() => sql`${person} where "user".id = ${param('id')}`)
const personByEmail = statement<PersonRow>(() => sql`${person} where "user".email = ${param('email')}`)

const toPerson = (row: PersonRow | undefined): Person | undefined =>
  row && { id: row.id, email: row.email, passwordHash: row.password }

const homes = statement<HomeRow>(
  () =>
    sql`select ${homeColumns} from membership
        join "user" on "user".id = membership.user_id
        join workspace on workspace.id = membership.workspace_id
      where membership.user_id = ${param('user')} order by membership.workspace_id`,
)

const setPassword = statement(
  () =>
    sql`insert into password (user_id, hash, updated_at) values (${param('user')}, ${param('hash')}, ${param('at')})
      on conflict (user_id) do update set hash = excluded.hash, updated_at = excluded.updated_at`,
)

const setEmail = statement(() => sql`update "user" set email = ${param('email')} where id = ${param('user')}`)

export const peopleOf = (session: Session): Registry['people'] => ({
  byId: async (id) => toPerson(await session.one(personById, { id })),
  byEmail: async (email) => toPerson(await session.one(personByEmail, { email })),
  homes: async (user) => (await session.all(homes, { user })).map(toHome),
  setPassword: async (user, hash, at) => session.run(setPassword, { user, hash, at }),
  setEmail: async (user, email) => session.run(setEmail, { user, email }),
  endSessions: (user, stays) => endSessionsOf(session, user, stays),
})

/** The row is there afterwards, and locked: others wait even where it was not there before. */
const lock = returning<AttemptRow>(
  () =>
    sql`insert into attempt (key, failures, last_at) values (${param('key')}, 0, ${param('at')})
      on conflict (key) do update set failures = attempt.failures returning key, failures, last_at`,
)

const save = statement(
  () => sql`update attempt set failures = ${param('failures')}, last_at = ${param('at')} where key = ${param('key')}`,
)

const remove = statement(() => sql`delete from attempt where key = ${param('key')}`)
const removeBefore = statement(() => sql`delete from attempt where last_at < ${param('at')}`)

/** Hashed, because people type passwords where an address belongs. */
export const attemptsOn = (session: Session): Registry['attempts'] => ({
  lock: async (key, at): Promise<Attempts> => {
    const row = await session.one(lock, { key: hashOf(key), at })
    return { failures: row?.failures ?? 0, lastAt: row?.last_at ?? at }
  },
  save: async (key, { failures, lastAt }) => session.run(save, { key: hashOf(key), failures, at: lastAt }),
  remove: async (key) => session.run(remove, { key: hashOf(key) }),
  removeBefore: async (at) => session.run(removeBefore, { at }),
})
