import { type EngineKind, type Statement, statement } from '../engine.ts'

import { type Sql, sql } from '../sql.ts'

/** What must be true of the rows among themselves. Each query returns the rows for which it is not. */
export interface Rule<Row = Broken> {
  readonly name: string
  readonly broken: Statement<Row>
  words(row: Row): string
}

/** A row that breaks a rule: its id, its workspace, and the two things that do not agree. */
export interface Broken {
  id: number
  workspace: string | null
  has: string | number | null
  wants: string | number | null
}

/** So many rows per rule are fetched at most; the rest would say the same. */
export const rowsPerRule = 100

const rule = (name: string, query: Sql | ((engine: EngineKind) => Sql), words: (row: Broken) => string): Rule => ({
  name,
  broken: statement<Broken>(
    (engine) =>
      sql`select found.id, workspace.subdomain as workspace, found.has, found.wants
        from (${typeof query === 'function' ? query(engine) : query}) as found left join workspace on workspace.id = found.workspace_id limit ${sql.lit(rowsPerRule)}`,
  ),
  words,
})

const live = sql`deleted_at is null`

/** Tables whose ids are counted. */
const counted = [
  'workspace',
  'user',
  'token',
  'session',
  'invitation',
  'webhook',
  'pipeline',
  'stage',
  'deal',
  'party',
  'loss_reason',
  'custom_field',
  'record',
  'saved_view',
] as const

const counterOf = (engine: EngineKind, table: (typeof counted)[number]): Sql =>
  engine === 'sqlite'
    ? sql`select value from sequence where name = ${sql.lit(table)}`
    : sql`select case when is_called then last_value else 0 end as value from ${sql.ref(`${table}_ids`)}`

export const rules: readonly Rule[] = [
  // —— workspaces and people ——
  rule(
    'one default pipeline',
    sql`select workspace.id, workspace.id as workspace_id, null as wants, count(pipeline.id) as has
      from workspace left join pipeline on pipeline.workspace_id = workspace.id and is_default = 1 and ${live}
      group by workspace.id having count(pipeline.id) <> 1`,
    ({ has }) => `has ${has} default pipelines instead of one`,
  ),
  rule(
    'the default pipeline takes deals',
    sql`select id, workspace_id, name as has, null as wants from pipeline where is_default = 1 and is_disabled = 1 and ${live}`,
    ({ id, has }) => `pipeline ${id} '${has}' is the default and disabled at once`,
  ),
  rule(
    'an admin',
    sql`select id, id as workspace_id, null as has, null as wants from workspace where not exists
      (select 1 from membership where membership.workspace_id = workspace.id and role = 'admin' and is_active = 1)`,
    () => 'has no active admin',
  ),
  rule(
    'members are people',
    sql`select user_id as id, workspace_id, null as has, null as wants from membership where user_id not in (select id from "user")`,
    ({ id }) => `member ${id} is a user that does not exist`,
  ),
  rule(
    'tokens belong to members',
    sql`select token.id, token.workspace_id, token.user_id as has, null as wants from token left join membership
        on membership.workspace_id = token.workspace_id and membership.user_id = token.user_id where membership.user_id is null`,
    ({ id, has }) => `token ${id} belongs to user ${has}, who is no member`,
  ),

  rule(
    'sessions belong to members',
    sql`select session.id, session.workspace_id, session.user_id as has, null as wants from session left join membership
        on membership.workspace_id = session.workspace_id and membership.user_id = session.user_id and membership.joined_at is not null
      where membership.user_id is null`,
    ({ id, has }) => `session ${id} is one of user ${has}, who is no member that can sign in`,
  ),
  rule(
    'passwords belong to people',
    sql`select user_id as id, cast(null as bigint) as workspace_id, null as has, null as wants from password where user_id not in (select id from "user")`,
    ({ id }) => `a password is kept of user ${id}, who does not exist`,
  ),
  rule(
    'invitations come from members',
    sql`select invitation.id, invitation.workspace_id, invitation.invited_by_id as has, null as wants from invitation left join membership
        on membership.workspace_id = invitation.workspace_id and membership.user_id = invitation.invited_by_id
      where invitation.invited_by_id is not null and membership.user_id is null`,
    ({ id, has }) => `invitation ${id} was made by user ${has}, who is no member`,
  ),

  // —— pipelines and stages ——
  ...(['won', 'lost'] as const).map((kind) =>
    rule(
      `a ${kind} stage`,
      sql`select id, workspace_id, name as has, null as wants from pipeline where ${live} and not exists
        (select 1 from stage where stage.pipeline_id = pipeline.id and stage.kind = ${sql.lit(kind)} and stage.deleted_at is null)`,
      ({ id, has }) => `pipeline ${id} '${has}' has no ${kind} stage`,
    ),
  ),
  rule(
    'a stage is in a pipeline',
    sql`select stage.id, stage.workspace_id, stage.name as has, stage.pipeline_id as wants from stage
        left join pipeline on pipeline.id = stage.pipeline_id and pipeline.workspace_id = stage.workspace_id
      where pipeline.id is null or (stage.deleted_at is null and pipeline.deleted_at is not null)`,
    ({ id, has, wants }) => `stage ${id} '${has}' is in pipeline ${wants}, which does not exist or is deleted`,
  ),
  rule(
    'open stages come first',
    sql`select open.id, open.workspace_id, open.name as has, closed.name as wants from stage as open
        join stage as closed on closed.pipeline_id = open.pipeline_id and closed.kind <> 'open' and closed.deleted_at is null
      where open.kind = 'open' and open.deleted_at is null and open.position > closed.position`,
    ({ id, has, wants }) => `open stage ${id} '${has}' comes after closed stage '${wants}'`,
  ),

  // —— where deals stand ——
  rule(
    'a deal is in a stage',
    sql`select deal.id, deal.workspace_id, deal.stage_id as has, null as wants from deal
        left join stage on stage.id = deal.stage_id and stage.workspace_id = deal.workspace_id
      where stage.id is null or (deal.deleted_at is null and stage.deleted_at is not null)`,
    ({ id, has }) => `deal ${id} stands in stage ${has}, which does not exist or is deleted`,
  ),
  rule(
    'a deal is in a live pipeline',
    sql`select deal.id, deal.workspace_id, deal.pipeline_id as has, null as wants from deal
        left join pipeline on pipeline.id = deal.pipeline_id and pipeline.workspace_id = deal.workspace_id
      where pipeline.id is null or (deal.deleted_at is null and pipeline.deleted_at is not null)`,
    ({ id, has }) => `deal ${id} is in pipeline ${has}, which does not exist or is deleted`,
  ),
  rule(
    'the pipelines of deal and stage agree',
    sql`select deal.id, deal.workspace_id, deal.pipeline_id as has, stage.pipeline_id as wants from deal join stage on stage.id = deal.stage_id
      where deal.deleted_at is null and deal.pipeline_id <> stage.pipeline_id`,
    ({ id, has, wants }) => `deal ${id} is in pipeline ${has}, but its stage is in pipeline ${wants}`,
  ),
  rule(
    'the outcome is the kind of the stage',
    sql`select deal.id, deal.workspace_id, deal.outcome as has, stage.kind as wants from deal join stage on stage.id = deal.stage_id
      where deal.deleted_at is null and deal.outcome <> stage.kind`,
    ({ id, has, wants }) => `deal ${id} is said to be ${has}, but stands in a stage that is ${wants}`,
  ),
  rule(
    'the open stage is one of the same pipeline',
    sql`select deal.id, deal.workspace_id, deal.open_stage_id as has, null as wants from deal left join stage on stage.id = deal.open_stage_id
      where deal.deleted_at is null and deal.open_stage_id is not null and (stage.id is null or stage.kind <> 'open'
        or stage.deleted_at is not null or stage.pipeline_id <> deal.pipeline_id or stage.workspace_id <> deal.workspace_id)`,
    ({ id, has }) => `deal ${id} remembers stage ${has} as its last open one, which is no live open stage of its pipeline`,
  ),
  rule(
    'an open deal stands in its open stage',
    sql`select id, workspace_id, open_stage_id as has, stage_id as wants from deal
      where outcome = 'open' and (open_stage_id is null or open_stage_id <> stage_id) and ${live}`,
    ({ id, has, wants }) => `deal ${id} is open in stage ${wants}, but remembers ${has ?? 'none'} as its open stage`,
  ),
  rule(
    'closed deals have a closing date',
    sql`select id, workspace_id, outcome as has, null as wants from deal where (outcome = 'open') <> (closed_at is null)`,
    ({ id, has }) => `deal ${id} is ${has} and ${has === 'open' ? 'has' : 'lacks'} a closing date`,
  ),
  rule(
    'ranks are unique in a stage',
    sql`select max(id) as id, workspace_id, count(*) as has, stage_id as wants from deal group by workspace_id, stage_id, rank having count(*) > 1`,
    ({ id, has, wants }) => `deal ${id} shares its rank in stage ${wants} with ${Number(has) - 1} other`,
  ),

  // —— what deals and parties point at ——
  ...(['owner', 'creator'] as const).flatMap((role) =>
    (['deal', 'party'] as const).map((table) =>
      rule(
        `the ${role} of a ${table} is a member`,
        sql`select ${sql.ref(table)}.id, ${sql.ref(table)}.workspace_id, ${sql.ref(`${table}.${role}_id`)} as has, null as wants
          from ${sql.ref(table)} left join membership
            on membership.workspace_id = ${sql.ref(`${table}.workspace_id`)} and membership.user_id = ${sql.ref(`${table}.${role}_id`)}
          where membership.user_id is null`,
        ({ id, has }) => `${nouns[table]} ${id} has user ${has} as its ${role}, who is no member`,
      ),
    ),
  ),
  ...(
    [
      ['deal', 'contact_id', 'person'],
      ['deal', 'company_id', 'company'],
      ['party', 'company_id', 'company'],
    ] as const
  ).map(([table, column, kind]) =>
    rule(
      `the ${column} of a ${table} is a ${kind}`,
      sql`select one.id, one.workspace_id, ${sql.ref(`one.${column}`)} as has, null as wants from ${sql.ref(table)} as one
          left join party as other on other.id = ${sql.ref(`one.${column}`)} and other.workspace_id = one.workspace_id and other.kind = ${sql.lit(kind)}
        where ${sql.ref(`one.${column}`)} is not null and other.id is null`,
      ({ id, has }) =>
        `${nouns[table]} ${id} points at ${kind === 'person' ? 'contact' : 'company'} ${has}, which does not exist`,
    ),
  ),
  rule(
    'loss reasons exist',
    sql`select deal.id, deal.workspace_id, deal.loss_reason_id as has, null as wants from deal
        left join loss_reason on loss_reason.id = deal.loss_reason_id and loss_reason.workspace_id = deal.workspace_id
      where deal.loss_reason_id is not null and loss_reason.id is null`,
    ({ id, has }) => `deal ${id} was lost for reason ${has}, which does not exist`,
  ),

  // —— who hears of what ——
  rule(
    'webhooks belong to members',
    sql`select webhook.id, webhook.workspace_id, webhook.owner_id as has, null as wants from webhook
        left join membership on membership.workspace_id = webhook.workspace_id and membership.user_id = webhook.owner_id
      where membership.user_id is null`,
    ({ id, has }) => `webhook ${id} belongs to user ${has}, who is no member`,
  ),
  rule(
    'webhooks have a state of health',
    sql`select webhook.id, webhook.workspace_id, webhook.url as has, null as wants from webhook
        left join webhook_health as health on health.webhook_id = webhook.id and health.workspace_id = webhook.workspace_id
      where health.webhook_id is null`,
    ({ id }) => `webhook ${id} has no row of health: nothing is sent to it`,
  ),
  rule(
    'deliveries have a webhook',
    sql`select delivery.id, delivery.workspace_id, delivery.webhook_id as has, null as wants from delivery
        left join webhook on webhook.id = delivery.webhook_id and webhook.workspace_id = delivery.workspace_id
      where webhook.id is null`,
    ({ id, has }) => `delivery ${id} goes to webhook ${has}, which does not exist`,
  ),
  rule(
    'deliveries have an event',
    sql`select delivery.id, delivery.workspace_id, delivery.event_id as has, null as wants from delivery
        left join event on event.id = delivery.event_id and event.workspace_id = delivery.workspace_id
      where delivery.event_id is not null and event.id is null`,
    ({ id, has }) => `delivery ${id} tells of event ${has}, which does not exist`,
  ),
  rule(
    'deliveries that are over have an end',
    sql`select id, workspace_id, state as has, null as wants from delivery where (state = 'pending') <> (finished_at is null)`,
    ({ id, has }) => `delivery ${id} is ${has} and ${has === 'pending' ? 'has' : 'lacks'} an end`,
  ),
  rule(
    'nothing waits for webhooks that get nothing',
    sql`select delivery.id, delivery.workspace_id, webhook.state as has, null as wants from delivery
        join webhook on webhook.id = delivery.webhook_id
      where delivery.state = 'pending' and webhook.state in ('disabled', 'removed')`,
    ({ id, has }) => `delivery ${id} waits for a webhook that is ${has}`,
  ),
  rule(
    'the outbox holds events',
    sql`select outbox.event_id as id, outbox.workspace_id, null as has, null as wants from outbox
        left join event on event.id = outbox.event_id and event.workspace_id = outbox.workspace_id
      where event.id is null`,
    ({ id }) => `the outbox holds event ${id}, which does not exist`,
  ),

  // —— the log and the counters ——
  ...(['pipeline', 'stage', 'deal'] as const).map((subject) =>
    rule(
      `events of a ${subject} that exists`,
      sql`select event.id, event.workspace_id, event.subject_id as has, null as wants from event
          left join ${sql.ref(subject)} as one on one.id = event.subject_id and one.workspace_id = event.workspace_id
        where event.subject = ${sql.lit(subject)} and one.id is null`,
      ({ id, has }) => `event ${id} is about ${subject} ${has}, which does not exist`,
    ),
  ),
  rule(
    'batches begin with an event',
    sql`select event.id, event.workspace_id, event.batch as has, null as wants from event
        left join event as first on first.id = event.batch and first.workspace_id = event.workspace_id and first.id < event.id
          and first.batch is null
      where event.batch is not null and first.id is null`,
    ({ id, has }) => `event ${id} belongs to the batch of event ${has}, which begins none`,
  ),
  ...counted.map((table) =>
    rule(
      `the counter of ${table} ids`,
      (engine) =>
        sql`select used.id, cast(null as bigint) as workspace_id, counter.value as has, null as wants
          from (select coalesce(max(id), 0) as id from ${sql.ref(table)}) as used left join (${counterOf(engine, table)}) as counter on 1 = 1
          where used.id > coalesce(counter.value, 0)`,
      ({ id, has }) =>
        `the counter for ids of table ${table} stands at ${has ?? 0}, but id ${id} is in use: new rows would collide`,
    ),
  ),
  rule(
    'search finds only what there is',
    (engine) =>
      sql.join(
        (['deal', 'party'] as const).map((noun) => {
          const id = sql.ref(`${noun}_text.${engine === 'sqlite' ? 'rowid' : `${noun}_id`}`)
          return sql`select ${id} as id, cast(null as bigint) as workspace_id, null as has, null as wants from ${sql.ref(`${noun}_text`)}
            where ${id} not in (select id from ${sql.ref(noun)})`
        }),
        ' union all ',
      ),
    ({ id }) => `the search index has an entry for ${id}, which does not exist`,
  ),
]

const nouns = { deal: 'deal', party: 'contact or company' } as const
