import {
  type Claim,
  canonical,
  constantsOf,
  type Program,
  type Protocol,
  program as programOf,
  type Setting,
} from '../model/index.ts'
import type { Step } from '../system/index.ts'
import { echoedWords } from './coalition.ts'
import { knownLies } from './known-lies.ts'
import { Replayer } from './replayer.ts'

/** Smaller values of one bound that are tried, from 1 upward. */
const MOST_BOUNDS = 8

/** A smaller setting in which the claim is still broken, and the steps that break it there. */
export interface Coarser {
  readonly program: Program
  readonly steps: readonly Step[]
}

/**
 * Takes away what the violation does not need: members of the coalition, crashes, losses, clients, inputs, values, and
 * room within the bounds. n and f stay: they say against what the protocol is promised to hold.
 */
export function coarser(program: Program, claim: Claim<any>, steps: readonly Step[]): Coarser {
  let current: Coarser = { program, steps }
  for (const shrinking of [withoutLiar, withoutCrash, withoutLoss, withoutClient, onlyInputs, withoutValue, tighter]) {
    for (let again = true; again; ) {
      again = false
      for (const setting of shrinking(current.program.setting, current.steps, program.protocol)) {
        const smaller = programOf(program.protocol, setting)
        const replayer = new Replayer(smaller, claim, echoedWords(current.program, current.steps))
        const replay = replayer.replay(current.steps)
        if (!replay.witness || replay.steps.length > current.steps.length) continue
        if (SAYS_LESS.includes(shrinking) && !staysKnown(current, { program: smaller, steps: replay.steps })) continue
        current = { program: smaller, steps: replay.steps }
        again = true
        break
      }
    }
  }
  return current
}

/** Reducer calls that may go into one universe. */
const MOST_CALLS = 20_000
const MOST_MESSAGES = 1_000

/** Lies that some participant might have told in the setting must not become lies that nobody could make up. */
function staysKnown(before: Coarser, after: Coarser): boolean {
  const limits = { maxMessages: MOST_MESSAGES, maxCalls: MOST_CALLS }
  return knownLies(after.program, after.steps, limits) || !knownLies(before.program, before.steps, limits)
}

type Shrinking = (setting: Setting, steps: readonly Step[], protocol: Protocol) => Iterable<Setting>

/** A smaller coalition that breaks the claim says more. Members that nothing uses turn correct first. */
const withoutLiar: Shrinking = ({ byzantine, ...setting }, steps) => {
  const speaks = (id: number): boolean =>
    steps.some((step) =>
      'round' in step ? step.with?.some(({ from }) => from === id) : 'on' in step && step.on.from === id,
    )
  const idle = byzantine.filter((id) => !speaks(id))
  return [...byzantine.filter(speaks), ...idle]
    .reverse()
    .map((liar) => ({ ...setting, byzantine: byzantine.filter((id) => id !== liar) }))
}

const withoutCrash: Shrinking = (setting) =>
  [...setting.crash].reverse().map((one) => ({ ...setting, crash: setting.crash.filter((id) => id !== one) }))

const withoutLoss: Shrinking = (setting) =>
  setting.network.lose ? [{ ...setting, network: { ...setting.network, lose: false } }] : []

/** The last client, if it takes no step. */
const withoutClient: Shrinking = (setting, steps) => {
  const last = setting.n + setting.clients - 1
  if (setting.clients === 0 || steps.some(({ at }) => at === last)) return []
  return [
    {
      ...setting,
      clients: setting.clients - 1,
      inputs: setting.inputs.slice(0, last),
      byzantine: setting.byzantine.filter((id) => id !== last),
    },
  ]
}

/** No inputs but those that the steps give. */
const onlyInputs: Shrinking = (setting, steps) => {
  const inputs = setting.inputs.map((list, at) =>
    list.filter((value) => steps.some((step) => 'input' in step && step.at === at && step.input === value)),
  )
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

/** Less room within the bounds. What the rules read is no room: a smaller constant makes another protocol. */
function* tighter(setting: Setting, _steps: readonly Step[], protocol: Protocol): Generator<Setting> {
  const constants = constantsOf(protocol, setting)
  for (const [name, bound] of Object.entries(setting.bounds)) {
    if (constants.has(name)) continue
    for (let less = 1; less < bound && less <= MOST_BOUNDS; less++) {
      yield { ...setting, bounds: { ...setting.bounds, [name]: less } }
    }
  }
}

/** With fewer participants, values or less room, there is less to say. */
const SAYS_LESS: readonly Shrinking[] = [withoutClient, withoutValue, tighter]
