import { argon2Sync, randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { openPasswords } from './passwords.ts'

const passwords = openPasswords()
const word = 'a quiet hill'
let hash: string
beforeAll(async () => {
  hash = await passwords.hash(word)
})

describe('passwords', () => {
  test('are kept as Argon2id with 19 MiB and two passes, each with a salt of its own', async () => {
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await passwords.hash(word)).not.toBe(hash)
    expect(hash).not.toContain(word)
  })

  test('match themselves, and nothing else does', async () => {
    expect(await passwords.matches(word, hash)).toBe(true)
    for (const other of ['a quiet hill ', 'A quiet hill', '', 'a quiet hil', `${word}\0`])
      expect([other, await passwords.matches(other, hash)]).toEqual([other, false])
    expect(await passwords.matches(word, null)).toBe(false)
  })

  test('are the same however the keyboard composes their letters', async () => {
    const composed = await passwords.hash('h\u00fcgel ohne l\u00e4rm')
    expect(await passwords.matches('hu\u0308gel ohne la\u0308rm', composed)).toBe(true)
  })

  test('that were kept at another cost are compared at that cost', async () => {
    const nonce = randomBytes(16)
    const tag = argon2Sync('argon2id', { message: word, nonce, memory: 64, passes: 3, parallelism: 2, tagLength: 16 })
    const bare = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
    const kept = `$argon2id$v=19$m=64,t=3,p=2$${bare(nonce)}$${bare(tag)}`
    expect([await passwords.matches(word, kept), await passwords.matches('another', kept)]).toEqual([true, false])
    await expect(passwords.matches(word, '$2b$10$abcdefghijklmnopqrstuv')).rejects.toThrow(/notation/)
  })

  test('cost as much where there is none to compare with, so that nobody learns who is known', async () => {
    // CPU time of all threads, which is the same on a busy machine.
    const cpu = { known: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY }
    const spend = async (kind: keyof typeof cpu, kept: string | null) => {
      const from = process.cpuUsage()
      await passwords.matches(word, kept)
      const { user, system } = process.cpuUsage(from)
      cpu[kind] = Math.min(cpu[kind], user + system)
    }
    for (let i = 0; i < 7; i++) {
      await spend('known', hash)
      await spend('unknown', null)
    }
    const { known, unknown } = cpu
    expect(unknown / known).toBeGreaterThan(0.5)
    expect(unknown / known).toBeLessThan(2)
  })

  test('leave the event loop free while they are worked on', async () => {
    let isDone = false
    let turns = 0
    const work = Promise.all(Array.from({ length: 8 }, () => passwords.matches(word, hash))).finally(() => {
      isDone = true
    })
    while (!isDone) {
      turns++
      await nextTurn()
    }
    await work
    // On this thread there would be a turn for each.
    expect(turns).toBeGreaterThan(100)
  })

  test('come in turns, and too many at once are told to come again', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 80 }, () => passwords.matches(word, hash)))
    const turned = outcomes.filter(({ status }) => status === 'rejected')
    expect(turned.map((outcome) => (outcome as PromiseRejectedResult).reason.refusal.kind)).toEqual(Array(14).fill('unavailable'))
    expect(await passwords.matches(word, hash)).toBe(true)
  })
})
