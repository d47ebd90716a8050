import type { Attempts } from './attempts.ts'
import type { StageTotal } from './board.ts'
import type { CustomField, CustomFieldSubject } from './custom-field.ts'
import type { Deal, DealDate, DealFilter, DealPlace, DealQuery } from './deal.ts'
import type { Delivery, DeliveryQuery } from './delivery.ts'
import type { Event, EventQuery, Subject } from './events.ts'
import type { Invitation } from './invitation.ts'
import type { LossKind, LossReason } from './loss-reason.ts'
import type { Page, Window } from './page.ts'
import type { Party, PartyQuery } from './party.ts'
import type { Passwords } from './password.ts'
import type { Pipeline } from './pipeline.ts'
import type { DialectRecord, RecordQuery } from './record.ts'
import type { Compared } from './reports/changes.ts'
import type { Path } from './reports/cohorts.ts'
import type { Flow, Standings } from './reports/ledger.ts'
import type { Stretch } from './reports/life.ts'
import type { Period } from './reports/period.ts'
import type { StayTimes } from './reports/quantile.ts'
import type { Ages } from './reports/times.ts'
import type { Session } from './session.ts'
import type { Home, Person } from './sign-in.ts'
import type { Stage } from './stage.ts'
import type { JsonObject } from './text.ts'
import type { Day, Instant } from './time.ts'
import type { Member, MemberQuery, Role, Token } from './user.ts'
import type { View } from './view.ts'
import type { WatchedWebhook, Webhook } from './webhook.ts'
import type { Workspace } from './workspace.ts'

/** What a new record is known by. */
export interface Identity {
  id: number
  uuid: string
}

/**
 * One workspace's rows, and no others. Everything that reads can be called anywhere; everything that writes only inside
 * `transaction`, on the store that it hands out.
 */
export interface Store {
  /** Runs the work so that all of it happens or none; resolves once it would survive a crash. Nested calls are savepoints. */
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T>
  /**
   * As `transaction`, for work on many deals: the store that it hands out reads the workspace's shape and people once, and writes new deals
   * and their events together. A sum that gets too large is then refused at the end, and not where it happens.
   */
  bulk<T>(work: (store: Store) => Promise<T>): Promise<T>
  /** Inside a transaction: nobody else changes pipelines, stages or other bounded lists until it ends. */
  lockStructure(): Promise<void>

  workspace: {
    get(): Promise<Workspace>
    save(workspace: Workspace): Promise<void>
  }
  members: {
    get(id: number): Promise<Member | undefined>
    byUuid(uuid: string): Promise<Member | undefined>
    byEmail(email: string): Promise<Member | undefined>
    list(query: MemberQuery): Promise<Page<Member>>
    add(draft: { name: string; email: string; phone: string | null; role: Role }, at: Instant): Promise<Member>
    save(member: Member): Promise<void>
    /** From now on the member's password lets them in here. */
    join(id: number, at: Instant): Promise<void>
    activeAdmins(): Promise<number>
  }
  tokens: {
    get(id: number): Promise<Token | undefined>
    list(userId: number | null, window: Window): Promise<Page<Token>>
    add(
      draft: { userId: number; label: string; expiresAt: Instant | null; secret?: string },
      at: Instant,
    ): Promise<Token & { secret: string }>
    revoke(id: number, at: Instant): Promise<void>
  }
  sessions: {
    get(id: number): Promise<Session | undefined>
    /** Those that have not ended by themselves, the last begun first. */
    list(userId: number, now: Instant): Promise<readonly Session[]>
    add(draft: Omit<Session, 'id' | 'seenAt'>, at: Instant): Promise<Session & { secret: string }>
    end(id: number): Promise<void>
    endAll(userId: number, stays?: number): Promise<void>
  }
  invitations: {
    get(id: number): Promise<Invitation | undefined>
    list(): Promise<readonly Invitation[]>
    add(draft: Omit<Invitation, 'id'>): Promise<Invitation & { secret: string }>
    removeFor(email: string): Promise<void>
  }
  pipelines: Nouns<Pipeline> & {
    live(): Promise<readonly Pipeline[]>
  }
  stages: Nouns<Stage> & {
    live(pipelineId?: number): Promise<readonly Stage[]>
  }
  lossReasons: Nouns<LossReason> & {
    live(kind?: LossKind): Promise<readonly LossReason[]>
    /** A live reason with exactly this name; one for losing before one for not qualifying. */
    byName(name: string): Promise<LossReason | undefined>
  }
  customFields: Nouns<CustomField> & {
    live(subject?: CustomFieldSubject): Promise<readonly CustomField[]>
  }
  parties: Nouns<Party> & {
    list(query: PartyQuery): Promise<Page<Party>>
    /** Of those that exist, deleted or not, by their ids. */
    uuids(ids: readonly number[]): Promise<ReadonlyMap<number, string>>
    /** How many the query finds, whatever its window. */
    count(query: PartyQuery): Promise<number>
    /** The first live one that has exactly this name or, in lower case, this main e-mail address. */
    first(kind: Party['kind'], by: 'name' | 'email', value: string): Promise<Party | undefined>
    /** Inside `bulk`: they will be asked for by these, and can be looked up together. */
    expect(kind: Party['kind'], by: 'name' | 'email', values: readonly string[]): Promise<void>
    /** How many live people each company has. */
    peopleCounts(companyIds: readonly number[]): Promise<ReadonlyMap<number, number>>
  }
  deals: {
    identify(): Promise<Identity>
    get(id: number): Promise<Deal | undefined>
    /** As `get`, for vendors whose ids are uuids. */
    byUuid(uuid: string): Promise<Deal | undefined>
    byExternalId(externalId: string): Promise<Deal | undefined>
    /** Inside `bulk`: these external ids will be asked for, and can be looked up together. */
    expect(externalIds: readonly string[]): Promise<void>
    list(query: DealQuery): Promise<Page<Deal>>
    count(filter: DealFilter): Promise<number>
    /** As `count`, looking at no more than so many deals; null where more would have to be looked at. */
    countWithin(filter: DealFilter, most: number): Promise<number | null>
    /** What the deals that it finds add up to, by stage and currency, archived ones among them: counted one by one, where kept totals do not know. */
    sums(filter: DealFilter): Promise<readonly StageTotal[]>
    /** As `sums`, looking at no more than so many deals; null where more would have to be looked at. */
    sumsWithin(filter: DealFilter, most: number): Promise<readonly StageTotal[] | null>
    /** As `sums`, day by day of one of their dates, in UTC. */
    sumsByDay(filter: DealFilter, by: DealDate): Promise<readonly (StageTotal & { readonly day: Day })[]>
    /** Nobody else changes the deal until the transaction ends. */
    lock(id: number): Promise<void>
    /** Writes a new deal, its search text and facets, and adds it to its stage's total. */
    insert(deal: Deal): Promise<void>
    /** Writes the deal and takes the difference to its former self into totals, search text and facets. */
    save(before: Deal, after: Deal): Promise<void>
    /** The rank for a deal that comes to this place of a stage; without a place those that came later stand above. */
    rank(stageId: number, place: DealPlace | undefined, at: Instant, dealId: number): Promise<string>
    /** This rank, or where another card of the stage has it by now, one right behind it. */
    freeRank(stageId: number, rank: string, dealId: number): Promise<string>
    /** Whether any deal (`live`: any that is not deleted) stands in the stage or was closed from it. */
    anyIn(stageId: number, which?: 'live'): Promise<boolean>
    totals(pipelineId?: number): Promise<readonly StageTotal[]>
    /** Of closed deals, under the open stage that each was closed from. */
    closedTotals(): Promise<readonly StageTotal[]>
    /** The place of each deal among the cards of its stage, from 1, by its id. A place stays taken when its deal is deleted. */
    places(deals: readonly Pick<Deal, 'id' | 'stageId' | 'rank'>[]): Promise<ReadonlyMap<number, number>>
  }
  /** The stretches of deals' lives, kept with every change for reports. */
  lives: {
    of(dealId: number): Promise<readonly Stretch[]>
    /** Writes what has changed of a life, and posts the difference to the ledgers. */
    save(dealId: number, before: readonly Stretch[], after: readonly Stretch[]): Promise<void>
  }
  /** Sums over what happened, read from what is kept for them. */
  reports: {
    /** Everything that happened to pipelines and stages, record by record. */
    structure(): Promise<readonly Event[]>
    /** What stood in the pipeline's stages at each of these moments, the earliest first, everything that happened in that millisecond included. */
    balances(
      pipelineId: number,
      moments: readonly Instant[],
      filter?: { ownerId?: number | undefined },
    ): Promise<readonly (readonly Standings[])[]>
    /** The deals that stood in a stage at a moment, those whose stretch had begun last first. */
    standing(
      stageId: number,
      at: Instant,
      filter: { ownerId?: number | undefined },
      window: Window,
    ): Promise<Page<{ dealId: number; stretch: Stretch }>>
    /** All events of these deals, deal by deal in the order of recording. */
    histories(dealIds: readonly number[]): Promise<readonly Event[]>
    /** Who went from where to where from a moment on and before another, as far as it touches the pipeline. */
    passages(pipelineId: number, period: Period, filter?: { ownerId?: number | undefined }): Promise<readonly Flow[]>
    /** The ways that deals created in the period have taken through the pipeline. */
    paths(pipelineId: number, period: Period, filter?: { ownerId?: number | undefined }): Promise<readonly Path[]>
    /** How long those stayed in each stage of the pipeline who left it in the period. */
    stays(stageIds: readonly number[], period: Period, filter?: { ownerId?: number | undefined }): Promise<readonly StayTimes[]>
    /** How old the deals are that stand in each of these stages now, and how long they have been there. */
    ages(stageIds: readonly number[], now: Instant, filter?: { ownerId?: number | undefined }): Promise<readonly Ages[]>
    /** Where deals stood in the pipeline, which has or had these stages, at two moments, of those that anything happened to in between. */
    compare(pipelineId: number, stageIds: readonly number[], since: Instant, until: Instant): Promise<readonly Compared[]>
  }
  events: {
    /** Returns the id of the new event; inside `bulk` null for one that is only written with others, which those of a batch are. */
    append(event: Omit<Event, 'id'>): Promise<number | null>
    get(id: number): Promise<Event | undefined>
    list(query: EventQuery): Promise<Page<Event>>
    /** One event, the one before it of the same record, and those after it, in their order: at most `limit`. */
    around(subject: Subject, subjectId: number, id: number, limit: number): Promise<readonly Event[]>
    count(query: Omit<EventQuery, 'limit'>): Promise<number>
    /** The last event of each of these records. */
    latest(subject: Subject, ids: readonly number[]): Promise<readonly Event[]>
    /** Who made the last of each, by the record's id. */
    latestUsers(subject: Subject, ids: readonly number[]): Promise<ReadonlyMap<number, number>>
    /** The newest events of a batch that are older than `before`, the newest first; the first event of all is not among them. */
    ofBatch(first: number, before: number, limit: number): Promise<readonly Event[]>
    /** How many events a batch has beside the first one, or how many older than `before`. */
    countBatch(first: number, before?: number): Promise<number>
  }
  records: {
    get(collection: string, id: number): Promise<DialectRecord | undefined>
    list(collection: string, query: RecordQuery): Promise<Page<DialectRecord>>
    /** How many records have a key that begins with each of these; what has none is left out. */
    countByPrefix(collection: string, prefixes: readonly string[]): Promise<ReadonlyMap<string, number>>
    insert(collection: string, key: string | null, data: JsonObject, at: Instant): Promise<DialectRecord>
    save(collection: string, record: DialectRecord): Promise<void>
    delete(collection: string, id: number): Promise<void>
  }
  webhooks: Omit<Nouns<Webhook>, 'get' | 'byUuid'> & {
    /** Also a removed one. */
    get(id: number): Promise<WatchedWebhook | undefined>
    /** Those that are not removed. */
    live(): Promise<readonly WatchedWebhook[]>
    /** Takes back what failures have brought upon it. */
    forgetFailures(id: number): Promise<void>
  }
  deliveries: {
    get(id: number): Promise<Delivery | undefined>
    /** The newest first. */
    list(webhookId: number, query: DeliveryQuery): Promise<Page<Delivery>>
    addTest(webhookId: number, at: Instant): Promise<Delivery>
    /** Makes them pending again, as if they had never been tried. */
    replay(ids: readonly number[], at: Instant): Promise<void>
    /** Gives up what is pending. */
    drop(webhookId: number, at: Instant): Promise<void>
  }
  /** What people have saved for themselves. */
  views: {
    identify(): Promise<Pick<Identity, 'id'>>
    get(id: number): Promise<View | undefined>
    /** All views of one member. */
    of(userId: number): Promise<readonly View[]>
    insert(view: View): Promise<void>
    save(view: View): Promise<void>
    delete(id: number): Promise<void>
  }
  /** When what has no history changed last. Grows with every change; nouns that never changed are left out. */
  revisions(): Promise<ReadonlyMap<Revised, number>>
  /** Answers kept for requests that may be repeated. */
  answers: {
    get(key: string): Promise<KeptAnswer | undefined>
    keep(key: string, answer: KeptAnswer): Promise<void>
  }
}

/** What has no history, but can be watched all the same. */
export type Revised = 'workspace' | 'users' | 'loss-reasons' | 'custom-fields' | 'views'

/** A noun with few rows. */
export interface Nouns<T> {
  identify(): Promise<Identity>
  /** The row, deleted or not. */
  get(id: number): Promise<T | undefined>
  /** As `get`, for vendors whose ids are uuids. */
  byUuid(uuid: string): Promise<T | undefined>
  insert(row: T): Promise<void>
  save(row: T): Promise<void>
}

/** What a request with an idempotency key was answered. */
export interface KeptAnswer {
  /** Hash of method, path and body: the same key with another request is refused. */
  fingerprint: string
  status: number
  body: string
  at: Instant
  /** The first event of what the request changed; null where it made none. */
  firstEvent: number | null
}

/** Who a token speaks for. */
export interface Credential {
  readonly workspace: Workspace
  readonly user: Member
  readonly tokenId: number
}

/** Whose session it is, and the workspace that it is in. */
export interface SignedIn {
  readonly workspace: Workspace
  readonly user: Member
  readonly sessionId: number
}

/** Whoever was let in, by whatever they showed. */
export type Caller = Credential | SignedIn

/** What lies outside any one workspace: the workspaces themselves, and who may enter them. Dialects never see it. */
export interface Registry {
  /** Who the token speaks for; undefined if it is unknown, expired or revoked, or its user has left. */
  authenticate(secret: string, now: Instant): Promise<Credential | undefined>
  /** Whose session it is; undefined if it is unknown or has ended, or its user has left. */
  resume(secret: string, now: Instant): Promise<SignedIn | undefined>
  /** Notes that a token was used or a session seen. Cheap enough for every request: written with the next commit, at most once a minute each. */
  touch(caller: Caller, now: Instant): void
  readonly passwords: Passwords
  people: {
    byId(id: number): Promise<Person | undefined>
    byEmail(email: string): Promise<Person | undefined>
    /** Every workspace that they are or were a member of, in order of age. */
    homes(userId: number): Promise<readonly Home[]>
    setPassword(userId: number, hash: string, at: Instant): Promise<void>
    setEmail(userId: number, email: string): Promise<void>
    /** Ends their sessions in all workspaces. */
    endSessions(userId: number, stays?: number): Promise<void>
  }
  invitations: {
    find(secret: string, now: Instant): Promise<{ invitation: Invitation; workspace: Workspace } | undefined>
    /** Takes it away; false where somebody else was faster. */
    use(secret: string): Promise<boolean>
  }
  attempts: {
    /** What is known under this key (nothing yet: no failures), and nobody else counts under it until the transaction ends. */
    lock(key: string, at: Instant): Promise<Attempts>
    save(key: string, attempts: Attempts): Promise<void>
    remove(key: string): Promise<void>
    removeBefore(at: Instant): Promise<void>
  }
  workspaces(): Promise<readonly Workspace[]>
  workspaceBySubdomain(subdomain: string): Promise<Workspace | undefined>
  insertWorkspace(workspace: Omit<Workspace, 'id' | 'uuid'>): Promise<Workspace>
  /** The store of one workspace. */
  of(workspaceId: number): Store
  /** As {@link Store.transaction}, over several workspaces. */
  transaction<T>(work: (registry: Registry) => Promise<T>): Promise<T>
  ping(): Promise<void>
  /**
   * Calls soon after each commit that added events to a workspace, or changed what {@link Store.revisions} tells of it, whichever
   * process made it. Many commits may be told as one. Returns what ends it.
   */
  watch(listener: (workspaceId: number) => void): () => void
}
