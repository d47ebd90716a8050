import { z } from 'zod'
import type { Template } from '../../domain/template.ts'
import { fail } from '../../http/fault.ts'
import type { Host } from '../../http/speak.ts'
import { words } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'
import { Kind } from './stages.ts'
import { whole } from './wire.ts'

export type TemplateJson = z.output<typeof TemplateJson>
export const TemplateJson = z
  .object({
    name: words('What `POST /pipelines` calls it.'),
    title: words('Whose it is.'),
    hasProbability: z.boolean().meta({ description: 'Whether its deals are weighted by probability.' }),
    stages: z
      .array(
        z.object({
          name: words('What it is called.'),
          kind: Kind,
          probability: z.int().nullable().meta({ description: 'Percent; null where nothing is said.' }),
          rotAfterDays: z.int().nullable().meta({ description: 'Days; null: never.' }),
          color: z.string().nullable().meta({ description: '`#rrggbb`, or another API’s name for a colour.' }),
        }),
      )
      .meta({ description: 'Its stages in order. A won and a lost one are added where it has none.' }),
  })
  .meta({ id: 'Template', description: 'A pipeline as one of the APIs begins with.' })

interface Named {
  name: string
  title: string
  template: Template
}

const templatesOf = (host: Host): Named[] =>
  host.apis.flatMap(({ name, title, template }) => (template ? [{ name, title, template }] : []))

/** The template of this name; refuses a name that is none with those there are. */
export function templateNamed(host: Host, name: string): Template {
  const all = templatesOf(host)
  const options = all.map((one) => one.name)
  const issue = { path: ['template'], rule: 'choice', options, message: 'is not known' } as const
  return all.find((one) => one.name === name)?.template ?? fail({ kind: 'bad_input', where: 'body', issues: [issue] })
}

const writeTemplate = ({ name, title, template: { hasProbability, stages } }: Named): TemplateJson => ({
  name,
  title,
  hasProbability,
  stages: stages.map((stage) => ({
    name: stage.name,
    kind: stage.kind ?? 'open',
    probability: stage.probability ?? null,
    rotAfterDays: stage.rotAfterDays ?? null,
    color: stage.color ?? null,
  })),
})

/** Pipelines to begin with. */
export function templateRoutes(api: NativeSpeaker): void {
  api.get(
    '/templates',
    {
      about: {
        tag: 'Pipelines',
        id: 'listTemplates',
        summary: 'Pipelines to begin with',
        description: 'As new accounts of the vendors have them. `POST /pipelines` lays one out.',
        list: TemplateJson,
      },
    },
    async ({ host }) => whole(templatesOf(host).map(writeTemplate)),
  )
}
