import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { refuse } from '../domain/errors.ts'
import type { Passwords } from '../domain/password.ts'

/** OWASP's first choice: Argon2id with 19 MiB, two passes and one lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 }
const tagLength = 32

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2)

/**
 * So many are worked on at a time: each takes 19 MiB, and a thread of the pool that files and names are looked up with as well. So many
 * more may wait, a few seconds' worth; whoever comes then is told to come again.
 */
const [maxRunning, maxWaiting] = [2, 64]

/** A password as it is kept, in the common notation `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
const notation = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

const bare = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** What is compared where there is nothing to compare with, so that it takes as long. */
const decoy = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${bare(randomBytes(16))}$${bare(randomBytes(tagLength))}`

export function openPasswords(): Passwords {
  const turns = takingTurns()
  // The same letters can be typed as different characters on different keyboards.
  const bytesOf = (password: string) => Buffer.from(password.normalize('NFKC'))
  return {
    async hash(password) {
      const nonce = randomBytes(16)
      const tag = await turns(() => derive('argon2id', { ...cost, nonce, tagLength, message: bytesOf(password) }))
      return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${bare(nonce)}$${bare(tag)}`
    },
    async matches(password, hash) {
      const [, memory, passes, parallelism, salt = '', kept = ''] = notation.exec(hash ?? decoy) ?? []
      const expected = Buffer.from(kept, 'base64')
      if (expected.length === 0) throw new Error('a password is kept in a notation that is not known')
      const tag = await turns(() =>
        derive('argon2id', {
          memory: Number(memory),
          passes: Number(passes),
          parallelism: Number(parallelism),
          nonce: Buffer.from(salt, 'base64'),
          tagLength: expected.length,
          message: bytesOf(password),
        }),
      )
      return timingSafeEqual(tag, expected) && hash !== null
    },
  }
}

/** Runs at most {@link maxRunning} at a time, in the order in which they came. */
function takingTurns() {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= maxRunning) {
      if (waiting.length >= maxWaiting) refuse({ kind: 'unavailable' })
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      // A turn is handed on rather than given back, so that nobody overtakes.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
