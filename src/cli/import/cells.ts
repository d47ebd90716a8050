import type { CustomFieldType } from '../../domain/custom-field.ts'
import type { Json, JsonObject } from '../../domain/text.ts'
import type { Day, Instant } from '../../domain/time.ts'
import { type DateReader, instantOf, readIso, type Told } from '../rows/dates.ts'
import type { Row } from '../rows/row.ts'
import { decimalOf, jsonOf, listOf, textOf } from '../rows/values.ts'
import type { Mapping } from './columns.ts'
import { refuseRow } from './refusal.ts'

/** How the texts of a file are to be understood. */
export interface Reading {
  mapping: Mapping
  columns: readonly string[]
  date: DateReader
  dateFormat: string
  point: '.' | ','
  timeZone: string
}

/** The cells of one row by field. An empty cell says nothing, so that it never wipes out what is there. */
export class Cells {
  readonly #row: Row
  readonly #reading: Reading

  constructor(row: Row, reading: Reading) {
    this.#row = row
    this.#reading = reading
  }

  text(field: string): string | undefined {
    const index = this.#reading.mapping.fields.get(field)
    return index === undefined ? undefined : textOf(this.#row.cells[index]) || undefined
  }

  /** By the name of the column, for titles made of others. */
  column(name: string): string {
    return textOf(this.#row.cells[this.#reading.columns.indexOf(name)])
  }

  decimal(field: string): string | undefined {
    const text = this.text(field)
    if (text === undefined) return undefined
    const other = this.#reading.point === '.' ? ',' : '.'
    return (
      decimalOf(text, this.#reading.point) ??
      refuseRow(`${field} '${text}' is not a number; decimals written with '${other}' need --decimal ${other}`)
    )
  }

  percent(field: string): number | undefined {
    const text = this.text(field)
    if (text === undefined) return undefined
    const number = Number(decimalOf(text.replace(/%$/, ''), this.#reading.point) ?? Number.NaN)
    return Number.isInteger(number) ? number : refuseRow(`${field} '${text}' is not a whole number of percent`)
  }

  day(field: string): Day | undefined {
    return this.#date(field)?.day
  }

  instant(field: string): Instant | undefined {
    const told = this.#date(field)
    return told && instantOf(told, this.#reading.timeZone)
  }

  #date(field: string): Told | undefined {
    const text = this.text(field)
    if (text === undefined) return undefined
    return this.#reading.date(text) ?? refuseRow(`${field} '${text}' is not a date like ${this.#reading.dateFormat}`)
  }

  list(field: string): readonly string[] | undefined {
    const text = this.text(field)
    return text === undefined ? undefined : (listOf(text) ?? refuseRow(`${field} '${text}' is not a list`))
  }

  /** Whether the file has a column for it. */
  has(field: string): boolean {
    return this.#reading.mapping.fields.has(field)
  }

  /** What single dialects know of the record, by dialect. */
  extras(): [string, JsonObject][] {
    const text = this.text('extras')
    const extras = text === undefined ? {} : jsonOf(text)
    if (!isObject(extras) || !Object.values(extras).every(isObject)) return refuseRow('extras are no JSON object of objects')
    return Object.entries(extras) as [string, JsonObject][]
  }

  /** The custom fields that are not empty, with the type that the file gives them. */
  custom(): { name: string; type: CustomFieldType; cell: Json; text: string }[] {
    return this.#reading.mapping.custom.flatMap(({ index, name, type }) => {
      const cell = this.#row.cells[index] ?? null
      const text = textOf(cell)
      const told = typeof cell === 'number' ? 'number' : typeof cell === 'boolean' ? 'boolean' : 'text'
      return text === '' ? [] : [{ name, type: type ?? told, cell, text }]
    })
  }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value in the type of its field; undefined where it is none. */
export function customValue(cell: Json, text: string, type: CustomFieldType): Json | undefined {
  switch (type) {
    case 'number':
      return typeof cell === 'number' ? cell : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
    case 'boolean':
      return /^(true|yes|1)$/i.test(text) ? true : /^(false|no|0)$/i.test(text) ? false : undefined
    case 'date':
      return readIso(text)?.day
    case 'text':
    case 'choice':
      return text
  }
}
