import { listCustomFields } from '../../../domain/custom-field.ts'
import { found } from '../../../domain/errors.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import type { Speaker } from '../../../http/speak.ts'
import { optionId } from '../custom-fields.ts'
import { type DealField, dealFields } from '../deal-fields.ts'
import { one, plainTime } from '../wire.ts'
import { ById } from './input.ts'
import { listPage, Paging } from './page.ts'

const writeField = ({ id, key, name, type, custom }: DealField, workspace: Workspace) => ({
  id,
  key,
  name,
  order_nr: id,
  field_type: type,
  add_time: plainTime(custom?.createdAt ?? workspace.createdAt),
  update_time: plainTime(custom?.updatedAt ?? workspace.createdAt),
  active_flag: true,
  edit_flag: custom !== undefined,
  mandatory_flag: key === 'title',
  ...(custom?.type === 'choice' ? { options: custom.options.map((label) => ({ id: optionId(custom, label), label })) } : {}),
})

const fieldsOf = async (scope: Scope) =>
  dealFields(await listCustomFields(scope, 'deal')).map((field) => writeField(field, scope.workspace))

export function openDealFields(v1: Speaker): void {
  v1.get('/dealFields', { query: Paging, cost: 20 }, async ({ scope, query }) => listPage(await fieldsOf(scope), query))

  v1.get('/dealFields/:id', { params: ById, cost: 2 }, async ({ scope, params }) =>
    one(
      found(
        (await fieldsOf(scope)).find(({ id }) => id === params.id),
        'custom_field',
      ),
    ),
  )
}
