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

import { overlaps } from '../../kernel/facts.ts'
import { HarnessError, type Id } from '../../model/index.ts'
import { ANYBODY } from '../closure/closed.ts'
import type { Component, Silence } from './components.ts'
import type { EventReactions } from './event-reactions.ts'
import type { LocalEvent, LocalOutcome } from './local-event.ts'

/** A visible step, with what has to have happened silently before it. */
export interface Persistent {
  readonly localEvent: LocalEvent
  /** The component that it looks at, and the node in it; nothing where it looks at none. */
  readonly own: { readonly component: Component; readonly node: number } | undefined
  /** Other components, with the nodes that make a difference: what it does keeps their steps from being taken later. */
  readonly others: readonly { readonly component: Component; readonly nodes: readonly number[] }[]
}

export class Persistence {
  readonly #reactions: EventReactions
  readonly #at: Id
  readonly #silence: Silence

  constructor(reactions: EventReactions, at: Id, silence: Silence) {
    this.#reactions = reactions
    this.#at = at
    this.#silence = silence
  }

  *all(): Generator<Persistent> {
    const { idle, components, root } = this.#silence
    for (const { localEvent, outcome } of idle) {
      if (outcome.kind !== 'visible') continue
      yield { localEvent, own: undefined, others: this.others(undefined, root, localEvent, outcome) }
    }
    for (const component of components) {
      for (const [member, localEvent] of component.members.entries()) {
        for (let node = 0; node < component.nodes.length; node++) {
          const outcome = component.outcomes[node]![member]!
          if (outcome.kind !== 'visible' || this.canWait(component, node, member)) continue
          const others = this.others(component, component.nodes[node]!, localEvent, outcome)
          yield { localEvent, own: { component, node }, others }
        }
      }
    }
  }

  /** Can the last silent step to a node be taken after the visible one? */
  protected canWait(component: Component, node: number, member: number): boolean {
    if (!component.isExact) return false
    const { label, threw, target } = component.outcomes[node]![member]!
    const tried = new Set<string>()
    return component.ins[node]!.some(({ from, member: last }) => {
      const before = component.outcomes[from]![member]!
      if (before.kind !== 'visible' || before.label !== label) return false
      if (threw !== null) return true
      const key = `${from} ${component.classes[last]}`
      if (tried.has(key)) return false
      tried.add(key)
      return this.#follows(before.target, target, component, component.classes[last]!, [component])
    })
  }

  /** Does each step of a class lead silently from one local state to the other, whatever happened elsewhere? */
  #follows(from: number, to: number, component: Component, ofClass: number, known: readonly Component[]): boolean {
    const elsewhere = this.#silence.components.filter((other) => !known.includes(other))
    return component.members.every((member, i) => {
      if (component.classes[i] !== ofClass) return true
      const { kind, target, reads, sawSender } = this.#reactions.on(this.#at, from, member)
      if (kind !== 'silent' || target !== to) return false
      if (sawSender && member.trigger?.from === ANYBODY) return false
      return !elsewhere.some(({ active }) => active.some((fact) => reads.some((read) => overlaps(fact, read))))
    })
  }

  /** The nodes of other components that have to be come to before a visible step, if they are come to at all. */
  protected others(
    own: Component | undefined,
    local: number,
    localEvent: LocalEvent,
    outcome: LocalOutcome,
  ): Persistent['others'] {
    // Who has stopped does nothing any more.
    if (outcome.threw !== null) return []
    return this.#silence.components.flatMap((component) => {
      if (component === own) return []
      if (!this.touches(outcome, component)) return []
      const nodes = this.#mattering(component, own, local, localEvent, outcome)
      return nodes.length > 0 ? [{ component, nodes }] : []
    })
  }

  /** Can something in a component be different after a visible step? All handlers look at the control state. */
  protected touches({ moves, writes }: LocalOutcome, { reads }: Component): boolean {
    return moves || reads.some((read) => writes.some((write) => overlaps(read, write)))
  }

  #mattering(
    component: Component,
    own: Component | undefined,
    local: number,
    localEvent: LocalEvent,
    { label, target }: LocalOutcome,
  ): number[] {
    const known = own ? [component, own] : [component]
    const locals = this.shifted(component, local)
    const after = [target]
    const nodes: number[] = []
    for (let node = 1; node < component.nodes.length; node++) {
      const later = this.#reactions.on(this.#at, locals[node]!, localEvent)
      if (later.label !== label || later.kind !== 'visible') this.#isWrong()
      after.push(later.target)
      const waits =
        component.isExact &&
        component.ins[node]!.some(({ from, member }) =>
          this.#follows(after[from]!, later.target, component, component.classes[member]!, known),
        )
      if (!waits) nodes.push(node)
    }
    return nodes
  }

  /** The nodes of a component as local states, if another local state takes the place of the root. */
  shifted(component: Component, local: number): number[] {
    const locals = [local]
    for (let node = 1; node < component.nodes.length; node++) {
      const { from, member } = component.ins[node]![0]!
      const { kind, target } = this.#reactions.on(this.#at, locals[from]!, component.members[member]!)
      if (kind !== 'silent') this.#isWrong()
      locals.push(target)
    }
    return locals
  }

  #isWrong(): void {
    throw new HarnessError('silent steps of two components are not as independent as their questions say')
  }
}
