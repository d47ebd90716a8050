import type { Store } from '../domain/store.ts'
import type { View } from '../domain/view.ts'
import { param, statement } from './engine.ts'
import { noteRevision } from './revisions.ts'
import { all, type Columns, type Db, getRow, identify, insertRow, updateRow } from './rows.ts'
import type { SavedViewRow } from './schema.ts'
import { sql } from './sql.ts'

/** The views that people have saved. */

const toView = (row: SavedViewRow): View => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  page: row.page as View['page'],
  query: row.query,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const fromView = (view: View, workspaceId: number): SavedViewRow => ({
  id: view.id,
  workspace_id: workspaceId,
  user_id: view.userId,
  name: view.name,
  page: view.page,
  query: view.query,
  created_at: view.createdAt,
  updated_at: view.updatedAt,
})

const viewsOf = statement<SavedViewRow>(
  () => sql`select * from saved_view where workspace_id = ${param('workspace')} and user_id = ${param('user')} order by id`,
)

const remove = statement(() => sql`delete from saved_view where workspace_id = ${param('workspace')} and id = ${param('id')}`)

export const viewTable = (db: Db): Store['views'] => ({
  identify: async () => ({ id: (await identify(db, 'saved_view')).id }),
  get: async (id) => {
    const row = await getRow<SavedViewRow>(db, 'saved_view', id)
    return row && toView(row)
  },
  of: (userId) => all(db, viewsOf, toView, { user: userId }),
  insert: async (view) => {
    await insertRow(db, 'saved_view', fromView(view, db.workspaceId) as unknown as Columns)
    await noteRevision(db, 'views')
  },
  save: async (view) => {
    await updateRow(db, 'saved_view', null, fromView(view, db.workspaceId) as unknown as Columns)
    await noteRevision(db, 'views')
  },
  delete: async (id) => {
    await db.session.run(remove, { workspace: db.workspaceId, id })
    await noteRevision(db, 'views')
  },
})
