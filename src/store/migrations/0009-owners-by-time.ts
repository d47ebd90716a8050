/**
 * The deals of an owner, or of one outcome, as they last changed: which they are stands in the index that is walked, so that only those are
 * fetched. Both change no oftener than the time does.
 */
const both = `
drop index deal_by_update;
create index deal_by_update on deal (workspace_id, updated_at, id, deleted_at, archived_at, owner_id, outcome);
`

export const sqlite = both
export const postgres = both
