import type { Nouns, Revised, Store } from '../domain/store.ts'
import { param, statement } from './engine.ts'
import { type Db, identify } from './rows.ts'
import type { RevisionRow } from './schema.ts'
import { sql } from './sql.ts'

/** When what has no history changed last. */

const revise = statement(
  () =>
    sql`insert into revision (workspace_id, noun, value) values (${param('workspace')}, ${param('noun')}, ${param('value')})
      on conflict (workspace_id, noun) do update set
        value = case when excluded.value > revision.value then excluded.value else revision.value + 1 end`,
)

const revisionsOf = statement<RevisionRow>(() => sql`select * from revision where workspace_id = ${param('workspace')}`)

/** Notes a change. Where others commit meanwhile, the later of them still has the higher value. */
export async function noteRevision(db: Pick<Db, 'session' | 'workspaceId'>, noun: Revised): Promise<void> {
  await db.session.hold(db.workspaceId, 'shared')
  const { id: value } = await identify(db, 'revision')
  await db.session.run(revise, { workspace: db.workspaceId, noun, value })
}

/** The table, noting a revision with everything it writes. */
export const revised = <T>(db: Db, noun: Revised, table: Nouns<T>): Nouns<T> => ({
  ...table,
  insert: async (row) => {
    await table.insert(row)
    await noteRevision(db, noun)
  },
  save: async (row) => {
    await table.save(row)
    await noteRevision(db, noun)
  },
})

export const revisions = async ({ session, workspaceId }: Db): ReturnType<Store['revisions']> =>
  new Map((await session.all(revisionsOf, { workspace: workspaceId })).map(({ noun, value }) => [noun as Revised, value]))
