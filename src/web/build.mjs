/** Makes the scripts and pages of `dist/web`. What `npm run build:web` runs; tests make the same of the sources. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const COMMON = {
  bundle: true,
  minify: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'error',
  absWorkingDir: ROOT,
}

/** Programs, files and threads, which a browser does not have; whoever asks for one is told so. */
const ABSENT = `const absent = (name) => new Proxy(function () {}, {
  get: (_, key) => (key === '__esModule' ? undefined : absent(String(key))),
  apply: () => { const error = new Error('a browser has no ' + name); error.name = 'UsageError'; throw error },
  construct: () => { const error = new Error('a browser has no ' + name); error.name = 'UsageError'; throw error },
})
module.exports = absent('programs')`

/** What stands between the sources and a browser. */
const inBrowser = {
  name: 'in-browser',
  setup(it) {
    it.onResolve({ filter: /^node:/ }, ({ path }) =>
      path === 'node:crypto' ? { path: `${ROOT}src/web/create-hash.ts` } : { path, namespace: 'absent' },
    )
    it.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: ABSENT }))
    // What drives searches from a program works with files and threads; a protocol on a page needs none of it.
    it.onResolve({ filter: /^\.\/library\/index\.ts$/ }, ({ path }) => ({ path, namespace: 'nothing' }))
    it.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export {}' }))
    // Messages of zod in fifty languages, one of which is spoken here.
    it.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js'`,
    }))
  },
}

async function bundled(options) {
  const { outputFiles } = await build({ ...COMMON, ...options })
  return outputFiles[0].text
}

export const viewer = () => bundled({ entryPoints: ['src/web/main.tsx'] })

/** What runs in the worker. It is a text in the page, and put before the user's code. */
export const engine = () =>
  bundled({
    stdin: {
      contents: `import * as library from './src/index.ts'
import { serveEngine } from './src/web/engine.ts'
globalThis.turncoatEngine = serveEngine(library)`,
      resolveDir: ROOT,
    },
    plugins: [inBrowser],
    // Rules are called after their functions, in traces too.
    keepNames: true,
    define: { 'import.meta.url': '"file:///turncoat"' },
  })

export const explorer = () => bundled({ entryPoints: ['src/web/explorer.tsx'] })

export const playground = () => bundled({ entryPoints: ['src/web/playground.tsx'] })

/** Files that protocols share, and that the page has compiled. */
const SHARED = ['properties/accountability.ts', 'properties/claims.ts', 'properties/variants.ts']

/** A file of a protocol with those of its own that it imports. */
function filesOf(path, found = {}) {
  if (found[path] !== undefined || SHARED.includes(path)) return found
  found[path] = readFileSync(ROOT + path, 'utf8')
  for (const [, specifier] of found[path].matchAll(/from '(\.[^']+)'/g)) {
    const target = new URL(specifier, `file:///${path}`).pathname.slice(1)
    if (/^(?:src\/protocols|properties)\//.test(target)) filesOf(target, found)
  }
  return found
}

/** What the playground is given: the registered protocols as they are written, and one to begin with. */
export function playgroundData() {
  const names = readdirSync(`${ROOT}properties`)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3))
  const registered = names.filter((name) => readdirSync(`${ROOT}src/protocols`).includes(`${name}.ts`)).sort()
  return {
    protocols: registered.map((name) => ({
      name,
      files: filesOf(`properties/${name}.ts`, filesOf(`src/protocols/${name}.ts`)),
    })),
    own: readFileSync(`${ROOT}examples/echo-broadcast.ts`, 'utf8'),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(`${ROOT}dist/web`, { recursive: true })
  for (const [name, make] of Object.entries({ viewer, engine, explorer })) {
    writeFileSync(`${ROOT}dist/web/${name}.js`, await make())
  }
  if (process.argv.includes('playground')) {
    const { explorerPage } = await import(`${ROOT}dist/src/report/pages/explorer-page.js`)
    const scripts = { page: await playground(), engine: await engine() }
    writeFileSync(`${ROOT}dist/web/playground.html`, explorerPage('Turncoat playground', playgroundData(), scripts))
    console.log('dist/web/playground.html')
  }
}
