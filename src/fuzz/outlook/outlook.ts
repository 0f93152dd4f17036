import type { Universe } from '../../adversary/index.ts'
import type { Instance, Kernel, World } from '../../kernel/index.ts'
import { type Claim, isLockstep, type Program, remembered } from '../../model/index.ts'
import { byArrival, type Leaf, noException } from '../../system/index.ts'
import { Atoms } from '../../tables/automaton/atoms.ts'
import { Conflicts } from '../../tables/automaton/conflicts.ts'
import { type GuardedEdge, Options } from '../../tables/automaton/machine.ts'
import { RecordJudge } from '../../tables/automaton/record-judge.ts'
import { close } from '../../tables/closure/close.ts'
import { type Closed, TooLarge } from '../../tables/closure/closed.ts'
import { TABLE_PASSES } from '../../tables/passes/table-passes.ts'
import { PackedSpace } from '../../tables/space/packed-space.ts'
import { Goals } from './goals.ts'
import { RelaxedPlans } from './relaxed-plans.ts'

/** Local states of one participant, choices for one question, and looks at either, before it is given up. */
const MOST_LOCALS = 20_000
const MOST_CHOICES = 20_000
const MOST_LOOKS = 20_000

/** What it is made for. */
interface Scope {
  readonly program: Program
  readonly universe: Universe
  readonly invariants: readonly Claim<any>[]
}

/** What a reaction of one participant does, in the numbers of the outlook. */
export interface Effect {
  readonly target: number
  readonly says: Int32Array
  readonly outputs: readonly number[]
}

/** The same reaction by the numbers of a kernel, which are forgotten with it. */
interface Known {
  readonly locals: (number | undefined)[][]
  readonly envelopes: (number | undefined)[]
  readonly outputs: (number | undefined)[]
  readonly effects: WeakMap<Leaf, Effect>[]
}

/**
 * All local states of the correct participants of one setting, closed as the exhaustive search closes them, and what of
 * it a run has reached. It is made from the setting alone, so whoever makes it knows the same.
 */
export class Outlook {
  readonly plans: RelaxedPlans
  readonly goals: Goals
  readonly space: PackedSpace
  readonly closed: Closed
  readonly #initial: Int32Array
  readonly #places = new Map<number, number>()
  readonly #locals: readonly Map<number, number>[]
  readonly #envelopes: ReadonlyMap<string, number>
  readonly #known = new WeakMap<Kernel, Known>()

  private constructor(closed: Closed, atoms: Atoms, space: PackedSpace, conflicts: Conflicts) {
    this.closed = closed
    this.space = space
    this.goals = new Goals(space, conflicts)
    this.plans = new RelaxedPlans(space, atoms, this.goals)
    this.#initial = space.initial()
    for (const [p, { at }] of closed.participants.entries()) this.#places.set(at, p)
    this.#locals = closed.participants.map(({ locals }) => new Map(locals.map((local, index) => [local, index])))
    this.#envelopes = new Map(closed.envelopes.map(({ message, to }, envelope) => [`${message} ${to}`, envelope]))
  }

  /** Nothing where it would be too large, or where no claim says that two outputs break it. */
  static of({ program, universe, invariants }: Scope, stop?: () => boolean): Outlook | undefined {
    const { protocol, setting } = program
    const judged = invariants.filter(({ reads, decidedBy, name }) => {
      return decidedBy !== undefined && reads.length === 0 && name !== noException.name
    })
    if (judged.length === 0 || isLockstep(protocol) || byArrival(program) || setting.network.lose) return undefined
    const { audit: _, ...plain } = program
    try {
      return Outlook.#made({ ...plain, copies: true }, universe.messages, judged, stop)
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
      return undefined
    }
  }

  static #made(
    program: Program,
    messages: Universe['messages'],
    claims: readonly Claim<any>[],
    stop?: () => boolean,
  ): Outlook {
    let looks = 0
    const onProgress = (): boolean => ++looks > MOST_LOOKS || (stop?.() ?? false)
    const closed = close(program, messages, { maxLocals: MOST_LOCALS, maxChoices: MOST_CHOICES, onProgress })
    const atoms = new Atoms(program, closed, { maxChoices: MOST_CHOICES, onProgress })
    const judge = new RecordJudge(program, closed, claims)
    const machines = closed.participants.map((__, p) =>
      TABLE_PASSES.quotient(new Options(atoms, closed, p, judge.notes)),
    )
    const parts = { program, closed, atoms, machines, groups: [], judge, passes: TABLE_PASSES, on: () => false }
    return new Outlook(closed, atoms, new PackedSpace(parts), new Conflicts(program, closed, claims, []))
  }

  /** What there is before the first step. */
  initial(): Int32Array {
    return this.#initial.slice()
  }

  /** The position of a participant. */
  placeOf({ id }: Instance): number {
    return this.#places.get(id)!
  }

  /** What a reaction does. Nothing where it leads to a state that was not closed over. */
  effectOf(world: World, instance: Instance, leaf: Leaf): Effect | undefined {
    const p = this.placeOf(instance)
    const known = remembered(this.#known, world.kernel, () => nothingKnown(this.#locals.length))
    let effect = known.effects[p]!.get(leaf)
    if (!effect) {
      const target = this.#stateOf(known, p, instance, leaf.local)
      if (target < 0) return undefined
      const says = new Int32Array(this.space.layout.rowWords)
      for (const { to, message } of leaf.sent) {
        const envelope = this.#envelopeOf(known, world, message, to)
        if (envelope >= 0) says[envelope >> 5]! |= 1 << (envelope & 31)
      }
      effect = { target, says, outputs: leaf.outputs.map((output) => this.#outputOf(known, world, output)) }
      known.effects[p]!.set(leaf, effect)
    }
    return effect
  }

  /** The record after an effect, before claims are asked. */
  after(record: Int32Array, p: number, { target, says, outputs }: Effect): Int32Array {
    const { stride } = this.space.layout
    const next = record.slice()
    next[p * stride] = target
    if (outputs.length > 0)
      next[p * stride + 1] = this.space.judge.append(next[p * stride + 1]!, { outputs, threw: null })
    this.space.say(next, p, says)
    return next
  }

  #stateOf({ locals }: Known, p: number, { profile }: Instance, local: number): number {
    const states = locals[p]!
    if (states[local] === undefined) {
      const value = profile.value(local)
      const index =
        value.threw === undefined ? this.#locals[p]!.get(this.closed.table.locals.number(value as never)) : -1
      states[local] = index === undefined || index < 0 ? -1 : this.space.machines[p]!.stateOf[index]!
    }
    return states[local]!
  }

  #envelopeOf({ envelopes }: Known, { kernel }: World, message: number, to: number | 'all'): number {
    const number = kernel.envelopes.number({ to, message })
    if (envelopes[number] === undefined) {
      const here = this.closed.table.messages.number(kernel.table.messages.values[message]!)
      envelopes[number] = this.#envelopes.get(`${here} ${to}`) ?? -1
    }
    return envelopes[number]!
  }

  #outputOf({ outputs }: Known, { table }: World, output: number): number {
    outputs[output] ??= this.closed.table.outputs.number(table.outputs.values[output]!)
    return outputs[output]!
  }
}

function nothingKnown(participants: number): Known {
  const each = <T>(make: () => T): T[] => Array.from({ length: participants }, make)
  return { locals: each(() => []), envelopes: [], outputs: [], effects: each(() => new WeakMap()) }
}

/** Is it what an edge of the outlook does? */
export function isSame({ target, says, outputs }: Effect, edge: GuardedEdge): boolean {
  if (edge.target !== target || edge.outputs.length !== outputs.length) return false
  for (let i = 0; i < outputs.length; i++) if (edge.outputs[i] !== outputs[i]) return false
  for (let r = 0; r < says.length; r++) if (edge.says[r] !== says[r]) return false
  return true
}
