import type { StageKind } from '../../domain/stage.ts'

/** The outcome that a word of another system's means: `Closed Won` → won. */
export function kindOf(word: string): StageKind | undefined {
  const bare = word.toLowerCase().replace(/[^a-z]/g, '')
  return outcomes[bare]
}

const outcomes: Readonly<Record<string, StageKind>> = {
  open: 'open',
  inprogress: 'open',
  active: 'open',
  won: 'won',
  win: 'won',
  closedwon: 'won',
  lost: 'lost',
  closedlost: 'lost',
  unqualified: 'unqualified',
  disqualified: 'unqualified',
}
