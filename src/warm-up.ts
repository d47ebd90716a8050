/**
 * Loads everything once: `npm ci` runs this as its last step (`prepare`), so that the compile cache is there and the first start is as
 * quick and as small as every later one.
 */
await Promise.all([import('./main.ts'), import('./cli/run-server.ts'), import('./store/engines/sqlite.ts')])
process.exit()
