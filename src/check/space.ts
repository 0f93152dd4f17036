/** The global states and moves of one search: machines put together, under the passes that are on. */
import type { Program } from '../model/index.ts'
import type { Atom, Atoms } from './atoms.ts'
import { isEnabled, type Move, singleSteps } from './big-step.ts'
import type { Closed } from './closed.ts'
import { holds, isProved } from './evaluate.ts'
import { type Forget, supportOf, supportOfProof } from './forget.ts'
import type { Judge, Verdicts } from './judge.ts'
import { type Layout, layoutOf } from './layout.ts'
import type { Machine } from './machine.ts'
import type { Passes } from './passes.ts'
import type { PassName } from './result.ts'
import type { States } from './states.ts'
import { arrangements, NotSymmetric, sortGroups } from './symmetry.ts'

/** Atoms of machines, or messages of the coalition, that may become true with a saying or with a proof. */
interface Affected {
  readonly atoms: readonly (readonly [p: number, atom: number])[]
  readonly provable: readonly number[]
}

const NOTHING_AFFECTED: Affected = { atoms: [], provable: [] }

export interface SpaceOptions {
  readonly program: Program
  readonly closed: Closed
  readonly atoms: Atoms
  readonly machines: readonly Machine[]
  readonly groups: readonly (readonly number[])[]
  readonly judge: Judge
  readonly passes: Passes
  readonly on: (pass: PassName) => boolean
}

export class Space {
  readonly layout: Layout
  readonly machines: readonly Machine[]
  readonly groups: readonly (readonly number[])[]
  readonly judge: Judge
  readonly #options: SpaceOptions
  readonly #forget: Forget | undefined
  readonly #moves: Map<string, readonly Move[]>[]
  readonly #bySaying: Affected[][]
  readonly #byProof: Affected[]
  readonly #raw: Int32Array
  /** Over all pairs of a local state and its true atoms: enabled edges, moves, and moves that lazy consumption keeps. */
  readonly moveCounts = { edges: 0, visible: 0, kept: 0 }

  constructor(options: SpaceOptions) {
    const { atoms, machines, on } = options
    this.#options = options
    this.machines = machines
    this.groups = options.groups
    this.judge = options.judge
    this.layout = layoutOf(atoms, machines)
    if (on('forget')) this.#forget = new options.passes.forget(this.layout, machines, atoms, this.judge.heeded)
    this.#moves = machines.map(() => new Map())
    this.#raw = new Int32Array(this.layout.words)
    this.#bySaying = machines.map((_, p) => options.closed.sayings.map((__, saying) => this.#affectedBy(p, saying)))
    this.#byProof = atoms.provable.map((_, index) => this.#affectedByProof(index))
  }

  #machineAtoms(affects: (atom: Atom) => boolean): [number, number][] {
    const { atoms, machines } = this.#options
    return machines.flatMap((machine, p) =>
      machine.atoms.flatMap((atom, i): [number, number][] => (affects(atoms.list[atom]!) ? [[p, i]] : [])),
    )
  }

  #affectedBy(p: number, saying: number): Affected {
    const { atoms } = this.#options
    const at = p * this.layout.rowWords + (saying >> 5)
    const bit = 1 << (saying & 31)
    const found = this.#machineAtoms((atom) => (supportOf(atom).rows[at]! & bit) !== 0)
    const provable = atoms.provable.flatMap(({ proof }, index) =>
      (supportOfProof(proof, atoms.list, this.layout).rows[at]! & bit) !== 0 ? [index] : [],
    )
    return found.length + provable.length === 0 ? NOTHING_AFFECTED : { atoms: found, provable }
  }

  #affectedByProof(proved: number): Affected {
    const { atoms } = this.#options
    return {
      atoms: this.#machineAtoms((atom) => supportOf(atom).provable.includes(proved)),
      provable: atoms.provable.flatMap(({ proof }, index) =>
        supportOfProof(proof, atoms.list, this.layout).provable.includes(proved) ? [index] : [],
      ),
    }
  }

  /** The initial record, before it is made canonical. */
  initial(): Int32Array {
    const { closed, atoms } = this.#options
    const { stride, words } = this.layout
    const state = new Int32Array(words)
    for (const [p, { says, outputs }] of closed.initial.entries()) {
      state[p * stride] = this.machines[p]!.stateOf[0]!
      state[p * stride + 1] = this.judge.append(0, { outputs, threw: null })
      for (const saying of says) state[p * stride + 2 + (saying >> 5)]! |= 1 << (saying & 31)
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

  /** Makes a raw record canonical, in place; says which position each participant came from. */
  canonical(state: Int32Array): number[] {
    this.#forget?.mask(state)
    return sortGroups(this.groups, this.layout, state)
  }

  /** What participant number `p` can do. */
  moves(state: Int32Array, p: number): readonly Move[] {
    const { stride, rowWords, truthWords } = this.layout
    const from = p * stride + 2 + rowWords
    const truth = state.subarray(from, from + truthWords)
    let key = `${state[p * stride]!}`
    for (let t = 0; t < truthWords; t++) key += ` ${truth[t]!}`
    let moves = this.#moves[p]!.get(key)
    if (!moves) {
      const { on, passes } = this.#options
      const [machine, here] = [this.machines[p]!, state[p * stride]!]
      const visible = on('big-step') ? passes.bigStep(machine, here, truth) : singleSteps(machine, here, truth)
      moves = on('lazy') ? passes.lazy(machine, visible, truth) : visible
      this.moveCounts.edges += machine.edges[here]!.filter((edge) => isEnabled(edge, truth)).length
      this.moveCounts.visible += visible.length
      this.moveCounts.kept += moves.length
      this.#moves[p]!.set(key, moves)
    }
    return moves
  }

  /** The record after a move, before it is made canonical; valid until the next call. */
  after(state: Int32Array, p: number, { last }: Move): Int32Array {
    const { stride, rowWords } = this.layout
    const raw = this.#raw
    raw.set(state)
    raw[p * stride] = last.target
    raw[p * stride + 1] = this.judge.append(raw[p * stride + 1]!, last)
    if (last.silent) return raw
    const queue: number[] = []
    const news: Affected[] = []
    for (let r = 0; r < rowWords; r++) {
      let fresh = last.says[r]! & ~raw[p * stride + 2 + r]!
      raw[p * stride + 2 + r]! |= fresh
      for (; fresh !== 0; fresh &= fresh - 1) {
        const affected = this.#bySaying[p]![r * 32 + (31 - Math.clz32(fresh & -fresh))]!
        if (affected !== NOTHING_AFFECTED) news.push(affected)
      }
    }
    for (const { provable } of news) queue.push(...provable)
    for (const index of queue) {
      if (!this.#prove(raw, index)) continue
      const affected = this.#byProof[index]!
      news.push(affected)
      queue.push(...affected.provable)
    }
    for (const { atoms } of news) for (const [seat, atom] of atoms) this.#settle(raw, seat, atom)
    return raw
  }

  /** Marks a message that the coalition can prove now. Says whether it could not before. */
  #prove(state: Int32Array, index: number): boolean {
    const { atoms } = this.#options
    const word = this.layout.sayable + (index >> 5)
    const bit = 1 << (index & 31)
    if ((state[word]! & bit) !== 0) return false
    if (!isProved(atoms.provable[index]!.proof, atoms.list, this.layout, state)) return false
    state[word]! |= bit
    return true
  }

  /** Marks an atom that has become true. */
  #settle(state: Int32Array, p: number, atom: number): void {
    const { stride, rowWords } = this.layout
    const word = p * stride + 2 + rowWords + (atom >> 5)
    const bit = 1 << (atom & 31)
    if ((state[word]! & bit) !== 0) return
    if (holds(this.#options.atoms.list[this.machines[p]!.atoms[atom]!]!, this.layout, state)) state[word]! |= bit
  }

  /**
   * What the claims say of a raw record.
   *
   * @param moved who has just moved, and what it had put out before that, as a number
   * @throws NotSymmetric where a claim minds which of several interchangeable participants did what
   */
  verdicts(state: Int32Array, moved?: readonly [number, number]): Verdicts {
    const { ids } = this.layout
    const own = ids.map((_, p) => p)
    const verdicts = this.judge.judge(this.layout, state, own, moved)
    if (this.groups.length === 0) return verdicts
    const looks = (p: number): string => {
      const text = this.judge.looks(this.layout, state, p)
      return this.judge.readsSoup && moved?.[0] === p ? `${text} after ${moved[1]}` : text
    }
    const key = own.map(looks).join('')
    if (this.#invariant.has(key)) return verdicts
    for (const order of arrangements(this.groups, ids.length, looks)) {
      const others = this.judge.judge(this.layout, state, order, moved)
      const differs = others.findIndex((verdict, i) => verdict !== verdicts[i])
      if (differs >= 0) throw new NotSymmetric(`${this.judge.claims[differs]!.name} minds which replica does what`)
    }
    this.#invariant.add(key)
    return verdicts
  }

  readonly #invariant = new Set<string>()

  /** Sayings that some atom or proof can wait for. */
  sayingsKept(): number {
    const { closed } = this.#options
    return closed.sayings.filter((_, saying) =>
      this.machines.some((__, p) => this.#bySaying[p]![saying] !== NOTHING_AFFECTED),
    ).length
  }

  /** How many states there would be if interchangeable participants were told apart. */
  arrangementsOf(states: States): number {
    let count = 0
    for (let number = 0; number < states.count; number++) {
      const state = states.at(number)
      let orders = 1
      for (const group of this.groups) {
        const { stride } = this.layout
        const seen = new Map<string, number>()
        for (const [i, p] of group.entries()) {
          const text = state.subarray(p * stride, (p + 1) * stride).join()
          seen.set(text, (seen.get(text) ?? 0) + 1)
          orders = (orders * (i + 1)) / seen.get(text)!
        }
      }
      count += orders
    }
    return Math.round(count)
  }
}
