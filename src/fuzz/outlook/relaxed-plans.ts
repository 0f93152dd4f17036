import { leastOf, type Threshold, weightIn, weightOf } from '../../model/index.ts'
import type { Senders } from '../../tables/automaton/atom.ts'
import type { Atoms, Formula } from '../../tables/automaton/atoms.ts'
import type { Gate } from '../../tables/automaton/gate.ts'
import type { GuardedEdge } from '../../tables/automaton/machine.ts'
import type { PackedSpace } from '../../tables/space/packed-space.ts'
import type { Goals } from './goals.ts'

/** An edge that some participant takes in a plan, from some state of its own. */
export interface PlannedStep {
  readonly p: number
  readonly from: number
  readonly edge: GuardedEdge
}

/** Of what is needed for a goal, where nothing is ever taken back, the steps that can be taken now. */
export type RelaxedPlan = readonly PlannedStep[]

/** Draws a number below another. */
type Draw = (count: number) => number

/** When something was found, and by what. */
interface Found extends PlannedStep {
  readonly look: number
  readonly time: number
}

/**
 * Plans in which nothing is ever taken back: everybody is in all states at once that it came to. They tell which steps
 * lead to two outputs that conflict, and when nothing does any more; they do not tell what excludes what.
 *
 * Hoffmann and Nebel, "The FF planning system: fast plan generation through heuristic search", JAIR 14, 2001: the first
 * steps of such a plan are the helpful ones.
 */
export class RelaxedPlans {
  readonly #space: PackedSpace
  readonly #atoms: Atoms
  readonly #goals: Goals
  #start: Int32Array
  readonly #raw: Int32Array
  #look = 0
  /** Is no goal reached from where runs begin, as far as that is known? */
  #isHopeless = false
  #time = 0
  #draw: Draw = () => 0
  /** By machine and state: the look in which it was found; and how. */
  readonly #seen: readonly Int32Array[]
  readonly #reached: (Found | undefined)[][]
  /** The same of envelopes by who says them. What an earlier look has found there counts for nothing. */
  readonly #said: readonly (Found | undefined)[][]
  /** When atoms became true, by who asks, and when something could be proved; 0 where that is not so. */
  readonly #held: readonly Int32Array[]
  readonly #proved: Int32Array
  /** What could be proved before a step. */
  readonly #before: Int32Array
  readonly #queue: number[] = []
  readonly #waiting: PlannedStep[][][]
  readonly #asked: number[] = []
  readonly #became: number[] = []
  readonly #atOnce: Gate = { isProved: () => true, isTrue: (p, atom) => this.#became.push(p, atom) > 0 }
  /** Outputs that were found, each with how. */
  #puts: { readonly p: number; readonly output: number; readonly step: Found }[] = []
  /** What a plan has already: steps, and messages that the coalition proves. */
  readonly #planned = new Set<GuardedEdge | number>()
  #first: PlannedStep[] = []

  constructor(space: PackedSpace, atoms: Atoms, goals: Goals) {
    const { machines, layout } = space
    this.#space = space
    this.#atoms = atoms
    this.#goals = goals
    this.#raw = new Int32Array(layout.words)
    this.#start = this.#raw
    this.#seen = machines.map(({ edges }) => new Int32Array(edges.length))
    this.#reached = machines.map(() => [])
    this.#said = machines.map(() => Array.from({ length: 32 * layout.rowWords }, () => undefined))
    this.#held = machines.map(({ atoms }) => new Int32Array(atoms.length))
    this.#proved = new Int32Array(32 * layout.sayableWords)
    this.#before = new Int32Array(layout.sayableWords)
    this.#waiting = machines.map(({ atoms }) => atoms.map(() => []))
  }

  /** A plan from where runs begin. Whether there is one does not depend on what is drawn. */
  first(initial: Int32Array, draw: Draw): RelaxedPlan | undefined {
    if (this.#isHopeless) return undefined
    const plan = this.from(initial, draw)
    this.#isHopeless = plan === undefined
    return plan
  }

  /** A plan from a record, one of several that are about as short; nothing where no goal can be reached any more. */
  from(record: Int32Array, draw: Draw): RelaxedPlan | undefined {
    this.#begin(record, draw)
    const { machines } = this.#space
    const [queue, became] = [this.#queue, this.#became]
    for (let next = 0, woken = 0; next < queue.length || woken < became.length; ) {
      if (next < queue.length) {
        const p = queue[next++]!
        const from = queue[next++]!
        const edges = machines[p]!.edges[from]!
        const first = edges.length > 1 ? this.#draw(edges.length) : 0
        for (let i = 0; i < edges.length; i++) {
          const goal = this.#try(p, from, edges[(first + i) % edges.length]!)
          if (goal) return this.#plan(goal)
        }
        continue
      }
      const p = became[woken++]!
      const atom = became[woken++]!
      const steps = this.#waiting[p]![atom]!
      if (steps.length === 0) continue
      this.#waiting[p]![atom] = []
      for (let i = 0; i < steps.length; i++) {
        const { p: who, from, edge } = steps[i]!
        const goal = this.#try(who, from, edge)
        if (goal) return this.#plan(goal)
      }
    }
    return undefined
  }

  #begin(record: Int32Array, draw: Draw): void {
    const { stride } = this.#space.layout
    this.#draw = draw
    this.#start = record
    this.#raw.set(record)
    this.#look++
    this.#time = 0
    this.#queue.length = 0
    this.#became.length = 0
    this.#puts = []
    const asked = this.#asked
    for (let i = 0; i < asked.length; i += 2) this.#waiting[asked[i]!]![asked[i + 1]!]!.length = 0
    asked.length = 0
    this.#proved.fill(0)
    const count = this.#seen.length
    const first = draw(count)
    for (let i = 0; i < count; i++) {
      const p = (first + i) % count
      this.#held[p]!.fill(0)
      const state = record[p * stride]!
      this.#seen[p]![state] = this.#look
      this.#reached[p]![state] = undefined
      this.#queue.push(p, state)
    }
  }

  /** Takes a step if it can be taken, else lets it wait. The outputs that reach a goal, if that does. */
  #try(p: number, from: number, edge: GuardedEdge): readonly Found[] | undefined {
    const { stride, rowWords } = this.#space.layout
    const { atoms, target } = edge
    const truth = p * stride + 2 + rowWords
    for (let i = 0; i < atoms.length; i++) {
      const atom = atoms[i]!
      if ((this.#raw[truth + (atom >> 5)]! & (1 << (atom & 31))) !== 0) continue
      const waiting = this.#waiting[p]![atom]!
      if (waiting.length === 0) this.#asked.push(p, atom)
      waiting.push({ p, from, edge })
      return undefined
    }
    const isNew = this.#seen[p]![target] !== this.#look
    if (!isNew && edge.silent) return undefined
    const found: Found = { p, from, edge, look: this.#look, time: ++this.#time }
    if (edge.outputs.length > 0 && this.#goals.isHeeded(p)) {
      const goal = this.#put(found)
      if (goal) return goal
    }
    if (!edge.silent) this.#say(found)
    if (isNew) {
      this.#seen[p]![target] = this.#look
      this.#reached[p]![target] = found
      this.#queue.push(p, target)
    }
    return undefined
  }

  #say(found: Found): void {
    const { layout } = this.#space
    const { p, edge } = found
    const raw = this.#raw
    const row = p * layout.stride + 2
    let isNew = false
    for (let r = 0; r < layout.rowWords; r++) {
      for (let fresh = edge.says[r]! & ~raw[row + r]!; fresh !== 0; fresh &= fresh - 1) {
        this.#said[p]![r * 32 + (31 - Math.clz32(fresh & -fresh))] = found
        isNew = true
      }
    }
    if (!isNew) return
    const before = this.#became.length
    const provable = this.#before
    for (let w = 0; w < provable.length; w++) provable[w] = raw[layout.sayable + w]!
    this.#space.say(raw, p, edge.says, this.#atOnce)
    for (let i = before; i < this.#became.length; i += 2) {
      this.#held[this.#became[i]!]![this.#became[i + 1]!] = found.time
    }
    for (let w = 0; w < layout.sayableWords; w++) {
      for (let fresh = raw[layout.sayable + w]! & ~provable[w]!; fresh !== 0; fresh &= fresh - 1) {
        this.#proved[w * 32 + (31 - Math.clz32(fresh & -fresh))] = found.time
      }
    }
  }

  /** An output is found. Says what has reached a goal, if that does. */
  #put(found: Found): readonly Found[] | undefined {
    const { p, edge } = found
    if (this.#goals.isGoal(this.#start, p, edge.outputs)) return [found]
    for (const output of edge.outputs) {
      for (const other of this.#puts) {
        if (other.p === p || !this.#goals.isReached(other.p, other.output, p, output)) continue
        return [found, other.step]
      }
      if (!this.#puts.some((one) => one.p === p && one.output === output)) this.#puts.push({ p, output, step: found })
    }
    return undefined
  }

  #plan(goals: readonly Found[]): RelaxedPlan {
    this.#planned.clear()
    this.#first = []
    for (const goal of goals) this.#needStep(goal)
    return this.#first
  }

  #needStep({ p, from, edge }: PlannedStep): void {
    if (this.#planned.has(edge)) return
    this.#planned.add(edge)
    const { stride, rowWords } = this.#space.layout
    const truth = p * stride + 2 + rowWords
    let isReady = this.#start[p * stride] === from
    const before = this.#reached[p]![from]
    if (!isReady && before) this.#needStep(before)
    for (const atom of edge.atoms) {
      if ((this.#start[truth + (atom >> 5)]! & (1 << (atom & 31))) !== 0) continue
      isReady = false
      this.#needAtom(this.#space.machines[p]!.atoms[atom]!, this.#held[p]![atom]!)
    }
    if (isReady) this.#first.push({ p, from, edge })
  }

  /** What makes an atom true is found no later than it was. */
  #needAtom(index: number, time: number): void {
    const atom = this.#atoms.list[index]!
    if (atom.kind === 'count') {
      this.#needSenders(atom.of, atom.q, time)
      return
    }
    const possible = atom.choices.filter((choice) => choice.every((i) => this.#bySender(atom.of[i]!, time).length > 0))
    for (const i of possible[0] ?? []) this.#needSenders(atom.of[i]!, 1, time)
  }

  #needSenders(of: Senders, q: Threshold, time: number): void {
    let left = leastOf(q) - weightIn(q, this.#space.evaluator.senders(of, this.#start))
    for (const need of this.#bySender(of, time)) {
      if (left <= 0) return
      // Who of the coalition it is does not matter to a plan: it may hold more than it needs.
      left -= typeof need === 'number' ? 1 : weightOf(q, this.#space.layout.ids[need.p]!)
      if (typeof need === 'number') this.#needProof(need, time)
      else this.#needStep(need)
    }
  }

  /** One of what each sender has said that counts, or a message that the coalition can prove; what was found first comes first. */
  #bySender({ rows, maybe }: Senders, time: number): (Found | number)[] {
    const { ids, rowWords } = this.#space.layout
    const found: [when: number, need: Found | number][] = []
    for (let p = 0; p < ids.length; p++) {
      let best: Found | undefined
      for (let r = 0; r < rowWords; r++) {
        for (let left = rows[p * rowWords + r]!; left !== 0; left &= left - 1) {
          const said = this.#said[p]![r * 32 + (31 - Math.clz32(left & -left))]
          if (said?.look === this.#look && said.time <= time && (!best || said.time < best.time)) best = said
        }
      }
      if (best) found.push([best.time, best])
    }
    const times = maybe.map(({ provable }) => [this.#proved[provable]!, provable] as const)
    const proved = times.find(([when]) => when > 0 && when <= time)
    if (proved) found.push([...proved])
    return found.sort(([a], [b]) => a - b).map(([, need]) => need)
  }

  /** Two messages that were proved at once may each be a proof of the other: then one look at each is enough. */
  #needProof(provable: number, time: number): void {
    if (this.#planned.has(provable)) return
    this.#planned.add(provable)
    this.#needFormula(this.#atoms.provable[provable]!.proof, Math.min(time, this.#proved[provable]!))
  }

  #needFormula(formula: Formula, time: number): void {
    if (formula.kind === 'atom') this.#needAtom(formula.atom, time)
    else {
      // Of several proofs, any; which of them held first is not known.
      const of = formula.kind === 'all' ? formula.of : formula.of.slice(0, 1)
      for (const part of of) this.#needFormula(part, time)
    }
  }
}
