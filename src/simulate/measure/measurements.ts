import type { Id, Json, Program } from '../../model/index.ts'
import { correctIds, reachedIn } from '../../model/index.ts'
import { MICROSECONDS } from '../network/delay-model.ts'
import type { Decided, SimulationRequest } from './simulated.ts'

/** A request of a load. */
interface Request {
  readonly name: string
  readonly asked: number
  /** Depth of the state of who first took it. */
  depth: number | undefined
  /** Who has put it out. */
  readonly by: Set<Id>
  isServed: boolean
}

/** Keeps the accounts of a run: what was asked, what was decided, and whether that is all. */
export class Measurements {
  readonly decisions: Decided[] = []
  /** Correct replicas. */
  readonly correct: readonly Id[]
  /** Correct replicas that have decided everything asked. */
  decided = 0
  readonly #program: Program
  readonly #decides: (output: Json) => boolean
  /** How much each replica is to decide. */
  readonly #due: number
  readonly #isNamed: boolean
  readonly #done: number[]
  readonly #requests = new Map<string, Request>()
  /** Called with each request that enough have served. */
  readonly #onServed: () => void

  constructor(request: SimulationRequest, onServed: () => void) {
    const { program, load, until } = request
    this.#program = program
    this.correct = correctIds(program.setting).filter((id) => id < program.setting.n)
    this.#decides = request.decides ?? decidesBy(request)
    this.#isNamed = load.kind !== 'inputs'
    this.#due = load.kind === 'inputs' ? (until.decisions ?? 1) : load.requests
    this.#done = Array.from({ length: program.setting.n }, () => 0)
    this.#onServed = onServed
  }

  get isAllDecided(): boolean {
    return this.correct.length > 0 && this.decided === this.correct.length
  }

  /** The most decisions that one replica made. */
  get slots(): number {
    return Math.max(0, ...this.#done)
  }

  ask(name: string, asked: number): void {
    if (!this.#isNamed) return
    this.#requests.set(name, { name, asked, depth: undefined, by: new Set(), isServed: false })
  }

  /** Somebody has taken an input in a state of this depth. */
  taken(name: string, depth: number): void {
    const request = this.#requests.get(name)
    if (request) request.depth ??= depth
  }

  /** A correct participant has put something out. */
  put(at: Id, output: Json, now: number, depth: number): void {
    if (!this.#isNamed) {
      if (at >= this.#program.setting.n || !this.#decides(output)) return
      this.#decide(at, output, now, { asked: 0, delays: depth })
      return
    }
    for (const request of this.#servedBy(output)) {
      if (request.by.has(at)) continue
      request.by.add(at)
      const { name, asked } = request
      const delays = depth - (request.depth ?? 0)
      if (at < this.#program.setting.n) this.#decide(at, output, now, { asked, delays, request: name })
      this.#judgeServed(at, request)
    }
  }

  /** The request's name is a word of one of the output's strings. */
  #servedBy(output: Json): Request[] {
    return [...wordsIn(output)].flatMap((name) => this.#requests.get(name) ?? [])
  }

  #decide(at: Id, output: Json, now: number, how: { asked: number; delays: number; request?: string }): void {
    const { asked, delays, request } = how
    const named = request === undefined ? {} : { request }
    this.decisions.push({ at, output, ...named, time: now / MICROSECONDS, asked: asked / MICROSECONDS, delays })
    this.#done[at]!++
    if (this.#done[at] === this.#due) this.decided++
  }

  /** A client accepts what f + 1 replicas answer: one of them is correct. */
  #judgeServed(at: Id, request: Request): void {
    if (request.isServed) return
    const { n, f } = this.#program.setting
    const enough = Math.min(f + 1, this.correct.length)
    if (at < n && [...request.by].filter((id) => id < n).length < enough) return
    request.isServed = true
    this.#onServed()
  }
}

/**
 * What the first `sometimes` claim is satisfied with: "some correct replica decides" is true of a run in which this
 * output is the only one. Where there is no such claim, everything that is put out.
 */
function decidesBy({ program, claims = [] }: SimulationRequest): (output: Json) => boolean {
  const claim = claims.find(({ kind }) => kind === 'sometimes')
  if (claim?.kind !== 'sometimes') return () => true
  const { setting } = program
  const [at] = correctIds(setting)
  return (output) => {
    const outputs = [{ at: at ?? 0, output }]
    return reachedIn(claim, { setting, correct: correctIds(setting), outputs, fresh: outputs, soup: [] })
  }
}

/** The words of all strings in an output. */
function wordsIn(output: Json, words = new Set<string>()): Set<string> {
  if (typeof output === 'string') for (const word of output.split(/[^\w-]+/)) words.add(word)
  else if (output !== null && typeof output === 'object') for (const part of Object.values(output)) wordsIn(part, words)
  return words
}
