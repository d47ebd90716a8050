import { describe, expect, test } from 'vitest'
import { readForm, readQuery, withParameters } from './php.ts'

const form = (text: string) => readForm(Buffer.from(text))

describe('a form', () => {
  test.each([
    ['a=1&b=x+y%20z', { a: '1', b: 'x y z' }],
    ['a[b][c]=1&a[b][d]=2', { a: { b: { c: '1', d: '2' } } }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['a[][x]=1&a[][x]=2', { a: [{ x: '1' }, { x: '2' }] }],
    ['a[5]=x&a[]=y', { a: { 5: 'x', 6: 'y' } }],
    ['a[0]=x&a[1]=y', { a: ['x', 'y'] }],
    ['0[name]=x&1[name]=y', [{ name: 'x' }, { name: 'y' }]],
    ['s[0][name]=a&s[142][name]=w', { s: { 0: { name: 'a' }, 142: { name: 'w' } } }],
    ['a=1&a=2', { a: '2' }],
    ['a[b]=1&a=2', { a: '2' }],
    ['a=1&a[b]=2', { a: { b: '2' } }],
    ['a', { a: '' }],
    ['a[b=1', { 'a[b': '1' }],
    ['a[b]c=1', { a: { b: '1' } }],
    ['&&=5&a=1', { a: '1' }],
    ['a=50%', { a: '50%' }],
    ['', {}],
  ])('%s is read as PHP reads it', (text, expected) => {
    expect(form(text)).toEqual(expected)
  })

  test.each(['__proto__[x]=1', 'a[__proto__]=1', 'constructor=1', 'a[b][prototype]=1', 'a=%ff', `a${'[b]'.repeat(40)}=1`])(
    '%s is refused',
    (text) => {
      expect(() => form(text)).toThrow('malformed')
    },
  )

  test('JSON under the wrong media type is JSON', () => {
    expect(form(' {"a": [1]}')).toEqual({ a: [1] })
  })

  test('ten times as many pairs take some ten times the work, not a hundred times', () => {
    const work = (pairs: number) => {
      const spent = Array.from({ length: 3 }, () => {
        const from = process.cpuUsage()
        form('a[]=1&'.repeat(pairs))
        return process.cpuUsage(from).user
      })
      return Math.min(...spent)
    }
    work(20_000)
    expect(work(200_000) / work(20_000)).toBeLessThan(50)
  })
})

test('a query passes over what it cannot read', () => {
  expect(readQuery(`a=1&__proto__[x]=1&b[constructor]=2&c${'[d]'.repeat(40)}=3`)).toEqual({ a: '1' })
  expect(readQuery('filter%5Bid%5D%5B0%5D=1&filter[id][1]=2')).toEqual({ filter: { id: ['1', '2'] } })
  expect(readQuery('0=a')).toEqual({ 0: 'a' })
})

test('a link has each parameter once, with its last value', () => {
  expect(withParameters('a=1&limit=5&a=2&page=3', { limit: 2, page: 4 })).toBe('a=2&limit=2&page=4')
})
