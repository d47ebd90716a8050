import { fail } from '../../../http/fault.ts'
import { entriesOf } from '../php.ts'

/** The rows of a writing call: a list, or the numbered keys that a form has instead of one. */
export function rowsIn(body: unknown, most = 250): unknown[] {
  const rows = entriesOf(body)
  const isList = Array.isArray(body) || (rows.length > 0 && rows.every(([key]) => /^\d+$/.test(key)))
  if (!isList || rows.length === 0) {
    const rule = body === undefined || rows.length === 0 ? 'required' : 'type'
    fail({ kind: 'bad_input', where: 'body', issues: [{ path: [], rule, expected: 'array', message: '' }] })
  }
  if (rows.length > most)
    fail({ kind: 'bad_input', where: 'body', issues: [{ path: [], rule: 'too_long', max: most, message: '' }] })
  return rows.map(([, row]) => row)
}
