import { createHash } from 'node:crypto'
import { invalid } from '../../domain/errors.ts'
import { entriesOf } from './php.ts'

/**
 * Tags have ids here and are plain texts everywhere else. The id is made from the text, so that it is the same on every lead and
 * needs no list that the other vendors' APIs would have to keep.
 */
export const tagId = (name: string): number => Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 12), 16)

export const writeTags = (tags: readonly string[]): { id: number; name: string }[] =>
  tags.map((name) => ({ id: tagId(name), name }))

/** Names of tags from `[{"name": "a"}, {"id": 5}]`; an id can only name a tag that the lead has already. */
export function readTags(value: unknown, current: readonly string[], field = 'tags'): string[] {
  return entriesOf(value).map(([index, row]) => {
    const { id, name } = (typeof row === 'object' && row !== null ? row : { name: row }) as { id?: unknown; name?: unknown }
    if (typeof name === 'string' || typeof name === 'number') return String(name)
    return current.find((tag) => tagId(tag) === Number(id)) ?? invalid(`${field}.${index}.id`, 'unknown')
  })
}

/** Names of tags as the older generations write them: `"a, b"` or a list. */
export const splitTags = (value: unknown): string[] =>
  (typeof value === 'string' ? value.split(',') : entriesOf(value).map(([, tag]) => String(tag)))
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
