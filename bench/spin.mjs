/**
 * The same model in SPIN and in `turncoat check`, side by side in one run: bracha-by-delivery with four replicas, r3
 * Byzantine. Both must count the same states; the figures are printed, never asserted. Build first.
 *
 *     node bench/spin.mjs
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const model = fileURLToPath(new URL('bracha.pml', import.meta.url))
const program = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url))
const SETTING = ['bracha-by-delivery', '--n', '4', '--byzantine', '3', '--claim', 'agreement']

const whole = (value) => (value === undefined ? '?' : String(value).replace(/\B(?=(\d{3})+$)/g, ','))
const cell = (value, width) => String(value).padStart(width)

/** Runs a command to its end: what it printed, seconds on the clock, and processor seconds, which a busy machine spares. */
function timed(command, args, cwd) {
  const began = performance.now()
  // `times` ends with the user and system time of the shell's children.
  const child = spawnSync('sh', ['-c', '"$@"; code=$?; echo; times; exit $code', 'sh', command, ...args], {
    ...{ cwd, encoding: 'utf8', maxBuffer: 2 ** 28 },
  })
  const seconds = (performance.now() - began) / 1_000
  const lines = child.stdout.trimEnd().split('\n')
  const spent = lines.at(-1).match(/\d+m[\d.]+s/g) ?? []
  const processor = spent.map((part) => part.split('m')).reduce((sum, [m, s]) => sum + 60 * m + parseFloat(s), 0)
  return { code: child.status, text: lines.slice(0, -2).join('\n'), error: child.stderr, seconds, processor }
}

function mustRun(command, args, cwd) {
  const done = timed(command, args, cwd)
  if (done.code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${done.code}\n${done.text}${done.error}`)
  return done
}

const isThere = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0

/** Writes, compiles and runs SPIN's verifier; one row for each. */
function spin() {
  const folder = mkdtempSync(join(tmpdir(), 'turncoat-spin-'))
  try {
    const written = mustRun('spin', ['-a', model], folder)
    const compiled = mustRun('gcc', ['-O2', '-DSAFETY', '-DNOREDUCE', '-o', 'pan', 'pan.c'], folder)
    const searched = mustRun('./pan', ['-m1000'], folder)
    const number = (what) => Number(searched.text.match(new RegExp(`(\\d+) ${what}`))?.[1])
    // The initial state counts as stored, and no transition leads to it.
    const counts = { states: number('states, stored'), transitions: number('transitions') - 1 }
    const sum = (field) => written[field] + compiled[field] + searched[field]
    return [
      { name: 'spin, search alone', ...searched, ...counts },
      { name: 'spin, from model to verdict', ...counts, seconds: sum('seconds'), processor: sum('processor') },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function check(...flags) {
  const done = timed(process.execPath, [program, 'check', ...SETTING, ...flags, '--json'])
  const name = ['turncoat check', ...flags].join(' ')
  try {
    const { states, transitions } = JSON.parse(done.text)
    if (typeof states === 'number') return { name, ...done, states, transitions }
  } catch {
    // What was printed is no result; below it is shown as it is.
  }
  return { name, ...done, failed: (done.error || done.text).trim().split('\n')[0] }
}

const missing = ['spin', 'gcc'].filter((command) => !isThere(command))
console.log(`${cpus().length} × ${cpus()[0].model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}`)
console.log(`turncoat check ${SETTING.join(' ')}\n`)
if (missing.length > 0)
  console.log(`There is no ${missing.join(' and no ')} here: SPIN is not run. Debian has a package \`spin\`.\n`)

const rows = [...(missing.length > 0 ? [] : spin()), check('--no-reduction'), check()]
const reference = rows.find(({ name }) => name === 'spin, from model to verdict')
console.log(
  `${''.padEnd(30)}${cell('states', 12)}${cell('transitions', 13)}${cell('seconds', 10)}${cell('processor', 11)}`,
)
for (const { name, states, transitions, seconds, processor, failed } of rows) {
  const figures = `${cell(whole(states), 12)}${cell(whole(transitions), 13)}`
  const times = `${cell(seconds.toFixed(2), 10)}${cell(processor.toFixed(2), 11)}`
  console.log(failed ? `${name.padEnd(30)}  failed: ${failed}` : `${name.padEnd(30)}${figures}${times}`)
}
if (reference) {
  console.log('\nfrom command to verdict, whole processes, seconds and processor seconds against SPIN:')
  for (const { name, seconds, processor, failed } of rows.filter(({ name }) => name.startsWith('turncoat'))) {
    if (failed) continue
    const ratio = (ours, theirs) => `${(ours / theirs).toFixed(2)} ×`
    console.log(`  ${name.padEnd(30)}${ratio(seconds, reference.seconds)} ${ratio(processor, reference.processor)}`)
  }
}
