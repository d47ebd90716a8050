import type { StageJson } from '../../../src/dialects/native/stages.ts'

export type Kind = StageJson['kind']
export const kinds: readonly Kind[] = ['open', 'won', 'lost', 'unqualified']
export const kindNames: Readonly<Record<Kind, string>> = { open: 'Open', won: 'Won', lost: 'Lost', unqualified: 'Unqualified' }
