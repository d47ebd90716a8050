import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.{ts,tsx}'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A fork per file: the server under test keeps native handles (SQLite) that worker threads would share.
    pool: 'forks',
    reporters: ['default', './test/support/summary.ts'],
    expect: { requireAssertions: true },
  },
})
