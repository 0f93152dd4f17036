/**
 * The reference of the exhaustive checker: breadth-first over `enabled` and `apply`, one global state after the other,
 * with nothing left out and nothing merged. Slow and obvious.
 */
import { type AnyMessage, byText, type Claim, type Program, reachedIn, textOf } from '../../src/model/index.ts'
import {
  brokenAfterHealing,
  brokenBy,
  factsOf,
  forHealing,
  type Step,
  type System,
  start,
  Table,
  type Used,
  unbounded,
  usedAfter,
} from '../../src/system/index.ts'
import { Numbers, Offers, type State, Successors, type Taken } from './reference-steps.ts'

/** The result for one claim. A `sometimes` claim `holds` where some state reaches what it asks for. */
export interface ReferenceClaim {
  readonly claim: string
  /** `unfinished`: nothing found in as many nodes as were allowed. */
  readonly verdict: 'violated' | 'holds' | 'unreached' | 'unfinished'
  /** A shortest schedule that breaks it: the search is by levels, so this is shortest even where it did not finish. */
  readonly steps?: readonly Step[]
}

export interface Reference {
  readonly claims: readonly ReferenceClaim[]
  /** Was everything looked at? */
  readonly finished: boolean
  /** Distinct global states. */
  readonly states: number
  /**
   * Distinct steps that change the state, over all states. Two steps are distinct if participant, rule or event,
   * trigger or result differ; which of several equal quorums was named as evidence makes no difference.
   */
  readonly transitions: number
  /** Did a bound forbid, in some state, what would otherwise have been possible? */
  readonly cut: boolean
  /** Rules that were named in some step. */
  readonly fired: readonly string[]
}

/** A step, where it leads, and the invariants that it breaks. */
interface Judged extends Taken {
  readonly broken: readonly string[]
}

/** A state and, for claims about the healed run, the coalition's messages that were used on the way to it. */
interface Node {
  readonly state: State
  readonly key: string
  readonly used: readonly Used[]
  readonly before?: Node
  readonly step?: Step
}

/** All claims in one search, to its end or until `maxNodes` nodes are known. */
export function referenceSearch(
  program: Program,
  claims: readonly Claim<any>[],
  messages: readonly AnyMessage[],
  maxNodes: number,
): Reference {
  return new ReferenceSearch(program, claims, messages, maxNodes).run()
}

class ReferenceSearch {
  readonly #program: Program
  readonly #claims: readonly Claim<any>[]
  readonly #healed: readonly Claim<any>[]
  readonly #readsSoup: boolean
  readonly #maxNodes: number
  readonly #numbers = new Numbers()
  readonly #successors: Successors
  /** The same without bounds, where there are any. */
  readonly #free: Successors | undefined
  readonly #table: Table
  /** What can happen in a state, by its name: worked out once, however many nodes share the state. */
  readonly #taken = new Map<string, readonly Judged[]>()
  readonly #broken = new Map<string, Node>()
  readonly #reached = new Set<string>()
  readonly #fired = new Set<string>()
  #transitions = 0
  #cut = false

  constructor(program: Program, claims: readonly Claim<any>[], messages: readonly AnyMessage[], maxNodes: number) {
    this.#program = program
    this.#claims = claims
    this.#healed = claims.filter(({ kind }) => kind === 'liveness')
    this.#readsSoup = claims.some(({ reads }) => reads.includes('soup'))
    this.#maxNodes = maxNodes
    const offers = new Offers(program, messages)
    this.#successors = new Successors(program, offers, this.#numbers)
    const isBounded = program.protocol.definition.within || program.setting.bounds['timeouts'] !== undefined
    this.#free = isBounded ? new Successors({ ...unbounded(program), copies: true }, offers, this.#numbers) : undefined
    this.#table = new Table(forHealing(program))
  }

  run(): Reference {
    const state = this.#numbers.state(start(this.#program))
    const root: Node = { state, key: state.parts.join(), used: [] }
    for (const { claim } of brokenBy(this.#program, this.#claims, state.system)) this.#broken.set(claim, root)
    this.#judge(root)
    const seen = new Set([nameOf(root)])
    const states = new Set([root.key])
    const queue = [root]
    let finished = true
    for (let next = 0; finished && next < queue.length; next++) {
      for (const taken of this.#from(queue[next]!)) {
        const node = this.#after(queue[next]!, taken)
        for (const claim of taken.broken) if (!this.#broken.has(claim)) this.#broken.set(claim, node)
        const name = nameOf(node)
        if (seen.has(name)) continue
        finished &&= seen.size < this.#maxNodes
        if (!finished) break
        seen.add(name)
        states.add(node.key)
        this.#judge(node)
        queue.push(node)
      }
    }
    return {
      claims: this.#claims.map((claim) => this.#verdict(claim, finished)),
      finished,
      states: states.size,
      transitions: this.#transitions,
      cut: this.#cut,
      fired: [...this.#fired].sort(byText),
    }
  }

  #verdict({ name: claim, kind }: Claim<any>, finished: boolean): ReferenceClaim {
    const broken = this.#broken.get(claim)
    if (broken) return { claim, verdict: 'violated', steps: pathTo(broken) }
    if (kind === 'sometimes' && this.#reached.has(claim)) return { claim, verdict: 'holds' }
    if (!finished) return { claim, verdict: 'unfinished' }
    return { claim, verdict: kind === 'sometimes' ? 'unreached' : 'holds' }
  }

  #after(before: Node, { step, after: state }: Judged): Node {
    const used = this.#healed.length > 0 ? withUsed(this.#program, before.used, step) : before.used
    return { state, key: state.parts.join(), used, before, step }
  }

  #from({ state, key }: Node): readonly Judged[] {
    let taken = this.#taken.get(key)
    if (!taken) {
      taken = this.#successors.of(state).map((one) => this.#judged(state.system, one))
      this.#taken.set(key, taken)
      this.#transitions += taken.filter(({ after }) => after.parts.join() !== key).length
      for (const { step } of taken) if ('rule' in step) this.#fired.add(step.rule)
      this.#cut ||= this.#isCut(state, taken)
    }
    return taken
  }

  /** A claim about outputs cannot be broken by a step that puts out nothing; one about what is said can. */
  #judged(before: System, taken: Taken): Judged {
    if (taken.isSilent && !this.#readsSoup) return { ...taken, broken: [] }
    const violations = brokenBy(this.#program, this.#claims, taken.after.system, before)
    return { ...taken, broken: violations.map(({ claim }) => claim) }
  }

  /** Is there a step that is possible, or does more, where nothing is bounded? */
  #isCut(state: State, taken: readonly Judged[]): boolean {
    if (!this.#free) return false
    const nameOfTaken = ({ step, after }: Taken): string => `${textOf(step)} ${after.parts}`
    const known = new Set(taken.map(nameOfTaken))
    return this.#free.of(state).some((one) => !known.has(nameOfTaken(one)))
  }

  /** What is judged on a state alone, whatever step led to it. */
  #judge(node: Node): void {
    const { used } = node
    const { system } = node.state
    const open = this.#healed.filter(({ name }) => !this.#broken.has(name))
    for (const { claim } of brokenAfterHealing(this.#program, open, system, used, this.#table)) {
      this.#broken.set(claim, node)
    }
    for (const claim of this.#claims) {
      if (claim.kind !== 'sometimes' || this.#reached.has(claim.name)) continue
      if (reachedIn(claim, factsOf(this.#program, system, node.before?.state.system))) this.#reached.add(claim.name)
    }
  }
}

function nameOf({ key, used }: Node): string {
  return `${key} ${used.map(nameOfUsed).join()}`
}

function pathTo(node: Node): Step[] {
  const steps: Step[] = []
  for (let here: Node | undefined = node; here?.step; here = here.before) steps.unshift(here.step)
  return steps
}

function nameOfUsed({ at, word }: Used): string {
  return `${at} ${word.from} ${textOf(word.message)}`
}

/**
 * The coalition's messages used so far, each once, in the order of their first use: that is the order in which the
 * healed run offers them again. Without gossip each participant gets its own only, and the order between participants
 * is none.
 */
export function withUsed(program: Program, before: readonly Used[], step: Step): readonly Used[] {
  const known = new Set(before.map(nameOfUsed))
  // Whoever restarts has lost what it had.
  if ('restart' in step) return before.filter(({ at }) => at !== step.at)
  const fresh = usedAfter(program, [step])
    .filter(({ isInside }) => !isInside)
    .filter((use) => !known.has(nameOfUsed(use)) && known.add(nameOfUsed(use)))
  if (fresh.length === 0) return before
  const all = [...before, ...fresh]
  return program.setting.network.gossip ? all : all.sort((a, b) => a.at - b.at)
}
