/**
 * How fast `turncoat fuzz` is on one thread, and what the reference needs for the very same steps. Figures are printed,
 * never asserted. Measured is what users run: build first; `npm run bench` does both.
 *
 *     npm run bench                    every case, two minutes on a machine with nothing else to do
 *     npm run bench -- pbft            cases whose name begins so
 */
import { Session } from 'node:inspector'
import { cpus, loadavg } from 'node:os'
import { basename } from 'node:path'
import { strategies } from '../dist/src/adversary/index.js'
import { chooseClaims } from '../dist/src/cli/claim-names.js'
import { registered } from '../dist/src/cli/subjects.js'
import { Arena } from '../dist/src/fuzz/arena.js'
import { BlockRunner } from '../dist/src/fuzz/block.js'
import { BLOCK } from '../dist/src/fuzz/campaign.js'
import { drawn } from '../dist/src/fuzz/choices.js'
import { choosers } from '../dist/src/fuzz/choosers.js'
import { drawFeatures } from '../dist/src/fuzz/features.js'
import { recount } from '../dist/src/fuzz/recount.js'
import { Run } from '../dist/src/fuzz/run.js'
import { apply, brokenBy, configure, enabled, noException, start, wordsOf } from '../dist/src/system/index.js'

const SEED = 1
const MAX_STEPS = 400
const WARM_UP = 3_000
const ROUND = 1_000
const ROUNDS = 5
/** Runs whose steps the reference takes again, and the processor seconds after which it has taken enough. */
const TOLD_AGAIN = 5
const ENOUGH = 3
/** Runs of which each reducer call and each look into the tables is counted. */
const COUNTED = 400

const CASES = [
  ['pbft', { n: 4, byzantine: [0] }],
  ['pbft', { n: 4, b: 1 }],
  ['pbft', { n: 4, byzantine: [] }],
  ['asyncio-pbft', { n: 4, b: 1 }],
  ['asyncio-pbft', { n: 10, b: 3 }],
  ['go-pbft/layer-1', { n: 4, b: 1 }],
]

function nameOf(subject, { n, b, byzantine }) {
  return `${subject} --n ${n} ${b === undefined ? `--byzantine ${byzantine.join() || 'none'}` : `--b ${b}`}`
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
/** Of this process, its garbage collector included: what another process takes away does not count. */
const processorSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
const whole = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')

/** What the command line would search by default. */
function campaignOf(subject, configuration) {
  const resolved = registered(subject)
  const settings = configure(resolved.protocol, configuration)
  const { claims } = chooseClaims(resolved.subject, undefined)
  const names = (list) => list.map(({ name }) => name)
  const campaign = {
    ...{ subject, settings, claims: names(claims), runs: 1, firstRun: 0, seed: SEED, maxSteps: MAX_STEPS },
    ...{ strategies: names(strategies), schedulers: names(choosers) },
  }
  return { campaign, protocol: resolved.protocol, claims: resolved.subject.properties.claims }
}

/** Blocks of one campaign, as a worker runs them, until the time is over; the tables stay from round to round. */
function blocks(runner, from, milliseconds) {
  const [began, busy] = [performance.now(), processorSeconds()]
  let [next, steps] = [from, 0]
  do {
    steps += runner.run(next, BLOCK).steps
    next += BLOCK
  } while (performance.now() - began < milliseconds)
  const seconds = (performance.now() - began) / 1_000
  const runs = next - from
  const perProcessor = steps / (processorSeconds() - busy)
  return { next, runs: runs / seconds, steps: steps / seconds, perProcessor, length: steps / runs }
}

function speed({ campaign, protocol, claims }) {
  const runner = new BlockRunner(campaign, protocol, claims)
  const cold = blocks(runner, 0, 0)
  let { next } = blocks(runner, cold.next, WARM_UP)
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    const one = blocks(runner, next, ROUND)
    rounds.push(one)
    next = one.next
  }
  const steps = rounds.map((round) => round.steps)
  return {
    steps: median(steps),
    least: Math.min(...steps),
    most: Math.max(...steps),
    perProcessor: median(rounds.map((round) => round.perProcessor)),
    runs: median(rounds.map((round) => round.runs)),
    length: median(rounds.map((round) => round.length)),
    cold: cold.perProcessor,
    runner,
    next,
  }
}

/** The first runs of the first setting, one by one, with everything in sight that `BlockRunner` keeps to itself. */
function* runsOf({ campaign, protocol, claims }, count) {
  const own = claims.filter(({ name, kind }) => kind === 'sometimes' || campaign.claims.includes(name))
  const judged = [...own, noException]
  const arena = new Arena(protocol, campaign.settings[0], judged)
  for (let run = 0; run < count; run++) {
    const choices = drawn(SEED, run)
    const features = drawFeatures(arena, choices, strategies, choosers)
    yield { arena, state: new Run(arena, features, choices, new Set()).go(MAX_STEPS).state }
  }
}

/** The reference on the same steps: what is enabled, the step, the claims. The coalition offers what this step uses. */
function reference(searched) {
  let [steps, seconds] = [0, 0]
  for (const { arena, state } of runsOf(searched, TOLD_AGAIN)) {
    const { program, invariants } = arena
    const told = recount(arena, state, state.entries.length).steps
    const began = processorSeconds()
    let system = start(program)
    for (const step of told) {
      if (seconds + processorSeconds() - began > ENOUGH) break
      const offered = wordsOf(program, step).map((word) => ({ ...word, to: step.at }))
      enabled(program, system, offered)
      const before = system
      system = apply(program, system, step)
      brokenBy(program, invariants, system, before)
      steps++
    }
    seconds += processorSeconds() - began
  }
  return steps / seconds
}

/** Reducer calls, and looks into the table of transitions, for each step: all of the runs, and their second half. */
function memo(searched) {
  const [looks, calls, steps] = [
    [0, 0],
    [0, 0],
    [0, 0],
  ]
  let table
  let [run, looked, called] = [0, 0, 0]
  for (const { arena, state } of runsOf(searched, COUNTED)) {
    const half = run++ < COUNTED / 2 ? 0 : 1
    steps[half] += state.steps
    if (table) {
      calls[half] += table.calls - called
      looks[half] += looked
    } else {
      table = arena.table
      for (const method of ['onMessage', 'onTimeout', 'onInput', 'onCoin']) {
        const original = table[method]
        table[method] = (...given) => {
          looked++
          return original.apply(table, given)
        }
      }
    }
    called = table.calls
    looked = 0
  }
  const hits = looks[1] === 0 ? Number.NaN : 1 - calls[1] / looks[1]
  return { first: calls[0] / steps[0], second: calls[1] / steps[1], looks: looks[1] / steps[1], hits }
}

/** The files in which the warm engine spends its own time, by the sampling profiler of node. */
async function profile({ runner, next }) {
  const session = new Session()
  session.connect()
  const ask = (method) =>
    new Promise((done, failed) => session.post(method, (error, answer) => (error ? failed(error) : done(answer))))
  await ask('Profiler.enable')
  await ask('Profiler.start')
  blocks(runner, next, 2 * ROUND)
  const { nodes, samples } = (await ask('Profiler.stop')).profile
  session.disconnect()
  const where = new Map(nodes.map(({ id, callFrame }) => [id, basename(callFrame.url) || callFrame.functionName]))
  const counts = new Map()
  for (const id of samples) counts.set(where.get(id), (counts.get(where.get(id)) ?? 0) + 1)
  const busy = samples.filter((id) => where.get(id) !== '(idle)').length
  return [...counts]
    .filter(([name]) => name !== '(idle)')
    .sort(([, a], [, b]) => b - a)
    .slice(0, 6)
    .map(([name, count]) => `${name} ${Math.round((100 * count) / busy)} %`)
    .join(', ')
}

const wanted = process.argv[2] ?? ''
const cases = CASES.filter(([subject, configuration]) => nameOf(subject, configuration).startsWith(wanted))
if (cases.length === 0) throw new Error(`no case begins with "${wanted}"`)

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; node ${process.version}; one thread; load ${loadavg()[0].toFixed(1)}`,
)
console.log(
  `seed ${SEED}; ${WARM_UP / 1_000} s of warm-up, median of ${ROUNDS} rounds of ${ROUND / 1_000} s (least to most)`,
)
for (const [subject, configuration] of cases) {
  const searched = campaignOf(subject, configuration)
  const fast = speed(searched)
  const slow = reference(searched)
  const { first, second, looks, hits } = memo(searched)
  console.log(`
turncoat fuzz ${nameOf(subject, configuration)} --workers 1
  ${whole(fast.steps)} steps a second (${whole(fast.least)} to ${whole(fast.most)}), ${whole(fast.runs)} runs a second, ${whole(fast.length)} steps a run
  ${whole(fast.perProcessor)} steps a processor second; in the first ${BLOCK} runs, universe included, ${whole(fast.cold)}
  reference on the same steps: ${whole(slow)} steps a processor second; the engine is ${whole(fast.perProcessor / slow)} times as fast
  reducer calls a step: ${first.toFixed(3)} in runs 0 to ${COUNTED / 2 - 1}, ${second.toFixed(3)} in the ${COUNTED / 2} after; there ${looks.toFixed(1)} looks a step, ${(100 * hits).toFixed(2)} % known
  own time of the warm engine: ${await profile(fast)}`)
}
