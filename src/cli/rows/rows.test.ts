import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DateGuess, dateFormat, instantOf, readIso } from './dates.ts'
import type { Row } from './row.ts'
import { columnsOf, openSource, rowsOf, type SourceOptions } from './source.ts'
import { decimalOf, listOf, template } from './values.ts'

const directory = mkdtempSync(join(tmpdir(), 'crmux-rows-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function read(content: string | Uint8Array, options: Partial<SourceOptions> & { name?: string } = {}) {
  const file = join(directory, options.name ?? 'file.csv')
  writeFileSync(file, content)
  const source = await openSource(file, { format: undefined, encoding: undefined, delimiter: undefined, ...options })
  const columns = await columnsOf(source)
  const rows: Row[] = []
  for await (const row of rowsOf(source, columns)) rows.push(row)
  return { columns, rows, source }
}

test('a CSV is read with the lines its rows begin on', async () => {
  const { columns, rows } = await read('a,b\r\n1,"x\ny"\r\n\r\n2,"say ""hi"""\r\n')
  expect(columns).toEqual(['a', 'b'])
  expect(rows).toEqual([
    { line: 2, cells: ['1', 'x\ny'] },
    { line: 5, cells: ['2', 'say "hi"'] },
  ])
})

test.each([',', ';', '\t', '|'])('the delimiter %j is found in the header', async (mark) => {
  const { columns, rows } = await read(`"a,;x"${mark}b${mark}c\n1${mark}2${mark}3\n`)
  expect(columns).toEqual(['a,;x', 'b', 'c'])
  expect(rows[0]?.cells).toEqual(['1', '2', '3'])
})

test('a row with too few or too many columns is told, and the others are read', async () => {
  const { rows } = await read('a,b\n1\n1,2\n1,2,3\n3,4')
  expect(rows.map(({ line, problem }) => [line, problem?.slice(0, 38)])).toEqual([
    [2, 'has 1 columns where the header has 2; '],
    [3, undefined],
    [4, 'has 3 columns where the header has 2; '],
    [5, undefined],
  ])
})

test('a quote in the middle of a field refuses that row only', async () => {
  const { rows } = await read('a,b\n1,5" pipe\n3,4\n')
  expect(rows.map(({ line, problem }) => [line, problem !== undefined])).toEqual([
    [2, true],
    [3, false],
  ])
})

test('quotes that are never closed, and text behind a closing one, end the reading with the line', async () => {
  await expect(read('a,b\n1,2\n3,"x\n4,5\n6,7\n')).rejects.toThrow(/begins on line 3 has a quote that is never closed/)
  await expect(read('a,b\n1,"x"y\n4,5\n')).rejects.toThrow(/row on line 2 has text behind a closing quote/)
  await expect(read(`a,b\n1,2\n3,"${'x\n'.repeat(600_000)}`)).rejects.toThrow(/begins on line 3 is longer than 1 MB/)
})

test('encodings: a mark decides, UTF-8 is the default, nothing is read as something else', async () => {
  const text = 'name\nMüller\n'
  const utf16 = (bom: boolean) => Buffer.from((bom ? '\ufeff' : '') + text, 'utf16le')
  expect((await read(`\ufeff${text}`)).columns).toEqual(['name'])
  expect((await read(utf16(true))).rows[0]?.cells).toEqual(['Müller'])
  expect((await read(utf16(true).swap16())).rows[0]?.cells).toEqual(['Müller'])
  expect((await read(utf16(false), { encoding: 'utf-16le' })).rows[0]?.cells).toEqual(['Müller'])
  expect((await read(Buffer.from(text, 'latin1'), { encoding: 'latin1' })).rows[0]?.cells).toEqual(['Müller'])
  await expect(read(Buffer.from(`name\nok\nM\xfcller\n`, 'latin1'))).rejects.toThrow(/is not utf-8.*--encoding windows-1252/)
  await expect(read(utf16(false))).rejects.toThrow(/NUL bytes.*--encoding utf-16le/)
})

test('an empty file is told as one', async () => {
  await expect(read('')).rejects.toThrow(/is empty/)
})

test('JSON lines: every field of any line is a column, broken lines are told', async () => {
  const { columns, rows } = await read('{"a":1}\n\n[1]\n{"b":["x"],"a":null}\n{"a":', { name: 'x.ndjson' })
  expect(columns).toEqual(['a', 'b'])
  expect(rows.map(({ line, cells, problem }) => [line, cells, problem !== undefined])).toEqual([
    [1, [1, null], false],
    [3, [], true],
    [4, [null, ['x']], false],
    [5, [], true],
  ])
})

test.each([
  ['m/d/yyyy', '3/1/2017', '2017-03-01'],
  ['m/d/yyyy', '12/31/2016', '2016-12-31'],
  ['d.m.yyyy', '1.3.2017', '2017-03-01'],
  ['dd/mm/yyyy', '31/12/2016', '2016-12-31'],
  ['d mmm yyyy', '7 September 2026', '2026-09-07'],
  ['d.m.yy', '1.3.69', '2069-03-01'],
  ['yyyy-mm-dd', '2017-03-01', '2017-03-01'],
  ['m/d/yyyy', '2/30/2017', undefined],
  ['m/d/yyyy', '13/1/2017', undefined],
  ['m/d/yyyy', '1.3.2017', undefined],
  ['m/d/yyyy', 'soon', undefined],
])('%s reads %s', (format, text, day) => {
  expect(dateFormat(format)(text)?.day).toBe(day)
})

test('a time may follow the day, in the time zone of the workspace or with its own', () => {
  const read = dateFormat('m/d/yyyy')
  const at = (text: string, zone: string) =>
    new Date(instantOf(read(text) as NonNullable<ReturnType<typeof read>>, zone)).toISOString()
  expect(at('3/1/2017', 'UTC')).toBe('2017-03-01T00:00:00.000Z')
  expect(at('3/1/2017 2:05 PM', 'UTC')).toBe('2017-03-01T14:05:00.000Z')
  expect(at('3/1/2017', 'America/New_York')).toBe('2017-03-01T05:00:00.000Z')
  expect(at('7/1/2017 00:30', 'Europe/Berlin')).toBe('2017-06-30T22:30:00.000Z')
  expect(at('3/1/2017 10:00 +05:30', 'Europe/Berlin')).toBe('2017-03-01T04:30:00.000Z')
  // The night in which New York's clocks go forward.
  expect(at('3/12/2017 03:00', 'America/New_York')).toBe('2017-03-12T07:00:00.000Z')
  expect(readIso('2026-11-21T10:00:00.123Z')).toEqual({ day: '2026-11-21', time: 36_000_123, offset: 0 })
})

test('the format is found where the dates tell it, and asked for where they do not', () => {
  const guess = (...texts: string[]) => {
    const dates = new DateGuess()
    for (const text of texts) dates.look(text)
    return dates.format()
  }
  expect(guess('3/1/2017', '10/20/2016')).toBe('m/d/yyyy')
  expect(guess('3/1/2017', '20/10/2016', 'n/a')).toBe('d/m/yyyy')
  expect(guess('2017-03-01', '2017-03-01T10:00:00Z')).toBeUndefined()
  expect(() => guess('3/1/2017', '2/2/2016')).toThrow(/could be m\/d\/yyyy or d\/m\/yyyy/)
  expect(guess('2017-03-01', '2017-02-30')).toBeUndefined()
  expect(() => guess('soon')).toThrow(/'soon' is no date/)
  expect(() => dateFormat('month/day')).toThrow(/It takes year, month and day/)
})

test.each([
  ['1054', '.', '1054'],
  ['$1,234,567.50', '.', '1234567.50'],
  ['1.234.567,50 €', ',', '1234567.50'],
  ["1'234.5", '.', '1234.5'],
  ['(12.00)', '.', '-12.00'],
  ['-7', '.', '-7'],
  ['.5', '.', '0.5'],
  ['1.234,56', '.', undefined],
  ['1,23', '.', undefined],
  ['12,34,567', '.', undefined],
  ['1 000', '.', '1000'],
  ['1e5', '.', undefined],
  ['abc', '.', undefined],
  ['', '.', undefined],
] as const)('the number %s with %s for decimals', (text, point, decimal) => {
  expect(decimalOf(text, point)).toBe(decimal)
})

test('lists and titles', () => {
  expect(listOf('a, b,,c')).toEqual(['a', 'b', 'c'])
  expect(listOf('["a, b","c"]')).toEqual(['a, b', 'c'])
  expect(listOf('[1]')).toBeUndefined()
  const fill = (pattern: string, row: Record<string, string>) => template(pattern).fill((column) => row[column] ?? '')
  expect(fill('{a} – {b}', { a: 'Acme', b: 'Pump' })).toBe('Acme – Pump')
  expect(fill('{a} – {b}', { b: 'Pump' })).toBe('Pump')
  expect(fill('{a} – {b} – {c}', { a: 'x', c: 'z' })).toBe('x – z')
  expect(fill('Deal {a} ({b})', { a: 'x', b: 'y' })).toBe('Deal x (y)')
  expect(fill('{a} – {b}', {})).toBe('')
})
