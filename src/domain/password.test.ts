import { expect, test } from 'vitest'
import { commonPasswords } from './common-passwords.ts'
import { DomainError } from './errors.ts'
import { requirePassword } from './password.ts'

const why = (password: string): string => {
  try {
    requirePassword(password, 'ada.lovelace@acme.example')
    return 'taken'
  } catch (error) {
    const refusal = error instanceof DomainError ? error.refusal : undefined
    return refusal?.kind === 'invalid' ? (refusal.issues[0]?.rule ?? '') : String(error)
  }
}

test('length is counted in characters, and nothing else is asked of them', () => {
  expect(why('a quiet hill')).toBe('taken')
  expect(why('3947201856')).toBe('taken')
  expect(why('ничего нового')).toBe('taken')
  expect([why('shortened'), why('xyz'.repeat(66)), why(`xyzw${'xyz'.repeat(66)}`)]).toEqual(['range', 'not_allowed', 'range'])
  expect([why('🐢🐇🦊🐻🐼🐨🐯🦁🐮'), why('🐢🐇🦊🐻🐼🐨🐯🦁🐮🐷')]).toEqual(['range', 'taken'])
  expect(why('half of a pair \ud800')).toBe('format')
})

test('what is guessed first is refused, in any case', () => {
  const guesses = ['password123', 'PassWord123', 'qwertyuiop', '1234567890', 'aaaaaaaaaaaa', 'abababababab']
  const address = ['ada.lovelace@acme.example', 'Ada.Lovelace']
  for (const guess of [...guesses, ...address]) expect([guess, why(guess)]).toEqual([guess, 'not_allowed'])
})

test('the list has only what length alone would let in', () => {
  expect(commonPasswords.size).toBeGreaterThan(300)
  for (const word of commonPasswords)
    expect([word, word === word.toLowerCase(), [...word].length >= 10]).toEqual([word, true, true])
})
