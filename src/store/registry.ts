import type { Caller, Registry, Store } from '../domain/store.ts'
import type { Instant } from '../domain/time.ts'
import { gathering } from './bulk.ts'
import { dealTable } from './deals.ts'
import { type Engine, type Session, statement } from './engine.ts'
import { eventTable } from './history.ts'
import { invitationsBySecret, invitationTable } from './invitations.ts'
import { partyTable } from './parties.ts'
import { openPasswords } from './passwords.ts'
import { allWorkspaces, findWorkspace, insertWorkspace, memberTable, workspaceTable } from './people.ts'
import { answerTable, recordTable } from './records.ts'
import { lifeTable } from './reports/lives.ts'
import { reportTables } from './reports/tables.ts'
import { revisions } from './revisions.ts'
import type { Db } from './rows.ts'
import { markSessionSeen, resume, sessionTable } from './sessions.ts'
import { attemptsOn, peopleOf } from './sign-in.ts'
import { sql } from './sql.ts'
import { customFieldTable, lockStructure, lossReasonTable, pipelineTable, stageTable } from './structure.ts'
import { authenticating, markTokenUsed, tokenTable } from './tokens.ts'
import { viewTable } from './views.ts'
import { deliveryTable, webhookTable } from './webhooks.ts'

/** One workspace's tables on one session. Each table is made when it is first asked for: most requests need two. */
class WorkspaceStore implements Store {
  readonly #db: Db
  readonly #inTransaction: boolean
  readonly #gathers: boolean
  readonly #tables: { -readonly [K in keyof Store]?: Store[K] }

  /** `gathering`: tables that are used instead of the ordinary ones, inside `bulk`. */
  constructor(db: Db, inTransaction: boolean, gathering?: Partial<Store>) {
    this.#db = db
    this.#inTransaction = inTransaction
    this.#gathers = gathering !== undefined
    this.#tables = { ...gathering }
  }

  transaction<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const { engine, workspaceId } = this.#db
    if (this.#inTransaction) return this.#db.session.savepoint(() => work(this))
    return engine.transaction((session) => work(new WorkspaceStore({ engine, session, workspaceId }, true)), workspaceId)
  }

  bulk<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const { engine, workspaceId } = this.#db
    if (this.#gathers) return this.transaction(work)
    const run = (session: Session) =>
      gathering({ engine, session, workspaceId }, (tables, db) => work(new WorkspaceStore(db, true, tables)))
    return this.#inTransaction ? this.#db.session.savepoint(() => run(this.#db.session)) : engine.transaction(run, workspaceId)
  }

  lockStructure(): Promise<void> {
    return lockStructure(this.#db)
  }

  get workspace() {
    return (this.#tables.workspace ??= workspaceTable(this.#db))
  }
  get members() {
    return (this.#tables.members ??= memberTable(this.#db))
  }
  get tokens() {
    return (this.#tables.tokens ??= tokenTable(this.#db))
  }
  get sessions() {
    return (this.#tables.sessions ??= sessionTable(this.#db))
  }
  get invitations() {
    return (this.#tables.invitations ??= invitationTable(this.#db))
  }
  get pipelines() {
    return (this.#tables.pipelines ??= pipelineTable(this.#db))
  }
  get stages() {
    return (this.#tables.stages ??= stageTable(this.#db))
  }
  get lossReasons() {
    return (this.#tables.lossReasons ??= lossReasonTable(this.#db))
  }
  get customFields() {
    return (this.#tables.customFields ??= customFieldTable(this.#db))
  }
  get parties() {
    return (this.#tables.parties ??= partyTable(this.#db))
  }
  get deals() {
    return (this.#tables.deals ??= dealTable(this.#db))
  }
  get lives() {
    return (this.#tables.lives ??= lifeTable(this.#db))
  }
  get reports() {
    return (this.#tables.reports ??= reportTables(this.#db))
  }
  get events() {
    return (this.#tables.events ??= eventTable(this.#db))
  }
  get records() {
    return (this.#tables.records ??= recordTable(this.#db))
  }
  get webhooks() {
    return (this.#tables.webhooks ??= webhookTable(this.#db))
  }
  get deliveries() {
    return (this.#tables.deliveries ??= deliveryTable(this.#db))
  }
  get views() {
    return (this.#tables.views ??= viewTable(this.#db))
  }
  revisions() {
    return revisions(this.#db)
  }
  get answers() {
    return (this.#tables.answers ??= answerTable(this.#db))
  }
}

const ping = statement(() => sql`select 1 from workspace limit 1`)

/** A token's last use, and when a session was last seen, is written at most this often. */
const touchEveryMs = 60_000
const maxTouched = 10_000

/** Everything that is kept, on one engine. */
export function openRegistry(engine: Engine): Registry {
  const touched = new Map<string, Instant>()
  const passwords = openPasswords()
  const authenticate = authenticating(engine)
  const note = (writer: Session, caller: Caller, now: Instant): Promise<void> =>
    'tokenId' in caller ? markTokenUsed(writer, caller.tokenId, now) : markSessionSeen(writer, caller.sessionId, now)
  const on = (session: Session, inTransaction: boolean): Registry => ({
    authenticate: (secret, now) => authenticate(session, secret, now),
    resume: (secret, now) => resume(session, secret, now),
    touch: (caller, now) => {
      const key = 'tokenId' in caller ? `token ${caller.tokenId}` : `session ${caller.sessionId}`
      const last = touched.get(key)
      if (last !== undefined && now - last < touchEveryMs) return
      if (touched.size >= maxTouched) touched.clear()
      touched.set(key, now)
      // Losing the note of a use harms nobody; the request must not wait for it or fail with it.
      engine.transaction((writer) => note(writer, caller, now)).catch(() => touched.delete(key))
    },
    passwords,
    people: peopleOf(session),
    invitations: invitationsBySecret(session),
    attempts: attemptsOn(session),
    workspaces: () => allWorkspaces(session),
    workspaceBySubdomain: (subdomain) => findWorkspace(session, subdomain),
    insertWorkspace: (draft) => insertWorkspace(session, draft),
    of: (workspaceId) => new WorkspaceStore({ engine, session, workspaceId }, inTransaction),
    transaction: (work) =>
      inTransaction ? session.savepoint(() => work(on(session, true))) : engine.transaction((writer) => work(on(writer, true))),
    ping: async () => {
      await session.one(ping, {})
    },
    watch: (listener) => engine.watch(listener),
  })
  return on(engine.reader, false)
}
