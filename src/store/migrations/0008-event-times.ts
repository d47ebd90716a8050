/** The log in the order of when things happened, which an import of old histories makes another than that of recording; all of it, and by type. */
const both = `
create index event_by_time on event (workspace_id, at, id);
create index event_of_type on event (workspace_id, type, at, id);
`

export const sqlite = both
export const postgres = both
