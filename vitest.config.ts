import { defineConfig } from 'vitest/config'

const common = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // Processes rather than threads: the server under test keeps native handles (SQLite) that threads would share. One process for many files:
  // each loading all of the server anew took a third of the whole run, and no test knows another.
  pool: 'forks',
  isolate: false,
  expect: { requireAssertions: true },
} as const

/** What is proved about the store is proved on both engines. The other tests know no engine, and run on SQLite. */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary.ts'],
    projects: [
      {
        test: {
          ...common,
          name: 'sqlite',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.{ts,tsx}'],
          exclude: ['test/postgres/**'],
        },
      },
      {
        test: {
          ...common,
          name: 'postgres',
          include: [
            'src/store/**/*.test.ts',
            'test/properties/**/*.test.ts',
            'test/conformance/**/*.test.ts',
            'test/races/**/*.test.ts',
            'test/postgres/**/*.test.ts',
            'src/dialects/native/test/live.test.ts',
          ],
          // What each dialect has a word for is the same on every engine.
          exclude: ['src/store/engines/sqlite*.test.ts', 'test/conformance/fields/**'],
          env: { TEST_ENGINE: 'postgres' },
          globalSetup: ['test/support/postgres.ts'],
        },
      },
    ],
  },
})
