/**
 * Relaxation: a state from which no claim can break any more is not expanded, and one from which that takes many steps is
 * expanded late.
 *
 * Let every participant be in all local states at once that it can reach. An edge whose atoms hold, and whose source is
 * among these states, adds its target to them and its messages to those sent; what can be proved follows. Nothing is ever
 * removed, so this ends soon, and it includes all messages and outputs of every run from here.
 *
 * Sound because atoms never turn false again: by induction over a run, each of its edges is found. A state that is not
 * expanded is on no path to a violation, so shortest lengths stay. Only if a claim declares how many outputs decide it;
 * for other claims, a state is not expanded only if no output can follow. It switches itself off for claims that read
 * the soup, except those that declare that one fresh output breaks them, which more messages can only repair.
 *
 * The estimate is the number of rounds. All edges that can be taken in a round are taken, and what comes of them is there
 * in the next; where messages of several senders are needed, each of which takes a step, they come one a round
 * (earliest.ts). By induction over a run, no edge of it is found in a later round than it is a step. So the estimate is
 * never too high, and the first violation that the search finds is a shortest one.
 */
import type { Atoms } from '../automaton/atoms.ts'
import type { Conflicts } from '../automaton/conflicts.ts'
import { Earliest } from '../automaton/earliest.ts'
import type { Gate } from '../automaton/gate.ts'
import type { GuardedEdge, Machine } from '../automaton/machine.ts'
import { isHeldAt, type OutputSpace, PossibleOutputs } from './possible-outputs.ts'

/** What is looked at of the space that is searched. */
interface Space extends OutputSpace {
  /** The machines with those edges only that may still be taken. */
  machinesIn(state: Int32Array): readonly Machine[]
  /** Adds to a record what participant number `p` sends, and what follows from it. */
  say(raw: Int32Array, p: number, says: Int32Array, gate: Gate): void
  /** Adds that a message of the coalition is proved, and what follows from that. */
  proves(raw: Int32Array, index: number, gate: Gate): void
  readonly atoms: Atoms
}

/** Looks, and then those whose number is a power of two, at which claims are held to what they declare. */
const HELD_AGAIN = 256

export class Relaxation {
  readonly #space: Space
  readonly #conflicts: Conflicts
  readonly #raw: Int32Array
  /** Number of the look at one state that is going on. */
  #look = 0
  /** By machine and state: the look in which it was found. */
  readonly #found: readonly Int32Array[]
  /** States to be gone through: machine and state, one after another. */
  readonly #queue: number[] = []
  /** Edges that wait for an atom, by machine and atom; and for which there are any, one after another. */
  readonly #waiting: GuardedEdge[][][]
  readonly #asked: number[] = []
  /** Atoms that have become true: machine and atom, one after another. */
  readonly #became: number[] = []
  /** Edges that are taken in a round: participant and edge, one after another. */
  readonly #taken: (number | GuardedEdge)[] = []
  readonly #earliest: Earliest
  #round = 0
  /** Does it matter how soon something is possible? */
  #isTimed = true
  /** By round: what is not there before. Participant and atom, or -1 and a message of the coalition, one after another. */
  readonly #pending: number[][] = []
  /** Outputs that any state of a participant may lead to. */
  readonly #possibleEver: readonly (readonly [p: number, output: number])[]
  /** Claims that matter, as bits. */
  #wanted = 0
  readonly #outputs: PossibleOutputs

  constructor(space: Space, conflicts: Conflicts) {
    const { machines } = space
    this.#space = space
    this.#conflicts = conflicts
    this.#possibleEver = machines.flatMap(({ edges }, p) => {
      const outputs = new Set(edges.flatMap((list) => list.flatMap((edge) => edge.outputs)))
      return conflicts.isHeeded(p) ? [...outputs].map((output) => [p, output] as const) : []
    })
    conflicts.assertDeclared(this.#possibleEver)
    this.#raw = new Int32Array(space.layout.words)
    this.#earliest = new Earliest(space.atoms.list, space.layout, space.layout.words)
    this.#outputs = new PossibleOutputs(space, conflicts, this.#raw)
    this.#found = machines.map(({ edges }) => new Int32Array(edges.length))
    this.#waiting = machines.map(({ atoms }) => atoms.map(() => []))
  }

  /**
   * How many more steps it takes at least, from a state, to decide one of these claims, as bits; infinitely many where
   * none can be decided. All that is possible in one round is possible at once, and what comes of it in the next: a run
   * that decides a claim has a step for each round.
   */
  stepsTo(state: Int32Array, wanted: number): number {
    if ((this.#conflicts.unknown & wanted) !== 0) return 1
    this.#wanted = wanted
    this.#begin(state)
    this.#outputs.begin(state, wanted)
    if (this.#look >= HELD_AGAIN && (this.#look & (this.#look - 1)) === 0)
      this.#conflicts.assertDeclared(this.#possibleEver)
    const machines = this.#space.machinesIn(state)
    const [queue, became, taken] = [this.#queue, this.#became, this.#taken]
    for (let steps = 1; ; steps++) {
      while (queue.length > 0) {
        const here = queue.pop()!
        const p = queue.pop()!
        const edges = machines[p]!.edges[here]!
        for (let i = 0; i < edges.length; i++) if (this.#try(p, edges[i]!)) return steps
      }
      while (became.length > 0) {
        const atom = became.pop()!
        const p = became.pop()!
        const woken = this.#waiting[p]![atom]!
        if (woken.length === 0) continue
        this.#waiting[p]![atom] = []
        for (let i = 0; i < woken.length; i++) if (this.#try(p, woken[i]!)) return steps
      }
      if (taken.length === 0 && this.#pending.length <= steps) {
        if ((this.#conflicts.byFresh & wanted) !== 0 && isHeldAt(this.#look)) this.#outputs.holdAll()
        return Number.POSITIVE_INFINITY
      }
      this.#round = steps
      for (let i = 0; i < taken.length; i += 2) this.#take(taken[i] as number, taken[i + 1] as GuardedEdge)
      taken.length = 0
      this.#release()
    }
  }

  /** May one of these claims, as bits, be decided by what comes after a state? */
  mayDecide(state: Int32Array, wanted: number): boolean {
    this.#isTimed = false
    const may = this.stepsTo(state, wanted) < Number.POSITIVE_INFINITY
    this.#isTimed = true
    return may
  }

  #begin(state: Int32Array): void {
    const { stride } = this.#space.layout
    this.#raw.set(state)
    this.#look++
    this.#queue.length = 0
    this.#became.length = 0
    this.#taken.length = 0
    this.#pending.length = 0
    this.#earliest.begin(state)
    const asked = this.#asked
    for (let i = 0; i < asked.length; i += 2) this.#waiting[asked[i]!]![asked[i + 1]!]!.length = 0
    asked.length = 0
    for (let p = 0; p < this.#found.length; p++) {
      this.#come(p, state[p * stride]!)
    }
  }

  #come(p: number, state: number): void {
    const found = this.#found[p]!
    if (found[state] === this.#look) return
    found[state] = this.#look
    this.#queue.push(p, state)
  }

  /** Takes an edge if it can be taken, else lets it wait. Says whether a claim may be decided by that. */
  #try(p: number, edge: GuardedEdge): boolean {
    const { stride, rowWords } = this.#space.layout
    const { atoms } = edge
    const from = p * stride + 2 + rowWords
    for (let i = 0; i < atoms.length; i++) {
      const atom = atoms[i]!
      if ((this.#raw[from + (atom >> 5)]! & (1 << (atom & 31))) !== 0) continue
      const waiting = this.#waiting[p]![atom]!
      if (waiting.length === 0) this.#asked.push(p, atom)
      waiting.push(edge)
      return false
    }
    if (edge.threw !== null || edge.outputs.length > 0) {
      if (this.#conflicts.isHeeded(p) && (this.#outputs.decides(p, edge) & this.#wanted) !== 0) return true
    }
    if (!edge.silent || this.#found[p]![edge.target] !== this.#look) this.#taken.push(p, edge)
    return false
  }

  /** What comes of an edge is there in the next round. */
  #take(p: number, edge: GuardedEdge): void {
    if (!edge.silent) {
      const { stride, rowWords } = this.#space.layout
      for (let r = 0, word = p * stride + 2; this.#isTimed && r < rowWords; r++, word++)
        this.#earliest.sets(word, edge.says[r]! & ~this.#raw[word]!, this.#round)
      this.#space.say(this.#raw, p, edge.says, this)
    }
    this.#come(p, edge.target)
  }

  isProved(index: number): boolean {
    if (!this.#isTimed) return true
    const { proof } = this.#space.atoms.provable[index]!
    const round = this.#earliest.ofProof(proof, this.#raw)
    if (round > this.#round) this.#wait(round, -1, index)
    else this.#earliest.sets(this.#space.layout.sayable + (index >> 5), 1 << (index & 31), this.#round)
    return round <= this.#round
  }

  isTrue(p: number, atom: number): boolean {
    const round = !this.#isTimed ? 0 : this.#earliest.ofAtom(this.#space.machines[p]!.atoms[atom]!, this.#raw)
    if (round > this.#round) this.#wait(round, p, atom)
    else this.#became.push(p, atom)
    return round <= this.#round
  }

  #wait(round: number, p: number, what: number): void {
    for (let more = this.#pending.length; more <= round; more++) this.#pending.push([])
    this.#pending[round]!.push(p, what)
  }

  /** What had to wait for this round. */
  #release(): void {
    const waiting = this.#pending[this.#round]
    if (!waiting) return
    const { stride, rowWords, sayable } = this.#space.layout
    for (let i = 0; i < waiting.length; i += 2) {
      const [p, what] = [waiting[i]!, waiting[i + 1]!]
      if (p < 0) {
        if ((this.#raw[sayable + (what >> 5)]! & (1 << (what & 31))) !== 0) continue
        this.#earliest.sets(sayable + (what >> 5), 1 << (what & 31), this.#round)
        this.#space.proves(this.#raw, what, this)
        continue
      }
      const word = p * stride + 2 + rowWords + (what >> 5)
      if ((this.#raw[word]! & (1 << (what & 31))) !== 0) continue
      this.#raw[word]! |= 1 << (what & 31)
      this.#became.push(p, what)
    }
  }
}
