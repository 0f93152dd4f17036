/**
 * The long controls: every configuration that `properties/` expects to hold, searched 100,000 times (or --runs K) with
 * the full portfolio. Takes hours; what is done is kept in out/controls.jsonl, so it can be stopped and started again.
 *
 *   npm run build && node bench/controls.mjs [--runs 100000] [--only asyncio-pbft/repaired] [--table]
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { strategies } from '../dist/src/adversary/index.js'
import { registered } from '../dist/src/cli/subjects/registered.js'
import { DEFAULT_WORKERS } from '../dist/src/cli/workers/engines.js'
import { engines } from '../dist/src/cli/workers/own-engines.js'
import { choosers } from '../dist/src/fuzz/schedule/choosers.js'
import { registry } from '../dist/src/protocols/index.js'
import { configure } from '../dist/src/system/index.js'

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    only: { type: 'string', default: '' },
    table: { type: 'boolean', default: false },
  },
})
const FILE = 'out/controls.jsonl'
const SEED = 1
/** Far above what a run of these needs to decide; at n = 10 a run of the published simulator has some 500 arrivals. */
const MAX_STEPS = 600

/** One control for all claims of a subject in a configuration. */
function controls() {
  const byKey = new Map()
  for (const { properties } of registry) {
    for (const { subject, configuration, claim, verdict } of properties.expected) {
      if (verdict !== 'holds' || !subject.startsWith(flags.only)) continue
      const key = `${subject} ${JSON.stringify(configuration)}`
      const known = byKey.get(key) ?? { subject, configuration, claims: [] }
      byKey.set(key, { ...known, claims: [...known.claims, claim] })
    }
  }
  return [...byKey].map(([key, control]) => ({ key, ...control }))
}

async function search({ subject, configuration, claims }) {
  const resolved = registered(subject)
  const began = performance.now()
  const result = await engines.runCampaign(
    {
      subject,
      settings: configure(resolved.protocol, configuration),
      claims,
      runs: Number(flags.runs),
      firstRun: 0,
      seed: SEED,
      strategies: strategies.filter(({ onDemand }) => !onDemand).map(({ name }) => name),
      schedulers: choosers.map(({ name }) => name),
      maxSteps: MAX_STEPS,
    },
    resolved,
    { workers: DEFAULT_WORKERS },
  )
  const verdicts = result.claims.map(({ claim, verdict }) => ({ claim, verdict }))
  const { runs, steps, decided, unfinished } = result
  return { runs, steps, decided, unfinished, seconds: Math.round((performance.now() - began) / 1_000), verdicts }
}

const done = new Map()
if (existsSync(FILE)) {
  for (const line of readFileSync(FILE, 'utf8').split('\n').filter(Boolean)) {
    const one = JSON.parse(line)
    done.set(one.key, one)
  }
}
mkdirSync('out', { recursive: true })
for (const control of controls()) {
  if (flags.table || done.get(control.key)?.runs >= Number(flags.runs)) continue
  const one = { key: control.key, ...(await search(control)) }
  appendFileSync(FILE, `${JSON.stringify(one)}\n`)
  done.set(one.key, one)
  console.error(`${one.key}: ${one.verdicts.map(({ claim, verdict }) => `${claim} ${verdict}`).join(', ')}`)
}

console.log('| subject and configuration | runs | steps | decided | seconds | claims |')
console.log('| --- | ---: | ---: | ---: | ---: | --- |')
for (const { key } of controls()) {
  const one = done.get(key)
  if (!one) continue
  const share = `${((100 * one.decided) / one.runs).toFixed(1)} %`
  const claims = one.verdicts.map(({ claim, verdict }) => `${claim}: ${verdict}`).join(', ')
  console.log(`| \`${key}\` | ${one.runs} | ${one.steps} | ${share} | ${one.seconds} | ${claims} |`)
}
