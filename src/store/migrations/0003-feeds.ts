/**
 * Feeds are read in the order in which transactions began, and only as far as all of them have ended: ids are handed out before a commit, so
 * by id alone a reader would pass an event that is committed later. SQLite has one writer and needs none of it.
 */
export const sqlite = ''

export const postgres = `
create table feed_clock (
  -- How far this database is ahead of its server's count of transactions, which begins anew where a dump is restored.
  ahead bigint not null
);
insert into feed_clock values (0);

-- Up to which moment (exclusive) nothing can come into the feed of a workspace any more. Whoever writes into one holds a shared advisory
-- lock of its number before anything else. A transaction that the snapshot counts as running and that by now has ended may have written.
create function feed_horizon(workspace bigint) returns bigint language plpgsql stable as $$
declare
  seen pg_snapshot := pg_current_snapshot();
  horizon bigint := pg_snapshot_xmax(seen)::text::bigint;
begin
  -- A transaction that has written itself looks at its own, and continues from nowhere.
  if pg_current_xact_id_if_assigned() is not null then
    return 9223372036854775807;
  end if;
  if pg_snapshot_xmin(seen) <> pg_snapshot_xmax(seen) then
    select coalesce(min(running.xact), horizon) into horizon
      from (select xip::text::bigint as xact from pg_snapshot_xip(seen) as xip) as running
      where not exists (
        select 1 from pg_locks as own
          where own.locktype = 'transactionid' and own.granted and own.mode = 'ExclusiveLock'
            and own.transactionid::text::bigint = running.xact & 4294967295
            and not exists (
              select 1 from pg_locks as held
                where held.locktype = 'advisory' and held.pid = own.pid and held.granted
                  and held.database = (select oid from pg_database where datname = current_database())
                  and held.classid = 1668443512 and held.objid = workspace::oid and held.objsubid = 2));
  end if;
  return horizon + (select ahead from feed_clock);
end
$$;
`
