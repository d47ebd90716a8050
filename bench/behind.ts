import type { Results } from './results.ts'
import type { Target } from './targets.ts'

/**
 * What keeps a target from being held and what was tried, by its name in `targets.ts`: the page says it where one is missed. The long form is
 * in docs/performance-notes.md.
 */
export const behind: Readonly<Record<Results['engine'], Readonly<Record<string, string>>>> = {
  sqlite: {
    'deal by id, lists, board: ours ÷ limit':
      'Over one connection they hold, or nearly. Over 64 the bare machine answers a deal by id in some 30 µs of CPU, and ours takes 105: sending 28 %, garbage 15 %, Node’s own HTTP 15 %, SQLite 8 %, Fastify 7 %, the log line 7 %, and nothing else above 4 %. Sending past Fastify and lines of the log in blocks were tried and kept (150 before); no log at all would gain 10 µs more, buffers for texts 1. Lists are 0.45 to 0.59: what remains is making deals of rows, and JSON of deals.',
    'each vendor’s list and move ÷ the native one':
      'Productive’s list sends 100 KB where ours sends 22, which takes the bare machine alone twice as long; it was 0.27 before its texts were compiled. Pipeback shows a total, the place of each card and the uuids of all that a deal points at, amoCRM who changed each lead last: six statements more and one. Sell and Pipedrive are between 0.8 and 1.',
    'import of a CSV, rows a second':
      'Some 0.10 to 0.14 ms a row: a third is SQLite (the bare insert with its indexes made afterwards takes 30 µs, more than 50,000 rows/s allow), a tenth making the indexes, a tenth garbage, a tenth reading the file, and the rest the rules, which are the same as for any other write. Tried and kept: indexes after the load, batches of 5,000, everything of a batch written together. What is left is SQLite in a thread of its own.',
    'resident after all this, MB':
      'What 64 connections and bulk creates of 1,000 deals leave behind in the heap; Node’s own code is 55 of it and SQLite’s page caches 32. A smaller young generation and an old one that is collected sooner were tried and kept (321 before); still smaller ones make lists 8 % dearer.',
    'reports of one pipeline over one year':
      'All but two hold. Pipedrive’s movement_statistics of a past year names every deal that was open when it ended; no index leads to stays that had begun and not ended then, so the history of each stage is walked back until all are found. An index with the end of each stay would do it, and be rewritten by every move. Changes of a year look up 90,000 deals one by one. Tried and kept: only those that touched the pipeline are looked at, which takes 0.2 s to find out in place of 1.',
  },
  postgres: {
    'move and change over 64 connections: ours ÷ limit':
      'Changes hold, and moves on 10,000 deals; on a million moves are just below. A move takes 1.9 ms of CPU here against 0.6, because each reads the deal and its stages, writes the deal, an event, a stretch and ledgers, and answers, statement by statement, and the limit sends the same ones without working anything out between them.',
    'totals, board, lists, filter, move: p50 on the largest store ÷ on the smallest':
      'All but the filter hold. Its page of 25 comes from an index that leads to exactly these rows, but they lie anywhere in a table of gigabytes of which shared_buffers (as PostgreSQL comes, 128 MB) has little; the limit slows down as much.',
    'deal by id, lists, board: ours ÷ limit':
      'Each read is a round trip to another process, and who asks is one of its own for every request: nothing tells a process at once that a token was revoked elsewhere, as a counter in the file does on SQLite. The limit does not ask. A board reads the cards of each column by themselves. Database, server, limit and load generator share two cores.',
    'each vendor’s list and move ÷ the native one':
      'What vendors show beside a deal (places, uuids, who changed it last, totals) is read by statements of its own, six for Pipeback’s list, and each is a round trip; on SQLite the same statements cost a few µs. They already go one for a page and not one for a deal.',
    'moves a second with three webhooks ÷ without':
      'Three deliveries of some 380 µs of CPU here and about as much in the database cost more than the move that they tell of, and all share two cores. Tried and kept: a change is rebuilt once for all that hear of it, results are written together, fan-out is one statement, and a process that is busy with requests delivers less (730 µs before).',
    'deliveries a second to a local receiver':
      'Claiming a lane, reading its changes and writing what came of them are round trips for each lane. Reading and writing for several lanes at once is what is left to do.',
    'import of a CSV, rows a second':
      'Server and database take some 130 to 140 µs of CPU a row each, and 3,800 to 5,300 rows/s say that they work at the same time only in part, although what is gathered is sent while the next deals are worked on. To find what they wait for is the next step. Tried and kept: one statement for each table and 500 deals (400 rows/s before), indexes after the load. Then come COPY in place of JSON, a quarter of the database’s share, and a statement in place of the trigger that numbers what goes out.',
    'resident after all this, MB': 'As on SQLite: what 64 connections and bulk creates of 1,000 deals leave behind in the heap.',
    'reports of one pipeline over one year':
      'Most of the time is the database’s, which takes two to six times what SQLite takes for the same reports; its memory is as it comes (shared_buffers 128 MB, work_mem 4 MB) beside a store of 6.8 GB. Tried and kept: a cohort asks for its own deals instead of hashing all of them, and a summary by months steps from one board to the next. Not tried: more memory, ledgers with indexes that hold what is added up. Changes and movement_statistics are the same as on SQLite.',
  },
}

/** A line for each target that is missed, and what is known about why. */
export const misses = (engine: Results['engine'], targets: readonly Pick<Target, 'what' | 'holds'>[]): string =>
  targets
    .filter(({ what, holds }) => !holds && behind[engine][what] !== undefined)
    .map(({ what }) => `- **${what}.** ${behind[engine][what]}`)
    .join('\n')
