import { expect, test } from 'vitest'
import type { CustomFieldJson } from '../../../src/dialects/native/custom-fields.ts'
import { ariaSort, columnsOf, isUsual, nextSort, readChoice, withColumn, withColumnMoved, writeChoice } from './columns.ts'

const field: CustomFieldJson = {
  id: 901,
  uuid: 'u',
  subject: 'deal',
  name: 'Level',
  type: 'number',
  options: [],
  createdAt: '',
  updatedAt: '',
}
const columns = columnsOf([field, { ...field, id: 902, subject: 'contact' }])
const columnOf = (id: string) => columns.find((column) => column.id === id) ?? { id, label: id, width: 0 }

test('a list has the columns of the model and the fields that the team added to deals', () => {
  expect(columns.map(({ id }) => id)).toContain('field:901')
  expect(columns.map(({ id }) => id)).not.toContain('field:902')
  expect(columnOf('field:901')).toMatchObject({ label: 'Level', align: 'end' })
})

test('a choice is read back as it was written; what is gone is left out and the title is there', () => {
  expect(readChoice('value,field:901,owner', columns)).toEqual(['title', 'value', 'field:901', 'owner'])
  expect(readChoice('value,field:77,value', columns)).toEqual(['title', 'value'])
  expect(readChoice(writeChoice(['title', 'owner']), columns)).toEqual(['title', 'owner'])
  expect(isUsual(readChoice(null, columns))).toBe(true)
  expect(isUsual(readChoice('value', columns))).toBe(false)
})

test('columns are shown, hidden and moved, except for the title', () => {
  const choice = ['title', 'value', 'owner']
  expect(withColumn(choice, 'stage', true)).toEqual(['title', 'value', 'owner', 'stage'])
  expect(withColumn(choice, 'value', false)).toEqual(['title', 'owner'])
  expect(withColumn(choice, 'title', false)).toEqual(choice)
  expect(withColumnMoved(choice, 'owner', -1)).toEqual(['title', 'owner', 'value'])
  expect(withColumnMoved(choice, 'value', -1)).toEqual(choice)
  expect(withColumnMoved(choice, 'owner', 1)).toEqual(choice)
})

test('a head sorts up, down, and not at all', () => {
  const value = columnOf('value')
  expect(nextSort(value, undefined)).toBe('amount')
  expect(nextSort(value, 'amount')).toBe('-amount')
  expect(nextSort(value, '-amount')).toBeUndefined()
  expect(nextSort(value, 'title')).toBe('amount')
  expect(nextSort(columnOf('stage'), 'title')).toBe('title')
  expect(ariaSort(value, '-amount')).toBe('descending')
  expect(ariaSort(value, 'title')).toBe('none')
  expect(ariaSort(columnOf('stage'), 'title')).toBeUndefined()
})
