import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { request } from './app.ts'

/** One request with the answer that the vendor documents for it. */
export interface Exchange {
  title: string
  method: string
  path: string
  headers: Record<string, string>
  body: string | undefined
  status: number
  answerHeaders: Record<string, string>
  /** Undefined: the answer has no body. */
  answer: string | undefined
}

export type Vars = Readonly<Record<string, unknown>>

/** What an exchange is played against. */
export interface World {
  /** Origin and prefix: `http://127.0.0.1:4711/pipedrive`. */
  base: string
  headers: Record<string, string>
  /** Values for `{name}`. Later exchanges of a file also see `{last.…}`: the body of the answer before. */
  vars: Vars
}

/**
 * Makes a test of every exchange in a folder of `.http` files. A file is one world, its exchanges run in order. Answers are compared to
 * the letter, key order included; only `"{time}"`, `"{id}"`, `"{uuid}"` and `"{any}"` are loose.
 */
export function runExchanges(folder: string, open: (file: string) => Promise<World>): void {
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.http'))
    .sort()) {
    const exchanges = parse(readFileSync(join(folder, file), 'utf8'))
    test(`exchange ${basename(file, '.http')}: ${exchanges.map(({ title }) => title).join('; ')}`, async () => {
      const world = await open(file)
      let vars: Record<string, unknown> = { ...world.vars }
      for (const exchange of exchanges) {
        const answer = await request(world.base + fillText(exchange.path, vars), {
          method: exchange.method,
          headers: { ...world.headers, ...exchange.headers },
          ...(exchange.body === undefined ? {} : { body: fillText(exchange.body, vars) }),
        })
        expect({ title: exchange.title, status: answer.status, body: answer.text }).toMatchObject({
          title: exchange.title,
          status: exchange.status,
        })
        for (const [name, value] of Object.entries(exchange.answerHeaders)) expect(answer.headers.get(name), name).toBe(value)
        if (exchange.answer === undefined) expect(answer.text).toBe('')
        else compare(answer.body, JSON.parse(exchange.answer), vars, exchange.title)
        vars = { ...vars, last: answer.body }
      }
    })
  }
}

export function parse(text: string): Exchange[] {
  return text.split(/^---\s*$/m).map((part) => {
    const [asked = '', ...told] = part.split(/^### +(?=\d{3})/m)
    const answer = told.join('')
    const lines = asked.trim().split('\n')
    const title = lines
      .filter((line) => line.startsWith('#'))
      .map((line) => line.replace(/^#+ */, ''))
      .join(' ')
    const request = lines
      .filter((line) => !line.startsWith('#'))
      .join('\n')
      .trim()
    const [head = '', body] = halves(request)
    const [first = '', ...headerLines] = head.split('\n')
    const [method = 'GET', path = '/'] = first.split(/ +/)
    const [statusLine = '', ...rest] = answer.trim().split('\n')
    const [answerHead, answerBody] = statusLine === '' ? ['', undefined] : headOf(rest)
    return {
      title,
      method,
      path,
      headers: headersOf(headerLines),
      body,
      status: Number(statusLine.slice(0, 3)),
      answerHeaders: headersOf(answerHead.split('\n')),
      answer: answerBody,
    }
  })
}

/** Headers and body are parted by an empty line; an answer that begins with a brace has no headers. */
function headOf(lines: string[]): [string, string | undefined] {
  const text = lines.join('\n')
  if (/^\s*[[{]/.test(text)) return ['', text.trim()]
  const [head, body] = halves(text)
  return [head, body]
}

function halves(text: string): [string, string | undefined] {
  const cut = text.search(/\n\s*\n/)
  if (cut < 0) return [text, undefined]
  const body = text.slice(cut).trim()
  return [text.slice(0, cut), body === '' ? undefined : body]
}

const headersOf = (lines: string[]): Record<string, string> =>
  Object.fromEntries(
    lines
      .map((line) => /^([A-Za-z0-9-]+): *(.*)$/.exec(line.trim()))
      .flatMap((match) => (match ? [[(match[1] ?? '').toLowerCase(), match[2] ?? '']] : [])),
  )

/** The value at a dotted path: `stages.2`, `last.data.id`. */
export function valueAt(vars: Vars, path: string): unknown {
  if (Object.hasOwn(vars, path)) return vars[path]
  let value: unknown = vars
  for (const part of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[part]
  return value
}

const fillText = (text: string, vars: Vars): string =>
  text.replace(/\{([A-Za-z_][\w.]*)\}/g, (whole, name: string) => {
    const value = valueAt(vars, name)
    return value === undefined ? whole : String(value)
  })

const loose: Readonly<Record<string, (value: unknown) => boolean>> = {
  '{time}': (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(value) && Number.isFinite(Date.parse(value)),
  '{id}': (value) => Number.isSafeInteger(value) && Number(value) > 0,
  '{uuid}': (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  '{any}': () => true,
}

function compare(actual: unknown, expected: unknown, vars: Vars, title: string): void {
  const [left, right] = align(actual, expected, vars)
  // As text, so that the order of keys counts too.
  expect(JSON.stringify(left, null, 1), title).toBe(JSON.stringify(right, null, 1))
}

/** Both sides with loose places that match made equal. */
function align(actual: unknown, expected: unknown, vars: Vars): [unknown, unknown] {
  if (typeof expected === 'string') {
    const matches = loose[expected]
    if (matches) return matches(actual) ? [expected, expected] : [actual, expected]
    const whole = /^\{([A-Za-z_][\w.]*)\}$/.exec(expected)?.[1]
    const value = whole === undefined ? undefined : valueAt(vars, whole)
    return [actual, value === undefined ? fillText(expected, vars) : value]
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const pairs = expected.map((item, index) => align(actual[index], item, vars))
    return [[...pairs.map(([left]) => left), ...actual.slice(expected.length)], pairs.map(([, right]) => right)]
  }
  if (isObject(expected) && isObject(actual)) {
    const wanted = Object.fromEntries(Object.entries(expected).map(([key, value]) => [fillText(key, vars), value]))
    const left = Object.fromEntries(
      Object.entries(actual).map(([key, value]) => [
        key,
        Object.hasOwn(wanted, key) ? align(value, wanted[key], vars)[0] : value,
      ]),
    )
    const right = Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, align(actual[key], value, vars)[1]]))
    return [left, right]
  }
  return [actual, expected]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
