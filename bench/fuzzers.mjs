/**
 * How soon schedulers and strategies find known bugs, in seconds of processor time on one thread. Build first.
 *
 *     node bench/fuzzers.mjs                      all bugs and controls, 31 seeds; results are appended as they come
 *     node bench/fuzzers.mjs --minutes 20         ends after so many; the same command goes on where it ended
 *     node bench/fuzzers.mjs --seeds 5 --cap 10   fewer seeds, and fewer seconds for each search
 *     node bench/fuzzers.mjs --from 2             begins with seed 2: others measure the seeds before
 *     node bench/fuzzers.mjs --only 'pbft|tendermint' --fuzzers 'default,plain random'
 *     node bench/fuzzers.mjs --draw               only the table and the picture, from the results that there are
 *     node bench/fuzzers.mjs --short              three bugs, one control, three seeds, 0.3 s each; in a folder of its own
 *
 * `--out FOLDER` is where results.jsonl, table.md, bugs.md and found.svg are; here, bench/fuzzers.
 */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { addStrategies } from '../dist/src/adversary/own-strategies.js'
import { strategies } from '../dist/src/adversary/strategies.js'
import { BlockRunner } from '../dist/src/fuzz/campaign/block.js'
import { choosers } from '../dist/src/fuzz/schedule/choosers.js'
import { registry } from '../dist/src/protocols/index.js'
import { configure } from '../dist/src/system/index.js'
import { picture } from './fuzzers/picture.mjs'
import { medianTime, soonerThan } from './fuzzers/statistics.mjs'

const BLOCK = 100
const MAX_STEPS = 300
const PLAIN = 'plain random'

/** Broken in the first setting of `expected` that says so; the claim is agreement. */
const SUBJECTS = [
  ...['asyncio-pbft', 'ben-or/adopt-f', 'ben-or/decide-f-plus-1', 'ben-or/simple-majority', 'bosco/low-threshold'],
  ...['bracha/ready-repeat', 'bracha/n-3f', 'bracha/echo-2f-plus-1', 'bracha-by-delivery/deliver-one'],
  ...['chained-hotstuff/quorum-2f', 'chained-hotstuff/no-lock-two-chain', 'chained-hotstuff/two-chain-late-lock'],
  ...['chained-hotstuff/two-chain-non-consecutive', 'chained-hotstuff/double-vote', 'dbft/committed-may-leave'],
  ...['fab/learn-from-available', 'streamlet/vote-repeat', 'tendermint/precommit-across-rounds'],
  ...['go-pbft/layer-1', 'hotstuff/no-safe-node', 'hotstuff/never-lock', 'hotstuff/decide-on-precommit'],
  ...['ibft/no-lock', 'paxos/forgets-promise', 'pbft/no-view-gate', 'pbft/commit-2f', 'pbft/vc-omits-prepared'],
  ...['pbft/new-view-unchecked', 'pbft/lowest-view-certificate', 'pbft/commit-across-views', 'pbft/prepare-2f-minus-1'],
  ...['qbft/unjustified-proposal', 'qbft/unproved-prepared', 'qbft/first-not-highest', 'simplex/finalise-late'],
  ...['simplex/any-parent', 'streamlet/two-consecutive-tip', 'tendermint/forget-lock', 'tendermint/no-lock'],
  ...['tendermint/pol-unchecked', 'tendermint/pol-any-round', 'tendermint/pol-ignore-lock-round'],
  ...['tendermint/unlock-on-nil', 'tendermint/unlock-on-weak-nil'],
]
const CONTROLS = [
  'tendermint',
  'bracha',
  'pbft',
  'chained-hotstuff/two-chain',
  'hotstuff',
  'qbft',
  'streamlet',
  'simplex',
]
const SHORT = ['tendermint/pol-unchecked', 'chained-hotstuff/one-chain', 'bracha/echo-2f-plus-1']
const CLAIM = 'agreement'

/** After ByzzFuzz (Winter et al., OOPSLA 2023): a message changed in one field, to a value that such a field may have. */
const smallScope = {
  name: 'small-scope',
  about: 'follows the protocol; besides, whatever is heard is said again with one field changed',
  plans: () => 1,
  behave: ({ members, correct, universe, program }) => ({
    strategyTwins: members.map((member) => ({ member, side: correct, inputs: program.setting.values.slice(0, 1) })),
    hears: (_, message) =>
      universe.messages
        .filter((other) => other.type === message.type && differences(message, other) <= 1)
        .flatMap((other) => members.map((from) => ({ from, to: correct, message: other }))),
  }),
}
const differences = (one, other) =>
  Object.keys(one).filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key])).length

const names = (list) => list.map(({ name }) => name)
const schedulers = names(choosers)
const usual = names(strategies.filter(({ onDemand }) => !onDemand))
/** By name: schedulers and strategies to draw from. */
const FUZZERS = new Map([
  [PLAIN, [['random-walk'], ['forge']]],
  ['default', [schedulers, usual]],
  ['default without plans', [schedulers.filter((name) => name !== 'by-plan'), usual]],
  ['default + fork', [schedulers, [...usual, 'fork']]],
  ...schedulers.filter((name) => name !== 'random-walk').map((name) => [`${name} + forge`, [[name], ['forge']]]),
  ...names(strategies)
    .filter((name) => !['forge', 'published', 'replay'].includes(name))
    .map((name) => [`random-walk + ${name}`, [['random-walk'], [name]]]),
  ['Twins', [['random-walk'], ['split-brain', 'equivocate']]],
  ['small-scope', [['random-walk'], ['small-scope']]],
])
const SHORT_FUZZERS = [PLAIN, 'default', 'by-plan + forge', 'Twins', 'small-scope']

const processorSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** A subject in the first setting of `expected` with this verdict. */
function rowOf(subject, verdict) {
  for (const { protocol, variants, properties } of registry) {
    const row = properties.expected.find((one) => {
      return one.subject === subject && one.claim === CLAIM && one.verdict === verdict
    })
    if (!row) continue
    const found = [protocol, ...variants].find((one) => one.subject === subject)
    return { subject, protocol: found, claims: properties.claims, configuration: row.configuration }
  }
  return undefined
}

function search({ protocol, claims, configuration }, [chosen, lies], seed, cap) {
  const campaign = {
    ...{ subject: protocol.subject, settings: configure(protocol, configuration), claims: [CLAIM], seed },
    ...{ runs: 1, firstRun: 0, maxSteps: MAX_STEPS, schedulers: chosen, strategies: lies },
  }
  const began = processorSeconds()
  const stop = () => processorSeconds() - began > cap
  let looks = 0
  const runner = new BlockRunner(campaign, protocol, claims)
  let [runs, steps] = [0, 0]
  for (;;) {
    // The clock is asked now and then: asking it takes as long as a step.
    const result = runner.run(runs, BLOCK, () => (looks++ & 1023) === 1023 && stop())
    runs += result.runs
    steps += result.steps
    const time = Math.round((processorSeconds() - began) * 1000) / 1000
    const found = result.found.length > 0
    if (found) return { found, time, runs: result.found[0].run + 1, steps }
    if (stop()) return { found, time: cap, runs, steps }
  }
}

function measure(rows, fuzzers, { first, seeds, cap, minutes, file }) {
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(JSON.parse) : []
  const keyOf = ({ subject, fuzzer, seed }) => `${subject} | ${fuzzer} | ${seed}`
  const done = new Set(known.map(keyOf))
  const began = Date.now()
  // Seeds outermost: whatever is cut off is cut off everywhere.
  for (let seed = first; seed <= seeds; seed++) {
    for (const row of rows) {
      for (const fuzzer of fuzzers) {
        const key = { subject: row.subject, fuzzer, seed }
        if (done.has(keyOf(key))) continue
        if (Date.now() - began > minutes * 60_000) return false
        const result = search(row, FUZZERS.get(fuzzer), seed, cap)
        appendFileSync(file, `${JSON.stringify({ ...key, cap, control: row.control, ...result })}\n`)
      }
    }
  }
  return true
}

/** The median of each fuzzer for each bug; a dash where half of its searches or more were cut off. */
function bugTable(fuzzers, bugs, of) {
  const cell = (subject, fuzzer) => {
    const mine = of(fuzzer).filter((one) => one.subject === subject)
    const { median } = medianTime(mine)
    return mine.length === 0 ? '' : Number.isFinite(median) ? median.toFixed(2) : '–'
  }
  const row = (cells) => `| ${cells.join(' | ')} |`
  return [
    'Median seconds until a bug is found; a dash: later than the cut-off.',
    '',
    row(['bug', ...fuzzers]),
    row(['---', ...fuzzers.map(() => '---:')]),
    ...bugs.map((subject) => row([subject, ...fuzzers.map((fuzzer) => cell(subject, fuzzer))])),
    '',
  ].join('\n')
}

function draw(folder) {
  const all = readFileSync(join(folder, 'results.jsonl'), 'utf8').trim().split('\n').map(JSON.parse)
  // What takes long to stop may find something after its time: that counts as cut off, like all else that late.
  const results = all
    .filter(({ control }) => !control)
    .map((one) => (one.time > one.cap ? { ...one, found: false, time: one.cap } : one))
  const of = (fuzzer) => results.filter((one) => one.fuzzer === fuzzer)
  const text = (time) => (Number.isFinite(time) ? time.toFixed(2) : '–')
  const present = [...FUZZERS.keys()].filter((fuzzer) => of(fuzzer).length > 0)
  const bugs = [...new Set(results.map(({ subject }) => subject))]
  const rows = present.map((fuzzer) => {
    const mine = of(fuzzer)
    const { median, low, high } = medianTime(mine)
    const found = mine.filter((one) => one.found)
    const met = new Set(found.map(({ subject }) => subject)).size
    // Compared bug by bug: seconds of different bugs say nothing about each other.
    const better = bugs.flatMap((subject) => {
      const [here, plain] = [mine, of(PLAIN)].map((list) => list.filter((one) => one.subject === subject))
      return here.length > 0 && plain.length > 0 ? [soonerThan(here, plain)] : []
    })
    const mean = better.reduce((sum, one) => sum + one, 0) / better.length
    const interval = `${text(low)} to ${text(high)}`
    return `| ${fuzzer} | ${met} of ${bugs.length} | ${found.length} of ${mine.length} | ${text(median)} | ${interval} | ${text(mean)} |`
  })
  const silent = all.filter(({ control }) => control)
  const wrong = silent.filter(({ found }) => found)
  const seeds = new Set(all.map(({ seed }) => seed)).size
  const caps = [...new Set(all.map(({ cap }) => cap))].join(', ')
  const table = [
    `${seeds} seeds; each search is cut off after ${caps} s of processor time. ${silent.length} searches of correct protocols: ${wrong.length} violations.`,
    '',
    '| fuzzer | bugs found | searches | median, s | 95 % | Â12 |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
  ].join('\n')
  writeFileSync(join(folder, 'table.md'), table)
  writeFileSync(join(folder, 'bugs.md'), bugTable(present, bugs, of))
  writeFileSync(join(folder, 'found.svg'), picture(present.map((name) => ({ name, observations: of(name) }))))
  console.log(table)
  return wrong.length
}

const { values: flags } = parseArgs({
  options: {
    ...{ seeds: { type: 'string' }, cap: { type: 'string' }, minutes: { type: 'string' }, out: { type: 'string' } },
    ...{ only: { type: 'string' }, fuzzers: { type: 'string' }, from: { type: 'string' } },
    ...{ short: { type: 'boolean' }, draw: { type: 'boolean' } },
  },
})
const folder =
  flags.out ??
  (flags.short ? mkdtempSync(join(tmpdir(), 'fuzzers-')) : fileURLToPath(new URL('fuzzers', import.meta.url)))
mkdirSync(folder, { recursive: true })
if (!flags.draw) {
  const bugs = (flags.short ? SHORT : SUBJECTS).map((subject) => ({
    ...rowOf(subject, 'violated'),
    subject,
    control: false,
  }))
  const controls = CONTROLS.slice(0, flags.short ? 1 : CONTROLS.length).map((subject) => {
    return { ...rowOf(subject, 'holds'), subject, control: true }
  })
  const missing = [...bugs, ...controls].filter(({ protocol }) => !protocol)
  if (missing.length > 0) throw new Error(`no such row: ${missing.map(({ subject }) => subject).join(', ')}`)
  for (const protocol of new Set([...bugs, ...controls].map((one) => one.protocol)))
    addStrategies(protocol, [smallScope])
  const rows = [...bugs, ...controls].filter(({ subject }) => new RegExp(flags.only ?? '').test(subject))
  const fuzzers = flags.fuzzers?.split(',') ?? (flags.short ? SHORT_FUZZERS : [...FUZZERS.keys()])
  const unknown = fuzzers.filter((fuzzer) => !FUZZERS.has(fuzzer))
  if (unknown.length > 0)
    throw new Error(`no such fuzzer: ${unknown.join(', ')}; there are ${[...FUZZERS.keys()].join(', ')}`)
  const finished = measure(rows, fuzzers, {
    first: Number(flags.from ?? 1),
    seeds: Number(flags.seeds ?? (flags.short ? 3 : 31)),
    cap: Number(flags.cap ?? (flags.short ? 0.3 : 60)),
    minutes: Number(flags.minutes ?? Number.POSITIVE_INFINITY),
    file: join(folder, 'results.jsonl'),
  })
  if (!finished) console.log('Cut off: the same command goes on.\n')
}
process.exitCode = draw(folder) > 0 ? 1 : 0
