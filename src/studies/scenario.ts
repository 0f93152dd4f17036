import { strategies } from '../adversary/index.ts'
import { check } from '../check/check.ts'
import { runHere } from '../fuzz/campaign/campaign.ts'
import { DEFAULT_MAX_STEPS } from '../fuzz/campaign/defaults.ts'
import type { ClaimResult, Found } from '../fuzz/campaign/result.ts'
import { choosers } from '../fuzz/schedule/choosers.ts'
import { type Claim, type Configuration, HarnessError, program as inSetting, type Protocol } from '../model/index.ts'
import { commandLine } from '../report/text/command-line.ts'
import type { Cell, Point, Searched, Verdict } from '../sweep/cell.ts'
import { type PointViolation, violationOf } from '../sweep/examine.ts'
import { type PointProof, provePoint } from '../sweep/prove.ts'
import { wilson } from '../sweep/wilson.ts'
import { configure } from '../system/index.ts'
import { traceOf } from '../trace/violation-trace.ts'
import type { NamedTrace } from './named-trace.ts'
import { studied } from './subject.ts'

/** A subject in a setting, with what theory says of its claims there. */
export interface Scenario {
  /** Where its cells stand in the picture. */
  readonly row: string
  readonly column: string
  readonly subject: string
  /** With `b`, every choice of Byzantine replicas; with `byzantine`, this one. */
  readonly configuration: Configuration & { readonly n: number }
  /** By claim: does it hold? `null` where theory says nothing. */
  readonly expected: Readonly<Record<string, boolean | null>>
  /** Claims that are only searched by runs: going through all states would take too long. */
  readonly byRuns?: readonly string[]
  /** Claims whose runs are made with silent Byzantine replicas only: can the correct decide by themselves? */
  readonly silent?: readonly string[]
}

/** What is known of one claim in one scenario. */
export interface ScenarioFinding
  extends Point,
    Pick<Scenario, 'row' | 'column' | 'configuration'>,
    Pick<Cell, 'claim' | 'verdict'> {
  readonly expected: 'holds' | 'breaks' | null
  /** States of the exhaustive search, over all choices of Byzantine replicas. */
  readonly states: number
  /** Runs that were made where it came to no end. */
  readonly runs: number
  /** Upper end of the Wilson interval for the share of violating runs; 0 where it is proved. */
  readonly upper95: number
  readonly steps: number | null
  readonly shortest: string | null
  readonly witness: string | null
  readonly trace: string | null
  /** The line that repeats it alone. */
  readonly command: string
}

export interface LookedAt {
  readonly findings: readonly ScenarioFinding[]
  readonly traces: readonly NamedTrace[]
}

export interface ScenarioEffort {
  readonly seed: number
  readonly runs: number
  readonly maxStates: number
}

/** Messages of the universe beyond which a search is not begun. */
const MOST_MESSAGES = 250
/** States that shrinking may look at. */
const SHRINK_STATES = 2_000
const SILENCE = 'silent'

/** Goes through everything where that comes to an end within the states, and makes runs where it does not. */
export async function lookAt(scenario: Scenario, effort: ScenarioEffort): Promise<LookedAt> {
  const { protocol, subject } = studied(scenario.subject)
  const claims = Object.keys(scenario.expected).map((name) => {
    const claim = subject.properties.claims.find((one) => one.name === name)
    if (!claim) throw new HarnessError(`${scenario.subject} has no claim called ${name}`)
    return claim
  })
  const guards = subject.properties.claims.filter(({ kind }) => kind === 'sometimes')
  const proofs = new Map<string, PointProof>()
  // Liveness is judged from every state, and would make the others as slow as itself.
  for (const isLive of [false, true]) {
    const asked = claims.filter(
      (claim) => (claim.kind === 'liveness') === isLive && !scenario.byRuns?.includes(claim.name),
    )
    for (const [name, proof] of proveAll(protocol, scenario, asked, guards, effort)) proofs.set(name, proof)
  }
  const open = claims.filter(({ name }) => proofs.get(name)?.verdict === undefined)
  const searched = await runsOf(protocol, subject.properties.claims, scenario, open, effort)
  const findings: ScenarioFinding[] = []
  const traces: NamedTrace[] = []
  for (const claim of claims) {
    const found = searched.get(claim.name)
    const proof = proofs.get(claim.name)
    const violation = violationOf(protocol, claim, proof?.violation, found?.found, { maxStates: SHRINK_STATES })
    const by = commandOf(scenario, claim.name, violation?.found, proof?.verdict === undefined ? effort : undefined)
    const name = violation ? `traces/${traceName(scenario, claim.name)}` : null
    if (violation) {
      const origin = { command: by, stepsBeforeShrinking: violation.steps }
      traces.push({ name: name!, trace: traceOf(protocol, claim.name, violation.shrunk, origin) })
    }
    const known = { scenario, protocol, claim, proof, violation }
    const ran = { made: found?.runs ?? 0, vacuous: found?.verdict === 'vacuous' }
    findings.push(findingOf({ ...known, ...ran }, by, name))
  }
  return { findings, traces }
}

function proveAll(
  protocol: Protocol,
  { subject, configuration }: Scenario,
  claims: readonly Claim<any>[],
  guards: readonly Claim<any>[],
  { maxStates }: ScenarioEffort,
): ReadonlyMap<string, PointProof> {
  if (claims.length === 0) return new Map()
  const [first] = configure(protocol, configuration)
  if (!first) throw new HarnessError(`${subject} has no setting`)
  if (!configuration.byzantine) {
    const point = { subject, n: first.n, f: first.f, b: first.byzantine.length }
    return provePoint(protocol, { ...configuration, f: first.f }, point, claims, guards, maxStates)
  }
  const program = inSetting(protocol, first)
  const result = check({ program, claims: [...claims, ...guards], maxStates, maxUniverse: MOST_MESSAGES })
  return new Map(
    claims.map(({ name }): [string, PointProof] => {
      const { verdict, steps, witness, shortest } = result.claims.find(({ claim }) => claim === name)!
      const searched: Searched[] = [{ byzantine: first.byzantine, stands: 1, states: result.states, verdict }]
      if (verdict === 'inconclusive') return [name, { searched, verdict: undefined }]
      if (verdict !== 'violated') return [name, { searched, verdict }]
      const violation = { setting: first, steps: steps!, witness: witness!, shortest: shortest! }
      return [name, { searched, verdict, violation }]
    }),
  )
}

/** Runs for the claims that are open: those about silent Byzantine replicas by themselves. */
async function runsOf(
  protocol: Protocol,
  all: readonly Claim<any>[],
  { configuration, subject, silent = [] }: Scenario,
  open: readonly Claim<any>[],
  { seed, runs }: ScenarioEffort,
): Promise<ReadonlyMap<string, ClaimResult & { readonly runs: number }>> {
  const found = new Map<string, ClaimResult & { readonly runs: number }>()
  for (const isSilent of [false, true]) {
    const asked = open.map(({ name }) => name).filter((name) => silent.includes(name) === isSilent)
    if (asked.length === 0) continue
    const campaign = {
      subject,
      settings: configure(protocol, configuration),
      claims: asked,
      ...{ runs, firstRun: 0, seed, maxSteps: DEFAULT_MAX_STEPS },
      strategies: isSilent ? [SILENCE] : strategies.map(({ name }) => name),
      schedulers: choosers.map(({ name }) => name),
    }
    const result = await runHere(campaign, protocol, all)
    for (const one of result.claims) found.set(one.claim, { ...one, runs: result.runs })
  }
  return found
}

interface Known {
  readonly scenario: Scenario
  readonly protocol: Protocol
  readonly claim: Claim<any>
  readonly proof: PointProof | undefined
  readonly violation: PointViolation | undefined
  readonly made: number
  readonly vacuous: boolean
}

function findingOf(known: Known, command: string, trace: string | null): ScenarioFinding {
  const { scenario, protocol, claim, proof, violation, made } = known
  const { row, column, subject, configuration, expected } = scenario
  const [setting] = configure(protocol, configuration)
  const says = expected[claim.name]
  const verdict = verdictOf(known)
  return {
    ...{ row, column, subject, n: setting!.n, f: setting!.f, b: setting!.byzantine.length, configuration },
    ...{ claim: claim.name, verdict, expected: says === undefined || says === null ? null : says ? 'holds' : 'breaks' },
    states: (proof?.searched ?? []).reduce((sum, { states }) => sum + states, 0),
    runs: made,
    upper95: verdict === 'not-found' ? Math.round(wilson(0, made).high * 1e6) / 1e6 : verdict === 'proved' ? 0 : 1,
    steps: violation?.shrunk.steps.length ?? null,
    shortest: shortestWords(known),
    witness: violation?.shrunk.witness ?? null,
    ...{ trace, command },
  }
}

/**
 * Of several choices of Byzantine replicas the search ends with the first that breaks it: another might do so in fewer
 * steps.
 */
function shortestWords({ scenario: { configuration }, violation, protocol }: Known): string | null {
  const said = violation?.shrunk.shortest ?? null
  const isOneOfMany = configure(protocol, configuration).length > 1
  return said === 'certified' && isOneOfMany ? 'certified for these Byzantine replicas' : said
}

/** Stuck is what needs no step: silence alone does it. */
function verdictOf({ claim, proof, violation, vacuous }: Known): Verdict {
  if (violation) return claim.kind === 'liveness' && violation.shrunk.steps.length === 0 ? 'stuck' : 'violated'
  if (proof?.verdict === 'holds') return 'proved'
  if (proof?.verdict === 'vacuous' || vacuous) return 'vacuous'
  return 'not-found'
}

/** Is the verdict the opposite of what theory says? */
export function surprise({ subject, n, b, column, claim, verdict, expected, command }: ScenarioFinding): string[] {
  if (expected === null) return []
  const broken = verdict === 'violated' || verdict === 'stuck'
  if (verdict !== 'vacuous' && broken === (expected === 'breaks')) return []
  return [
    `${subject}, n = ${n}, b = ${b} (${column.replaceAll('\n', ' ')}): ${claim} is ${verdict}, theory says it ${expected}: ${command}`,
  ]
}

function commandOf(
  { subject, configuration, silent }: Scenario,
  claim: string,
  found: Found | undefined,
  effort: ScenarioEffort | undefined,
): string {
  const { bounds, ...said } = configuration
  const strategy = silent?.includes(claim) ? { strategy: [SILENCE] } : {}
  const flags = { ...said, ...bounds, claim: [claim] }
  if (!effort) return commandLine('check', subject, flags)
  const { seed, runs } = effort
  return commandLine('fuzz', subject, { ...flags, ...strategy, runs: found ? found.run + 1 : runs, seed })
}

function traceName({ subject, configuration }: Scenario, claim: string): string {
  const { n, f, b, byzantine, crash, auth, bounds } = configuration
  const byzantineReplicas = byzantine ? `byzantine-${byzantine.join('-') || 'none'}` : b === undefined ? '' : `b${b}`
  const words = [
    ...[
      subject,
      claim,
      `n${n}`,
      f === undefined ? '' : `f${f}`,
      byzantineReplicas,
      crash ? `crash-${crash.join('-')}` : '',
    ],
    ...[auth ?? '', ...Object.entries(bounds ?? {}).map(([name, value]) => `${name}-${value}`)],
  ]
  return `${words
    .filter(Boolean)
    .join('-')
    .replace(/[^\w-]+/g, '-')}.json`
}
