import type { Strategy } from '../../adversary/index.ts'
import type { Instance, Pick } from '../../kernel/index.ts'
import type { Outlook } from '../outlook/outlook.ts'
import type { Actions, Chosen } from './actions.ts'
import type { Choices } from './choices.ts'
import type { LocalGraph } from './local-graph.ts'

/**
 * Picks the next step of a run. A new chooser is one file in this folder and one line in `choosers`.
 */
export interface Chooser {
  readonly name: string
  readonly about: string
  /** The strategy that it goes best with, where there is one: half of its runs have this one alone. */
  readonly partner?: Strategy
  /**
   * Starts a run. `weights` says how much more often a kind is to be taken, in the order of KINDS; all that is random
   * comes from `choices`. There is something to choose from whenever the function that it returns is called.
   * What it returns is nothing where the run is not worth going on with.
   */
  begin(choices: Choices, weights: readonly number[], known?: KnownBefore): (actions: Actions) => Chosen | undefined
}

/** What is known before a run. */
export interface KnownBefore {
  /** What the pilot has met; absent in the pilot itself. */
  readonly graph?: LocalGraph | undefined
  /** All that can happen in the setting, where somebody has worked that out. */
  readonly outlook?: Outlook | undefined
}

/** Draws of something else that a starved step costs. */
const RELUCTANCE = 6

/** A step drawn uniformly among all. */
export function drawAny(choices: Choices, actions: Actions): Chosen {
  const { counts } = actions
  return drawStep(choices, actions, drawKind(choices, counts, counts))
}

/** A step drawn uniformly among those of a kind; starved ones are rarely taken. */
export function drawStep(choices: Choices, actions: Actions, kind: number): Chosen {
  const count = actions.counts[kind]!
  let chosen = actions.step(kind, choices.below(count))
  for (let i = 0; i < RELUCTANCE && actions.isStarved(chosen); i++) chosen = actions.step(kind, choices.below(count))
  return chosen
}

/** A step of one of these instances, one of which has an enabled step; its kind is drawn by weight. */
export function drawAmong(
  choices: Choices,
  actions: Actions,
  weights: readonly number[],
  isOne: (instance: Instance) => boolean,
): Chosen {
  const counts = actions.count(isOne)
  const kind = drawKind(choices, weights, counts)
  const count = counts[kind]!
  let chosen = actions.step(kind, choices.below(count), isOne)
  for (let i = 0; i < RELUCTANCE && actions.isStarved(chosen); i++) {
    chosen = actions.step(kind, choices.below(count), isOne)
  }
  return chosen
}

/** The same of one instance. */
export function drawAt(choices: Choices, actions: Actions, weights: readonly number[], instance: Instance): Chosen {
  const counts = actions.countAt(instance)
  const kind = drawKind(choices, weights, counts)
  const count = counts[kind]!
  let chosen = actions.stepAt(instance, kind, choices.below(count))
  for (let i = 0; i < RELUCTANCE && actions.isStarved(chosen); i++) {
    chosen = actions.stepAt(instance, kind, choices.below(count))
  }
  return chosen
}

/** A kind drawn by weight, among those with an enabled step. */
export function drawKind(choices: Choices, weights: readonly number[], counts: readonly number[]): number {
  let total = 0
  for (let kind = 0; kind < counts.length; kind++) if (counts[kind]! > 0) total += weights[kind]!
  let left = choices.below(Math.max(1, total))
  for (let kind = 0; kind < counts.length; kind++) {
    if (counts[kind]! === 0) continue
    left -= weights[kind]!
    if (left < 0) return kind
  }
  let kind = 0
  while (kind < counts.length && counts[kind] === 0) kind++
  return kind
}

/** Any q senders, and any message of each. */
export function drawnBy(choices: Choices): Pick {
  return (lists, q) => {
    const left = [...lists]
    const taken: number[] = []
    for (let i = 0; i < q; i++) {
      const [list] = left.splice(choices.below(left.length), 1)
      taken.push(list![choices.below(list!.length)]!)
    }
    return taken
  }
}
