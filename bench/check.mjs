/**
 * How long `check` takes from command to verdict, whole process, and how that grows with n, views and values.
 *
 *   npm run build && node bench/check.mjs [--only pbft] [--repeat 3] [--against FOLDER]
 *
 * `--against` takes another build of this repository: the two run in turn, and the last column is the ratio of their least times.
 * A row is repeated as often as asked, but no more once it has taken SHARE seconds.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    repeat: { type: 'string', default: '1' },
    against: { type: 'string' },
  },
})

/** Seconds after which a row is not repeated. */
const SHARE = 15

const COMMANDS = [
  'bracha --n 4 --byzantine 0',
  'bracha --n 5 --byzantine 0',
  'bracha --n 6 --byzantine 0',
  'bracha --n 7 --byzantine 0,1',
  'bracha --n 10 --byzantine 0,1,2 --claim agreement',
  'bracha --n 4 --byzantine 0 --values a,b,c',
  'bracha --n 4 --byzantine 0 --values a,b,c,d',
  'bracha-by-delivery --n 4 --byzantine 3 --claim agreement',
  'bracha-by-delivery --n 4 --byzantine 0 --claim agreement',
  'bracha-by-delivery --n 4 --byzantine 3 --claim agreement --no-reduction',
  'two-phase-commit --n 9 --no-reduction',
  'pbft --n 4 --byzantine 0 --views 1',
  'pbft --n 4 --byzantine 0 --views 2',
  'pbft --n 4 --byzantine 1 --views 2',
  'pbft --n 4 --byzantine 1 --views 3 --claim agreement',
  'pbft --n 4 --byzantine 1 --views 3',
  'pbft --n 4 --byzantine 1 --views 2 --values a',
  'pbft --n 4 --byzantine 1 --views 2 --values a,b,c --claim agreement',
  'pbft --n 5 --byzantine 0 --views 2 --claim agreement',
  'pbft --n 4 --byzantine 0 --views 1 --slots 2 --claim agreement',
  'pbft --n 4 --byzantine 0 --views 1 --slots 3 --claim agreement',
  'pbft --n 4 --byzantine none --views 2 --slots 2 --claim agreement',
  'pbft --n 4 --byzantine 0 --views 2 --slots 2 --claim agreement',
  'pbft --n 4 --byzantine 1 --views 2 --slots 2 --claim agreement',
  'pbft --n 4 --byzantine 2 --views 2 --slots 2 --claim agreement',
  'pbft --n 4 --byzantine 3 --views 2 --slots 2 --claim agreement',
  'asyncio-pbft --n 4 --byzantine 3 --auth channels --claim agreement',
  'asyncio-pbft --n 5 --byzantine 0 --auth channels --claim agreement',
  'asyncio-pbft --n 7 --byzantine none --auth channels --values a --claim agreement',
  'asyncio-pbft --n 7 --byzantine 1,2 --auth channels --claim agreement',
  'asyncio-pbft --n 10 --byzantine 0,1,2 --auth channels --claim agreement',
  'asyncio-pbft/repaired --n 7 --byzantine 1,2 --auth channels --claim agreement',
  'asyncio-pbft/repaired --n 10 --byzantine 1,2,3 --auth channels --claim agreement',
  'asyncio-pbft/repaired --n 10 --byzantine 0,1,2 --auth channels --claim agreement',
  'go-pbft/layer-2 --n 4 --byzantine 0 --views 1 --slots 1 --claim agreement',
  'go-pbft/layer-2 --n 5 --byzantine none --views 1 --slots 1 --claim agreement',
  'go-pbft/layer-2 --n 5 --byzantine 0 --views 1 --slots 1 --claim agreement',
  'go-pbft/layer-2-no-conflict-check --n 4 --byzantine 0 --views 1 --slots 1 --claim agreement',
  'bracha-by-delivery --n 5 --byzantine 0 --claim agreement',
  'bracha-by-delivery/echo-2f-plus-1 --n 5 --byzantine 0 --claim agreement',
]

const BUILDS = [new URL('..', import.meta.url).pathname, ...(flags.against ? [flags.against] : [])]
const folder = mkdtempSync(join(tmpdir(), 'turncoat-bench-'))

/** One process: what it answers, and its seconds from command to verdict. */
function timed(build, command) {
  const main = join(build, 'dist/src/cli/main.js')
  const began = performance.now()
  const arguments_ = [main, 'check', ...command.split(' '), '--out', folder, '--json', '--time', '600s']
  const { stdout } = spawnSync(process.execPath, arguments_, { encoding: 'utf8', maxBuffer: 1e8 })
  return { seconds: (performance.now() - began) / 1_000, result: JSON.parse(stdout) }
}

const last = flags.against ? [' × the other |', ' ---: |'] : ['', '']
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}\n`)
console.log(`| command | verdicts | states | local states | seconds |${last[0]}`)
console.log(`| --- | --- | ---: | ---: | ---: |${last[1]}`)
for (const command of COMMANDS.filter((one) => one.startsWith(flags.only))) {
  const best = BUILDS.map(() => Number.POSITIVE_INFINITY)
  const results = []
  const ends = performance.now() + SHARE * 1_000
  for (let round = 0; round === 0 || (round < Number(flags.repeat) && performance.now() < ends); round++) {
    for (const [i, build] of BUILDS.entries()) {
      const { seconds, result } = timed(build, command)
      best[i] = Math.min(best[i], seconds)
      results[i] = result
    }
  }
  const [{ claims, states, closure }] = results
  const verdicts = [...new Set(claims.map(({ verdict }) => verdict))].join(', ')
  const size = `${states.toLocaleString('en')} | ${closure?.states.toLocaleString('en') ?? ''}`
  const ratio = flags.against ? ` ${(best[0] / best[1]).toFixed(2)} |` : ''
  console.log(`| \`${command}\` | ${verdicts} | ${size} | ${best[0].toFixed(1)} |${ratio}`)
}
rmSync(folder, { recursive: true })
