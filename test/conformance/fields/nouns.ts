import { addCustomField } from '../../../src/domain/custom-field.ts'
import { type Deal, type DealDraft, type DealPatch, findAnyDeal } from '../../../src/domain/deal.ts'
import { changeDeal, createDeal } from '../../../src/domain/edit-deals.ts'
import { addPipeline, changePipeline } from '../../../src/domain/edit-pipelines.ts'
import { addStage, changeStage } from '../../../src/domain/edit-stages.ts'
import { addLossReason } from '../../../src/domain/loss-reason.ts'
import { addParty } from '../../../src/domain/party.ts'
import { listPipelines, type Pipeline, type PipelineDraft, type PipelinePatch } from '../../../src/domain/pipeline.ts'
import type { Scope } from '../../../src/domain/scope.ts'
import { listStages, type Stage, type StageDraft, type StagePatch } from '../../../src/domain/stage.ts'
import type { TestWorkspace } from '../../support/app.ts'
import type { DialectClient } from '../../support/driver.ts'
import { dealRows, type Place, pipelineRows, type Row, stageRows } from './rows.ts'

/** A sort of record: how the domain makes, changes and reads one, and which calls of a driver show and rename it. */
export interface Noun<Fields = object, Draft = object, Patch = object> {
  title: string
  rows: Readonly<Record<string, Row<Fields, Draft, Patch>>>
  make(scope: Scope, place: Place, name: string, draft: Partial<Draft>): Promise<number>
  change(scope: Scope, id: number, patch: Patch): Promise<unknown>
  find(scope: Scope, id: number): Promise<Fields | undefined>
  /** Has the driver read it. */
  show(client: DialectClient, id: number): Promise<unknown>
  /** Calls of the driver that may give it a name; undefined is one that it does not have. */
  rename(client: DialectClient, id: number, name: string): (() => Promise<unknown> | undefined)[]
}

let count = 0

export const deals: Noun<Deal, DealDraft, DealPatch> = {
  title: 'Deals',
  rows: dealRows,
  make: async (scope, { stages, contactIds, companyIds, fieldId }, title, draft) =>
    (
      await createDeal(scope, {
        title,
        externalId: `deal-${++count}`,
        amount: 123_456,
        stageId: draft.outcome === undefined ? stages[1]?.id : undefined,
        openStageId: draft.outcome === undefined ? undefined : stages[1]?.id,
        contactId: contactIds[0],
        companyId: companyIds[0],
        probability: 55,
        expectedCloseDate: '2026-12-24',
        tags: ['hot', 'vip'],
        customFields: { [fieldId]: 'large' },
        ...draft,
      })
    ).id,
  change: changeDeal,
  find: findAnyDeal,
  show: (client, id) => client.showDeal?.(id) ?? client.getDeal(id),
  rename: (client, id, title) => [() => client.changeDeal?.(id, { title })],
}

export const stages: Noun<Stage, StageDraft, StagePatch> = {
  title: 'Stages',
  rows: stageRows,
  make: async (scope, { stages }, name, draft) => {
    const pipelineId = stages[0]?.pipelineId ?? 0
    return (await addStage(scope, { pipelineId, name, probability: 55, rotAfterDays: 14, color: '#ff0000', ...draft })).id
  },
  change: changeStage,
  // Deleted ones as well.
  find: ({ store }, id) => store.stages.get(id),
  show: (client) => client.listStages(),
  rename: (client, id, name) => [() => client.renameStage?.(id, name), ...renames(client, 'stage', id)],
}

export const pipelines: Noun<Pipeline, PipelineDraft, PipelinePatch> = {
  title: 'Pipelines',
  rows: pipelineRows,
  make: async (scope, _, name, draft) => (await addPipeline(scope, { name, hasProbability: true, ...draft })).id,
  change: changePipeline,
  find: ({ store }, id) => store.pipelines.get(id),
  show: (client) => client.listPipelines(),
  rename: (client, id) => renames(client, 'pipeline', id),
}

/** Among the calls that take an id there are those that give a name. */
const renames = (client: DialectClient, kind: 'stage' | 'pipeline', id: number) =>
  client
    .withId(kind, id)
    .filter(({ name }) => /^(PUT|PATCH) /.test(name))
    .map((call) => () => call.send())

/** Everything that a rich record points at. */
export async function furnish({ scope, member }: TestWorkspace): Promise<Place> {
  const other = await addPipeline(scope, { name: 'Renewals', hasProbability: true, stages: [{ name: 'Begun' }] })
  const [main] = await listPipelines(scope)
  const company = async (name: string) => (await addParty(scope, { kind: 'company', name })).id
  const companyIds = [await company('Acme'), await company('Globex')] as const
  const person = async (name: string) => (await addParty(scope, { kind: 'person', name, companyId: companyIds[0] })).id
  const reason = async (name: string) => (await addLossReason(scope, { name })).id
  return {
    stages: await listStages(scope, main?.id),
    otherPipeline: other.id,
    other: (await member('admin', 'Other admin')).scope,
    contactIds: [await person('Bo Buyer'), await person('Cy Client')],
    companyIds,
    reasonIds: [await reason('Price'), await reason('Time')],
    fieldId: (await addCustomField(scope, { subject: 'deal', name: 'Size' })).id,
  }
}
