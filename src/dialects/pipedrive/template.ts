import type { Template } from '../../domain/template.ts'

/**
 * A new account as it was recorded in May 2026; older ones begin with Lead In. Probabilities are left open, which is shown as 100, and the
 * first stage stands at 0.
 */
export const template: Template = {
  pipeline: 'Pipeline',
  hasProbability: false,
  stages: [
    { name: 'Qualified', position: 0 },
    { name: 'Contact Made' },
    { name: 'Prospect Qualified' },
    { name: 'Needs Defined' },
    { name: 'Proposal Made' },
    { name: 'Negotiations Started' },
  ],
}
