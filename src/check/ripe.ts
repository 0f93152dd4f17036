/**
 * Which of the visible steps that can follow a local state, after silent ones, have to be looked at.
 *
 * A visible step that looks at one component does the same whatever happened in the others. So silent steps elsewhere
 * can be taken after it, unless it makes them do something else; and so can silent steps of its own component, where it
 * looks the same without them. In both cases that is tried: a step is taken after instead of before, and has to be
 * silent there, and to lead to the same local state. Then the earlier visible step can do all that the later one can,
 * at the same number of steps in all: the condition of pass 6.
 *
 * A step stands for its class: all that do the same silently in every node. What was possible before is possible after
 * only if each of the class is, since the run may have had any of them. Where ways to a node differ in more than
 * order, nothing is left out.
 */

import { overlaps } from '../kernel/facts.ts'
import { HarnessError, type Id } from '../model/index.ts'
import { ANYBODY } from './closed.ts'
import type { Cluster, Silence } from './clusters.ts'
import type { Happening, Outcome } from './happening.ts'
import type { Reactions } from './reactions.ts'

/** A visible step, with what has to have happened silently before it. */
export interface Ripe {
  readonly happening: Happening
  /** The component that it looks at, and the node in it; nothing where it looks at none. */
  readonly own: { readonly cluster: Cluster; readonly node: number } | undefined
  /** Other components, with the nodes that make a difference: what it does keeps their steps from being taken later. */
  readonly others: readonly { readonly cluster: Cluster; readonly nodes: readonly number[] }[]
}

export class Ripening {
  readonly #reactions: Reactions
  readonly #at: Id
  readonly #silence: Silence

  constructor(reactions: Reactions, at: Id, silence: Silence) {
    this.#reactions = reactions
    this.#at = at
    this.#silence = silence
  }

  *all(): Generator<Ripe> {
    const { idle, clusters, root } = this.#silence
    for (const { happening, outcome } of idle) {
      if (outcome.kind !== 'visible') continue
      yield { happening, own: undefined, others: this.others(undefined, root, happening, outcome) }
    }
    for (const cluster of clusters) {
      for (const [member, happening] of cluster.members.entries()) {
        for (let node = 0; node < cluster.nodes.length; node++) {
          const outcome = cluster.outcomes[node]![member]!
          if (outcome.kind !== 'visible' || this.canWait(cluster, node, member)) continue
          const others = this.others(cluster, cluster.nodes[node]!, happening, outcome)
          yield { happening, own: { cluster, node }, others }
        }
      }
    }
  }

  /** Can the last silent step to a node be taken after the visible one? */
  protected canWait(cluster: Cluster, node: number, member: number): boolean {
    if (!cluster.isExact) return false
    const { label, threw, target } = cluster.outcomes[node]![member]!
    const tried = new Set<string>()
    return cluster.ins[node]!.some(({ from, member: last }) => {
      const before = cluster.outcomes[from]![member]!
      if (before.kind !== 'visible' || before.label !== label) return false
      if (threw !== null) return true
      const key = `${from} ${cluster.classes[last]}`
      if (tried.has(key)) return false
      tried.add(key)
      return this.#follows(before.target, target, cluster, cluster.classes[last]!, [cluster])
    })
  }

  /** Does each step of a class lead silently from one local state to the other, whatever happened elsewhere? */
  #follows(from: number, to: number, cluster: Cluster, ofClass: number, known: readonly Cluster[]): boolean {
    const elsewhere = this.#silence.clusters.filter((other) => !known.includes(other))
    return cluster.members.every((member, i) => {
      if (cluster.classes[i] !== ofClass) return true
      const { kind, target, reads, sawSender } = this.#reactions.on(this.#at, from, member)
      if (kind !== 'silent' || target !== to) return false
      if (sawSender && member.trigger?.from === ANYBODY) return false
      return !elsewhere.some(({ active }) => active.some((fact) => reads.some((read) => overlaps(fact, read))))
    })
  }

  /** The nodes of other components that have to be come to before a visible step, if they are come to at all. */
  protected others(own: Cluster | undefined, local: number, happening: Happening, outcome: Outcome): Ripe['others'] {
    // Who has stopped does nothing any more.
    if (outcome.threw !== null) return []
    return this.#silence.clusters.flatMap((cluster) => {
      if (cluster === own) return []
      if (!this.touches(outcome, cluster)) return []
      const nodes = this.#mattering(cluster, own, local, happening, outcome)
      return nodes.length > 0 ? [{ cluster, nodes }] : []
    })
  }

  /** Can something in a component be different after a visible step? All handlers look at the control state. */
  protected touches({ moves, writes }: Outcome, { reads }: Cluster): boolean {
    return moves || reads.some((read) => writes.some((write) => overlaps(read, write)))
  }

  #mattering(
    cluster: Cluster,
    own: Cluster | undefined,
    local: number,
    happening: Happening,
    { label, target }: Outcome,
  ): number[] {
    const known = own ? [cluster, own] : [cluster]
    const locals = this.shifted(cluster, local)
    const after = [target]
    const nodes: number[] = []
    for (let node = 1; node < cluster.nodes.length; node++) {
      const later = this.#reactions.on(this.#at, locals[node]!, happening)
      if (later.label !== label || later.kind !== 'visible') this.#isWrong()
      after.push(later.target)
      const waits =
        cluster.isExact &&
        cluster.ins[node]!.some(({ from, member }) =>
          this.#follows(after[from]!, later.target, cluster, cluster.classes[member]!, known),
        )
      if (!waits) nodes.push(node)
    }
    return nodes
  }

  /** The nodes of a component as local states, if another local state takes the place of the root. */
  shifted(cluster: Cluster, local: number): number[] {
    const locals = [local]
    for (let node = 1; node < cluster.nodes.length; node++) {
      const { from, member } = cluster.ins[node]![0]!
      const { kind, target } = this.#reactions.on(this.#at, locals[from]!, cluster.members[member]!)
      if (kind !== 'silent') this.#isWrong()
      locals.push(target)
    }
    return locals
  }

  #isWrong(): void {
    throw new HarnessError('silent steps of two components are not as independent as their questions say')
  }
}
