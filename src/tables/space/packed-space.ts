/** The global states and moves of one search: machines put together, under the passes that are on. */

import { grouped, type Program } from '../../model/index.ts'
import type { Atoms } from '../automaton/atoms.ts'
import { Evaluator } from '../automaton/evaluate.ts'
import type { Gate } from '../automaton/gate.ts'
import { type Layout, layoutOf } from '../automaton/layout.ts'
import type { GuardedEdge, Machine } from '../automaton/machine.ts'
import { Memo } from '../automaton/memo.ts'
import type { RecordJudge, Verdicts } from '../automaton/record-judge.ts'
import type { GlobalStates } from '../automaton/states.ts'
import type { Closed } from '../closure/closed.ts'
import { isEnabled, type Move, singleSteps } from '../passes/big-step.ts'
import type { Forget } from '../passes/forget.ts'
import type { Layers } from '../passes/layers.ts'
import type { PassName } from '../passes/pass-names.ts'
import { arrangements, NotSymmetric, sortGroups } from '../passes/symmetry.ts'
import type { TablePasses } from '../passes/table-passes.ts'
import { type Affected, AffectedAtoms, NOTHING_AFFECTED } from './affected.ts'

export interface SpaceOptions {
  readonly program: Program
  readonly closed: Closed
  readonly atoms: Atoms
  readonly machines: readonly Machine[]
  readonly groups: readonly (readonly number[])[]
  readonly judge: RecordJudge
  readonly passes: TablePasses
  readonly layers?: Layers | undefined
  readonly on: (pass: PassName) => boolean
}

export class PackedSpace {
  readonly layout: Layout
  readonly machines: readonly Machine[]
  readonly groups: readonly (readonly number[])[]
  readonly judge: RecordJudge
  readonly evaluator: Evaluator
  readonly atoms: Atoms
  readonly #options: SpaceOptions
  readonly #forget: Forget | undefined
  /** By participant: by a state of its machine, the level reached and the atoms that are true, what can be done. */
  readonly #moves: readonly Memo<readonly Move[]>[]
  /** What an edge adds to what was output, by that. */
  readonly #puts = new Map<GuardedEdge, number[]>()
  readonly #byEnvelope: Affected[][]
  readonly #byProof: Affected[]
  readonly #raw: Int32Array
  /** What the record of the last move was affected by. */
  readonly #news: Affected[] = []
  readonly #own: readonly number[]
  /** Verdicts that no arrangement of the participants changes. */
  readonly #invariant = new WeakSet<Verdicts>()
  /** By local state, level and true atoms: enabled edges, moves, and moves that lazy consumption keeps. */
  readonly moveCounts = { edges: 0, visible: 0, kept: 0 }

  constructor(options: SpaceOptions) {
    const { atoms, machines, on } = options
    this.#options = options
    this.machines = machines
    this.groups = options.groups
    this.judge = options.judge
    this.atoms = atoms
    this.layout = layoutOf(atoms, machines)
    this.evaluator = new Evaluator(atoms.list, this.layout)
    const { layers } = options
    if (on('forget')) this.#forget = new options.passes.forget(this.layout, machines, atoms, this.judge.heeded, layers)
    this.#moves = machines.map(() => new Memo(2 + this.layout.truthWords))
    this.#raw = new Int32Array(this.layout.words)
    this.#own = machines.map((_, p) => p)
    const affected = new AffectedAtoms(atoms, machines, this.layout)
    this.#byEnvelope = machines.map((_, p) =>
      options.closed.envelopes.map((__, envelope) => affected.byEnvelope(p, envelope)),
    )
    this.#byProof = atoms.provable.map((_, index) => affected.byProof(index))
  }

  /** The initial record, before it is made canonical. */
  initial(): Int32Array {
    const { closed, atoms } = this.#options
    const { stride, words } = this.layout
    const state = new Int32Array(words)
    for (const [p, { says, outputs }] of closed.initial.entries()) {
      state[p * stride] = this.machines[p]!.stateOf[0]!
      state[p * stride + 1] = this.judge.append(0, { outputs, threw: null })
      for (const envelope of says) state[p * stride + 2 + (envelope >> 5)]! |= 1 << (envelope & 31)
    }
    for (let changed = true; changed; ) {
      changed = false
      for (let index = 0; index < atoms.provable.length; index++) if (this.#prove(state, index)) changed = true
    }
    for (const [p, machine] of this.machines.entries()) {
      for (let atom = 0; atom < machine.atoms.length; atom++) this.#settle(state, p, atom)
    }
    return state
  }

  /** Makes a raw record canonical, in place. `order` is sorted with the participants, if it is wanted. */
  canonical(state: Int32Array, order?: number[]): void {
    const { stride, ids, level } = this.layout
    const stands = this.stands(state[level]!)
    if (stands) for (let p = 0; p < ids.length; p++) state[p * stride] = stands[p]![state[p * stride]!]!
    this.#forget?.mask(state)
    sortGroups(this.groups, this.layout, state, order)
  }

  /** By machine and state, that which stands for it where a level was reached. */
  stands(level: number): readonly Int32Array[] | undefined {
    return this.#options.layers?.stands(level)
  }

  /** The machines with those edges only that may still be taken. */
  machinesIn(state: Int32Array): readonly Machine[] {
    return this.#options.layers?.machines(state[this.layout.level]!) ?? this.machines
  }

  /** What participant number `p` can do. */
  moves(state: Int32Array, p: number): readonly Move[] {
    const { stride, rowWords, truthWords, level } = this.layout
    const moves = this.#moves[p]!
    const { key, values } = moves
    key[0] = state[p * stride]!
    key[1] = state[level]!
    for (let t = 0, from = p * stride + 2 + rowWords; t < truthWords; t++) key[2 + t] = state[from + t]!
    const number = moves.number()
    values[number] ??= this.#movesIn(p, key[0], key[1], key.subarray(2))
    return values[number]
  }

  #movesIn(p: number, here: number, level: number, truth: Int32Array): readonly Move[] {
    const { on, passes, layers } = this.#options
    const machine = layers?.machines(level)[p] ?? this.machines[p]!
    const visible = on('big-step') ? passes.bigStep(machine, here, truth) : singleSteps(machine, here, truth)
    // What is kept instead of another move must not lead to a higher level than that.
    const alike = layers ? [...grouped(visible, ({ last }) => layers.after(level, last)).values()] : [visible]
    const moves = on('lazy') ? alike.flatMap((list) => passes.lazy(machine, list, truth)) : visible
    this.moveCounts.edges += machine.edges[here]!.filter((edge) => isEnabled(edge, truth)).length
    this.moveCounts.visible += visible.length
    this.moveCounts.kept += moves.length
    return moves
  }

  /** The record after a move, before it is made canonical; valid until the next call. */
  after(state: Int32Array, p: number, { last }: Move): Int32Array {
    const { stride, level } = this.layout
    const { layers } = this.#options
    const raw = this.#raw
    // Records are short: a loop is quicker than what is built in.
    for (let i = 0; i < raw.length; i++) raw[i] = state[i]!
    raw[p * stride] = last.target
    if (layers) raw[level] = layers.after(raw[level]!, last)
    if (last.outputs.length > 0 || last.threw !== null) raw[p * stride + 1] = this.#append(raw[p * stride + 1]!, last)
    if (!last.silent) this.say(raw, p, last.says)
    return raw
  }

  /**
   * Adds to a record what participant number `p` sends, and what follows from it.
   * @param gate says whether what would follow does so now
   */
  say(raw: Int32Array, p: number, says: Int32Array, gate?: Gate): void {
    const { stride, rowWords } = this.layout
    const news = this.#news
    if (news.length > 0) news.length = 0
    for (let r = 0; r < rowWords; r++) {
      let fresh = says[r]! & ~raw[p * stride + 2 + r]!
      raw[p * stride + 2 + r]! |= fresh
      for (; fresh !== 0; fresh &= fresh - 1) {
        const affected = this.#byEnvelope[p]![r * 32 + (31 - Math.clz32(fresh & -fresh))]!
        if (affected !== NOTHING_AFFECTED) news.push(affected)
      }
    }
    if (news.length > 0) this.#follow(raw, gate)
  }

  /** Adds to a record that a message of the coalition is proved, and what follows from that. */
  proves(raw: Int32Array, index: number, gate: Gate): void {
    const word = this.layout.sayable + (index >> 5)
    if ((raw[word]! & (1 << (index & 31))) !== 0) return
    raw[word]! |= 1 << (index & 31)
    this.#news.length = 0
    this.#news.push(this.#byProof[index]!)
    this.#follow(raw, gate)
  }

  #follow(raw: Int32Array, gate: Gate | undefined): void {
    const news = this.#news
    // What is proved affects more: the list grows while it is gone through.
    for (let i = 0; i < news.length; i++) {
      for (const index of news[i]!.provable) {
        if (!this.#prove(raw, index)) continue
        if (gate && !gate.isProved(index)) raw[this.layout.sayable + (index >> 5)]! &= ~(1 << (index & 31))
        else news.push(this.#byProof[index]!)
      }
    }
    const { stride, rowWords } = this.layout
    for (let i = 0; i < news.length; i++) {
      const { atoms } = news[i]!
      for (let a = 0; a < atoms.length; a += 2) {
        const [p, atom] = [atoms[a]!, atoms[a + 1]!]
        if (!this.#settle(raw, p, atom)) continue
        if (gate && !gate.isTrue(p, atom)) raw[p * stride + 2 + rowWords + (atom >> 5)]! &= ~(1 << (atom & 31))
      }
    }
  }

  #append(before: number, edge: GuardedEdge): number {
    let known = this.#puts.get(edge)
    if (!known) {
      known = []
      this.#puts.set(edge, known)
    }
    known[before] ??= this.judge.append(before, edge)
    return known[before]
  }

  /** Marks a message that the coalition can prove now. Says whether it could not before. */
  #prove(state: Int32Array, index: number): boolean {
    const word = this.layout.sayable + (index >> 5)
    const bit = 1 << (index & 31)
    if ((state[word]! & bit) !== 0) return false
    if (!this.evaluator.isProved(this.#options.atoms.provable[index]!.proof, state)) return false
    state[word]! |= bit
    return true
  }

  /** Marks an atom that has become true. Says whether it was not before. */
  #settle(state: Int32Array, p: number, atom: number): boolean {
    const { stride, rowWords } = this.layout
    const word = p * stride + 2 + rowWords + (atom >> 5)
    const bit = 1 << (atom & 31)
    if ((state[word]! & bit) !== 0) return false
    if (!this.evaluator.holds(this.machines[p]!.atoms[atom]!, state)) return false
    state[word]! |= bit
    return true
  }

  /**
   * The verdicts of the claims on a raw record.
   *
   * @param moved who has just moved, and what it had output before that, as a number
   * @throws NotSymmetric where a claim depends on which of several interchangeable participants did what
   */
  verdicts(state: Int32Array, moved?: readonly [number, number]): Verdicts {
    const { ids } = this.layout
    const verdicts = this.judge.judge(this.layout, state, this.#own, moved)
    // Equal verdicts of one look are one object.
    if (this.groups.length === 0 || this.#invariant.has(verdicts)) return verdicts
    const looks = (p: number): string => {
      const text = this.judge.looks(this.layout, state, p)
      return this.judge.readsSoup && moved?.[0] === p ? `${text} after ${moved[1]}` : text
    }
    for (const order of arrangements(this.groups, ids.length, looks)) {
      const others = this.judge.judge(this.layout, state, order, moved)
      const differs = others.findIndex((verdict, i) => verdict !== verdicts[i])
      if (differs >= 0) throw new NotSymmetric(`${this.judge.claims[differs]!.name} depends on which replica does what`)
    }
    this.#invariant.add(verdicts)
    return verdicts
  }

  /**
   * The verdicts of the claims on a raw record that participant number `p` has just led to; nothing where no claim can
   * depend on that.
   */
  judged(state: Int32Array, raw: Int32Array, p: number): Verdicts | undefined {
    const at = p * this.layout.stride + 1
    const isMinded = raw[at] !== state[at] || this.judge.heeds(this.layout, state, raw, p)
    return isMinded ? this.verdicts(raw, [p, state[at]!]) : undefined
  }

  /** Envelopes that some atom or proof can wait for. */
  envelopesKept(): number {
    const { closed } = this.#options
    return closed.envelopes.filter((_, envelope) =>
      this.machines.some((__, p) => this.#byEnvelope[p]![envelope] !== NOTHING_AFFECTED),
    ).length
  }

  /** How many states there would be if interchangeable participants were distinguished. */
  arrangementsOf(states: GlobalStates): number {
    let count = 0
    for (let number = 0; number < states.count; number++) {
      const blocks = states.blocksOf(number)
      let orders = 1
      for (const group of this.groups) {
        for (let i = 0, alike = 1; i < group.length; i++) {
          // Equal ones are next to each other.
          alike = i > 0 && blocks[group[i]!] === blocks[group[i - 1]!] ? alike + 1 : 1
          orders = (orders * (i + 1)) / alike
        }
      }
      count += orders
    }
    return Math.round(count)
  }
}
