/**
 * Search state by state over `enabled` and `apply`: for networks, kinds of steps and protocols that the tables do not
 * cover. Nothing is reduced; equal global states are one.
 */
import {
  type AnyMessage,
  type Claim,
  canonical,
  isLockstep,
  type Program,
  range,
  reachedIn,
  runningIds,
} from '../model/index.ts'
import {
  apply,
  brokenAfterHealing,
  brokenBy,
  byArrival,
  coalitionSpeaksAs,
  enabled,
  factsOf,
  type Offered,
  type Spoken,
  type Step,
  type System,
  sayableAfter,
  start,
  Table,
  TooManyChoices,
  type Used,
  unbounded,
  wordsOf,
} from '../system/index.ts'
import type { CheckedClaim } from './result.ts'
import type { SearchLimits } from './search.ts'

/** What the tables take for granted, where it is not so: the search then goes state by state over `apply`. */
export function whyNoTables(program: Program, claims: readonly Claim<any>[]): string | undefined {
  if (isLockstep(program.protocol)) return 'in lockstep rounds, that a message is absent is information'
  if (byArrival(program)) return 'here a step is an arrival with all that it triggers'
  const { lose } = program.setting.network
  const asksLiveness = claims.some(({ kind }) => kind === 'liveness')
  if (lose && asksLiveness) return 'a lost message is gone for the healed run'
  const readsSoup = claims.some(({ kind, reads }) => kind === 'liveness' && reads.includes('soup'))
  return readsSoup ? 'a claim about the healed run reads what was said' : undefined
}

interface Node {
  readonly system: System
  readonly before: Node | undefined
  readonly step: Step | undefined
  readonly depth: number
  readonly used: readonly Used[]
}

/** How far it has got. */
interface Found {
  depth: number
  finished: boolean
  why?: string
}

export interface ReferenceResult {
  readonly states: number
  readonly transitions: number
  readonly finished: boolean
  readonly depth: number
  /** Why it is not finished, if it did not simply stop. */
  readonly why?: string
  /** By claim name. */
  readonly violations: ReadonlyMap<string, { readonly steps: readonly Step[]; readonly witness: string }>
  readonly reached: ReadonlySet<string>
}

export function searchReference(
  program: Program,
  claims: readonly Claim<any>[],
  words: readonly AnyMessage[],
  limits: SearchLimits,
): ReferenceResult {
  return new ReferenceSearch(program, claims, words, limits).run()
}

class ReferenceSearch {
  readonly #program: Program
  readonly #claims: readonly Claim<any>[]
  /** The universe, from each that the coalition speaks as. */
  readonly #spoken: readonly Spoken[]
  readonly #limits: SearchLimits
  readonly #healed: boolean
  readonly #healing: Table
  readonly #offers = new Map<string, Offered[]>()
  readonly #violations = new Map<string, { steps: readonly Step[]; witness: string }>()
  readonly #reached = new Set<string>()
  #transitions = 0

  constructor(program: Program, claims: readonly Claim<any>[], words: readonly AnyMessage[], limits: SearchLimits) {
    this.#program = program
    this.#claims = claims
    const { n, clients } = program.setting
    const voices = range(n + clients).filter((id) => coalitionSpeaksAs(program, id))
    this.#spoken = words.flatMap((message) => voices.map((from) => ({ from, message })))
    this.#limits = limits
    this.#healed = claims.some(({ kind }) => kind === 'liveness')
    this.#healing = new Table(unbounded(program))
  }

  run(): ReferenceResult {
    const seen = new Set<string>()
    const all: Found = { depth: 0, finished: true }
    try {
      this.#search(seen, all)
    } catch (error) {
      if (!(error instanceof TooManyChoices)) throw error
      Object.assign(all, { finished: false, why: error.message })
    }
    const { depth, finished, why } = all
    const found = { states: seen.size, transitions: this.#transitions, finished, depth, ...(why ? { why } : {}) }
    return { ...found, violations: this.#violations, reached: this.#reached }
  }

  #search(seen: Set<string>, found: Found): void {
    const root: Node = { system: start(this.#program), before: undefined, step: undefined, depth: 0, used: [] }
    seen.add(this.#key(root))
    const queue = [root]
    this.#judge(root, undefined)
    for (let next = 0; next < queue.length && found.finished && !this.#isDecided(); next++) {
      const node = queue[next]!
      found.depth = node.depth
      found.finished &&= this.#limits.onProgress?.(seen.size, queue.length - next, node.depth) !== true
      for (const step of enabled(this.#program, node.system, this.#offered(node.system), cutIn('take'))) {
        const child = this.#after(node, step)
        this.#transitions++
        this.#judge(child, node)
        const key = this.#key(child)
        if (seen.has(key)) continue
        seen.add(key)
        found.finished &&= seen.size <= this.#limits.maxStates
        queue.push(child)
      }
    }
  }

  #isDecided(): boolean {
    const invariants = this.#claims.filter(({ kind }) => kind !== 'sometimes')
    if (invariants.length === 0) return this.#reached.size === this.#claims.length
    return invariants.every(({ name }) => this.#violations.has(name))
  }

  #key({ system, used }: Node): string {
    return canonical(system as never) + used.map(textOfUse).sort().join()
  }

  #after(before: Node, step: Step): Node {
    const system = apply(this.#program, before.system, step)
    let { used } = before
    if (this.#healed) {
      const known = new Set(used.map(textOfUse))
      const fresh = wordsOf(this.#program, step).map((word) => ({ at: step.at, word }))
      used = [...used, ...fresh.filter((use) => !known.has(textOfUse(use)) && known.add(textOfUse(use)))]
    }
    return { system, before, step, depth: before.depth + 1, used }
  }

  #judge(node: Node, before: Node | undefined): void {
    const { system, used } = node
    const open = this.#claims.filter(({ name }) => !this.#violations.has(name))
    const broken = [
      ...brokenBy(this.#program, open, system, before?.system),
      ...brokenAfterHealing(this.#program, open, system, used, this.#healing),
    ]
    for (const { claim, witness } of broken) this.#violations.set(claim, { steps: pathTo(node), witness })
    for (const claim of this.#claims) {
      if (claim.kind !== 'sometimes' || this.#reached.has(claim.name)) continue
      if (reachedIn(claim, factsOf(this.#program, system, before?.system))) this.#reached.add(claim.name)
    }
  }

  /** What the coalition can say now, to whom it likes, with the proofs. */
  #offered(system: System): Offered[] {
    if (this.#spoken.length === 0) return []
    const soup = canonical(system.soup as never)
    let offered = this.#offers.get(soup)
    if (!offered) {
      const words = sayableAfter(this.#program, system.soup, cutIn('proof')).among(this.#spoken)
      offered = runningIds(this.#program.setting).flatMap((to) => words.map((word) => ({ ...word, to })))
      this.#offers.set(soup, offered)
    }
    return offered
  }
}

function cutIn(what: string): () => never {
  return () => {
    throw new TooManyChoices(what)
  }
}

function textOfUse({ at, word: { from, message } }: Used): string {
  return canonical([at, from, message] as never)
}

function pathTo(node: Node | undefined): Step[] {
  const steps: Step[] = []
  for (let here = node; here?.step; here = here.before) steps.unshift(here.step)
  return steps
}

/** What a search state by state says of a claim. `open`: why nothing can be said to hold, if so. */
export function fromReference(claim: string, result: ReferenceResult, open: string | undefined): CheckedClaim {
  const violation = result.violations.get(claim)
  if (violation) return { claim, verdict: 'violated', ...violation, shortest: open ?? 'certified' }
  if (result.finished) return open ? { claim, verdict: 'inconclusive', why: open } : { claim, verdict: 'holds' }
  const stopped = result.why ?? 'stopped'
  const why = `${stopped} after ${result.states} states; all schedules of fewer than ${result.depth} steps were looked at`
  return { claim, verdict: 'inconclusive', why }
}
