import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { z } from 'zod'
import type { Coverage, Dialect } from '../../src/dialects/dialect.ts'
import type { Route } from '../../src/http/speak.ts'

/** Where the project is, with a slash at its end. */
export const root = new URL('../..', import.meta.url).pathname

/** Where the pages are, one for each dialect. */
export const folder = join(root, 'docs/compatibility')

/** What one dialect answers, as Markdown, from its coverage, its routes' schemas, and what its tests and clients have shown. */
export function compatibilityPage(dialect: Dialect, routes: readonly Route[]): string {
  const specs = new Map(
    routes.filter((route) => route.dialect === dialect.name).map((route) => [nameOf(route, route.url), route]),
  )
  const used = usedBy(dialect)
  const hasClients = used.size > 0
  const columns = ['operation', 'status', 'query', 'body', ...(hasClients ? ['used by'] : [])]
  const rows = dialect.coverage.map((entry) => {
    const spec = specs.get(nameOf(entry, entry.path))?.spec
    const client = hasClients ? [used.get(nameOf(entry, dialect.prefix + entry.path))?.join('<br>') ?? ''] : []
    return [
      code(nameOf(entry, entry.path)),
      status(entry),
      spec?.query ? keysOf(spec.query).map(code).join(', ') : '',
      spec?.body ? keysOf(spec.body).map(code).join(', ') : '',
      ...client,
    ]
  })
  return [
    '<!-- Made by `npm run docs`. -->',
    `# Compatibility: ${dialect.title}`,
    `Paths are below \`${dialect.prefix}\`. ${countOf(dialect.coverage)}`,
    [
      'Query and body are the names that a route’s schema reads; `a.b` is `b` inside `a`. What is absent is answered as an unknown path.',
      hasClients
        ? 'The last column names functions of published clients that the tests call, unchanged, and that the operation answered well.'
        : 'No function of a published client is recorded in the tests.',
    ].join(' '),
    table(columns, rows),
    '## Differences',
    differences(dialect),
    '',
  ].join('\n\n')
}

/** The titles of a dialect's tests, with the file that each is in. */
export function testsOf(dialect: Dialect): Map<string, string> {
  const titles = new Map<string, string>()
  for (const file of globSync(`src/dialects/${dialect.name}/**/*.test.ts`, { cwd: root }).sort()) {
    const text = readFileSync(join(root, file), 'utf8')
    // `test('title', …`, and the second call of `test.each(…)('title', …`.
    for (const [, , title = ''] of text.matchAll(/(?:\btest|\))\(\s*(['"`])((?:(?!\1).)+)\1,/g)) titles.set(title, file)
  }
  return titles
}

const nameOf = ({ method }: { method: string }, path: string) => `${method} ${path}`
const code = (text: string) => `\`${text}\``
const status = ({ status, why }: Coverage) => (why === undefined ? status : `${status}: ${why}`)
const table = (columns: readonly string[], rows: readonly (readonly string[])[]) =>
  [columns, columns.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')

function countOf(coverage: readonly Coverage[]): string {
  const count = (wanted: Coverage['status']) => coverage.filter(({ status }) => status === wanted).length
  return `${coverage.length} operations: ${count('full')} full, ${count('partial')} partial, ${count('absent')} absent.`
}

function differences(dialect: Dialect): string {
  const tests = testsOf(dialect)
  const list = (dialect.differences ?? []).map(({ what, test }, index) => {
    const file = tests.get(test)
    const shown = file === undefined ? test : `[${test}](${relative(folder, join(root, file))})`
    return `${index + 1}. ${what} Test: ${shown}`
  })
  return list.length > 0 ? list.join('\n') : 'None are listed.'
}

/** By route, each client with its functions: what the recordings beside the client tests say. */
function usedBy(dialect: Dialect): Map<string, string[]> {
  const used = new Map<string, string[]>()
  for (const file of globSync(`src/dialects/${dialect.name}/**/clients.json`, { cwd: root }).sort()) {
    // Written by the recorder of the tests alone.
    const clients = JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, Record<string, string>>
    for (const [client, functions] of Object.entries(clients)) {
      const byRoute = new Map<string, string[]>()
      for (const [called, routes] of Object.entries(functions))
        for (const route of routes.split(', ')) byRoute.set(route, [...(byRoute.get(route) ?? []), code(called)])
      for (const [route, names] of byRoute) used.set(route, [...(used.get(route) ?? []), `${client}: ${names.join(', ')}`])
    }
  }
  return used
}

/** The part of JSON Schema that holds names. */
interface Shape {
  $ref?: string
  $defs?: Record<string, Shape>
  properties?: Record<string, Shape>
  items?: Shape
  anyOf?: Shape[]
  oneOf?: Shape[]
  allOf?: Shape[]
}

/** The names that a schema reads, in its order, those of objects and of rows in a list with one level of what is inside. */
function keysOf(schema: z.ZodType): string[] {
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape
  const properties = (shape: Shape): [string, Shape][] => {
    const meant = shape.$ref ? whole.$defs?.[shape.$ref.replace('#/$defs/', '')] : undefined
    const others = [meant, shape.items, ...(shape.anyOf ?? []), ...(shape.oneOf ?? []), ...(shape.allOf ?? [])]
    return [...Object.entries(shape.properties ?? {}), ...others.flatMap((other) => (other ? properties(other) : []))]
  }
  const keys = properties(whole).flatMap(([name, shape]) => {
    const inner = properties(shape).map(([within]) => `${name}.${within}`)
    return inner.length > 0 ? inner : [name]
  })
  return [...new Set(keys)]
}
