import { conflict, found, invalid } from './errors.ts'
import { atomically, type Scope } from './scope.ts'
import { requireName, requireText } from './text.ts'
import type { Instant } from './time.ts'

/** Filters, order and columns of a page that somebody has given a name. It is theirs alone. */
export interface View {
  readonly id: number
  readonly userId: number
  readonly name: string
  /** The page it belongs to. */
  readonly page: ViewPage
  /** What stands behind the `?` in the page's address. */
  readonly query: string
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

export type ViewPage = 'board' | 'list' | 'forecast' | 'insights'
export const viewPages: readonly ViewPage[] = ['board', 'list', 'forecast', 'insights']

/** So many views a person can have. */
export const maxViews = 200

const maxQuery = 4000

interface ViewDraft {
  name: string
  page: ViewPage
  query: string
}

/** The caller's own, the oldest first. */
export const listViews = ({ store, user }: Scope): Promise<readonly View[]> => store.views.of(user.id)

/** Saves a view; refuses (`name`, `duplicate`) a second one of the same name for the same page. Everybody may have some. */
export function addView(scope: Scope, { name, page, query }: ViewDraft): Promise<View> {
  const draft = { name: requireName(name), page, query: requireText(query, 'query', maxQuery) }
  return atomically(scope, async ({ store, user, now }) => {
    const others = await store.views.of(user.id)
    if (others.length >= maxViews) conflict('too_many')
    requireFreeName(others, draft)
    const at = now()
    const view: View = { ...(await store.views.identify()), userId: user.id, ...draft, createdAt: at, updatedAt: at }
    await store.views.insert(view)
    return view
  })
}

/** Renames one's own view, or makes it show something else. */
export function changeView(
  scope: Scope,
  id: number,
  patch: { name?: string | undefined; query?: string | undefined },
): Promise<View> {
  return atomically(scope, async (scope) => {
    const { store, now } = scope
    const before = await findView(scope, id)
    const name = patch.name === undefined ? before.name : requireName(patch.name)
    const query = patch.query === undefined ? before.query : requireText(patch.query, 'query', maxQuery)
    const others = (await listViews(scope)).filter((other) => other.id !== id)
    requireFreeName(others, { name, page: before.page })
    const after: View = { ...before, name, query, updatedAt: now() }
    await store.views.save(after)
    return after
  })
}

export const deleteView = (scope: Scope, id: number): Promise<void> =>
  atomically(scope, async (scope) => {
    await findView(scope, id)
    await scope.store.views.delete(id)
  })

/** One's own view; another's is as unknown as one that is not there. */
async function findView({ store, user }: Scope, id: number): Promise<View> {
  const view = await store.views.get(id)
  return found(view?.userId === user.id ? view : undefined, 'record')
}

function requireFreeName(others: readonly View[], { name, page }: Pick<View, 'name' | 'page'>): void {
  if (others.some((other) => other.name === name && other.page === page)) invalid('name', 'duplicate')
}
