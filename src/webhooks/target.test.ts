import { describe, expect, test } from 'vitest'
import { isPublic, targetsOf } from './target.ts'

const { fault } = targetsOf({ allowPrivate: false })

describe('addresses', () => {
  test.each([
    '93.184.216.34',
    '1.1.1.1',
    '2606:2800:220:1:248:1893:25c8:1946',
    '::ffff:93.184.216.34',
    // Through NAT64.
    '64:ff9b::5db8:d822',
  ])('%s is anybody’s', (address) => expect(isPublic(address)).toBe(true))

  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::7f00:1',
    '100::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'not an address',
  ])('%s is not', (address) => expect(isPublic(address)).toBe(false))
})

describe('targets', () => {
  test.each([
    'https://example.com/hook?x=1',
    'http://example.com',
    'https://example.com:8443/',
    'https://93.184.216.34/',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/',
    'https://пример.рф/',
  ])('%s is allowed', (url) => expect(fault(url)).toBeUndefined())

  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://0x7f.0.0x1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://127.0.0.1./',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://api.localhost/',
    'http://printer.local/',
    'http://metadata.google.internal/',
    'https://example.com:22/',
    'https://example.com:25/',
    'https://example.com:1/',
    'https://user@example.com/',
    'https://user:password@example.com/',
  ])('%s is not', (url) => expect(fault(url)).toBe('not_allowed'))

  test.each([
    '',
    'example.com',
    '/hook',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://a b/',
    'https://x.example/\n',
  ])('%j is no target', (url) => expect(fault(url)).toBe('format'))

  test('private ones are allowed where the operator says so', () => {
    const own = targetsOf({ allowPrivate: true })
    for (const url of ['http://127.0.0.1:22/', 'http://localhost/', 'http://[::1]/']) expect(own.fault(url)).toBeUndefined()
    expect(own.fault('ftp://127.0.0.1/')).toBe('format')
  })
})
