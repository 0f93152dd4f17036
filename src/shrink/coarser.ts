import { type Claim, canonical, constantsOf, type Program, program as programOf, type Setting } from '../model/index.ts'
import type { Step } from '../system/index.ts'
import { echoedWords } from './coalition.ts'
import { knownByzantineMessages } from './known-byzantine-messages.ts'
import { parametersIn, sideOf } from './promise.ts'
import { Replayer } from './replayer.ts'
import { unlessRefused } from './unless-refused.ts'

/** Smaller values of one bound that are tried, from 1 upward. */
const MOST_BOUNDS = 8

/** A smaller setting in which the claim is still broken, and the steps that break it there. */
export interface Coarser {
  readonly program: Program
  readonly steps: readonly Step[]
}

/**
 * Takes away what the violation does not need: members of the coalition, crashes, restarts, losses, clients, inputs,
 * values, and room within the bounds. n and f stay: they are the bound under which the claim is promised; and the
 * violation stays on its side of that promise, with what there is to decide and with the parameters of the algorithm.
 */
export function coarser(program: Program, claim: Claim<any>, steps: readonly Step[]): Coarser {
  let current: Coarser = { program, steps }
  const side = sideOf(claim, program.setting)
  const parameters = new Set([
    ...constantsOf(program.protocol, program.setting),
    ...parametersIn(program, steps, claim),
  ])
  for (const shrinking of [
    withoutByzantineReplica,
    withoutCrash,
    withoutRestart,
    withoutLoss,
    withoutClient,
    onlyInputs,
    withoutValue,
    tighter,
  ]) {
    for (let again = true; again; ) {
      again = false
      for (const setting of shrinking(current.program.setting, current.steps, { claim, parameters })) {
        if (sideOf(claim, setting) !== side) continue
        const smaller = unlessRefused(() => replayedIn(setting, current, claim))
        if (!smaller) continue
        if (shrinking === onlyInputs && !isWithoutThem(current.program, claim, smaller.steps)) continue
        if (SAYS_LESS.includes(shrinking) && !unlessRefused(() => staysKnown(current, smaller))) continue
        current = smaller
        again = true
        break
      }
    }
  }
  return current
}

/** The same violation in another setting, if it is there, too. */
function replayedIn(setting: Setting, { program, steps }: Coarser, claim: Claim<any>): Coarser | undefined {
  const smaller = programOf(program.protocol, setting)
  const replay = new Replayer(smaller, claim, echoedWords(program, steps)).replay(steps)
  return replay.witness && replay.steps.length <= steps.length ? { program: smaller, steps: replay.steps } : undefined
}

/** Reducer calls that may go into one universe. */
const MOST_CALLS = 20_000
const MOST_MESSAGES = 1_000

/**
 * Byzantine messages of the setting's universe must stay in the universe of the smaller setting.
 */
function staysKnown(before: Coarser, after: Coarser): boolean {
  const limits = { maxMessages: MOST_MESSAGES, maxCalls: MOST_CALLS }
  return (
    knownByzantineMessages(after.program, after.steps, limits) ||
    !knownByzantineMessages(before.program, before.steps, limits)
  )
}

/** What a smaller setting must keep. */
interface Kept {
  readonly claim: Claim<any>
  /** Bounds that are parts of the algorithm. */
  readonly parameters: ReadonlySet<string>
}

type Shrinking = (setting: Setting, steps: readonly Step[], kept: Kept) => Iterable<Setting>

/** Do the steps break the claim as well where all inputs are offered? Else it is the lack of them that breaks it. */
function isWithoutThem(program: Program, claim: Claim<any>, steps: readonly Step[]): boolean {
  const { witness } = new Replayer(program, claim, echoedWords(program, steps)).replay(steps)
  return witness !== undefined
}

/** A smaller coalition that breaks the claim is a stronger result. Members that nothing uses turn correct first. */
const withoutByzantineReplica: Shrinking = ({ byzantine, ...setting }, steps) => {
  const speaks = (id: number): boolean =>
    steps.some((step) =>
      'round' in step ? step.with?.some(({ from }) => from === id) : 'on' in step && step.on.from === id,
    )
  const idle = byzantine.filter((id) => !speaks(id))
  return [...byzantine.filter(speaks), ...idle]
    .reverse()
    .map((byzantineReplica) => ({ ...setting, byzantine: byzantine.filter((id) => id !== byzantineReplica) }))
}

const withoutCrash: Shrinking = (setting) =>
  [...setting.crash].reverse().map((one) => ({ ...setting, crash: setting.crash.filter((id) => id !== one) }))

const withoutRestart: Shrinking = ({ restart = [], ...setting }) =>
  [...restart].reverse().map((one) => {
    const left = restart.filter((id) => id !== one)
    const { restarts: _, ...bounds } = setting.bounds
    return left.length > 0 ? { ...setting, restart: left } : { ...setting, bounds }
  })

const withoutLoss: Shrinking = (setting) =>
  setting.network.lose ? [{ ...setting, network: { ...setting.network, lose: false } }] : []

/** The last client, if it takes no step and nothing is waited for that it is to ask for. */
const withoutClient: Shrinking = (setting, steps, { claim }) => {
  const last = setting.n + setting.clients - 1
  if (setting.clients === 0 || steps.some(({ at }) => at === last)) return []
  if (claim.kind === 'liveness' && setting.inputs[last]!.length > 0) return []
  return [
    {
      ...setting,
      clients: setting.clients - 1,
      inputs: setting.inputs.slice(0, last),
      byzantine: setting.byzantine.filter((id) => id !== last),
    },
  ]
}

/**
 * No inputs but those that the steps give. Where it is to be seen what becomes of them in the end, whoever is offered
 * something is still offered one thing: where nobody is, nothing is due.
 */
const onlyInputs: Shrinking = (setting, steps, { claim }) => {
  const inputs = setting.inputs.map((list, at) => {
    const given = list.filter((value) =>
      steps.some((step) => 'input' in step && step.at === at && step.input === value),
    )
    return given.length === 0 && claim.kind === 'liveness' ? list.slice(0, 1) : given
  })
  const offered = (of: Setting['inputs']): number => of.flat().length
  return offered(inputs) < offered(setting.inputs) ? [{ ...setting, inputs }] : []
}

/** A value that is neither an input nor anywhere in the steps. */
const withoutValue: Shrinking = (setting, steps) => {
  if (setting.values.length < 2) return []
  const inputs = new Set(setting.inputs.flat())
  const text = canonical(steps)
  return [...setting.values]
    .reverse()
    .filter((value) => !inputs.has(value) && !text.includes(canonical(value)))
    .map((value) => ({ ...setting, values: setting.values.filter((other) => other !== value) }))
}

/** Less room within the bounds. What rules and handlers read is no room: a smaller constant makes another protocol. */
function* tighter(setting: Setting, _steps: readonly Step[], { parameters }: Kept): Generator<Setting> {
  for (const [name, bound] of Object.entries(setting.bounds)) {
    if (parameters.has(name)) continue
    for (let less = 1; less < bound && less <= MOST_BOUNDS; less++) {
      yield { ...setting, bounds: { ...setting.bounds, [name]: less } }
    }
  }
}

/** With fewer participants, values or less room, there is less to say. */
const SAYS_LESS: readonly Shrinking[] = [withoutClient, withoutValue, tighter]
