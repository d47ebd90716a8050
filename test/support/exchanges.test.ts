import { expect, test } from 'vitest'
import { parse } from './exchanges.ts'

test('an exchange file is read part by part', () => {
  const [first, second] = parse(`# Moving a deal
# vendor reference: Deals
PATCH /api/v2/deals/{deal}?x=1
Content-Type: application/json

{ "stage_id": {stage.2} }

### 200
Content-Language: en

{ "success": true }
---
# Deleting it
DELETE /api/v2/deals/{deal}

### 204
`)
  expect(first).toEqual({
    title: 'Moving a deal vendor reference: Deals',
    method: 'PATCH',
    path: '/api/v2/deals/{deal}?x=1',
    headers: { 'content-type': 'application/json' },
    body: '{ "stage_id": {stage.2} }',
    status: 200,
    answerHeaders: { 'content-language': 'en' },
    answer: '{ "success": true }',
  })
  expect(second).toMatchObject({ method: 'DELETE', body: undefined, status: 204, answer: undefined })
})
