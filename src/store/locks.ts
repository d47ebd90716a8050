/** Advisory locks of PostgreSQL are numbers. Under the first of a pair: `crmx`, so that other users of the server keep theirs. */
export const structureLock = 0x63726d78

/** Held while the schema is brought up to date, so that of many processes that start together one does it. */
export const migrationLock = 0x63726d79
