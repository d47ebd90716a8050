import { expect, test } from 'vitest'
import { prettyLog } from './pretty-log.ts'

const shown = (line: object): string => {
  let text = ''
  prettyLog({ write: (part) => (text += part) }).write(
    JSON.stringify({ level: 'info', time: '2026-11-21T12:34:56.789Z', ...line }),
  )
  return text
}

test('at a terminal a request is one short line', () => {
  const request = {
    msg: 'request',
    reqId: 'x',
    dialect: 'sell',
    method: 'GET',
    path: '/v2/deals',
    route: '/v2/deals',
    status: 200,
    ms: 3.1,
  }
  expect(shown(request)).toBe('12:34:56 GET /v2/deals 200 3.1 ms  sell\n')
})

test('anything else keeps what is known about it, and its level where that matters', () => {
  expect(shown({ msg: 'stopped' })).toBe('12:34:56 stopped\n')
  expect(shown({ level: 'error', msg: 'a bug was answered', err: { message: 'x' } })).toBe(
    '12:34:56 ERROR a bug was answered  {"err":{"message":"x"}}\n',
  )
})
