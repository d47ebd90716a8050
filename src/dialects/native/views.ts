import { z } from 'zod'
import { addView, changeView, deleteView, listViews, type View, viewPages } from '../../domain/view.ts'
import { ById, recordId, text, timeText, words } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'
import { created, gone, ok, time, whole } from './wire.ts'

const Page = z.enum(viewPages as ['board', 'list', 'forecast', 'insights']).meta({ description: 'The page that it belongs to.' })

export type ViewJson = z.output<typeof ViewJson>
export const ViewJson = z
  .object({
    id: recordId,
    name: words('What it is called; once for each page.'),
    page: Page,
    query: words('What stands behind the `?` in the address of the page.'),
    createdAt: timeText('When it was saved.'),
    updatedAt: timeText('When it last changed.'),
  })
  .meta({ id: 'View', description: 'Filters, order and columns that somebody has given a name.' })

const name = text('1 to 255 characters; once for each page.', 255)
const query = text('What stands behind the `?` in the address of the page, up to 4,000 characters.', 4000)

const writeView = (view: View): ViewJson => ({
  id: view.id,
  name: view.name,
  page: view.page,
  query: view.query,
  createdAt: time(view.createdAt),
  updatedAt: time(view.updatedAt),
})

/** Saved views: everybody's own. */
export function viewRoutes(api: NativeSpeaker): void {
  api.get(
    '/views',
    {
      about: {
        tag: 'Views',
        id: 'listViews',
        summary: 'List your views',
        description: 'All of them, the oldest first.',
        list: ViewJson,
      },
    },
    async ({ scope }) => whole((await listViews(scope)).map(writeView)),
  )

  api.post(
    '/views',
    {
      body: z.strictObject({ name, page: Page, query }),
      about: {
        tag: 'Views',
        id: 'addView',
        summary: 'Save a view',
        description: 'Up to 200 of your own.',
        made: ViewJson,
        problems: [409],
      },
    },
    async ({ scope, body }) => created(writeView(await addView(scope, body))),
  )

  api.patch(
    '/views/:id',
    {
      params: ById,
      body: z.strictObject({ name: name.optional(), query: query.optional() }),
      about: { tag: 'Views', id: 'changeView', summary: 'Change a view', one: ViewJson },
    },
    async ({ scope, params, body }) => ok(writeView(await changeView(scope, params.id, body))),
  )

  api.delete(
    '/views/:id',
    { params: ById, about: { tag: 'Views', id: 'deleteView', summary: 'Delete a view' } },
    async ({ scope, params }) => {
      await deleteView(scope, params.id)
      return gone
    },
  )
}
