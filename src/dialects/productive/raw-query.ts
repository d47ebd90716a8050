import { z } from 'zod'
import { fail, type InputIssue } from '../../http/fault.ts'

/** The query string as it came: brackets are part of the names. Names that are nobody's business here are not looked at. */
export const RawQuery = z.record(z.string(), z.union([z.string(), z.array(z.string())]))
export type RawQuery = z.output<typeof RawQuery>

/** Says that the query cannot be taken as it is. */
export const refuseQuery = (
  part: 'filter' | 'sort' | 'include' | 'page',
  name: string,
  rule: InputIssue['rule'] = 'unknown',
): never => fail({ kind: 'bad_input', where: 'query', issues: [{ path: [part, name], rule, message: `${part} ${name}` }] })
