import { defineConfig } from 'vitest/config'

/** The tiers of test/tiers.ts: `npm test` runs one, `npm run test:long` the other, and `npx vitest run` both. */
const tier = (name: string, testTimeout: number, isolate: boolean, include: string, more: object = {}) => ({
  extends: true as const,
  test: { name, testTimeout, isolate, include: [include], env: { TURNCOAT_TIER: name }, ...more },
})

export default defineConfig({
  test: {
    projects: [
      // A third of the time would go into loading the same modules for each file. What long tests remember is let go.
      tier('short', 120_000, false, 'test/**/*.test.ts', { exclude: ['**/*.long.test.ts'] }),
      tier('long', 600_000, true, 'test/**/*.long.test.ts', { globalSetup: ['test/web/packaged-browser.ts'] }),
    ],
    typecheck: { enabled: false },
    // Two workers are what the smallest machine we promise anything for has.
    maxWorkers: 2,
  },
})
