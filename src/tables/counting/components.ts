/**
 * What can happen silently from one local state on, component by component.
 *
 * What happens silently counts votes, and changes nothing else. A key of a tally is active if that can happen to it. A
 * local event that asks for several active keys ties them into one component. So whatever happens looks at one
 * component and at votes that stay as they are: it does the same whatever has happened in other components meanwhile,
 * and a run of silent steps is one run in each component, put together in any order. Each component is gone through by
 * itself, from the root, with all messages that can ever exist; what is found on the way ties more together, and then
 * all is gone through again, until nothing new is found.
 */

import { type Fact, overlaps, tallyOf } from '../../kernel/facts.ts'
import type { Id } from '../../model/index.ts'
import { TooLarge } from '../closure/closed.ts'
import type { EventReactions } from './event-reactions.ts'
import type { LocalEvent, LocalOutcome } from './local-event.ts'

/** A silent step within a component. */
export interface SilentStep {
  readonly from: number
  readonly to: number
  /** Index of the event among the component's members. */
  readonly member: number
}

export interface Component {
  /** What looks at the component's parts. */
  readonly members: readonly LocalEvent[]
  /** Local states in which nothing but this component has changed since the root, which is the first. */
  readonly nodes: readonly number[]
  /** By node, then by member. */
  readonly outcomes: readonly (readonly LocalOutcome[])[]
  /** By node: the silent steps from it, and to it. */
  readonly outs: readonly (readonly SilentStep[])[]
  readonly ins: readonly (readonly SilentStep[])[]
  /** By member: equal numbers for those that do the same silently, in all nodes. */
  readonly classes: readonly number[]
  /** Are the classes of the steps that lead to a node the same on all ways to it, and as often? */
  readonly isExact: boolean
  /** Everything that members look at in some node, and of that what is active. */
  readonly reads: readonly Fact[]
  readonly active: readonly Fact[]
}

export interface Silence {
  readonly root: number
  readonly components: readonly Component[]
  /** What looks at nothing active, and so does the same in all that can silently be reached. */
  readonly idle: readonly { readonly localEvent: LocalEvent; readonly outcome: LocalOutcome }[]
}

/** Nodes of one component. */
const MOST_NODES = 20_000

/** Active parts, by the component that they belong to. */
class Ties {
  readonly #facts = new Map<string, Fact[]>()
  readonly #up = new Map<Fact, Fact>()
  readonly #known = new Set<readonly Fact[]>()

  has(fact: Fact): boolean {
    return this.#up.has(fact)
  }

  /** Was this list looked at before, and has nothing become active since? */
  knows(facts: readonly Fact[]): boolean {
    return this.#known.has(facts) || !this.#known.add(facts)
  }

  /** One active part for each component that some parts touch. */
  touched(facts: readonly Fact[]): Fact[] {
    const found = new Set<Fact>()
    for (const fact of facts) {
      for (const active of this.#facts.get(tallyOf(fact)) ?? []) if (overlaps(fact, active)) found.add(this.top(active))
    }
    return [...found]
  }

  top(fact: Fact): Fact {
    let here = fact
    for (let up = this.#up.get(here)!; up !== here; up = this.#up.get(here)!) here = up
    return here
  }

  add(fact: Fact): void {
    if (this.#up.has(fact)) return
    this.#up.set(fact, fact)
    this.#known.clear()
    const field = tallyOf(fact)
    this.#facts.set(field, [...(this.#facts.get(field) ?? []), fact])
    this.tie(this.touched([fact]))
  }

  /** Says whether anything was apart before. */
  tie(facts: readonly Fact[]): boolean {
    const tops = [...new Set(facts.map((fact) => this.top(fact)))]
    for (const other of tops.slice(1)) this.#up.set(other, tops[0]!)
    return tops.length > 1
  }

  components(): Map<Fact, Fact[]> {
    const found = new Map<Fact, Fact[]>()
    for (const fact of this.#up.keys()) found.set(this.top(fact), [...(found.get(this.top(fact)) ?? []), fact])
    return found
  }
}

/** Explores what can happen silently from a local state on. */
export function silence(reactions: EventReactions, at: Id, root: number, localEvents: readonly LocalEvent[]): Silence {
  const ties = new Ties()
  for (;;) {
    const here = localEvents.map((localEvent) => ({ localEvent, outcome: reactions.on(at, root, localEvent) }))
    let news = false
    for (const { outcome } of here) if (learns(ties, outcome)) news = true
    const found: Component[] = []
    for (const [top, active] of news ? [] : [...ties.components()].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const members = here.filter(({ outcome }) => ties.touched(outcome.reads).includes(top))
      const component = explored(reactions, at, root, members, ties, active)
      if (!component) news = true
      else found.push(component)
    }
    if (news) continue
    const idle = here.filter(({ outcome }) => ties.touched(outcome.reads).length === 0)
    return { root, components: found, idle }
  }
}

/** Notes what an outcome makes active, and what it ties together. Says whether that was news. */
function learns(ties: Ties, { kind, reads, writes }: LocalOutcome): boolean {
  let news = false
  if (kind !== 'silent' && ties.knows(reads)) return false
  for (const fact of kind === 'silent' ? writes : []) {
    if (ties.has(fact)) continue
    ties.add(fact)
    news = true
  }
  return ties.tie(ties.touched(reads)) || news
}

type Here = { readonly localEvent: LocalEvent; readonly outcome: LocalOutcome }

/** One component, from the root on; nothing where more turned out to be tied together. */
function explored(
  reactions: EventReactions,
  at: Id,
  root: number,
  here: readonly Here[],
  ties: Ties,
  active: readonly Fact[],
): Component | undefined {
  const members = here.map(({ localEvent }) => localEvent)
  const nodes = [root]
  const index = new Map([[root, 0]])
  const outcomes: LocalOutcome[][] = []
  const outs: SilentStep[][] = []
  const ins: SilentStep[][] = [[]]
  const reads = new Set<Fact>()
  for (let from = 0; from < nodes.length; from++) {
    const list = members.map((member) => reactions.on(at, nodes[from]!, member))
    for (const outcome of list) {
      if (learns(ties, outcome)) return undefined
      for (const fact of outcome.reads) reads.add(fact)
    }
    outcomes.push(list)
    outs.push([])
    for (const [member, { kind, target }] of list.entries()) {
      if (kind !== 'silent') continue
      let to = index.get(target)
      if (to === undefined) {
        to = nodes.length
        if (to >= MOST_NODES) throw new TooLarge(`more than ${MOST_NODES} local states that cannot be told apart yet`)
        index.set(target, to)
        nodes.push(target)
        ins.push([])
      }
      const step = { from, to, member }
      outs[from]!.push(step)
      ins[to]!.push(step)
    }
  }
  const classes = classesOf(members.length, outcomes)
  const isExact = hasExactWays(outs, nodes.length, classes)
  return { members, nodes, outcomes, outs, ins, classes, isExact, reads: [...reads], active }
}

function classesOf(members: number, outcomes: readonly (readonly LocalOutcome[])[]): number[] {
  const numbers = new Map<string, number>()
  return Array.from({ length: members }, (_, member) => {
    const column = outcomes.map((list) => {
      const { kind, target } = list[member]!
      return kind === 'visible' ? '' : kind === 'dead' ? '-' : target
    })
    const key = column.join()
    if (!numbers.has(key)) numbers.set(key, numbers.size)
    return numbers.get(key)!
  })
}

/** Do all ways to a node take steps of the same classes, as often? Nodes are in the order in which they were found. */
function hasExactWays(outs: readonly (readonly SilentStep[])[], count: number, classes: readonly number[]): boolean {
  const ways: (string | undefined)[] = ['']
  for (let from = 0; from < count; from++) {
    const way = ways[from] === '' ? [] : ways[from]!.split(' ')
    for (const { to, member } of outs[from]!) {
      const longer = [...way, `${classes[member]!}`].sort().join(' ')
      if (ways[to] === undefined && to > 0) ways[to] = longer
      else if (ways[to] !== longer) return false
    }
  }
  return true
}
