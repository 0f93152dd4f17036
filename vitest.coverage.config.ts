import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vitest/config'

const ROOT = import.meta.dirname

/**
 * Tests import what was built. Sources that vitest has transformed itself are nowhere on the disk, and coverage of them is
 * 0 % or 100 %, whatever is run.
 */
const built: Plugin = {
  name: 'built',
  enforce: 'pre',
  resolveId(asked, importer) {
    if (!importer || !asked.startsWith('.') || !asked.endsWith('.ts')) return undefined
    const source = resolve(importer, '..', asked)
    const file = resolve(ROOT, 'dist', relative(ROOT, source).replace(/\.ts$/, '.js'))
    return existsSync(file) ? { id: file, external: true } : undefined
  },
}

/** The short tier, for `npm run coverage`: threads write down what they ran when they end, processes of vitest's do not. */
export default defineConfig({
  plugins: [built],
  test: {
    include: ['test/**/*.test.ts'],
    // What looks at vitest's own loading of modules finds another one here.
    exclude: ['**/*.long.test.ts', 'test/report/plots-lazy.test.ts'],
    env: { TURNCOAT_TIER: 'short' },
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 240_000,
    server: { deps: { external: [/\/dist\//] } },
  },
})
