import { z } from 'zod'
import { findAnyDeal } from '../../domain/deal.ts'
import { type Event, type EventQuery, listEvents, type Subject } from '../../domain/events.ts'
import { findPipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { findStage } from '../../domain/stage.ts'
import type { Json, JsonObject } from '../../domain/text.ts'
import { fail } from '../../http/fault.ts'
import { ById, cursorParam, idParam, limitParam, sortParam, timeText } from './fields.ts'
import { pageOf, readSort, readWindow } from './paging.ts'
import type { NativeSpeaker } from './speaker.ts'
import { time } from './wire.ts'

const subjects = ['pipeline', 'stage', 'deal'] as const satisfies readonly Subject[]
const verbs = ['created', 'updated', 'moved', 'deleted', 'restored'] as const
export const types = subjects.flatMap((subject) => verbs.map((verb) => `${subject}.${verb}` as const))

const shape = {
  id: z.int().meta({ description: 'Ascending in the order of the changes.' }),
  type: z.enum(types as [Event['type'], ...Event['type'][]]).meta({
    description: 'What happened. `moved` is any change of a deal’s stage, winning and losing included, and of a stage’s place.',
  }),
  at: timeText('When it happened.'),
  user: z.int().meta({ description: 'Id of the member whose token it was.' }),
  dialect: z.string().meta({ description: 'The API that it came through.', example: 'pipedrive' }),
  before: z
    .record(z.string(), z.json())
    .nullable()
    .meta({ description: 'The fields that changed, as they were. Null for what was created.' }),
  after: z.record(z.string(), z.json()).nullable().meta({ description: 'The same fields as they are since then.' }),
}

export type EventJson = z.output<typeof EventJson>
export const EventJson = z
  .object(shape)
  .meta({ id: 'Event', description: 'One change, as it was. Events are never changed or removed.' })

export type AnyEventJson = z.output<typeof AnyEventJson>
export const AnyEventJson = z
  .object({
    ...shape,
    subjectId: z.int().meta({ description: 'Id of the pipeline, stage or deal.' }),
    batch: z.int().nullable().meta({
      description: 'Id of the first event of the same request or import. Null for that one itself, and where it is alone.',
    }),
  })
  .meta({ id: 'WorkspaceEvent', description: 'One change, and of what.' })

const common = { sort: sortParam(['id']), limit: limitParam, cursor: cursorParam }
const EventsOfOneQuery = z.strictObject(common)
const EventsQuery = z.strictObject({
  subject: z.enum(subjects).optional().meta({ description: 'Of one record: its sort. Goes with `subjectId`.' }),
  subjectId: idParam('Of one record: its id. Goes with `subject`.'),
  ...common,
})

/** Moments among the fields of a record: the domain counts milliseconds, the wire tells times. */
const isMoment = (key: string, value: Json): value is number => key.endsWith('At') && typeof value === 'number'

export const writeFields = (fields: JsonObject | null) =>
  fields &&
  (Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, isMoment(key, value) ? time(value) : value]),
    // Json is readonly in the domain and is not in Zod's type; nobody writes to either.
  ) as Record<string, z.core.util.JSONType>)

const writeEvent = (event: Event): EventJson => ({
  id: event.id,
  type: event.type,
  at: time(event.at),
  user: event.userId,
  dialect: event.via,
  before: writeFields(event.before),
  after: writeFields(event.after),
})

export const writeAnyEvent = (event: Event): AnyEventJson => ({
  ...writeEvent(event),
  subjectId: event.subjectId,
  batch: event.batch,
})

const eventsOf = async (
  scope: Scope,
  of: Pick<EventQuery, 'subject' | 'subjectId'>,
  { sort: wanted, ...window }: z.output<typeof EventsOfOneQuery>,
  write: (event: Event) => unknown,
) => {
  const sort = readSort(wanted, 'id')
  return pageOf(await listEvents(scope, { ...of, direction: sort.direction, ...readWindow(window, sort) }), sort, write)
}

const alone = (missing: string) =>
  fail({ kind: 'bad_input', where: 'query', issues: [{ path: [missing], rule: 'required', message: 'must be there' }] })

/** History: of the whole workspace, and of one record. */
export function eventRoutes(api: NativeSpeaker): void {
  api.get(
    '/events',
    {
      query: EventsQuery,
      about: {
        tag: 'Events',
        id: 'listEvents',
        summary: 'What happened in the workspace',
        description: 'The oldest first; `sort=-id` begins with the newest.',
        list: AnyEventJson,
      },
    },
    async ({ scope, query: { subject, subjectId, ...query } }) => {
      if ((subject === undefined) !== (subjectId === undefined)) alone(subject === undefined ? 'subject' : 'subjectId')
      return eventsOf(scope, { subject, subjectId }, query, writeAnyEvent)
    },
  )

  api.get(
    '/deals/:id/events',
    {
      params: ById,
      query: EventsOfOneQuery,
      about: {
        tag: 'Events',
        id: 'listEventsOfDeal',
        summary: 'What happened to a deal',
        description: 'Deleted deals have one too.',
        list: EventJson,
      },
    },
    async ({ scope, params, query }) => {
      const { id } = await findAnyDeal(scope, params.id)
      return eventsOf(scope, { subject: 'deal', subjectId: id }, query, writeEvent)
    },
  )

  api.get(
    '/stages/:id/events',
    {
      params: ById,
      query: EventsOfOneQuery,
      about: { tag: 'Events', id: 'listEventsOfStage', summary: 'What happened to a stage', list: EventJson },
    },
    async ({ scope, params, query }) => {
      const { id } = await findStage(scope, params.id)
      return eventsOf(scope, { subject: 'stage', subjectId: id }, query, writeEvent)
    },
  )

  api.get(
    '/pipelines/:id/events',
    {
      params: ById,
      query: EventsOfOneQuery,
      about: { tag: 'Events', id: 'listEventsOfPipeline', summary: 'What happened to a pipeline', list: EventJson },
    },
    async ({ scope, params, query }) => {
      const { id } = await findPipeline(scope, params.id)
      return eventsOf(scope, { subject: 'pipeline', subjectId: id }, query, writeEvent)
    },
  )
}
