/**
 * What each type of resource points at, in the order that the vendor writes it; null where the other end is a resource that crmux does
 * not keep, so that it is always empty.
 */
export const relations = {
  organizations: {},
  users: {},
  organization_memberships: { user: 'users', organization: 'organizations', person: 'people' },
  people: {
    organization: 'organizations',
    company: 'companies',
    custom_role: null,
    manager: null,
    subsidiary: null,
    time_tracking_policy: null,
    approval_policy_assignment: null,
    teams: null,
    service_types: null,
    custom_field_people: null,
    custom_field_attachments: null,
  },
  companies: {
    organization: 'organizations',
    default_subsidiary: null,
    default_tax_rate: null,
    custom_field_people: null,
    custom_field_attachments: null,
    integration_exporter_configuration: null,
    einvoice_identity: null,
    parent_company: null,
  },
  pipelines: { organization: 'organizations', creator: 'people', updater: 'people' },
  deal_statuses: { organization: 'organizations', pipeline: 'pipelines' },
  lost_reasons: { organization: 'organizations' },
  webhooks: { organization: 'organizations' },
  deals: {
    organization: 'organizations',
    creator: 'people',
    company: 'companies',
    document_type: null,
    proposal_document_type: null,
    responsible: 'people',
    deal_status: 'deal_statuses',
    project: null,
    lost_reason: 'lost_reasons',
    contract: null,
    contact: 'people',
    subsidiary: null,
    template: null,
    tax_rate: null,
    pipeline: 'pipelines',
    origin_deal: null,
    approval_policy_assignment: null,
    next_todo: null,
    expense_approval_workflow: null,
    time_approval_workflow: null,
    invoice_template: null,
    automatic_invoicing_rule: null,
    custom_field_people: null,
    custom_field_attachments: null,
  },
  activities: { organization: 'organizations', creator: 'people', deal: 'deals' },
  deleted_items: { organization: 'organizations', deleter: 'people' },
} as const satisfies Record<string, Record<string, string | null>>

export type ResourceType = keyof typeof relations

/** What a relation of a type leads to; undefined where the type has no such relation. */
export const targetOf = (type: ResourceType, relation: string): ResourceType | null | undefined =>
  Object.hasOwn(relations[type], relation) ? (relations[type] as Record<string, ResourceType | null>)[relation] : undefined

/** The vendor's schema marks it so: a deal's pipeline is reached as `deal_status.pipeline`. */
export const isIncludable = (type: ResourceType, relation: string): boolean => !(type === 'deals' && relation === 'pipeline')
