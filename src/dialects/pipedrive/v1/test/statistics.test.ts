import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TestApp, TestWorkspace } from '../../../../../test/support/app.ts'
import { clockAt, openV1, speakV1, type V1 } from './served.ts'

/** What happened in a pipeline from one day to another. */
const clock = clockAt('2026-05-01T12:00:00Z')
const day = 86_400_000
let app: TestApp
let ws: TestWorkspace
let v1: V1
let stages: number[]
let pipeline: number

beforeAll(async () => {
  ;({ app } = await openV1({ now: clock.now }))
})
afterAll(() => app.close())
beforeEach(async () => {
  clock.reset()
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
  pipeline = (await v1.get('/pipelines')).body.data[0].id
  stages = (await v1.get('/stages')).body.data.map(({ id }: { id: number }) => id)
})

const add = async (body: object = {}): Promise<number> =>
  (await v1.post('/deals', { title: 'Deal', value: 10, ...body })).body.data.id
const put = (id: number, body: object) => v1.put(`/deals/${id}`, body)
const ask = async (which: string, query: string) =>
  (await v1.get(`/pipelines/${pipeline}/${which}_statistics?${query}`)).body.data
const may = 'start_date=2026-05-02&end_date=2026-05-31'

/** Four deals before the period; in it one is new, two move on, one goes back, one is won and one lost. */
async function story() {
  const [a, b, c, d] = [await add(), await add(), await add({ stage_id: stages[1] }), await add({ value: 30, currency: 'EUR' })]
  clock.pass(4 * day)
  const e = await add({ value: 5 })
  await put(a, { stage_id: stages[1] })
  await put(b, { stage_id: stages[1] })
  clock.pass(2 * day)
  await put(c, { stage_id: stages[0] })
  await put(a, { status: 'won' })
  await put(d, { status: 'lost' })
  return { a, b, c, d, e }
}

test('pipedrive 70: conversion needs both dates, costs 40 and counts in whole percent', async () => {
  await story()
  const data = await ask('conversion', may)
  // In the first stage stood a, b and d, then came e and c: two of the five went on. In the second c, then a and b: a was won.
  expect(data.stage_conversions.slice(0, 2)).toEqual([
    { from_stage_id: stages[0], to_stage_id: stages[1], conversion_rate: 40 },
    { from_stage_id: stages[1], to_stage_id: stages[2], conversion_rate: 33 },
  ])
  expect(data.stage_conversions).toHaveLength(stages.length - 1)
  // Of the five that were open in it.
  expect([data.won_conversion, data.lost_conversion]).toEqual([20, 20])
  for (const query of ['', 'start_date=2026-05-01', 'end_date=2026-05-01', 'start_date=2026-05-02&end_date=2026-05-01'])
    expect((await v1.get(`/pipelines/${pipeline}/conversion_statistics?${query}`)).status).toBe(400)
  const left = async () =>
    Number((await v1.get(`/pipelines/${pipeline}/conversion_statistics?${may}`)).headers.get('x-daily-ratelimit-token-remaining'))
  expect((await left()) - (await left())).toBe(40)
})

test('pipedrive 71: movement has the vendor’s keys, and every number is as counted by hand', async () => {
  const { a, b, c, d, e } = await story()
  expect(await ask('movement', may)).toEqual({
    movements_between_stages: { count: 3 },
    new_deals: { count: 1, deals_ids: [e], values: { USD: 5 }, formatted_values: { USD: '$5' } },
    deals_left_open: { count: 3, deals_ids: [b, c, e], values: { USD: 25 }, formatted_values: { USD: '$25' } },
    won_deals: { count: 1, deals_ids: [a], values: { USD: 10 }, formatted_values: { USD: '$10' } },
    lost_deals: { count: 1, deals_ids: [d], values: { EUR: 30 }, formatted_values: { EUR: '€30' } },
    average_age_in_days: {
      // b and c are six days old, e is two.
      across_all_stages: 5,
      by_stages: [
        { stage_id: stages[0], value: 1 },
        { stage_id: stages[1], value: 2 },
      ],
    },
  })
})

test('pipedrive 72: both are of the caller’s own deals unless a user is named', async () => {
  const colleague = await ws.member('member')
  clock.pass(2 * day)
  const mine = await add()
  const theirs = await add({ user_id: colleague.user.id })
  expect((await ask('movement', may)).new_deals.deals_ids).toEqual([mine])
  expect((await ask('movement', `${may}&user_id=${colleague.user.id}`)).new_deals.deals_ids).toEqual([theirs])
  await put(theirs, { status: 'won' })
  expect((await ask('conversion', may)).won_conversion).toBe(0)
  expect((await ask('conversion', `${may}&user_id=${colleague.user.id}`)).won_conversion).toBe(100)
})

test('a period before everything is all zeros, and an unknown pipeline is none', async () => {
  await story()
  const before = 'start_date=2020-01-01&end_date=2020-12-31'
  expect(await ask('movement', before)).toMatchObject({
    movements_between_stages: { count: 0 },
    new_deals: { count: 0, deals_ids: [], values: {} },
    deals_left_open: { count: 0, deals_ids: [] },
  })
  expect((await ask('conversion', before)).won_conversion).toBe(0)
  for (const which of ['movement', 'conversion'])
    expect((await v1.get(`/pipelines/424242/${which}_statistics?${may}`)).status).toBe(404)
  const other = speakV1(app, (await app.workspace({ template: 'pipedrive' })).token)
  expect((await other.get(`/pipelines/${pipeline}/movement_statistics?${may}`)).status).toBe(404)
})
