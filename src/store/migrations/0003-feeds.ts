/**
 * Up to which event a feed can be read. Ids are handed out before a commit, so a reader that goes by ids alone would pass an event that is
 * committed later. SQLite has one writer and needs none of it.
 */
export const sqlite = ''

export const postgres = `
-- Whoever adds events holds, until its transaction ends, a shared lock of the last id that was handed out before its own: 2^62 and that id.
create function feed_announce() returns void language plpgsql as $$
declare
  before bigint;
begin
  select case when is_called then last_value else last_value - 1 end into before from event_ids;
  perform pg_advisory_xact_lock_shared(4611686018427387904 + before);
end
$$;

-- The last id of a workspace's events that none can come before any more. First the counter is read and then who is writing: whoever begins
-- later gets a higher id. To be asked before the events are read, in a statement of its own, so that those see all up to it.
create function feed_horizon(workspace bigint) returns bigint language plpgsql as $$
declare
  horizon bigint;
begin
  select case when is_called then last_value else last_value - 1 end into horizon from event_ids;
  return least(horizon, (
    select min((announced.classid::bigint << 32 | announced.objid::bigint) - 4611686018427387904)
      from pg_locks as announced join pg_locks as held on held.pid = announced.pid
      where announced.locktype = 'advisory' and announced.objsubid = 1 and announced.classid::bigint >= 1073741824 and announced.granted
        and announced.database = held.database and announced.pid <> pg_backend_pid()
        and held.locktype = 'advisory' and held.objsubid = 2 and held.classid = 1668443512 and held.objid = workspace::oid and held.granted
        and held.database = (select oid from pg_database where datname = current_database())));
end
$$;
`
