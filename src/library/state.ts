import { universe } from '../adversary/index.ts'
import { DEFAULT_MAX_UNIVERSE } from '../check/result/result.ts'
import { type Claim, type Program, range, UsageError } from '../model/index.ts'
import { assertKind, fits, type Kind, OBJECT } from '../model/shape.ts'
import {
  apply,
  brokenAfterHealing,
  brokenBy,
  coalitionSpeaksAs,
  type ProvedMessage,
  type Step,
  type System,
  sayableAfter,
  start,
  type Used,
  usedAfter,
} from '../system/index.ts'

/** The state that a run has reached. */
export interface RunState {
  readonly program: Program
  readonly system: System
  /** The Byzantine messages that a step has used, with their receivers: the healed run of a liveness claim keeps them. */
  readonly used: readonly Used[]
}

const STATE: Kind = { words: 'what `stateAfter` returns', is: fits({ program: OBJECT, system: OBJECT }) }
const PROGRAM: Kind = { words: 'what `program` returns', is: fits({ protocol: OBJECT, setting: OBJECT }) }
const STEPS: Kind = { words: 'a list of steps', is: Array.isArray }
const CLAIM: Kind = {
  words: 'a claim',
  is: fits({ kind: { words: 'a kind', is: (kind) => typeof kind === 'string' } }),
}

/**
 * The state of a protocol after some steps, each of which is checked: those of a trace, or those that `enabled` lists.
 * @throws Impossible where one of them cannot be taken
 */
export function stateAfter(program: Program, steps: readonly Step[] = []): RunState {
  assertKind('the program', PROGRAM, program)
  assertKind('the schedule', STEPS, steps)
  const system = steps.reduce((before, step) => apply(program, before, step), start(program))
  return { program, system, used: usedAfter(program, steps) }
}

/**
 * Judges one claim on one state: how it is broken there, or nothing. Liveness is judged on the healed run from it.
 * @throws UsageError for a claim about what a search should reach, which cannot be broken
 */
export function judge(claim: Claim<any>, { program, system, used }: RunState): string | undefined {
  assertKind('the claim', CLAIM, claim)
  assertKind('the state', STATE, { program, system })
  if (claim.kind === 'sometimes') {
    throw new UsageError(`${claim.name} is a guard, which cannot be violated`, 'ask about another claim')
  }
  const [broken] =
    claim.kind === 'liveness' ? brokenAfterHealing(program, [claim], system, used) : brokenBy(program, [claim], system)
  return broken?.witness
}

/** Limits of `byzantineMessages`. */
export interface ByzantineMessagesOptions {
  /** Messages of the universe beyond which it gives up. Default 5,000. */
  readonly maxUniverse?: number
}

/** What Byzantine replicas may say in a state. */
export interface ByzantineMessages {
  /** Each under one of their names, with the proof that they have for it. */
  readonly messages: readonly ProvedMessage[]
  /** Is that all? If not, the search for messages was given up. */
  readonly isComplete: boolean
}

/**
 * The messages that Byzantine replicas may send in a state, to anyone. Give one to `enabled`, with a receiver, to see
 * what it would bring about.
 */
export function byzantineMessagesIn(
  { program, system }: RunState,
  { maxUniverse = DEFAULT_MAX_UNIVERSE }: ByzantineMessagesOptions = {},
): ByzantineMessages {
  assertKind('the state', STATE, { program, system })
  const { n, clients } = program.setting
  // Where nothing is authenticated they speak in anybody's name.
  const names = range(n + clients).filter((id) => coalitionSpeaksAs(program, id))
  if (names.length === 0) return { messages: [], isComplete: true }
  const { messages, closed } = universe(program, { maxMessages: maxUniverse })
  const words = names.flatMap((from) => messages.map((message) => ({ from, message })))
  return {
    messages: sayableAfter(program, system.soup).among(words),
    isComplete: closed && messages.length <= maxUniverse,
  }
}
