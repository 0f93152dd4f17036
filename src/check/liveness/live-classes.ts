import type { Id } from '../../model/index.ts'
import { IDS, packed } from '../../system/index.ts'
import type { Atoms } from '../automaton/atoms.ts'
import { type Machine, Options, unmerged } from '../automaton/machine.ts'
import { ANYBODY, type Closed, type Option } from '../closure/closed.ts'
import { quotient } from '../passes/quotient.ts'
import { symmetry } from '../passes/symmetry.ts'

/**
 * Local states as liveness tells them apart. Merged ones do the same under the same rules on the same messages, so that
 * the healed run, which goes by the order of rules and words, does the same from either.
 */
export interface LiveClasses {
  /** Positions that may be sorted. */
  readonly groups: readonly (readonly number[])[]
  readonly classOf: (p: number, local: number) => number
  /** One local state of a class, as an index of the closure. */
  readonly localOf: (p: number, state: number) => number
  /** The words that a class, or one that it leads to, may be moved by; nothing where none may be forgotten. */
  readonly ahead: ((p: number, state: number) => Ahead) | undefined
}

/** Words by message and sender, or by message alone where any sender will do. */
export class Ahead {
  readonly #words = new Set<number>()

  get size(): number {
    return this.#words.size
  }

  add(message: number, from: Id | typeof ANYBODY): void {
    this.#words.add(packed(message, from + 1, IDS))
  }

  addAll(other: Ahead): void {
    for (const word of other.#words) this.#words.add(word)
  }

  has(message: number, from: Id): boolean {
    return this.#words.has(packed(message, 0, IDS)) || this.#words.has(packed(message, from + 1, IDS))
  }
}

export function classesOf(closed: Closed, anyhow: Atoms, merges: boolean, sorts: boolean): LiveClasses {
  const atoms = anyhow.asked({ mayBeSilent: true })
  const machines = closed.participants.map((_, p) => {
    const options = new Options(atoms, closed, p, () => true, true)
    return merges ? quotient(options) : unmerged(options)
  })
  const { groups, machines: numbered } = sorts ? symmetry(atoms, closed, machines) : { groups: [], machines }
  const first = numbered.map(firstOf)
  const ahead = merges ? numbered.map((machine, p) => wordsAhead(closed, machine, p, first[p]!)) : undefined
  return {
    groups,
    classOf: (p, local) => numbered[p]!.stateOf[local]!,
    localOf: (p, state) => first[p]![state]!,
    ahead: ahead && ((p, state) => ahead[p]![state]!),
  }
}

/** By state: the first local state that it stands for. */
function firstOf({ stateOf, edges }: Machine): number[] {
  const first = new Array<number>(edges.length).fill(-1)
  for (let local = stateOf.length - 1; local >= 0; local--) first[stateOf[local]!] = local
  return first
}

function wordsAhead(closed: Closed, machine: Machine, p: number, first: readonly number[]): Ahead[] {
  // A step within its class that nobody notices is as good as none.
  const moves = ({ target, says, outputs, notes, threw }: Option, state: number): boolean =>
    machine.stateOf[target] !== state || says.length + outputs.length + notes.length > 0 || threw !== null
  const moving = machine.edges.map((_, state) =>
    closed.participants[p]!.options[first[state]!]!.filter((option) => moves(option, state)),
  )
  const ahead = machine.edges.map((_, state) => {
    const own = new Ahead()
    for (const { trigger, conditions } of moving[state]!) {
      if (trigger) own.add(trigger.message, trigger.from)
      for (const { ask } of conditions) for (const message of ask.matching()) own.add(message, ANYBODY)
    }
    return own
  })
  for (let changed = true; changed; ) {
    changed = false
    for (const [state, mine] of ahead.entries()) {
      const before = mine.size
      for (const { target } of moving[state]!) mine.addAll(ahead[machine.stateOf[target]!]!)
      changed ||= mine.size > before
    }
  }
  return ahead
}
