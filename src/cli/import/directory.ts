import {
  addCustomField,
  type CustomField,
  type CustomFieldSubject,
  type CustomFieldType,
  changeCustomField,
} from '../../domain/custom-field.ts'
import { addPipeline } from '../../domain/edit-pipelines.ts'
import { addStage } from '../../domain/edit-stages.ts'
import { addLossReason, type LossKind } from '../../domain/loss-reason.ts'
import { addParty } from '../../domain/party.ts'
import { defaultPipeline, listPipelines, type Pipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { firstOfKind, listStages, type Stage, type StageKind } from '../../domain/stage.ts'
import type { Json, JsonObject } from '../../domain/text.ts'
import { addMember } from '../../domain/user.ts'
import { nameOf } from '../names.ts'
import { type Cells, customValue } from './cells.ts'
import type { Kept } from './kept.ts'
import { kindOf } from './outcomes.ts'
import { refuseRow } from './refusal.ts'

/** Finds what the rows of a file name: stages, owners, companies and so on, by name; and makes what is missing where that was asked for. */
export class Directory {
  readonly kept: Kept

  constructor(kept: Kept) {
    this.kept = kept
  }

  defaultPipeline(scope: Scope): Promise<Pipeline> {
    return this.kept.find('default pipeline', () => defaultPipeline(scope))
  }

  pipeline(scope: Scope, name: string): Promise<Pipeline> {
    return this.kept.findOrMake(
      `pipeline ${name.toLowerCase()}`,
      'pipelines',
      name,
      async () => (await listPipelines(scope)).find((pipeline) => sameName(pipeline.name, name)),
      () => addPipeline(scope, { name, hasProbability: true }),
    )
  }

  stages(scope: Scope, pipelineId: number): Promise<readonly Stage[]> {
    return this.kept.find(`stages ${pipelineId}`, () => listStages(scope, pipelineId))
  }

  /**
   * A stage of the pipeline by name. Where the file says exactly of what kind it is, it is of that kind; else one of another kind will do,
   * and a word for winning or losing means the first such stage. What is missing is made of the kind.
   */
  async stage(
    scope: Scope,
    pipeline: Pipeline,
    name: string,
    { kind, isExact }: { kind: StageKind; isExact: boolean },
  ): Promise<Stage> {
    const stages = await this.stages(scope, pipeline.id)
    const named = stages.filter((stage) => sameName(stage.name, name))
    const meant = kindOf(name) ?? 'open'
    const close = isExact ? undefined : (named[0] ?? (meant === 'open' ? undefined : firstOfKind(stages, meant)))
    const found = named.find((stage) => stage.kind === kind) ?? close
    if (found) return found
    this.kept.require('stages', `pipeline '${pipeline.name}' has no stage '${name}'`)
    const made = await addStage(scope, { pipelineId: pipeline.id, name, kind })
    this.kept.note(`stage ${made.id}`, made, 'stages', `${pipeline.name}: ${name}`)
    this.kept.forget(`stages ${pipeline.id}`)
    return made
  }

  /** A user by e-mail address or name. A made one gets an address that can never receive mail, where none is known. */
  owner(scope: Scope, { name, email }: { name: string | undefined; email: string | undefined }): Promise<number> {
    const address = email ?? (name?.includes('@') ? name : undefined)
    const shown = name ?? address ?? ''
    return this.kept.findOrMake(
      `owner ${address ?? ''} ${shown}`,
      'owners',
      address ?? shown,
      async () => {
        const { members } = scope.store
        if (address !== undefined) return (await members.byEmail(address.toLowerCase()))?.id
        const { items } = await members.list({ name: shown, limit: 2 })
        if (items.length > 1)
          refuseRow(`there are several users named '${shown}'; map a column with their addresses to owner_email`)
        return items[0]?.id
      },
      async () => {
        const own = {
          name: name?.includes('@') ? nameOf(name) : (name ?? nameOf(shown)),
          email: address ?? (await this.#freeAddress(scope, shown)),
        }
        return (await addMember(scope, { ...own, role: 'member' })).id
      },
    )
  }

  async #freeAddress(scope: Scope, name: string): Promise<string> {
    const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    const local =
      plain
        .replace(/[^a-z0-9]+/g, '.')
        .replace(/^\.+|\.+$/g, '')
        .slice(0, 50) || 'owner'
    for (let n = 1; ; n++) {
      const address = `${local}${n === 1 ? '' : n}@${scope.workspace.subdomain}.invalid`
      if (!(await scope.store.members.byEmail(address))) return address
    }
  }

  company(scope: Scope, name: string): Promise<number> {
    return this.kept.findOrMake(
      `company ${name}`,
      'companies',
      name,
      async () => (await scope.store.parties.first('company', 'name', name))?.id,
      async () => (await addParty(scope, { kind: 'company', name })).id,
    )
  }

  /** A person by e-mail address, or by name and company. */
  contact(
    scope: Scope,
    { name, email, companyId }: { name: string | undefined; email: string | undefined; companyId: number | undefined },
  ): Promise<number> {
    const shown = name ?? email ?? ''
    return this.kept.findOrMake(
      `contact ${email ?? ''} ${shown} ${email === undefined ? (companyId ?? '') : ''}`,
      'contacts',
      email ?? `${shown} ${companyId ?? ''}`,
      async () => {
        const { parties } = scope.store
        if (email !== undefined) return (await parties.first('person', 'email', email.toLowerCase()))?.id
        return (await parties.list({ kind: 'person', name: shown, companyId, limit: 1 })).items[0]?.id
      },
      async () => {
        const emails = email === undefined ? [] : [{ value: email, label: 'work', primary: true }]
        return (await addParty(scope, { kind: 'person', name: shown, emails, companyId })).id
      },
    )
  }

  /** A reason for losing by its name; undefined where it may not be made, so that it is kept as a comment. */
  async reason(scope: Scope, name: string, kind: LossKind): Promise<number | undefined> {
    const key = `reason ${kind} ${name}`
    const found = await this.kept.find(key, async () => {
      const reasons = await scope.store.lossReasons.live()
      return (
        reasons.find((reason) => reason.name === name && reason.kind === kind) ?? reasons.find((reason) => reason.name === name)
      )?.id
    })
    if (found !== undefined || !this.kept.mayMake('reasons')) return found
    const { id } = await addLossReason(scope, { name, kind })
    this.kept.note(key, id, 'reasons', name)
    return id
  }

  /** The values of the row's custom fields by the id of the field, each in the field's own type. */
  async customFields(scope: Scope, subject: CustomFieldSubject, cells: Cells): Promise<JsonObject | undefined> {
    const values: [string, Json][] = []
    for (const { name, type, cell, text } of cells.custom()) {
      const field = await this.#field(scope, subject, name, type, text)
      values.push([
        String(field.id),
        customValue(cell, text, field.type) ?? refuseRow(`${name} '${text}' is not a ${field.type}`),
      ])
    }
    return values.length === 0 ? undefined : Object.fromEntries(values)
  }

  /** A custom field by its name. One for a choice takes new options as they come. */
  async #field(
    scope: Scope,
    subject: CustomFieldSubject,
    name: string,
    type: CustomFieldType,
    text: string,
  ): Promise<CustomField> {
    const key = `field ${subject} ${name}`
    const field = await this.kept.findOrMake(
      key,
      'fields',
      name,
      async () => (await scope.store.customFields.live(subject)).find((other) => other.name === name),
      () => addCustomField(scope, { subject, name, type }),
    )
    if (field.type !== 'choice' || field.options.includes(text)) return field
    this.kept.require('fields', `custom field '${name}' has no option '${text}'`)
    const grown = await changeCustomField(scope, field.id, { options: [...field.options, text] })
    this.kept.forget(key)
    return grown
  }
}

const sameName = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()
