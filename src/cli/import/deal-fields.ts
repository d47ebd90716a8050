import type { Fields } from './columns.ts'

/** What a column of deals can be, in the order of an export. */
export const dealFields: Fields = {
  external_id: {
    about: "the other system's id; a second run finds its rows by it",
    also: ['opportunity_id', 'deal_id', 'record_id', 'id'],
  },
  title: { about: 'what the deal is called', also: ['deal title', 'deal name', 'opportunity name', 'name', 'deal', 'subject'] },
  value: {
    about: 'amount in major units',
    also: ['deal value', 'close_value', 'amount', 'deal amount', 'price', 'sum', 'estimated value'],
  },
  currency: { about: 'ISO 4217 code', also: ['deal currency', 'currency code'] },
  pipeline: { about: 'name of its pipeline', also: ['deal pipeline'] },
  stage: { about: 'name of its stage, or won or lost', also: ['deal stage', 'stage name', 'pipeline stage'] },
  outcome: { about: 'open, won, lost or unqualified, where the stage does not say it', also: ['status', 'deal status'] },
  last_open_stage: { about: 'the open stage that a closed deal was closed from', also: [] },
  owner: {
    about: "its owner's name or e-mail address",
    also: ['deal owner', 'sales_agent', 'agent', 'owner name', 'assignee', 'salesperson', 'responsible'],
  },
  owner_email: { about: "its owner's e-mail address", also: ['deal owner email', 'agent email'] },
  company: {
    about: 'name of the company',
    also: ['account', 'organization', 'organisation', 'deal organization', 'account name', 'company name', 'customer', 'client'],
  },
  contact: {
    about: 'name of the contact',
    also: ['contact person', 'deal contact person', 'person', 'contact name', 'primary contact'],
  },
  contact_email: { about: "the contact's e-mail address", also: ['contact person email', 'person email', 'email'] },
  product: { about: 'only for titles where no column has them', also: ['product name', 'item'] },
  probability: { about: 'percent', also: ['deal probability', 'likelihood', 'win likelihood'] },
  expected_close_date: {
    about: 'when it is expected to close',
    also: ['deal expected close date', 'expected close', 'estimated close date'],
  },
  loss_reason: {
    about: 'why it was lost: a reason by name, else a comment',
    also: ['lost_reason', 'deal lost reason', 'closed lost reason'],
  },
  loss_comment: { about: 'a comment on the loss', also: [] },
  tags: { about: 'a list with commas, or a JSON array', also: ['labels', 'label', 'deal label'] },
  created_at: {
    about: 'when it was created',
    also: ['engage_date', 'created', 'create date', 'created date', 'deal created', 'add time', 'date created', 'created on'],
  },
  stage_changed_at: { about: 'when it came to its stage', also: ['last stage change', 'deal last stage change'] },
  closed_at: {
    about: 'when it was closed; on an open deal the day it is expected to',
    also: ['close_date', 'closed', 'closed date', 'deal closed on', 'closed on', 'date closed'],
  },
  archived_at: { about: 'when it was archived', also: [] },
  extras: { about: 'what single dialects know of it, as JSON by dialect', also: [] },
}
