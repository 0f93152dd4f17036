import { strategies, strategiesFor } from '../adversary/index.ts'
import { check } from '../check/check.ts'
import { explore } from '../check/reference/explore.ts'
import { distinctSettings } from '../check/settings/distinct-settings.ts'
import { mergedChecks } from '../check/settings/merged-checks.ts'
import { searchSetting } from '../check/settings/search-setting.ts'
import { runHere } from '../fuzz/campaign/campaign.ts'
import { DEFAULT_MAX_STEPS } from '../fuzz/campaign/defaults.ts'
import { choosersFor } from '../fuzz/schedule/own-choosers.ts'
import { type Claim, program as inSetting, type Protocol, type Setting, type Subject } from '../model/index.ts'
import { boundsText } from '../report/text/bounds-text.ts'
import { counted } from '../report/text/numbers.ts'
import { certify } from '../shrink/certify.ts'
import { readable } from '../shrink/readable.ts'
import { shrink } from '../shrink/shrink.ts'
import { brokenBySteps, type Step, take } from '../system/index.ts'
import { Exploration, UNFINISHED } from './exploration.ts'

/** What is to be searched, and how far. */
export interface SearchAsked {
  readonly how: 'fuzz' | 'check'
  readonly subject: Subject
  readonly protocol: Protocol
  /** All that the search is to go through; from some steps on, the first of them. */
  readonly settings: readonly Setting[]
  readonly claims: readonly Claim<any>[]
  /** The run that is to be gone on with. */
  readonly steps: readonly Step[]
  readonly seed: number
  readonly runs: number
  readonly maxStates: number
  readonly command: string
}

/** The result for one claim. */
export interface SearchFinding {
  readonly claim: string
  readonly verdict: 'holds' | 'violated' | 'inconclusive' | 'vacuous' | 'not-found'
  /** The witness, the bounds, or why nothing can be said. */
  readonly text: string
  readonly setting?: Setting
  readonly steps?: readonly Step[]
}

/** What the search for something shorter may look at in a browser: about a second. */
const CERTIFY_STATES = 20_000
/** Steps of one walk from a state. */
const WALK = 60

/** Searches, and tells in between how far it has got. */
export async function search(asked: SearchAsked, tell: (text: string) => void): Promise<SearchFinding[]> {
  if (asked.steps.length > 0) return asked.how === 'check' ? checkFrom(asked, tell) : walkFrom(asked, tell)
  return asked.how === 'check' ? checkAll(asked, tell) : fuzz(asked, tell)
}

function checkAll(
  { subject, protocol, settings, claims, maxStates }: SearchAsked,
  tell: (text: string) => void,
): SearchFinding[] {
  const distinct = distinctSettings(protocol, settings, claims)
  const check1 = (i: number) =>
    searchSetting(
      distinct[i]!,
      {
        ...{ protocol, subject, claims, maxStates },
        onProgress: ({ phase, states }) => {
          tell(`${of(i, distinct.length)}${phase}: ${counted(states, 'state')}`)
          return undefined
        },
      },
      check,
    )
  const searched = distinct.map((one, i) => ({ ...one, ...check1(i) }))
  // Claims that mind who has which name say nothing of the settings that one was to stand for.
  const others = searched.flatMap(({ minds, others }) => (minds ? others : []))
  const alone = others.map((setting) => ({
    setting,
    stands: 1,
    result: searchSetting({ setting }, { protocol, subject, claims, maxStates }, check).result,
  }))
  const all = [...searched.map((one) => (one.minds ? { ...one, stands: 1, others: [] } : one)), ...alone]
  const merged = mergedChecks(
    claims.map(({ name }) => name),
    all,
  )
  const bounds = boundsText(settings, merged.universe, merged.cut, merged.boundsRead)
  return merged.claims.map(({ claim: name, verdict, why = '', violation }) => {
    const claim = claims.find((one) => one.name === name)!
    if (!violation)
      return { claim: name, verdict, text: verdict === 'holds' ? `${healed(claim)}bounds: ${bounds}` : why }
    const { setting, shortest } = violation
    const { steps, witness } = readable(inSetting(protocol, setting), claim, violation.steps)
    return { claim: name, verdict, text: `${witness}; ${lengthText(steps, shortest)}`, setting, steps }
  })
}

const of = (i: number, all: number): string => (all > 1 ? `setting ${i + 1} of ${all}, ` : '')

/** What a claim about healed runs is judged on. */
const healed = ({ kind }: Claim<any>): string => (kind === 'liveness' ? 'healed run from every reachable state; ' : '')

const lengthText = (steps: readonly Step[], shortest: string): string =>
  `${counted(steps.length, 'step')}; shortest: ${shortest}`

async function fuzz(asked: SearchAsked, tell: (text: string) => void): Promise<SearchFinding[]> {
  const { subject, protocol, settings, claims, seed, runs } = asked
  const campaign = {
    ...{ subject: protocol.subject, settings, seed, runs, firstRun: 0, maxSteps: DEFAULT_MAX_STEPS },
    claims: claims.map(({ name }) => name),
    strategies: strategiesFor(protocol).flatMap(({ name, onDemand }) => (onDemand ? [] : [name])),
    schedulers: choosersFor(protocol).map(({ name }) => name),
  }
  const onProgress = (done: { readonly runs: number; readonly violated: readonly string[] }): void =>
    tell(`${counted(done.runs, 'run')}${done.violated.length > 0 ? `; violated: ${done.violated.join(', ')}` : ''}`)
  const result = await runHere(campaign, protocol, subject.properties.claims, { onProgress })
  return result.claims.map(({ claim: name, verdict, found }) => {
    if (!found) {
      const what = verdict === 'vacuous' ? 'nobody decided in' : 'no violation in'
      return { claim: name, verdict, text: `${what} ${counted(result.runs, 'run')}; this is no proof` }
    }
    tell(`shrinking ${name}: ${counted(found.steps.length, 'step')}`)
    const claim = claims.find((one) => one.name === name)!
    const { setting, steps, witness, shortest } = shrink(inSetting(protocol, found.setting), claim, found.steps, {
      certify: certify({ maxStates: CERTIFY_STATES }),
    })
    return { claim: name, verdict, text: `${witness}; ${lengthText(steps, shortest)}`, setting, steps }
  })
}

/** Everything that can follow the steps, level by level, so that what is found first is as near as can be. */
function checkFrom(asked: SearchAsked, tell: (text: string) => void): SearchFinding[] {
  const { subject, protocol, settings, claims, steps, maxStates, command } = asked
  const exploration = new Exploration(subject, protocol, settings[0]!, command)
  const from = exploration.reached(steps)
  const broken = claims.flatMap((claim) => already(exploration, claim, steps) ?? [])
  const open = claims.filter(({ name }) => !broken.some(({ claim }) => claim === name))
  const result = explore(exploration.space, open, {
    ...{ maxStates, from },
    onProgress: (states, _, depth) => {
      if (states % 50 < 2) tell(`${counted(states, 'state')}, ${counted(depth, 'step')} ahead`)
      return undefined
    },
  })
  const far = `${counted(result.states, 'state')}, ${counted(result.depth, 'step')} ahead`
  const found = open.map((claim): SearchFinding => {
    const { name } = claim
    const violation = result.violations.get(name)
    if (violation) {
      const fewest = exploration.hasAllMessages ? ', and not in fewer' : ''
      const text = `${violation.witness}; ${counted(violation.steps.length, 'step')} from here${fewest}`
      return { claim: name, verdict: 'violated', text, setting: settings[0]!, steps: [...steps, ...violation.steps] }
    }
    if (result.finished && exploration.hasAllMessages) {
      return {
        claim: name,
        verdict: 'holds',
        text: `${healed(claim)}in everything within the bounds that can follow from here: ${far}`,
      }
    }
    const why = result.finished ? UNFINISHED : result.why
    return {
      claim: name,
      verdict: 'inconclusive',
      text: `no violation in ${far}${why === undefined ? '' : `; ${why}`}`,
    }
  })
  return [...broken, ...found]
}

function already(exploration: Exploration, claim: Claim<any>, steps: readonly Step[]): SearchFinding[] | undefined {
  // A healed run from here says nothing of what can follow.
  const broken = claim.kind === 'liveness' ? undefined : exploration.brokenAt(claim, steps)
  if (!broken) return undefined
  const { setting } = exploration.program
  const text = `${broken.witness}; it is broken here already`
  return [{ claim: claim.name, verdict: 'violated', text, setting, steps: steps.slice(0, broken.length) }]
}

/** Random walks from the steps on; what is found loses every step that it can do without, from there on. */
function walkFrom(asked: SearchAsked, tell: (text: string) => void): SearchFinding[] {
  const { subject, protocol, settings, claims, steps, seed, runs, command } = asked
  const exploration = new Exploration(subject, protocol, settings[0]!, command)
  const found = new Map<string, SearchFinding>()
  for (const claim of claims) for (const one of already(exploration, claim, steps) ?? []) found.set(claim.name, one)
  const ownStrategies = strategiesFor(protocol).filter((one) => !strategies.includes(one))
  let run = 0
  for (; run < runs && found.size < claims.length; run++) {
    if (run % 10 === 0)
      tell(`${counted(run, 'walk')}${found.size > 0 ? `; violated: ${[...found.keys()].join(', ')}` : ''}`)
    // Every other walk has any Byzantine messages, the rest those of a strategy of the protocol's own, if it has any.
    const own = ownStrategies.length > 0 && run % 2 === 1 ? ownStrategies[(run >> 1) % ownStrategies.length] : undefined
    const path = exploration.walk(steps, seed + run, WALK, claims, own)
    for (const claim of claims) {
      if (found.has(claim.name)) continue
      const broken = exploration.brokenAt(claim, path)
      if (!broken) continue
      const short = shortened(exploration, claim, path.slice(0, broken.length), steps.length)
      const text = `${broken.witness}; ${counted(short.length - steps.length, 'step')} from here`
      found.set(claim.name, { claim: claim.name, verdict: 'violated', text, setting: settings[0]!, steps: short })
    }
  }
  const nothing = `no violation in ${counted(run, 'walk')} from here; this is no proof`
  return claims.map(({ name }) => found.get(name) ?? { claim: name, verdict: 'not-found', text: nothing })
}

/** Without the steps, behind the first `kept` of them, that the violation does not need: one at a time, from the last. */
function shortened({ program }: Exploration, claim: Claim<any>, steps: readonly Step[], kept: number): Step[] {
  let path = [...steps]
  for (let i = path.length - 1; i >= kept; i--) {
    const tried = path.filter((_, at) => at !== i)
    const run = take(program, tried)
    if (!brokenBySteps(claim, run)) continue
    const refused = new Set(run.refused.map(({ index }) => index))
    path = tried.filter((_, at) => !refused.has(at))
    i = Math.min(i, path.length)
  }
  return path
}
