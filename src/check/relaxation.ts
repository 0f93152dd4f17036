/**
 * Relaxation: a state from which no claim can break any more is not gone on from.
 *
 * Every participant is supposed to be in all local states at once that it may come to. An edge whose atoms hold, and whose
 * source is among these states, adds its target to them and its messages to what is said; what can be proved follows. Nothing is ever
 * taken back, so this ends soon, and whatever a run from here says or puts out is among what was found.
 *
 * Sound because atoms never turn false again: by induction over a run, each of its edges is found. A state that is left
 * out is on no way to a violation, so shortest lengths stay. Only if a claim says how many outputs decide it, is more
 * looked at than whether anything is put out at all. It switches itself off for claims that look at what is said.
 */
import type { Conflicts } from './conflicts.ts'
import type { Edge, Machine } from './machine.ts'
import type { Space } from './space.ts'

/** What can be put out after an edge, whatever holds: by state of a machine, as a set. */
type Ahead = readonly ReadonlySet<number>[]

export class Relaxation {
  readonly #space: Space
  readonly #conflicts: Conflicts
  readonly #ahead: Ahead[] = []
  readonly #raw: Int32Array
  /** Which look each state of a machine was found in. */
  readonly #found: readonly Int32Array[]
  #look = 0
  /** States to be gone through: machine and state, one after another. */
  readonly #queue: number[] = []
  /** Edges that wait for an atom, by machine and atom. */
  readonly #waiting: Edge[][][]
  readonly #asked: [p: number, atom: number][] = []
  /** Atoms that have become true: machine and atom, one after another. */
  readonly #became: number[] = []
  /** Edges with outputs that can be taken, by machine. */
  readonly #putting: Edge[][]
  /** Claims that matter, as bits. */
  #wanted = 0

  constructor(space: Space, conflicts: Conflicts) {
    const { machines } = space
    this.#space = space
    this.#conflicts = conflicts
    this.#raw = new Int32Array(space.layout.words)
    this.#found = machines.map(({ edges }) => new Int32Array(edges.length))
    this.#waiting = machines.map(({ atoms }) => atoms.map(() => []))
    this.#putting = machines.map(() => [])
  }

  /** May one of these claims, as bits, be decided by what comes after a state? */
  mayDecide(state: Int32Array, wanted: number): boolean {
    this.#wanted = wanted
    if ((this.#conflicts.unknown & wanted) !== 0) return true
    this.#begin(state)
    const { machines } = this.#space
    for (;;) {
      while (this.#queue.length > 0) {
        const here = this.#queue.pop()!
        const p = this.#queue.pop()!
        for (const edge of machines[p]!.edges[here]!) if (this.#try(p, edge)) return true
      }
      if (this.#became.length === 0) return false
      const atom = this.#became.pop()!
      const p = this.#became.pop()!
      const woken = this.#waiting[p]![atom]!
      if (woken.length === 0) continue
      this.#waiting[p]![atom] = []
      for (const edge of woken) if (this.#try(p, edge)) return true
    }
  }

  #begin(state: Int32Array): void {
    const { stride } = this.#space.layout
    this.#raw.set(state)
    this.#look++
    this.#queue.length = 0
    this.#became.length = 0
    for (const [p, atom] of this.#asked) this.#waiting[p]![atom]!.length = 0
    this.#asked.length = 0
    for (const list of this.#putting) list.length = 0
    for (let p = 0; p < this.#found.length; p++) this.#come(p, state[p * stride]!)
  }

  #come(p: number, state: number): void {
    const found = this.#found[p]!
    if (found[state] === this.#look) return
    found[state] = this.#look
    this.#queue.push(p, state)
  }

  /** Takes an edge if it can be taken, else lets it wait. Says whether a claim may be decided by that. */
  #try(p: number, edge: Edge): boolean {
    const { stride, rowWords } = this.#space.layout
    const from = p * stride + 2 + rowWords
    for (const atom of edge.atoms) {
      if ((this.#raw[from + (atom >> 5)]! & (1 << (atom & 31))) !== 0) continue
      this.#waiting[p]![atom]!.push(edge)
      this.#asked.push([p, atom])
      return false
    }
    if (edge.threw !== null || edge.outputs.length > 0) {
      if (this.#conflicts.isHeeded(p) && (this.#decides(p, edge) & this.#wanted) !== 0) return true
    }
    if (!edge.silent) this.#space.say(this.#raw, p, edge.says, this.#became)
    this.#come(p, edge.target)
    return false
  }

  /** Claims that an edge may decide, with what was put out and what may be. */
  #decides(p: number, edge: Edge): number {
    const { byThrowing, byAnything } = this.#conflicts
    let mask = edge.threw === null ? 0 : byThrowing
    if (edge.outputs.length === 0) return mask
    mask |= byAnything
    for (const [i, output] of edge.outputs.entries()) {
      mask |= this.#conflicts.ofOne(p, output) | this.#withPast(p, output) | this.#withOthers(p, output)
      for (const before of edge.outputs.slice(0, i)) mask |= this.#conflicts.ofTwo(p, before, p, output)
    }
    this.#putting[p]!.push(edge)
    return mask | this.#withOwn(p, edge)
  }

  /** With what everybody has put out already. */
  #withPast(p: number, output: number): number {
    const { machines, layout, judge } = this.#space
    let mask = 0
    for (let q = 0; q < machines.length; q++) {
      if (!this.#conflicts.isHeeded(q)) continue
      const { outputs, notes } = judge.putsOf(this.#raw[q * layout.stride + 1]!)
      for (const list of [outputs, notes]) {
        for (const other of list) mask |= this.#conflicts.ofTwo(q, other, p, output)
      }
    }
    return mask
  }

  /** With what others may put out. */
  #withOthers(p: number, output: number): number {
    let mask = 0
    for (const [q, edges] of this.#putting.entries()) {
      if (q === p) continue
      for (const { outputs } of edges) for (const other of outputs) mask |= this.#conflicts.ofTwo(q, other, p, output)
    }
    return mask
  }

  /** With what the same participant may put out before or after it. */
  #withOwn(p: number, edge: Edge): number {
    const ahead = this.#aheadOf(p)
    let mask = 0
    for (const other of this.#putting[p]!) {
      for (const [first, second] of [
        [edge, other],
        [other, edge],
      ] as const) {
        for (const after of second.outputs) {
          if (!ahead[first.target]!.has(after)) continue
          for (const before of first.outputs) mask |= this.#conflicts.ofTwo(p, before, p, after)
        }
      }
    }
    return mask
  }

  #aheadOf(p: number): Ahead {
    this.#ahead[p] ??= outputsAhead(this.#space.machines[p]!)
    return this.#ahead[p]
  }
}

/** By state: what can be put out from there on, if every atom held. */
function outputsAhead({ edges }: Machine): Ahead {
  const ahead = edges.map((list) => new Set(list.flatMap(({ outputs }) => outputs)))
  for (let changed = true; changed; ) {
    changed = false
    for (let state = edges.length - 1; state >= 0; state--) {
      const mine = ahead[state]!
      const before = mine.size
      for (const { target } of edges[state]!) for (const output of ahead[target]!) mine.add(output)
      if (mine.size !== before) changed = true
    }
  }
  return ahead
}
