import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/**
 * The lines of each vendor's checklist that bind crmux so far: those that the vendor's own pages or clients say. Each must be held by
 * a test whose title begins with its number.
 */
const binding: Readonly<Record<string, string>> = {
  sell: `1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 44 45 46 47 49 50
    51 52 53 54 55 56 57 58 59 60 62 64 65 66a 66b 66c 66d 67 68 69 70 71 72 73 74 75 76 77 78 79 80`,
  pipedrive: `1 2 3 4 5 6 7 8 9 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 31 32 33 34 35 36 38 39 40 41 42 43 44 45 46 47 48 49
    50 51 52 53 54 55 56 58 60 61 62 63 64 65 66 67 67a 68 69 70 71 72 73 74 75 76 77 78 79 80 81 81a 83 84 85 86 87 88 89 90 91 92 93 94`,
  pipeback: `1 3 4 5 6 7 8 9 10 11 12 14 19 20 21 22 26 30 31 32 33 35 36 37 40 41 43 44 47 48 49 50 55 56 58 60 61 64`,
  productive: `1 2 3 4 5 6 7 8 9 10 12 13 14 15 16 17 19 20 21 22 23 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 48 49 50 51
    53 54 55 60 61 63 65 66 67 68 69 70 72 73 74 75 76 77 78 79 80 81 82 83 85 86 88`,
  amocrm: `1 2 3 4 5 6 7 9 10 11 12 13 14 15 17 18 19 20 21 22 24 25 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50
    51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 73 74 75 76 77 78 79 80 81 82 83 86 87 88 89 90 91 92 93 94 95 96 97 98 99 100 101 102 103 104 105`,
}

const root = new URL('..', import.meta.url).pathname
const dialects = globSync('src/dialects/*/index.ts', { cwd: root }).map((path) => path.split('/').at(-2) ?? '')

/** Every number that a test title of the dialect begins with: `'sell 45, 46: …'`. */
function numbersIn(dialect: string): Set<string> {
  const files = globSync(`src/dialects/${dialect}/**/*.test.ts`, { cwd: root }).map((file) =>
    readFileSync(`${root}/${file}`, 'utf8'),
  )
  const titles = files.flatMap((text) =>
    [...text.matchAll(new RegExp(`['"\`]${dialect} ([\\d][\\da-z, –-]*):`, 'g'))].map((match) => match[1] ?? ''),
  )
  return new Set(titles.flatMap((title) => title.split(',').flatMap(expand)))
}

/** `33–36` is each of them. */
function expand(part: string): string[] {
  const [first = '', last] = part.trim().split(/[–-]/)
  if (last === undefined) return [first]
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => String(Number(first) + index))
}

test.each(dialects.filter((dialect) => dialect in binding))(
  'every binding line of the %s checklist is held by a test that names it',
  (dialect) => {
    const held = numbersIn(dialect)
    const missing = (binding[dialect] ?? '').split(/\s+/).filter((line) => !held.has(line))
    expect(missing).toEqual([])
  },
)
