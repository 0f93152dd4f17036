/**
 * Pass 4, forget: a message sent is no longer part of the state once no reachable edge needs it, and an atom that has
 * become true replaces the messages that made it true.
 *
 * Kept are the messages that could still make an atom true that an edge ahead of the present state needs; those that
 * could still prove a message of the coalition that such an atom counts, transitively; and those that a claim reads.
 *
 * Sound because atoms never turn false, and a state reaches only states ahead of it. Only if evidence of proofs that
 * could still be useful is kept, and all messages that claims read. It switches itself off for liveness where a bound
 * was hit.
 */

import type { Atom, Senders } from '../automaton/atom.ts'
import type { Atoms, Formula } from '../automaton/atoms.ts'
import type { Layout } from '../automaton/layout.ts'
import type { Machine } from '../automaton/machine.ts'
import { Memo } from '../automaton/memo.ts'
import type { Layers } from './layers.ts'

/** What an atom that is not yet true may still wait for. */
interface Support {
  readonly rows: Int32Array
  readonly provable: readonly number[]
}

/** By state: the machine's atoms, as bits, that some edge asks for now or later. */
export function atomsAhead({ edges }: Machine, words: number): readonly Int32Array[] {
  const ahead = edges.map((list) => {
    const own = new Int32Array(words)
    for (const { atoms } of list) for (const atom of atoms) own[atom >> 5]! |= 1 << (atom & 31)
    return own
  })
  for (let changed = true; changed; ) {
    changed = false
    for (const [state, list] of edges.entries()) {
      const mine = ahead[state]!
      for (const { target } of list) {
        const theirs = ahead[target]!
        for (let w = 0; w < words; w++) {
          const more = theirs[w]! & ~mine[w]!
          if (more !== 0) {
            mine[w]! |= more
            changed = true
          }
        }
      }
    }
  }
  return ahead
}

/** Forgets, in place, what no participant and no proof can use any more. */
export class Forget {
  readonly #layout: Layout
  readonly #machines: readonly Machine[]
  readonly #layers: Layers | undefined
  /** By level that was reached, and by participant. */
  readonly #aheads: (readonly (readonly Int32Array[])[])[] = []
  #ahead: readonly (readonly Int32Array[])[] = []
  readonly #supports: readonly (readonly Support[])[]
  readonly #proofs: readonly Support[]
  readonly #heeded: Int32Array
  readonly #rows: Int32Array
  readonly #useful: Int32Array
  readonly #looked: Int32Array
  /** By participant: what it waits for, by the atoms that it may still be moved by. */
  readonly #open: readonly Memo<{ readonly rows: Int32Array; readonly useful: Int32Array }>[]

  /**
   * @param heeded envelopes that claims look at, as a row of bits: never forgotten
   * @param layers which edges are not taken any more, and so ask for nothing
   */
  constructor(layout: Layout, machines: readonly Machine[], atoms: Atoms, heeded: Int32Array, layers?: Layers) {
    this.#layers = layers
    this.#heeded = heeded
    this.#layout = layout
    this.#machines = machines
    this.#supports = machines.map((machine) => machine.atoms.map((atom) => supportOf(atoms.list[atom]!)))
    this.#proofs = atoms.provable.map(({ proof }) => supportOfProof(proof, atoms.list, layout))
    this.#rows = new Int32Array(layout.ids.length * layout.rowWords)
    this.#useful = new Int32Array(layout.sayableWords)
    this.#looked = new Int32Array(layout.sayableWords)
    this.#open = machines.map(() => new Memo(layout.truthWords))
  }

  mask(state: Int32Array): void {
    const { ids, stride, rowWords, truthWords, sayable, sayableWords, level } = this.#layout
    this.#ahead = this.#aheadAt(state[level]!)
    const [rows, useful, heeded] = [this.#rows, this.#useful, this.#heeded]
    for (let i = 0; i < rows.length; i++) rows[i] = 0
    for (let i = 0; i < useful.length; i++) useful[i] = 0
    for (let p = 0; p < ids.length; p++) this.#wanted(p, state)
    this.#wantedByProofs(state)
    for (let p = 0; p < ids.length; p++) {
      const ahead = this.#ahead[p]![state[p * stride]!]!
      for (let t = 0; t < truthWords; t++) state[p * stride + 2 + rowWords + t]! &= ahead[t]!
      for (let r = 0; r < rowWords; r++) state[p * stride + 2 + r]! &= rows[p * rowWords + r]! | heeded[r]!
    }
    for (let u = 0; u < sayableWords; u++) state[sayable + u]! &= useful[u]!
  }

  #aheadAt(level: number): readonly (readonly Int32Array[])[] {
    this.#aheads[level] ??= (this.#layers?.machines(level) ?? this.#machines).map((machine) =>
      atomsAhead(machine, this.#layout.truthWords),
    )
    return this.#aheads[level]
  }

  /** What participant number `p` can still be moved by. */
  #wanted(p: number, state: Int32Array): void {
    const { stride, rowWords, truthWords } = this.#layout
    const here = state[p * stride]!
    const ahead = this.#ahead[p]![here]!
    const open = this.#open[p]!
    const { key, values } = open
    for (let t = 0; t < truthWords; t++) key[t] = ahead[t]! & ~state[p * stride + 2 + rowWords + t]!
    const number = open.number()
    values[number] ??= this.#waitedFor(p, key)
    const { rows, useful } = values[number]
    const [allRows, allUseful] = [this.#rows, this.#useful]
    for (let i = 0; i < allRows.length; i++) allRows[i]! |= rows[i]!
    for (let i = 0; i < allUseful.length; i++) allUseful[i]! |= useful[i]!
  }

  #waitedFor(p: number, open: Int32Array): { rows: Int32Array; useful: Int32Array } {
    const found = { rows: new Int32Array(this.#rows.length), useful: new Int32Array(this.#useful.length) }
    for (let atom = 0; atom < this.#machines[p]!.atoms.length; atom++) {
      if ((open[atom >> 5]! & (1 << (atom & 31))) !== 0) add(this.#supports[p]![atom]!, found.rows, found.useful)
    }
    return found
  }

  /** What useful messages that are not proved yet still wait for. */
  #wantedByProofs(state: Int32Array): void {
    const { sayable, sayableWords } = this.#layout
    if (sayableWords === 0) return
    const looked = this.#looked.fill(0)
    for (let changed = true; changed; ) {
      changed = false
      for (let u = 0; u < sayableWords; u++) {
        let open = this.#useful[u]! & ~state[sayable + u]! & ~looked[u]!
        if (open === 0) continue
        changed = true
        looked[u]! |= open
        for (; open !== 0; open &= open - 1) {
          add(this.#proofs[u * 32 + (31 - Math.clz32(open & -open))]!, this.#rows, this.#useful)
        }
      }
    }
  }
}

function add({ rows, provable }: Support, into: Int32Array, useful: Int32Array): void {
  for (let i = 0; i < into.length; i++) into[i]! |= rows[i]!
  for (const index of provable) useful[index >> 5]! |= 1 << (index & 31)
}

export function supportOf(atom: Atom): Support {
  const parts: readonly Senders[] = atom.kind === 'count' ? [atom.of] : atom.of
  const rows = new Int32Array(parts[0]?.rows.length ?? 0)
  const provable = new Set<number>()
  for (const part of parts) {
    for (let i = 0; i < rows.length; i++) rows[i]! |= part.rows[i]!
    for (const { provable: index } of part.maybe) provable.add(index)
  }
  return { rows, provable: [...provable] }
}

/** What a proof may wait for. */
export function supportOfProof(proof: Formula, atoms: readonly Atom[], layout: Layout): Support {
  if (proof.kind === 'atom') return supportOf(atoms[proof.atom]!)
  const rows = new Int32Array(layout.ids.length * layout.rowWords)
  const useful = new Int32Array(layout.sayableWords)
  for (const part of proof.of) add(supportOfProof(part, atoms, layout), rows, useful)
  const provable = Array.from({ length: layout.sayableWords * 32 }, (_, i) => i).filter(
    (i) => (useful[i >> 5]! & (1 << (i & 31))) !== 0,
  )
  return { rows, provable }
}
