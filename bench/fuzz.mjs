/**
 * How fast `turncoat fuzz` is on one thread, in steps for each second of processor time, its garbage collector included:
 * what another process takes away does not count. Figures are printed, never asserted. Build first; `npm run bench` does.
 *
 *     npm run bench                              every case
 *     npm run bench -- pbft                      cases whose name begins so
 *     npm run bench -- --against ../older        besides, another build of this repository, in turn with this one
 *     npm run bench -- --warm-up 20              so many seconds before the rounds: what handlers do becomes known in them
 */
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const SEED = 1
const MAX_STEPS = 400
/** Seconds, unless the command line names others. */
const WARM_UP = 4
const ROUND = 2
const ROUNDS = 3
/** Runs whose steps the reference takes again, and the processor seconds after which it has taken enough. */
const TOLD_AGAIN = 5
const ENOUGH = 3

const CASES = [
  ['pbft', { n: 4, byzantine: [0] }],
  ['pbft', { n: 4, b: 1 }],
  ['pbft', { n: 4, byzantine: [] }],
  ['bracha', { n: 4, b: 1 }],
  ['bracha', { n: 7, byzantine: [0, 1] }],
  ['asyncio-pbft', { n: 4, b: 1 }],
  ['asyncio-pbft', { n: 10, b: 3 }],
  ['go-pbft/layer-1', { n: 4, b: 1 }],
]

const here = resolve(fileURLToPath(new URL('..', import.meta.url)))
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const whole = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
const nameOf = ([subject, { n, b, byzantine }]) =>
  `${subject} --n ${n} ${b === undefined ? `--byzantine ${byzantine.join() || 'none'}` : `--b ${b}`}`
const processorSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** A module of a build; in an older one it may stand where it did then. */
async function load(folder, path, older = path) {
  const found = [path, older].map((at) => resolve(folder, 'dist/src', at)).find(existsSync)
  if (!found) throw new Error(`${folder} has no dist/src/${path}: is it built?`)
  return import(pathToFileURL(found).href)
}

/** What the command line would search by default, by the build in a folder. */
async function campaignOf(folder, [subject, configuration]) {
  const { strategies } = await load(folder, 'adversary/index.js')
  const { chooseClaims } = await load(folder, 'cli/subjects/claim-names.js', 'cli/claim-names.js')
  const { resolveSubject } = await load(folder, 'cli/subjects/subjects.js', 'cli/subjects.js')
  const { choosers } = await load(folder, 'fuzz/schedule/choosers.js', 'fuzz/choosers.js')
  const { configure } = await load(folder, 'system/index.js')
  const resolved = await resolveSubject(subject, '/')
  const settings = configure(resolved.protocol, configuration)
  const names = (list) => list.map(({ name }) => name)
  const drawn = strategies.filter(({ onDemand }) => !onDemand)
  const campaign = {
    ...{ subject, settings, runs: 1, firstRun: 0, seed: SEED, maxSteps: MAX_STEPS },
    ...{ claims: names(chooseClaims(resolved.subject, undefined).claims) },
    ...{ strategies: names(drawn), schedulers: names(choosers) },
  }
  return { campaign, protocol: resolved.protocol, claims: resolved.subject.properties.claims }
}

/** In a process of its own: blocks of runs, as a worker makes them, whenever the parent asks for a round. */
async function serve(folder, which) {
  const { campaign, protocol, claims } = await campaignOf(folder, CASES[which])
  const { BlockRunner } = await load(folder, 'fuzz/campaign/block.js', 'fuzz/block.js')
  const { BLOCK } = await load(folder, 'fuzz/campaign/campaign.js', 'fuzz/campaign.js')
  const runner = new BlockRunner(campaign, protocol, claims)
  let next = 0
  process.on('message', (seconds) => {
    const began = processorSeconds()
    let [steps, runs] = [0, 0]
    do {
      steps += runner.run(next, BLOCK).steps
      next += BLOCK
      runs += BLOCK
    } while (processorSeconds() - began < seconds)
    const taken = processorSeconds() - began
    process.send({ steps: steps / taken, runs: runs / taken, memory: process.memoryUsage.rss() / 2 ** 20 })
  })
}

/** Rounds of several builds in turn, so that all have the same weather. */
async function compare(folders, which, warmUp) {
  const children = folders.map((folder) => fork(fileURLToPath(import.meta.url), ['--serve', folder, String(which)]))
  const ask = (child, seconds) =>
    new Promise((done, failed) => {
      child.once('message', done)
      child.once('exit', (code) => failed(new Error(`ended with ${code}`)))
      child.send(seconds)
    })
  const rounds = children.map(() => [])
  for (const child of children) await ask(child, warmUp)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, child] of children.entries()) rounds[i].push(await ask(child, ROUND))
  }
  for (const child of children) child.kill()
  return rounds.map((list) => ({
    steps: median(list.map(({ steps }) => steps)),
    runs: median(list.map(({ runs }) => runs)),
    memory: list.at(-1).memory,
  }))
}

/** The reference on the same steps: what is enabled, the step, the claims. The coalition offers what this step uses. */
async function reference(which) {
  const { campaign, protocol, claims } = await campaignOf(here, CASES[which])
  const { SettingContext } = await load(here, 'fuzz/run/setting-context.js')
  const { drawnChoices } = await load(here, 'fuzz/schedule/choices.js')
  const { choosers } = await load(here, 'fuzz/schedule/choosers.js')
  const { drawFeatures } = await load(here, 'fuzz/run/features.js')
  const { replayOnReference } = await load(here, 'fuzz/run/replay-on-reference.js')
  const { Run } = await load(here, 'fuzz/run/run.js')
  const { strategies } = await load(here, 'adversary/index.js')
  const drawn = strategies.filter(({ name }) => campaign.strategies.includes(name))
  const { apply, brokenBy, enabled, noException, start, wordsOf } = await load(here, 'system/index.js')
  const own = claims.filter(({ name, kind }) => kind === 'sometimes' || campaign.claims.includes(name))
  const settingContext = new SettingContext(protocol, campaign.settings[0], [...own, noException])
  const { program, invariants, world } = settingContext
  let [steps, seconds] = [0, 0]
  for (let run = 0; run < TOLD_AGAIN && seconds < ENOUGH; run++) {
    const choices = drawnChoices(SEED, run)
    const features = drawFeatures(settingContext, choices, drawn, choosers)
    const { entries } = new Run(settingContext, features, choices, new Set()).go(MAX_STEPS)
    const told = replayOnReference(settingContext, entries, world.coalition.offered()).steps
    const began = processorSeconds()
    let system = start(program)
    for (const step of told) {
      if (seconds + processorSeconds() - began > ENOUGH) break
      enabled(
        program,
        system,
        wordsOf(program, step).map((word) => ({ ...word, to: step.at })),
      )
      const before = system
      system = apply(program, system, step)
      brokenBy(program, invariants, system, before)
      steps++
    }
    seconds += processorSeconds() - began
  }
  return steps / seconds
}

async function main(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { against: { type: 'string' }, 'warm-up': { type: 'string', default: String(WARM_UP) } },
  })
  const against = values.against === undefined ? undefined : resolve(values.against)
  const warmUp = Number(values['warm-up'])
  const [wanted = ''] = positionals
  const chosen = [...CASES.keys()].filter((which) => nameOf(CASES[which]).startsWith(wanted))
  if (chosen.length === 0) throw new Error(`no case begins with "${wanted}"`)
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; node ${process.version}; one thread`)
  console.log(`seed ${SEED}; ${warmUp} s of warm-up, median of ${ROUNDS} rounds of ${ROUND} s of processor time\n`)
  console.log(`| search | steps a second | runs a second | MB | × reference |${against ? ' × the other build |' : ''}`)
  console.log(`| --- | ---: | ---: | ---: | ---: |${against ? ' ---: |' : ''}`)
  for (const which of chosen) {
    const [mine, other] = await compare(against ? [here, against] : [here], which, warmUp)
    const times = whole(mine.steps / (await reference(which)))
    const ratio = other ? ` ${(mine.steps / other.steps).toFixed(1)} |` : ''
    const { steps, runs, memory } = mine
    console.log(
      `| \`${nameOf(CASES[which])}\` | ${whole(steps)} | ${whole(runs)} | ${whole(memory)} | ${times} |${ratio}`,
    )
  }
  console.log(`\nload at the end: ${loadavg()[0].toFixed(1)}`)
}

const [first, ...rest] = process.argv.slice(2)
if (first === '--serve') await serve(rest[0], Number(rest[1]))
else await main(process.argv.slice(2))
