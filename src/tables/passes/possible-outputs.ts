/** Outputs that are possible in a relaxed run, and which claims they may decide. */
import { brokenByMore, notByFresh } from '../../model/index.ts'
import type { Conflicts } from '../automaton/conflicts.ts'
import type { Layout } from '../automaton/layout.ts'
import type { GuardedEdge, Machine } from '../automaton/machine.ts'
import { outputsAhead } from '../automaton/outputs-ahead.ts'
import type { RecordJudge, Verdicts } from '../automaton/record-judge.ts'

/** What is looked at of the space that is searched. */
export interface OutputSpace {
  readonly machines: readonly Machine[]
  readonly layout: Layout
  readonly judge: RecordJudge
  /** The verdict of each claim on a state; `moved` is who has taken a step, and from where, if that is known. */
  verdicts(state: Int32Array, moved?: readonly [number, number]): Verdicts
}

/** An output that, after an edge's own, decides some claims, as bits. */
interface Rival {
  readonly output: number
  readonly claims: number
}

const NONE: readonly Rival[] = []

/** Looks at first, and then each whose number is a power of two, at which claims are held to what they declare. */
const FIRST_HELD = 16

export class PossibleOutputs {
  readonly #space: OutputSpace
  readonly #conflicts: Conflicts
  /** The record of the relaxed run. */
  readonly #raw: Int32Array
  /** The state that it starts from, and the same with one more output. */
  #state: Int32Array
  readonly #supposed: Int32Array
  /** Number of the relaxed run. */
  #look = 0
  /** By machine: outputs that are possible, each once; and by output, the look in which it was found to be. */
  readonly #possible: number[][]
  readonly #foundOutput: number[][]
  /** By machine: what decides something if it should turn out to be possible. */
  readonly #rivals: Rival[][]
  readonly #rivalsOf = new Map<GuardedEdge, readonly Rival[]>()
  readonly #ahead: ReturnType<typeof outputsAhead>[] = []
  /** Claims that matter, as bits. */
  #wanted = 0
  /** Outputs that were asked about with what was sent. */
  #asks = 0

  constructor(space: OutputSpace, conflicts: Conflicts, raw: Int32Array) {
    const { machines } = space
    this.#space = space
    this.#conflicts = conflicts
    this.#raw = raw
    this.#state = raw
    this.#supposed = new Int32Array(space.layout.words)
    this.#possible = machines.map(() => [])
    this.#foundOutput = machines.map(() => [])
    this.#rivals = machines.map(() => [])
  }

  /** @param wanted claims that matter, as bits */
  begin(state: Int32Array, wanted: number): void {
    this.#state = state
    this.#wanted = wanted
    this.#look++
    for (let p = 0; p < this.#possible.length; p++) {
      if (this.#possible[p]!.length > 0) this.#possible[p]!.length = 0
      if (this.#rivals[p]!.length > 0) this.#rivals[p]!.length = 0
    }
  }

  /** Claims that an edge may decide, with what was output and what may be. */
  decides(p: number, edge: GuardedEdge): number {
    const { byThrowing, byAnything } = this.#conflicts
    let claims = edge.threw === null ? 0 : byThrowing
    if (edge.outputs.length === 0) return claims
    claims |= byAnything
    for (const output of edge.outputs) {
      if (this.#foundOutput[p]![output] === this.#look) continue
      this.#foundOutput[p]![output] = this.#look
      claims |= this.#conflicts.ofOne(p, output) | this.#withPast(p, output) | this.#withOthers(p, output)
      if ((this.#conflicts.byFresh & this.#wanted) !== 0) claims |= this.#freshly(p, output)
      for (const rival of this.#rivals[p]!) if (rival.output === output) claims |= rival.claims
      this.#possible[p]!.push(output)
    }
    for (const rival of this.#rivalsAfter(p, edge)) {
      this.#rivals[p]!.push(rival)
      if (this.#foundOutput[p]![rival.output] === this.#look) claims |= rival.claims
    }
    return claims | this.#within(p, edge)
  }

  /** Claims that an output would break now: whatever is sent until it comes could only repair that. */
  #freshly(p: number, output: number): number {
    const { layout, judge } = this.#space
    const at = p * layout.stride + 1
    const before = this.#state[at]!
    const after = judge.append(before, { outputs: [output], threw: null })
    if (after === before) return 0
    this.#supposed.set(this.#state)
    this.#supposed[at] = after
    const verdicts = this.#space.verdicts(this.#supposed, [p, before])
    const claims = asBits(verdicts) & this.#conflicts.byFresh
    if (isHeldAt(this.#asks++)) this.#hold(p, before, after, claims)
    return claims
  }

  /** The same of all outputs that may come from here on, once it is known what may be sent by then. */
  holdAll(): void {
    const { layout, judge } = this.#space
    for (const [p, outputs] of this.#possible.entries()) {
      const at = p * layout.stride + 1
      const before = this.#state[at]!
      for (const output of outputs) {
        const after = judge.append(before, { outputs: [output], threw: null })
        if (after === before) continue
        this.#supposed.set(this.#state)
        this.#supposed[at] = after
        this.#hold(
          p,
          before,
          after,
          asBits(this.#space.verdicts(this.#supposed, [p, before])) & this.#conflicts.byFresh,
        )
      }
    }
  }

  /** Compares what claims that read the soup declare with all that may be sent from here on. */
  #hold(p: number, before: number, after: number, claims: number): void {
    const { layout, judge } = this.#space
    const more = this.#raw.slice()
    const at = p * layout.stride + 1
    const unmoved = asBits(this.#space.verdicts(more, [p, before])) & this.#conflicts.byFresh
    if (unmoved !== 0) throw notByFresh(judge.claims[31 - Math.clz32(unmoved)]!)
    more[at] = after
    const worse = asBits(this.#space.verdicts(more, [p, before])) & this.#conflicts.byFresh & ~claims
    if (worse !== 0) throw brokenByMore(judge.claims[31 - Math.clz32(worse)]!)
  }

  /** With what everybody has output already. */
  #withPast(p: number, output: number): number {
    const { machines, layout, judge } = this.#space
    let claims = 0
    for (let q = 0; q < machines.length; q++) {
      if (!this.#conflicts.isHeeded(q)) continue
      const { outputs, notes } = judge.putsOf(this.#raw[q * layout.stride + 1]!)
      for (let i = 0; i < outputs.length; i++) claims |= this.#conflicts.ofTwo(q, outputs[i]!, p, output)
      for (let i = 0; i < notes.length; i++) claims |= this.#conflicts.ofTwo(q, notes[i]!, p, output)
    }
    return claims
  }

  /** With what others may output. */
  #withOthers(p: number, output: number): number {
    let claims = 0
    for (let q = 0; q < this.#possible.length; q++) {
      if (q === p) continue
      const others = this.#possible[q]!
      for (let i = 0; i < others.length; i++) claims |= this.#conflicts.ofTwo(q, others[i]!, p, output)
    }
    return claims
  }

  /** Outputs of one edge with each other. */
  #within(p: number, { outputs }: GuardedEdge): number {
    let claims = 0
    for (let i = 1; i < outputs.length; i++) {
      for (let j = 0; j < i; j++) claims |= this.#conflicts.ofTwo(p, outputs[j]!, p, outputs[i]!)
    }
    return claims
  }

  /** What the same participant may output after an edge, as far as that decides something. */
  #rivalsAfter(p: number, edge: GuardedEdge): readonly Rival[] {
    let rivals = this.#rivalsOf.get(edge)
    if (!rivals) {
      this.#ahead[p] ??= outputsAhead(this.#space.machines[p]!)
      const found = [...this.#ahead[p][edge.target]!].map((output): Rival => {
        const claims = edge.outputs.reduce((all, before) => all | this.#conflicts.ofTwo(p, before, p, output), 0)
        return { output, claims }
      })
      rivals = found.some(({ claims }) => claims !== 0) ? found.filter(({ claims }) => claims !== 0) : NONE
      this.#rivalsOf.set(edge, rivals)
    }
    return rivals
  }
}

/** Is it the turn of a look to be held against what claims declare? */
export function isHeldAt(count: number): boolean {
  return count < FIRST_HELD || (count & (count - 1)) === 0
}

function asBits(verdicts: readonly boolean[]): number {
  let bits = 0
  for (let index = 0; index < verdicts.length; index++) if (verdicts[index]) bits |= 1 << index
  return bits
}
