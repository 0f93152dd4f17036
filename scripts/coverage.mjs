/**
 * `npm run coverage`: which lines of src/ the short tests run, in this process, its threads and all programs that they
 * start. Tests import what is built, with source maps: see vitest.coverage.config.ts. Fails where a folder is below what
 * it was, and where the canary is not seen as it is.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const OUT = 'out/coverage'
const RAW = join(OUT, 'raw')
const CANARY = 'test/coverage/canary.ts'

/** Percent of the lines of each folder, slightly below what is measured: raise them when they have risen. */
const LEAST = { model: 98, system: 98.5, kernel: 99, tables: 99, check: 98.5, shrink: 97.5, trace: 97 }

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  return status ?? 1
}

rmSync('dist', { recursive: true, force: true })
rmSync(OUT, { recursive: true, force: true })
const built =
  run('npx', ['tsc', '-p', 'tsconfig.coverage.json']) ||
  run('npm', ['run', 'build:web']) ||
  run('node', ['scripts/build.mjs'])
if (built !== 0) process.exit(built)
// What is given behind `--` goes to vitest: a folder of tests, to see what these alone run.
const some = process.argv.slice(2)
const tested = run('npx', ['vitest', 'run', '--config', 'vitest.coverage.config.ts', ...some], {
  NODE_V8_COVERAGE: RAW,
})

// Programs are loaded from all kinds of addresses; what is asked about is in files, and c8 stumbles over the others.
for (const name of readdirSync(RAW)) {
  const file = join(RAW, name)
  const raw = JSON.parse(readFileSync(file, 'utf8'))
  const ours = (url) => url.startsWith('file:') && url.includes('/dist/') && !url.includes('/node_modules/')
  raw.result = raw.result.filter(({ url }) => ours(url))
  raw['source-map-cache'] = Object.fromEntries(
    Object.entries(raw['source-map-cache'] ?? {}).filter(([url]) => ours(url)),
  )
  writeFileSync(file, JSON.stringify(raw))
}
const reporting = ['--temp-directory', RAW, '--reports-dir', OUT, '--reporter', 'json-summary', '--reporter', 'html']
const included = ['--all', '--src', 'src', '--include', 'src/**', '--include', CANARY, '--exclude', '**/*.d.ts']
const reported = run('npx', ['c8', 'report', ...reporting, ...included, '--exclude-after-remap'])
if (reported !== 0) process.exit(reported)

/** Whether nothing is left of a file once it is built: there is nothing in it that could run. */
function isOfTypes(path) {
  const file = join('dist', relative('.', path).replace(/\.tsx?$/, '.js'))
  return existsSync(file) && /^export \{\};\s*(\/\/.*)?$/.test(readFileSync(file, 'utf8').trim())
}

const summary = JSON.parse(readFileSync(join(OUT, 'coverage-summary.json'), 'utf8'))
const lines = new Map()
for (const [path, { lines: counted }] of Object.entries(summary)) {
  const [, folder] = relative('.', path).match(/^src\/([^/]+)\//) ?? []
  if (folder === undefined || isOfTypes(path)) continue
  const { total, covered } = lines.get(folder) ?? { total: 0, covered: 0 }
  lines.set(folder, { total: total + counted.total, covered: covered + counted.covered })
}
let isLess = false
for (const [folder, { total, covered }] of [...lines].sort()) {
  const percent = (100 * covered) / total
  const least = some.length === 0 ? LEAST[folder] : undefined
  const less = least !== undefined && percent < least
  isLess ||= less
  console.log(`${folder.padEnd(12)} ${percent.toFixed(1).padStart(5)} %${less ? ` BELOW ${least} %` : ''}`)
}
const canary = summary[join(process.cwd(), CANARY)]
const sings = some.length > 0 || (canary?.functions.covered === 1 && canary.functions.total === 2)
if (!sings)
  console.error(`The canary is not measured as it is: ${JSON.stringify(canary)}. No number here is worth anything.`)
console.log(`line by line: ${OUT}/index.html`)
process.exit(tested || (isLess || !sings ? 1 : 0))
