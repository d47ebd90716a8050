import type { Template } from '../../domain/template.ts'

/**
 * The pipeline of the vendor's examples (Pipelines, List). Its first stage is the only one they name; a second is there because the stage
 * that they add becomes the third (Pipeline Stages, Create). Stages begin at 100 percent, whatever the advice on that page.
 */
export const template: Template = {
  pipeline: 'Sales Pipeline',
  hasProbability: true,
  stages: [
    { name: 'Qualified', probability: 100 },
    { name: 'Proposal', probability: 100 },
  ],
}
