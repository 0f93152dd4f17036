import { forge } from '../../adversary/index.ts'
import { type Edge, type Instance, resolve, type Taken } from '../../kernel/index.ts'
import { type Effect, isSame, type Outlook } from '../outlook/outlook.ts'
import type { RelaxedPlan } from '../outlook/relaxed-plans.ts'
import type { Actions, Chosen } from './actions.ts'
import type { Choices } from './choices.ts'
import { type Chooser, drawAny, drawnBy } from './chooser.ts'

/** Of eight steps, how many are the first of a plan. */
const EAGERNESS = [4, 6, 7, 8] as const
/** Of the choices of messages for one edge, how many are tried. */
const TRIES = 4
/** Steps from which no plan leads on, before the run is given up. */
const MOST_HOPELESS = 8

/**
 * Makes a plan for two outputs that conflict, in which nothing is ever taken back, takes one of the steps with which it
 * can begin, and makes the next plan. A step after which no plan is left is not taken; where there is no other, the run ends.
 */
export const byPlan: Chooser = {
  name: 'by-plan',
  about: 'the first step of a plan towards two conflicting outputs; a plan ignores that steps disable one another',
  partner: forge,
  begin(choices, _, { outlook } = {}) {
    if (!outlook) return (actions) => drawAny(choices, actions)
    const planner = new Planner(choices, outlook)
    return (actions) => planner.next(actions)
  },
}

/** A step that can be taken, with what it does. */
interface Candidate {
  readonly instance: Instance
  readonly edge: Edge
  readonly taken: readonly Taken[] | undefined
  readonly effect: Effect
}

class Planner {
  readonly #choices: Choices
  readonly #outlook: Outlook
  readonly #eagerness: number
  readonly #draw: (count: number) => number
  readonly #pick: ReturnType<typeof drawnBy>
  /** What the run has reached, and the plan from there. */
  #record: Int32Array
  #plan: RelaxedPlan | undefined
  /** The same after the step that was chosen last, and how many there were before it. */
  #then: { readonly record: Int32Array; readonly plan: RelaxedPlan | undefined; readonly steps: number } | undefined

  constructor(choices: Choices, outlook: Outlook) {
    this.#choices = choices
    this.#outlook = outlook
    this.#eagerness = EAGERNESS[choices.below(EAGERNESS.length)]!
    this.#draw = (count) => choices.below(count)
    this.#pick = drawnBy(choices)
    this.#record = outlook.initial()
    this.#plan = outlook.plans.first(this.#record, this.#draw)
  }

  next(actions: Actions): Chosen | undefined {
    if (this.#then && actions.world.steps > this.#then.steps) {
      this.#record = this.#then.record
      this.#plan = this.#then.plan
    }
    this.#then = undefined
    if (!this.#plan) return undefined
    const [first, others] = this.#candidates(actions, this.#plan)
    const isEager = this.#choices.below(8) < this.#eagerness
    const lists = isEager ? [first, others] : [[...first, ...others]]
    let left = MOST_HOPELESS
    for (const list of lists) {
      while (list.length > 0 && left-- > 0) {
        const [one] = list.splice(this.#choices.below(list.length), 1)
        if (this.#leadsOn(actions, one!)) return actions.edge(one!.instance, one!.edge, one!.taken)
      }
    }
    return undefined
  }

  /** May a goal be reached after this step? Then it is what comes next. */
  #leadsOn({ world: { steps } }: Actions, { instance, effect }: Candidate): boolean {
    const { plans, goals } = this.#outlook
    const p = this.#outlook.placeOf(instance)
    const record = this.#outlook.after(this.#record, p, effect)
    const plan = plans.from(record, this.#draw)
    if (!plan && !goals.isGoal(this.#record, p, effect.outputs)) return false
    this.#then = { record, plan, steps }
    return true
  }

  /** What can be done now: the first steps of the plan, and all else. */
  #candidates(actions: Actions, first: RelaxedPlan): [first: Candidate[], others: Candidate[]] {
    const found: [Candidate[], Candidate[]] = [[], []]
    for (const instance of actions.instances) {
      if (instance.twin) break
      const p = this.#outlook.placeOf(instance)
      for (let kind = 0; kind < instance.counts.length; kind++) {
        for (let i = 0; i < instance.counts[kind]!; i++) {
          const edge = instance.enabled[kind]![i]!
          for (const candidate of this.#ways(actions, instance, edge)) {
            const isFirst = first.some((step) => step.p === p && isSame(candidate.effect, step.edge))
            found[isFirst ? 0 : 1].push(candidate)
          }
        }
      }
    }
    return found
  }

  #ways({ world }: Actions, instance: Instance, edge: Edge): Candidate[] {
    if (edge.leaf) {
      const effect = this.#outlook.effectOf(world, instance, edge.leaf)
      return effect ? [{ instance, edge, taken: undefined, effect }] : []
    }
    const found: Candidate[] = []
    for (let tries = TRIES; tries > 0; tries--) {
      const done = resolve(instance, world.table, edge.node, this.#pick)
      if (!done || done === 'cut') break
      const effect = this.#outlook.effectOf(world, instance, done.leaf)
      if (effect && !found.some((other) => isSame(effect, other.effect as never))) {
        found.push({ instance, edge, taken: done.taken, effect })
      }
    }
    return found
  }
}
