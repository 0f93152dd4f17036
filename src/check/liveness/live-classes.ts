import { type Id, type Program, range } from '../../model/index.ts'
import { coalitionSpeaksAs, IDS, packed } from '../../system/index.ts'
import type { Atoms } from '../../tables/automaton/atoms.ts'
import { type Machine, Options, unmerged } from '../../tables/automaton/machine.ts'
import { ANYBODY, type Closed, type Option } from '../../tables/closure/closed.ts'
import { quotient } from '../../tables/passes/quotient.ts'
import { symmetry } from '../../tables/passes/symmetry.ts'

/**
 * Local states as liveness distinguishes them. Merged ones do the same under the same rules on the same messages, so
 * that the healed run, which goes by the order of rules and messages, does the same from either.
 */
export interface LiveClasses {
  /** Positions that may be sorted. */
  readonly groups: readonly (readonly number[])[]
  readonly classOf: (p: number, local: number) => number
  /** One local state of a class, as an index of the closure. */
  readonly localOf: (p: number, state: number) => number
  /** The messages that a class, or one that it leads to, may be moved by; nothing where none may be forgotten. */
  readonly ahead: ((p: number, state: number) => Ahead) | undefined
}

/** Messages by message and sender, or by message alone where any sender will do. */
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

export function classesOf(
  program: Program,
  closed: Closed,
  anyhow: Atoms,
  merges: boolean,
  sorts: boolean,
): LiveClasses {
  const atoms = anyhow.asked({ mayBeSilent: true })
  const plain = () => closed.participants.map((_, p) => unmerged(new Options(atoms, closed, p, () => true, true)))
  const { machines, ahead } = merges ? merged(program, closed, atoms) : { machines: plain(), ahead: undefined }
  const { groups, machines: numbered } = sorts ? symmetry(atoms, closed, machines) : { groups: [], machines }
  const first = numbered.map(firstOf)
  return {
    groups,
    classOf: (p, local) => numbered[p]!.stateOf[local]!,
    localOf: (p, state) => first[p]![state]!,
    ahead: ahead && ((p, state) => ahead[p]![machines[p]!.stateOf[first[p]![state]!]!]!),
  }
}

/**
 * Merges local states. A step that sends nothing and stays within its class is as good as none, unless it uses a
 * message of the coalition that may still move somebody: with it, the healed run is another one. Whether it may is
 * known of the classes only, so that they are made anew until no such step is left that was taken for nothing.
 */
function merged(program: Program, closed: Closed, atoms: Atoms): { machines: Machine[]; ahead: Ahead[][] } {
  const { n, clients, network } = program.setting
  const speakers = range(n + clients).filter((id) => coalitionSpeaksAs(program, id))
  const said = new Set(speakers.length > 0 ? closed.universe : [])
  const noticed = new Set<Option>()
  const options = closed.participants.map((_, p) => new Options(atoms, closed, p, () => true, true, noticed))
  for (;;) {
    const machines = options.map((one) => quotient(one))
    const ahead = machines.map((machine, p) => wordsAhead(closed, machine, p, noticed))
    const known = noticed.size
    for (const [p, { options: lists }] of closed.participants.entries()) {
      for (const [local, list] of lists.entries()) {
        const told = network.gossip ? ahead.flat() : [ahead[p]![machines[p]!.stateOf[local]!]!]
        const matters = (message: number): boolean =>
          said.has(message) && speakers.some((id) => told.some((one) => one.has(message, id)))
        for (const option of list) if (restsOn(option).some(({ message }) => matters(message))) noticed.add(option)
      }
    }
    if (noticed.size === known) return { machines, ahead }
  }
}

/** The messages that an option may rest on. */
export function restsOn({
  trigger,
  conditions,
}: Option): { readonly message: number; readonly from: Id | typeof ANYBODY }[] {
  const asked = conditions.flatMap(({ ask }) => ask.matching().map((message) => ({ message, from: ANYBODY }) as const))
  return trigger ? [trigger, ...asked] : asked
}

/** By state: the first local state that it stands for. */
function firstOf({ stateOf, edges }: Machine): number[] {
  const first = new Array<number>(edges.length).fill(-1)
  for (let local = stateOf.length - 1; local >= 0; local--) first[stateOf[local]!] = local
  return first
}

function wordsAhead(closed: Closed, machine: Machine, p: number, noticed: ReadonlySet<Option>): Ahead[] {
  // A step within its class that nobody notices is as good as none.
  const moves = (option: Option, state: number): boolean => {
    const { target, says, outputs, notes, threw } = option
    const isHeard = says.length + outputs.length + notes.length > 0 || threw !== null
    return isHeard || machine.stateOf[target] !== state || noticed.has(option)
  }
  const first = firstOf(machine)
  const moving = machine.edges.map((_, state) =>
    closed.participants[p]!.options[first[state]!]!.filter((option) => moves(option, state)),
  )
  const ahead = machine.edges.map((_, state) => {
    const own = new Ahead()
    for (const option of moving[state]!) for (const { message, from } of restsOn(option)) own.add(message, from)
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
