import type { Choices } from './choices.ts'

/** Why a step can be taken: choosers weigh the kinds against each other. */
export const KINDS = ['correct', 'coalition', 'alone', 'timeout'] as const
export const CORRECT = 0
export const COALITION = 1
export const ALONE = 2
export const TIMEOUT = 3

/** The steps that can be taken now, as a chooser sees them: by kind and place, never by content. */
export interface Options {
  /** How many there are of each kind, in the order of KINDS. */
  readonly counts: readonly number[]
  /** Identifies a step over the whole run: the same step that stays enabled keeps its key. */
  key(kind: number, index: number): number
  /** The participant that would take it: steps of different participants commute. */
  at(kind: number, index: number): number
  /** Is it held back in this run, to be taken when little else is left? */
  isStarved(kind: number, index: number): boolean
}

/** What a chooser chose. */
export interface Choice {
  readonly kind: number
  readonly index: number
}

/**
 * Picks the next step of a run. A new chooser is one file in this folder and one line in `choosers`.
 */
export interface Chooser {
  readonly name: string
  readonly about: string
  /**
   * Starts a run. `weights` says how much more often a kind is to be taken, in the order of KINDS; all that is random
   * comes from `choices`.
   */
  begin(choices: Choices, weights: readonly number[]): (options: Options) => Choice
}

/** Draws of something else that a starved step costs. */
const RELUCTANCE = 6

/** A step drawn uniformly among those of a kind, reluctantly where it is starved. */
export function drawIndex(choices: Choices, options: Options, kind: number): number {
  let index = choices.below(options.counts[kind]!)
  for (let i = 0; i < RELUCTANCE && options.isStarved(kind, index); i++) index = choices.below(options.counts[kind]!)
  return index
}

/** The kind drawn by weight, among those of which there is any. */
export function drawKind(choices: Choices, weights: readonly number[], counts: readonly number[]): number {
  let total = 0
  for (let kind = 0; kind < counts.length; kind++) if (counts[kind]! > 0) total += weights[kind]!
  let left = choices.below(Math.max(1, total))
  for (let kind = 0; kind < counts.length; kind++) {
    if (counts[kind]! === 0) continue
    left -= weights[kind]!
    if (left < 0) return kind
  }
  return counts.findIndex((count) => count > 0)
}
