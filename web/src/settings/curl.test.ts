import { expect, test } from 'vitest'
import type { ApiJson } from '../../../src/dialects/native/apis.ts'
import { basesOf, curlOf, headersOf } from './curl.ts'

const api: ApiJson = {
  name: 'vendor',
  title: 'Vendor',
  prefix: '/vendor',
  hosts: ['api.vendor.example'],
  port: null,
  sample: {
    path: '/v2/deals?page[size]=3',
    headers: { 'X-Auth': 'Token {token}', 'X-Org': '{workspace.id}', 'X-Uuid': '{workspace.uuid}' },
  },
}
const caller = { token: '$CRMUX_TOKEN', workspace: { id: 11, uuid: 'a-b' } }

test('an API is reached by prefix, by host on this machine, and by its own port', () => {
  expect(basesOf(api, 'http://127.0.0.1:8080')).toEqual([
    { by: 'prefix', url: 'http://127.0.0.1:8080/vendor' },
    { by: 'host', url: 'http://vendor.localhost:8080' },
  ])
  expect(basesOf({ ...api, port: 8082 }, 'https://crm.example')).toEqual([
    { by: 'prefix', url: 'https://crm.example/vendor' },
    { by: 'port', url: 'https://crm.example:8082' },
  ])
})

test('the sample call is a line that a shell takes as it stands', () => {
  expect(curlOf(api, 'http://127.0.0.1:8080/vendor', caller)).toBe(
    'curl -g "http://127.0.0.1:8080/vendor/v2/deals?page[size]=3" -H "X-Auth: Token $CRMUX_TOKEN" -H "X-Org: 11" -H "X-Uuid: a-b"',
  )
  const plain = { ...api, sample: { path: '/deals', headers: { 'X-Name': 'a "b" `c` $d' } } }
  expect(curlOf(plain, 'http://h', caller)).toBe('curl "http://h/deals" -H "X-Name: a \\"b\\" \\`c\\` \\$d"')
})

test('headers carry the token and the workspace', () => {
  expect(headersOf(api, { ...caller, token: 'abc' })).toEqual({ 'X-Auth': 'Token abc', 'X-Org': '11', 'X-Uuid': 'a-b' })
})
