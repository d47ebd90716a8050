import { run } from './cli/program.ts'

/** `npm start -- …` is `crmux serve …`. Loaded by another module (the warm-up) it does nothing. */
if (import.meta.main !== false) await run(['serve', ...process.argv.slice(2)])
