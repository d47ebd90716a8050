import type { Template } from '../../domain/template.ts'

/** The one pipeline of a new Sell account (reference: Stages, example answer), in which the ids come out as 1 to 7. */
export const template: Template = {
  pipeline: 'Sales Pipeline',
  hasProbability: true,
  stages: [
    { name: 'Prospecting', probability: 5 },
    { name: 'Qualified', probability: 10 },
    { name: 'Quote', probability: 20 },
    { name: 'Closure', probability: 50 },
    { name: 'Won', kind: 'won' },
    { name: 'Unqualified', kind: 'unqualified' },
    { name: 'Lost', kind: 'lost' },
  ],
}
