/**
 * How many trials a second `simulate` runs on one thread. Figures are printed, never asserted. Measured is what users
 * run: build first; `npm run build && node bench/simulate.mjs` does both.
 *
 *     node bench/simulate.mjs                      every case, about a minute on a machine with nothing else to do
 *     node bench/simulate.mjs asyncio-pbft         cases whose name begins so
 */
import { cpus, loadavg } from 'node:os'
import { registered } from '../dist/src/cli/subjects/registered.js'
import { program } from '../dist/src/model/index.js'
import { conditions, SILENT, simulate } from '../dist/src/simulate/index.js'
import { configure } from '../dist/src/system/index.js'

const SIZES = [4, 10, 31, 100]
/** What each case is given: processor seconds to warm up, rounds, and processor seconds of each. */
const WARM_UP = 1
const ROUNDS = 5
const ROUND = 1

/** The delays of the published experiment; who broadcasts waits, in its program. */
const DELAYS = { latency: { kind: 'uniform', min: 5, max: 35 }, reorder: { probability: 0.05, extra: 20 } }
const CASES = [
  ['pbft', conditions({ ...DELAYS, timeout: 2_000 })],
  ['pbft/quorum-2f-plus-1', conditions({ ...DELAYS, timeout: 2_000 })],
  ['bracha', conditions(DELAYS)],
  ['asyncio-pbft', conditions({ ...DELAYS, blocking: true })],
  ['asyncio-pbft/commit-once', conditions({ ...DELAYS, blocking: true })],
]

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const processorSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
const whole = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
const short = (value) => (value >= 100 ? whole(value) : value.toPrecision(3))

/** Trials with seeds from `first`, until the time is over; at least one. */
function trials(of, under, first, seconds) {
  const began = processorSeconds()
  let [seed, events] = [first, 0]
  do {
    const request = { program: of, conditions: under, seed, faults: SILENT, load: { kind: 'inputs' } }
    const done = simulate({ ...request, until: { ms: 10_000, events: 10_000_000 } })
    if (done.decided !== done.of) throw new Error(`seed ${seed}: only ${done.decided} of ${done.of} decided`)
    events += done.events
    seed++
  } while (processorSeconds() - began < seconds)
  const took = processorSeconds() - began
  const count = seed - first
  return { next: seed, milliseconds: (1_000 * took) / count, events: events / count, perSecond: events / took }
}

function measured(subject, under, n) {
  const { protocol } = registered(subject)
  const of = program(protocol, configure(protocol, { n, byzantine: [] })[0])
  const first = trials(of, under, 0, 0)
  let { next } = trials(of, under, first.next, WARM_UP)
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    const one = trials(of, under, next, ROUND)
    rounds.push(one)
    next = one.next
  }
  return {
    first: first.milliseconds,
    milliseconds: median(rounds.map((round) => round.milliseconds)),
    events: median(rounds.map((round) => round.events)),
    perSecond: median(rounds.map((round) => round.perSecond)),
  }
}

const wanted = process.argv[2] ?? ''
const cases = CASES.filter(([subject]) => subject.startsWith(wanted))
if (cases.length === 0) throw new Error(`no case begins with "${wanted}"`)

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; node ${process.version}; one thread; load ${loadavg()[0].toFixed(1)}`,
)
console.log(
  `nobody faulty; delays of 5 to 35 ms, 5 % of the copies up to 20 ms later; asyncio-pbft with blocking broadcasts`,
)
console.log(
  `processor time, garbage collection included; ${WARM_UP} s of warm-up, median of ${ROUNDS} rounds of ${ROUND} s\n`,
)
const row = (cells) => console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(26) : cell.padStart(13))).join(''))
row(['', 'n', 'trials/s', 'ms a trial', 'first trial', 'events', 'events/s'])
for (const [subject, under] of cases) {
  for (const n of SIZES) {
    const { first, milliseconds, events, perSecond } = measured(subject, under, n)
    const cells = [short(1_000 / milliseconds), short(milliseconds), short(first), whole(events), whole(perSecond)]
    row([subject, String(n), ...cells])
  }
}
