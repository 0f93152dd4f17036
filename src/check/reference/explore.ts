import { byText, type Claim, canonical, deepFreeze, type Program, reachedIn, readsHeld } from '../../model/index.ts'
import {
  ClaimJudge,
  factsOf,
  type Step,
  type System,
  start,
  TooManyChoices,
  type Used,
  usedAfter,
} from '../../system/index.ts'
import type { SearchLimits } from '../safety/search.ts'
import { StateKeys } from './state-key.ts'

/** What a search state by state goes through. */
export interface StateSpace {
  readonly program: Program
  /** Was a choice left out anywhere? */
  readonly capped?: boolean
  successors(system: System): Iterable<Successor>
}

/** A step that can be taken, written out only on demand: most are never looked at. */
export interface Successor {
  readonly after: System
  readonly step: () => Step
}

interface Node {
  readonly system: System
  readonly before: Node | undefined
  readonly step: (() => Step) | undefined
  readonly depth: number
  /** The coalition's messages that were used on the way, where a claim depends on them: each once. */
  readonly used: ReadonlyMap<string, Used>
}

export interface Explored {
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

export interface ExploreLimits extends SearchLimits {
  /** Longer schedules are not looked at. */
  readonly maxSteps?: number
  /** Where to begin, if not at the start: a state, and what of the coalition's was used on the way there. */
  readonly from?: { readonly system: System; readonly used: readonly Used[] }
}

/** Breadth-first search through all that a space allows, so that the first violation of a claim is a shortest one. */
export function explore(space: StateSpace, claims: readonly Claim<any>[], limits: ExploreLimits): Explored {
  return new Exploration(space, claims, limits).run()
}

class Exploration {
  readonly #space: StateSpace
  readonly #limits: ExploreLimits
  readonly #judges: readonly ClaimJudge[]
  readonly #guards: readonly Claim<any>[]
  readonly #heals: boolean
  readonly #holds: boolean
  readonly #keys = new StateKeys()
  readonly #seen = new Set<string>()
  readonly #violations = new Map<string, { steps: readonly Step[]; witness: string }>()
  readonly #reached = new Set<string>()
  #transitions = 0
  #depth = 0
  #finished = true

  constructor(space: StateSpace, claims: readonly Claim<any>[], limits: ExploreLimits) {
    this.#space = space
    this.#limits = limits
    this.#guards = claims.filter(({ kind }) => kind === 'sometimes')
    this.#judges = claims
      .filter(({ kind }) => kind !== 'sometimes')
      .map((claim) => new ClaimJudge(space.program, claim))
    this.#heals = this.#judges.some(({ atEnd }) => atEnd)
    this.#holds = this.#judges.some(({ claim }) => readsHeld(claim))
  }

  run(): Explored {
    let why: string | undefined
    try {
      this.#search()
    } catch (error) {
      if (!(error instanceof TooManyChoices)) throw error
      this.#finished = false
      why = error.message
    }
    return {
      states: this.#seen.size,
      transitions: this.#transitions,
      finished: this.#finished && this.#space.capped !== true,
      depth: this.#depth,
      ...(why ? { why } : {}),
      violations: this.#violations,
      reached: this.#reached,
    }
  }

  #search(): void {
    const { maxStates, maxSteps = Number.POSITIVE_INFINITY, onProgress, from } = this.#limits
    const { program } = this.#space
    const used = new Map((from?.used ?? []).map((use) => [textOfUse(use), use] as const))
    const root: Node = { system: from?.system ?? start(program), before: undefined, step: undefined, depth: 0, used }
    this.#seen.add(this.#keyOf(root))
    const queue = [root]
    this.#judge(root)
    this.#judgeEnd(root)
    for (let next = 0; next < queue.length && this.#finished && !this.#isDecided(); next++) {
      const node = queue[next]!
      if (node.depth >= maxSteps) return
      this.#depth = node.depth
      this.#finished = onProgress?.(this.#seen.size, queue.length - next, node.depth) !== true
      for (const successor of this.#space.successors(node.system)) {
        const child = this.#after(node, successor)
        this.#transitions++
        this.#judge(child)
        if (child.depth >= maxSteps && !this.#heals) continue
        const key = this.#keyOf(child)
        if (this.#seen.has(key)) continue
        this.#seen.add(key)
        this.#judgeEnd(child)
        this.#finished &&= this.#seen.size <= maxStates
        queue.push(child)
      }
    }
  }

  #isDecided(): boolean {
    if (this.#judges.length === 0) return this.#reached.size === this.#guards.length
    return this.#violations.size === this.#judges.length
  }

  #keyOf({ system, used }: Node): string {
    const key = this.#keys.of(system)
    return used.size > 0 ? `${key} ${[...used.keys()].sort(byText)}` : key
  }

  #after(before: Node, { after, step }: Successor): Node {
    let { used } = before
    if (this.#heals) {
      const all = usedAfter(this.#space.program, [step()], [...used.values()])
      // What is only inside of a proof comes to nobody: it distinguishes states where a claim looks at what is held.
      const after = this.#holds ? all : all.filter(({ isInside }) => !isInside)
      if (after.length !== used.size) used = new Map(after.map((use) => [textOfUse(use), use] as const))
    }
    return { system: after, before, step, depth: before.depth + 1, used }
  }

  /** Claims about single steps. */
  #judge(node: Node): void {
    const { system, before } = node
    for (const judge of this.#judges) {
      if (this.#violations.has(judge.claim.name)) continue
      const witness = before ? judge.step(before.system, system) : judge.atOnce(system)
      if (witness) this.#violated(judge, node, witness)
    }
    for (const guard of this.#guards) {
      if (guard.kind !== 'sometimes' || this.#reached.has(guard.name)) continue
      if (reachedIn(guard, factsOf(this.#space.program, system, before?.system))) this.#reached.add(guard.name)
    }
  }

  /** Claims about what becomes of a state: however it was come to, it is the same. */
  #judgeEnd(node: Node): void {
    for (const judge of this.#judges) {
      if (!judge.atEnd || this.#violations.has(judge.claim.name)) continue
      const witness = judge.end(node.system, [...node.used.values()])
      if (witness) this.#violated(judge, node, witness)
    }
  }

  #violated({ claim }: ClaimJudge, node: Node, witness: string): void {
    this.#violations.set(claim.name, { steps: pathTo(node), witness })
  }
}

function textOfUse({ at, word: { from, message }, isInside = false }: Used): string {
  return canonical([at, from, message, isInside] as never)
}

function pathTo(node: Node): Step[] {
  const steps: Step[] = []
  for (let here: Node | undefined = node; here?.step; here = here.before) steps.unshift(deepFreeze(here.step()))
  return steps
}
