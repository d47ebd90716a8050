import { commonPasswords } from './common-passwords.ts'
import { invalid } from './errors.ts'

/** How passwords are turned into what is kept of them: dear on purpose, never in a transaction, never in anybody's way. */
export interface Passwords {
  hash(password: string): Promise<string>
  /** Whether it is the password. Without a hash it takes as long and is not. */
  matches(password: string, hash: string | null): Promise<boolean>
}

export const minPassword = 10
export const maxPassword = 200

/**
 * Asks for a password that is not among the first to be guessed. Length is what counts; which sorts of characters are in it does not
 * (NIST SP 800-63B).
 */
export function requirePassword(password: string, email: string): string {
  const length = [...password].length
  if (length < minPassword || length > maxPassword) invalid('password', 'range', { min: minPassword, max: maxPassword })
  if (!password.isWellFormed()) invalid('password', 'format')
  const plain = password.toLowerCase()
  const isEmail = plain === email || plain === email.split('@')[0]
  // 1111111111, abababab…
  const isMonotonous = new Set(plain).size < 4
  if (isEmail || isMonotonous || commonPasswords.has(plain)) invalid('password', 'not_allowed')
  return password
}
