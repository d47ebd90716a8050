#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { run } from './program.ts'

await run(process.argv.slice(2))
