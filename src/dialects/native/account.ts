import { z } from 'zod'
import type { Member } from '../../domain/user.ts'
import { changeWorkspace, type Workspace } from '../../domain/workspace.ts'
import { recordId, text, timeText, uuid, words } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'
import { Role } from './users.ts'
import { ok, time } from './wire.ts'

const name = words('What the team calls itself.')
const subdomain = words('The host label that names the workspace in URLs.')
const currency = words('ISO 4217; what new deals are counted in and totals are converted to.')

export type MeJson = z.output<typeof MeJson>
export const MeJson = z
  .object({
    user: z
      .object({ id: recordId, uuid, name: words('The full name.'), email: words('The address.'), role: Role })
      .meta({ description: 'Who is asking.' }),
    workspace: z.object({ id: recordId, uuid, name, subdomain, currency }).meta({ description: 'The only one that they see.' }),
  })
  .meta({ id: 'Me', description: 'Who is asking, and in which workspace.' })

export type WorkspaceJson = z.output<typeof WorkspaceJson>
export const WorkspaceJson = z
  .object({
    id: recordId,
    uuid,
    name,
    subdomain,
    currency,
    timeZone: z.string().meta({ description: 'IANA name, for example `Europe/Berlin`.' }),
    locale: z.string().meta({ description: 'BCP 47, for example `en-US`.' }),
    features: z
      .object({
        probability: z.boolean().meta({ description: 'Off: no API weighs deals by probability.' }),
      })
      .meta({ description: 'What is switched on.' }),
    rates: z.record(z.string(), z.number()).meta({
      description: 'What one unit of a currency is worth in `currency`. Others are never converted.',
      example: { EUR: 1.08 },
    }),
    createdAt: timeText('When it was made.'),
    updatedAt: timeText('When it last changed.'),
  })
  .meta({ id: 'Workspace', description: 'A team and everything it owns.' })

const WorkspaceBody = z.strictObject({
  name: text('1 to 255 characters.', 255).optional(),
  currency: z.string().optional().meta({ description: 'ISO 4217.', example: 'EUR' }),
  timeZone: z.string().optional().meta({ description: 'IANA name.' }),
  locale: z.string().optional().meta({ description: 'BCP 47.' }),
  features: z
    .strictObject({ probability: z.boolean().optional().meta({ description: 'Whether any API weighs deals by probability.' }) })
    .optional()
    .meta({ description: 'Features not named stay as they are.' }),
  rates: z.record(z.string(), z.number()).optional().meta({ description: 'Replaces the table of rates. Each is above 0.' }),
})

/** A workspace as those see it who are in it, or could be. */
export const writePlace = (workspace: Workspace): MeJson['workspace'] => ({
  id: workspace.id,
  uuid: workspace.uuid,
  name: workspace.name,
  subdomain: workspace.subdomain,
  currency: workspace.currency,
})

export const writeMe = ({ user, workspace }: { user: Member; workspace: Workspace }): MeJson => ({
  user: { id: user.id, uuid: user.uuid, name: user.name, email: user.email, role: user.role },
  workspace: writePlace(workspace),
})

const writeWorkspace = (workspace: Workspace): WorkspaceJson => ({
  id: workspace.id,
  uuid: workspace.uuid,
  name: workspace.name,
  subdomain: workspace.subdomain,
  currency: workspace.currency,
  timeZone: workspace.timeZone,
  locale: workspace.locale,
  features: { probability: workspace.features.probability },
  rates: { ...workspace.rates },
  createdAt: time(workspace.createdAt),
  updatedAt: time(workspace.updatedAt),
})

/** Who am I, and where. */
export function accountRoutes(api: NativeSpeaker): void {
  api.get('/me', { about: { tag: 'Account', id: 'getMe', summary: 'Who is asking', answer: MeJson } }, async ({ scope }) => ({
    status: 200,
    body: writeMe(scope),
  }))

  api.get(
    '/workspace',
    { about: { tag: 'Account', id: 'getWorkspace', summary: 'The workspace', one: WorkspaceJson } },
    async ({ scope }) => ok(writeWorkspace(scope.workspace)),
  )

  api.patch(
    '/workspace',
    {
      body: WorkspaceBody,
      about: { tag: 'Account', id: 'changeWorkspace', summary: 'Change the workspace', one: WorkspaceJson, role: 'admin' },
    },
    async ({ scope, body }) => ok(writeWorkspace(await changeWorkspace(scope, body))),
  )
}
