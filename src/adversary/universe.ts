import {
  type AnyMessage,
  byContent,
  byText,
  program as inSetting,
  isLockstep,
  type Program,
  range,
  runningIds,
  same,
  textOf,
} from '../model/index.ts'
import { alphabetOf } from '../system/index.ts'
import { anyInputs } from './any-inputs.ts'
import { known } from './known.ts'
import { type Extent, recombine } from './recombine.ts'
import { UniverseClosure, type UniverseOptions } from './universe-closure.ts'

/** Every message that any replica could ever say within the bounds, recombined. */
export interface Universe {
  readonly messages: readonly AnyMessage[]
  /** Those that a correct replica was seen to say: recombination goes one change away from these, never further. */
  readonly said: readonly AnyMessage[]
  /** Was the search for what replicas can say exhausted? If not, more is learned from what a run says. */
  readonly closed: boolean
  /** Per type: is it the full product of the parts seen, or one change away from what a correct replica can say? */
  readonly extent: ReadonlyMap<string, Extent>
  /** Local states met on the way, over all participants. */
  readonly states: number
  /** Were choices of messages left out, because they are too many, in replicas that take any input? */
  readonly leftOut?: boolean
}

/**
 * Closes a protocol over everything that it can say: all participants, on all inputs, on all messages known so far in
 * any number from anybody, until nothing new is said; then recombines, and starts over, until that adds nothing.
 */
export function universe(program: Program, options: UniverseOptions = {}): Universe {
  const { maxCalls = 20_000, maxMessages = 5_000 } = options
  const { setting, protocol } = program
  const alphabet = alphabetOf(program)
  if (alphabet || isLockstep(protocol)) return listed(alphabet ?? [])
  const inputs = anyInputs(setting)
  // What one may say who restarts, a Byzantine replica may say too.
  const restart = setting.restart ? { restart: range(setting.n) } : {}
  const honest = inSetting(protocol, { ...setting, byzantine: [], crash: [], ...restart, inputs, steps: 'lazy' })
  // Whoever watches this program watches that one.
  const closure = new UniverseClosure({ ...program, ...honest }, { ...options, maxCalls, maxMessages })
  const hints = known(program)
  for (;;) {
    closure.rush()
    const closed = closure.close()
    const before = closure.messages.size
    const { messages, extent } = recombine([...closure.said.values()], hints)
    for (const message of messages) closure.know(message)
    if (!closed || closure.messages.size === before || closure.messages.size > maxMessages) {
      const all = [...closure.messages.values()].sort(byContent)
      const leftOut = closure.leftOut && !runningIds(setting).every((id) => same(setting.inputs[id], inputs[id]))
      const finished = closed && !closure.leftOut && closure.messages.size === before
      const said = [...closure.said.values()]
      return { messages: all, said, closed: finished, extent, states: closure.states, leftOut }
    }
  }
}

/** What correct replicas say, with everything that recombination makes of it. */
export function recombined(program: Program, said: readonly AnyMessage[]): Pick<Universe, 'messages' | 'extent'> {
  const { messages, extent } = recombine(said, known(program))
  const all = new Map([...said, ...messages].map((message) => [textOf(message), message]))
  return { messages: [...all.values()].sort(byContent), extent }
}

/** Types of messages that a protocol knows, and that are not among these. */
export function unsaid({ replica, client, protocol }: Program, messages: readonly AnyMessage[]): string[] {
  const proved = Object.keys(protocol.definition.proofs ?? {})
  const known = new Set([...replica.byType.keys(), ...(client?.byType.keys() ?? []), ...proved])
  for (const { type } of messages) known.delete(type)
  return [...known].sort(byText)
}

/** A protocol says itself what can be said, and what correct replicas say is held against it. */
function listed(messages: readonly AnyMessage[]): Universe {
  const types = [...new Set(messages.map(({ type }) => type))].sort()
  const extent = new Map(types.map((type): [string, Extent] => [type, 'declared']))
  return { messages, said: messages, closed: true, extent, states: 0 }
}
