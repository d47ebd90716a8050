import { hash, randomBytes } from 'node:crypto'

/** Something to be shown once and known by its hash from then on: 256 bits as 64 hexadecimal characters. */
export const newSecret = (): string => randomBytes(32).toString('hex')

/** The same for links: letters and digits alone, so that it is clickable to its end, and never taken for a token. */
export const newLinkSecret = (): string => BigInt(`0x${newSecret()}`).toString(36).padStart(50, '0')

/** A secret has 256 bits of its own, so a plain hash is as good as a slow one; it is found by the hash and never compared itself. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'hex')
