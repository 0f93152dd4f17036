import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    typecheck: { enabled: false },
    testTimeout: 120_000,
    // Two workers are what the smallest machine we promise anything for has.
    maxWorkers: 2,
  },
})
