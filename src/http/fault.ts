import type { z } from 'zod'
import { DomainError, type Issue, type Refusal } from '../domain/errors.ts'

/**
 * Everything that can be answered instead of what was asked: the domain's refusals, and what goes wrong before the domain is
 * reached. A dialect renders each in its vendor's words; there is no other way to an error answer.
 */
export type Fault =
  | Refusal
  /** The path is nobody's. */
  | { kind: 'no_route' }
  /** The path is known, with other methods. */
  | { kind: 'bad_method'; allowed: readonly string[] }
  /** The request cannot be read: the body is no JSON, not UTF-8 or nested too deep, or the URL is not encoded properly. */
  | { kind: 'malformed'; what: 'json' | 'utf8' | 'depth' | 'url' | 'body' }
  | { kind: 'too_large'; what: 'body' | 'url' }
  | { kind: 'media_type' }
  /** A header that the vendor insists on is missing or wrong. */
  | { kind: 'bad_header'; header: string }
  /** Parameters or body do not have the shape that the route asks for. Names are the caller's own. */
  | { kind: 'bad_input'; where: InputPart; issues: readonly InputIssue[] }
  /** Our own mistake. */
  | { kind: 'bug' }

export type InputPart = 'params' | 'query' | 'body' | 'headers'

export interface InputIssue {
  /** Where in the input, in the caller's own names. Empty for the input as a whole. */
  path: readonly (string | number)[]
  rule: Issue['rule'] | 'choice'
  /** What was expected, as Zod names it: `string`, `number`, … */
  expected?: string
  min?: number
  max?: number
  /** For `choice`: what could have been said. */
  options?: readonly (string | number | boolean | null)[]
  /** Zod's own sentence, where a vendor has no words of its own. */
  message: string
}

/** What is thrown on the way from the socket to the domain. */
export class FaultError extends Error {
  override readonly name = 'FaultError'
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.kind)
    this.fault = fault
  }
}

export function fail(fault: Fault): never {
  throw new FaultError(fault)
}

/** The input as the schema reads it, or a `bad_input` fault with all that is wrong with it. */
export function read<T extends z.ZodType>(schema: T, input: unknown, where: InputPart): z.output<T> {
  const result = schema.safeParse(input, { reportInput: true })
  return result.success ? result.data : fail({ kind: 'bad_input', where, issues: result.error.issues.flatMap(inputIssues) })
}

const pathOf = (path: readonly PropertyKey[]): (string | number)[] =>
  path.map((part) => (typeof part === 'symbol' ? String(part) : part))

function inputIssues(issue: z.core.$ZodIssue): InputIssue[] {
  const path = pathOf(issue.path)
  const { message } = issue
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], rule: 'unknown', message }))
    case 'invalid_type':
      return issue.input === undefined
        ? [{ path, rule: 'required', expected: issue.expected, message }]
        : [{ path, rule: 'type', expected: issue.expected, message }]
    case 'too_big':
      return [
        {
          path,
          rule: issue.origin === 'string' || issue.origin === 'array' ? 'too_long' : 'range',
          max: Number(issue.maximum),
          message,
        },
      ]
    case 'too_small':
      return [{ path, rule: issue.origin === 'string' ? 'blank' : 'range', min: Number(issue.minimum), message }]
    case 'invalid_value':
      return [
        issue.input === undefined
          ? { path, rule: 'required', message }
          : {
              path,
              rule: 'choice',
              options: issue.values.map((value) => (typeof value === 'bigint' ? Number(value) : (value as string))),
              message,
            },
      ]
    case 'invalid_union': {
      // The branch that came closest says most.
      const branches = issue.errors.map((errors) =>
        errors.flatMap((error) => inputIssues({ ...error, path: [...issue.path, ...error.path] })),
      )
      const deepest = branches.toSorted(
        (a, b) => Math.max(...b.map((i) => i.path.length), 0) - Math.max(...a.map((i) => i.path.length), 0),
      )[0]
      if (issue.input === undefined) return [{ path, rule: 'required', message }]
      return deepest?.some((inner) => inner.path.length > path.length) ? deepest : [{ path, rule: 'type', message }]
    }
    case 'invalid_format':
      return [{ path, rule: 'format', expected: issue.format, message }]
    case 'not_multiple_of':
      return [{ path, rule: 'type', message }]
    case 'custom': {
      const rule = issue.params?.rule as InputIssue['rule'] | undefined
      return [{ path, rule: rule ?? 'format', message }]
    }
    default:
      return [{ path, rule: 'format', message }]
  }
}

/** Whatever was thrown, as a fault. Fastify's own complaints are turned here too, so that none of them is answered in Fastify's words. */
export function asFault(error: unknown): Fault {
  if (error instanceof FaultError) return error.fault
  if (error instanceof DomainError) return error.refusal
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { kind: 'too_large', what: 'body' }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { kind: 'media_type' }
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return { kind: 'too_large', what: 'url' }
    case 'FST_ERR_BAD_URL':
      return { kind: 'malformed', what: 'url' }
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return { kind: 'malformed', what: 'body' }
    default:
      return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
        ? { kind: 'malformed', what: 'body' }
        : { kind: 'bug' }
  }
}
