import type { Fields } from './columns.ts'

/** What a column of a history can be. */
export const historyFields: Fields = {
  deal: {
    about: "the other system's id of the deal; it becomes the deal's external id",
    also: ['external_id', 'deal_id', 'opportunity_id', 'application', 'case', 'case_id', 'record_id', 'id'],
  },
  stage: {
    about: 'name of the stage that the deal came to',
    also: ['new stage', 'to stage', 'to', 'status', 'activity', 'stage name'],
  },
  entered_at: {
    about: 'when it came to it',
    also: ['entered', 'changed_at', 'timestamp', 'time', 'date', 'changed on', 'entered stage'],
  },
  user: { about: 'who put it there, by name or e-mail address', also: ['changed_by', 'owner', 'resource', 'agent', 'member'] },
  value: { about: 'amount in major units from then on', also: ['amount', 'deal value', 'price', 'sum'] },
  currency: { about: 'ISO 4217 code', also: ['deal currency', 'currency code'] },
  title: { about: 'what the deal is called', also: ['deal title', 'deal name', 'name', 'subject'] },
}
