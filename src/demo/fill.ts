import type { Deal } from '../domain/deal.ts'
import { changeDeal, createDeal } from '../domain/edit-deals.ts'
import { addLossReason } from '../domain/loss-reason.ts'
import { addParty, type Party } from '../domain/party.ts'
import { defaultPipeline } from '../domain/pipeline.ts'
import type { Scope } from '../domain/scope.ts'
import { isOpen, listStages } from '../domain/stage.ts'
import type { Registry } from '../domain/store.ts'
import { dayIn, dayInMs, type Instant } from '../domain/time.ts'
import { addMember, listMembers, type Member } from '../domain/user.ts'
import { changeWorkspace } from '../domain/workspace.ts'
import { type Random, random } from './random.ts'
import { inOfficeHours, storyOf, type Turn } from './story.ts'
import * as words from './words.ts'

const dealCount = 300
const companyCount = 56

/**
 * Fills the store's first workspace with a year of a sales team's work, if it has no deal at all. Everything goes through the use cases,
 * with a clock that walks through that year, so that the history is as real as the deals. The same day tells the same story.
 */
export async function fillDemo(registry: Registry, now: Instant): Promise<boolean> {
  const [workspace] = await registry.workspaces()
  if (!workspace) return false
  return registry.of(workspace.id).transaction(async (store) => {
    const { items } = await store.deals.list({ filter: { deleted: 'both' }, limit: 1 })
    const admins = await store.members.list({ role: 'admin', isActive: true, limit: 1 })
    const [user] = admins.items
    if (items.length > 0 || !user) return false
    const clock = { now: 0 }
    const scope: Scope = { workspace, user, via: 'native', store, now: () => clock.now }
    await play(scope, clock, Math.floor(now / dayInMs) * dayInMs)
    return true
  })
}

interface Scene {
  chance: Random
  team: readonly Member[]
  companies: readonly { company: Party; people: readonly Party[]; isEuro: boolean }[]
  reasons: readonly number[]
  /** Ids of the open stages in order. */
  stages: readonly number[]
}

async function play(scope: Scope, clock: { now: Instant }, today: Instant): Promise<void> {
  const chance = random(20_260)
  const first = today - 365 * dayInMs
  clock.now = first
  const scene = await set(scope, chance)
  const actions = Array.from({ length: dealCount }, () => {
    // More of them lately: business grows.
    const createdAt = inOfficeHours(first + Math.sqrt(chance.next()) * 364 * dayInMs, chance)
    const plot = { scene, deal: undefined as Deal | undefined, owner: chance.pick(scene.team) }
    const turns = storyOf({ createdAt, now: today, stages: scene.stages.length, chance })
    return turns.map((turn) => ({ turn, plot }))
  }).flat()
  actions.sort((a, b) => a.turn.at - b.turn.at)
  for (const { turn, plot } of actions) {
    clock.now = turn.at
    plot.deal = await act({ ...scope, user: plot.owner }, plot, turn)
  }
}

/** Team, customers, currencies and reasons: what was there before the first deal. */
async function set(scope: Scope, chance: Random): Promise<Scene> {
  const { currency, rates } = scope.workspace
  await changeWorkspace(scope, { rates: { ...rates, ...(currency === 'EUR' ? { USD: 0.92 } : { EUR: 1.09 }) } })
  const team: Member[] = []
  for (const { name, role } of words.team) {
    const email = `${name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(' ', '.')}@example.com`
    const known = (await listMembers(scope, { email, limit: 1 })).items[0]
    team.push(known ?? (await addMember(scope, { name, email, role })))
  }
  const present = await scope.store.lossReasons.live('lost')
  const reasons: number[] = []
  for (const name of words.lossReasons) {
    reasons.push((present.find((reason) => reason.name === name) ?? (await addLossReason(scope, { name }))).id)
  }
  const names = words.companyStarts.flatMap((start) => words.companyEnds.map((end) => `${start} ${end}`))
  const companies: Scene['companies'][number][] = []
  for (let n = 0; n < companyCount; n++) {
    const [name] = names.splice(chance.between(0, names.length - 1), 1)
    companies.push(await addCustomer({ ...scope, user: chance.pick(team) }, chance, name ?? `Customer ${n}`))
  }
  const stages = (await listStages(scope, (await defaultPipeline(scope)).id)).filter(
    (stage) => isOpen(stage) && !stage.isArchived,
  )
  return { chance, team, companies, reasons, stages: stages.map(({ id }) => id) }
}

async function addCustomer(scope: Scope, chance: Random, name: string): Promise<Scene['companies'][number]> {
  const { city, country, isEuro } = chance.pick(words.places)
  const company = await addParty(scope, { kind: 'company', name, address: { city, country } })
  const people: Party[] = []
  for (let n = chance.between(1, 2); n > 0; n--) {
    const [firstName, lastName] = [chance.pick(words.firstNames), chance.pick(words.lastNames)]
    const domain = name
      .toLowerCase()
      .replace(/[^a-z]+/g, '-')
      .replace(/^-|-$/g, '')
    const email = `${firstName}.${lastName}@${domain}.example`.toLowerCase()
    const phone = `+1 555 01${String(chance.between(0, 99)).padStart(2, '0')}`
    people.push(
      await addParty(scope, {
        kind: 'person',
        firstName,
        lastName,
        companyId: company.id,
        emails: [{ value: email, label: 'work', primary: true }],
        phones: [{ value: phone, label: 'work', primary: true }],
      }),
    )
  }
  return { company, people, isEuro }
}

/** Does what happens in one turn. */
async function act(scope: Scope, { scene, deal }: { scene: Scene; deal: Deal | undefined }, turn: Turn): Promise<Deal> {
  const { chance, stages, team, reasons } = scene
  if (turn.kind === 'created' || !deal) return open(scope, scene)
  switch (turn.kind) {
    case 'moved':
      return changeDeal(scope, deal.id, { stageId: stages[turn.stage] })
    case 'closed':
      return changeDeal(scope, deal.id, {
        outcome: turn.outcome,
        ...(turn.outcome === 'lost' ? { lossReasonId: chance.pick(reasons) } : {}),
        ...(turn.outcome === 'lost' && chance.chance(0.25) ? { lossComment: chance.pick(words.lossComments) } : {}),
      })
    case 'reopened':
      return changeDeal(scope, deal.id, { outcome: 'open' })
    case 'repriced':
      return changeDeal(scope, deal.id, { amount: Math.round((deal.amount * chance.between(80, 130)) / 10_000) * 100 })
    case 'postponed':
      return changeDeal(scope, deal.id, { expectedCloseDate: dayIn('UTC', scope.now() + chance.between(10, 60) * dayInMs) })
    case 'handed over':
      return changeDeal(scope, deal.id, { ownerId: chance.pick(team).id })
    case 'archived':
      return changeDeal(scope, deal.id, { isArchived: true })
  }
}

function open(scope: Scope, { chance, companies }: Scene): Promise<Deal> {
  const { company, people, isEuro } = chance.pick(companies)
  const product = chance.pick(words.products)
  const count = chance.chance(0.3) ? chance.between(2, 5) : 1
  const discount = chance.between(0, 3) * 0.05
  return createDeal(scope, {
    title: `${company.name} – ${count === 1 ? '' : `${count} × `}${product.name}`,
    value: { decimal: Math.round(product.price * count * (1 - discount)) },
    currency: isEuro ? 'EUR' : 'USD',
    companyId: company.id,
    contactId: chance.pick(people).id,
    expectedCloseDate: dayIn('UTC', scope.now() + chance.between(20, 90) * dayInMs),
    tags: words.tags.filter(() => chance.chance(0.12)),
    ...(chance.chance(0.1) ? { probability: chance.between(2, 18) * 5 } : {}),
  })
}
