import { expect, test } from 'vitest'
import type { CustomFieldJson } from '../../../src/dialects/native/custom-fields.ts'
import { draftOf, editorOf, readEdit } from './edits.ts'
import type { Row } from './use-rows.ts'

const field = (id: number, type: CustomFieldJson['type'], options: string[] = []): CustomFieldJson => ({
  id,
  uuid: `u${id}`,
  subject: 'deal',
  name: `Field ${id}`,
  type,
  options,
  createdAt: '',
  updatedAt: '',
})
const fields = [field(1, 'text'), field(2, 'number'), field(3, 'boolean'), field(4, 'choice', ['A', 'B']), field(5, 'date')]

const deal: Row = {
  id: 7,
  uuid: 'u',
  externalId: null,
  title: 'Slate roof',
  amount: 125_050,
  value: '1250.50',
  currency: 'USD',
  pipelineId: 1,
  stageId: 3,
  outcome: 'open',
  openStageId: 3,
  ownerId: 9,
  creatorId: 9,
  contactId: null,
  companyId: null,
  probability: 40,
  expectedCloseDate: '2026-12-01',
  lossReasonId: null,
  lossComment: null,
  stageChangedAt: null,
  stageChangedById: null,
  openStageChangedAt: null,
  closedAt: null,
  firstWonAt: null,
  tags: ['red', 'roof'],
  customFields: { '2': 12.5, '3': false },
  version: 4,
  archivedAt: null,
  deletedAt: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  companyName: null,
  contactName: null,
}

test.each([
  ['title', 'Slate roof', ' New ', { title: 'New' }],
  ['value', '1250.50', '1,300', { value: '1300' }],
  ['stage', '3', '5', { stageId: 5 }],
  ['owner', '9', '2', { ownerId: 2 }],
  ['expectedCloseDate', '2026-12-01', '', { expectedCloseDate: null }],
  ['probability', '40', '55 %', { probability: 55 }],
  ['probability', '40', '', { probability: null }],
  ['tags', 'red, roof', 'a, b,, a', { tags: ['a', 'b'] }],
  ['field:1', '', 'Hello', { customFields: { 1: 'Hello' } }],
  ['field:2', '12.5', '', { customFields: { 2: null } }],
  ['field:3', 'no', 'yes', { customFields: { 3: true } }],
  ['field:4', '', 'B', { customFields: { 4: 'B' } }],
  ['field:5', '', '2026-11-29', { customFields: { 5: '2026-11-29' } }],
])('%s begins as %j; %j becomes %j', (column, draft, text, patch) => {
  expect(draftOf(column, deal)).toBe(draft)
  expect(readEdit(column, text, fields)).toEqual({ patch })
})

test.each([
  ['title', '', 'A deal has a title.'],
  ['value', 'a lot', 'A value is a number.'],
  ['probability', '101', 'A probability is a whole number from 0 to 100.'],
  ['probability', '1.5', 'A probability is a whole number from 0 to 100.'],
  ['field:2', 'many', 'Field 2 is a number.'],
  ['createdAt', 'today', 'This cannot be changed here.'],
])('%s does not take %j', (column, text, fault) => {
  expect(readEdit(column, text, fields)).toEqual({ fault })
})

test('every column has the control that fits it; the reason for losing only where a deal is lost', () => {
  expect(editorOf('value', deal, fields)).toEqual({ control: 'money' })
  expect(editorOf('createdAt', deal, fields)).toBeUndefined()
  expect(editorOf('company', deal, fields)).toBeUndefined()
  expect(editorOf('lossReason', deal, fields)).toBeUndefined()
  expect(editorOf('lossReason', { ...deal, outcome: 'unqualified' }, fields)).toEqual({ control: 'lossReason' })
  expect(editorOf('field:3', deal, fields)).toEqual({ control: 'choice', options: ['yes', 'no'] })
  expect(editorOf('field:4', deal, fields)).toEqual({ control: 'choice', options: ['A', 'B'] })
  expect(editorOf('field:5', deal, fields)).toEqual({ control: 'date' })
})
