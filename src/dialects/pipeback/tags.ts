import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { conflict } from '../../domain/errors.ts'
import { addRecord, type DialectRecord, listRecords } from '../../domain/record.ts'
import { atomically, requireRole, type Scope } from '../../domain/scope.ts'
import { requireName } from '../../domain/text.ts'
import type { Speaker } from '../../http/speak.ts'
import { body, required } from './fields.ts'
import { all, made, moment } from './wire.ts'

/** Labels with two colours, which nobody but Pipeback has. They are no deal's tags: what they are put on is not documented. */
const tags = 'tags'

/** The list is not paged, so it has an end. */
const mostTags = 500

const TagBody = body({
  name: required(z.string()),
  background_color: required(z.string()),
  text_color: required(z.string()),
})
type TagBody = z.output<typeof TagBody>

const listTags = async (scope: Scope): Promise<readonly DialectRecord[]> =>
  (await listRecords(scope, tags, { limit: mostTags })).items

const addTag = (scope: Scope, { name, background_color, text_color }: TagBody): Promise<DialectRecord> =>
  atomically(scope, async (scope) => {
    requireName(name)
    requireName(background_color, 'background_color')
    requireName(text_color, 'text_color')
    await scope.store.lockStructure()
    const others = await listTags(scope)
    if (others.length >= mostTags) conflict('too_many')
    const sort = Math.max(0, ...others.map(({ data }) => Number(data.sort))) + 1
    // The key is the id that callers know.
    return addRecord(scope, tags, randomUUID(), { name, background_color, text_color, sort })
  })

const writeTag = ({ key, data, createdAt, updatedAt }: DialectRecord, { workspace }: Scope) => ({
  id: key,
  workspace_id: workspace.uuid,
  name: data.name,
  background_color: data.background_color,
  text_color: data.text_color,
  sort: data.sort,
  created_at: moment(createdAt),
  updated_at: moment(updatedAt),
})

export function mountTags(api: Speaker): void {
  api.get('/app/tags', {}, async ({ scope }) => all((await listTags(scope)).map((tag) => writeTag(tag, scope))))

  api.post('/app/tags', { body: TagBody }, async ({ scope, body }) => {
    requireRole(scope, 'member')
    return made(writeTag(await addTag(scope, body), scope))
  })
}
