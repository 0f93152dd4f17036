import { defineConfig } from 'vitest/config'

// A search takes longer than what vitest gives a test by default.
export default defineConfig({ test: { testTimeout: 120_000 } })
