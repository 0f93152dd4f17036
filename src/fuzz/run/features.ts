import type { Strategy } from '../../adversary/index.ts'
import { type Id, remembered } from '../../model/index.ts'
import { noException } from '../../system/index.ts'
import type { Choices } from '../schedule/choices.ts'
import type { Chooser, KnownBefore } from '../schedule/chooser.ts'
import type { SettingContext } from './setting-context.ts'

/** What is switched on in one run: swarm testing. */
export interface Features {
  readonly chooser: Chooser
  readonly strategies: readonly Strategy[]
  /** How much more often a step of each kind is taken, in the order of KINDS. */
  readonly weights: readonly number[]
  /** Is a message held back from an instance, to be used when little else is left? Asked with what it depends on. */
  readonly starved: (message: number, at: number) => boolean
  /** Steps after which a replica that may crash does, by id; nothing where it does not. */
  readonly crashes: ReadonlyMap<Id, number>
  /** Steps after which the run ends: healing is judged in the middle of things, too. */
  readonly horizon: number
  /** Is healing judged after each decision, too? Later messages of the coalition may repair what is broken there. */
  readonly healsOften: boolean
  /** Where arrivals are steps: may the coalition deliver one message to one receiver again and again? */
  readonly repeats: boolean
  /** Of 64 arrivals, how many are lost instead, where the network may lose. */
  readonly losses: number
  readonly known?: KnownBefore
}

/** Weights of a step on a correct replica's message and of an input or coin; the others are drawn against these. */
const USUAL = 64
/** How eagerly the coalition's messages are used, and timers expire. A timeout of weight 0 comes only when nothing else can. */
const COALITION = [8, 64, 256] as const
const TIMEOUT = [0, 0, 1, 8, 32] as const
const LOSSES = [0, 2, 16] as const
/** Steps before the latest crash. */
const LATEST_CRASH = 40

/**
 * Draws what is switched on in a run. Swarm testing: a run with few features reaches what a run with all of them
 * hides (Groce et al., "Swarm testing", ISSTA 2012).
 */
export function drawFeatures(
  settingContext: SettingContext,
  choices: Choices,
  strategies: readonly Strategy[],
  choosers: readonly Chooser[],
  shares?: Shares,
): Features {
  const suitable = settingContext.suitable(strategies)
  const pick = <T>(list: readonly T[]): T => list[choices.below(list.length)]!
  const crashes = new Map<Id, number>()
  for (const id of settingContext.setting.crash)
    if (choices.below(2) === 1) crashes.set(id, choices.below(LATEST_CRASH))
  const chooser = drawShared(choosers, choices, shares)
  return {
    chooser,
    strategies: settingContext.scene.members.length === 0 ? [] : drawFor(chooser, suitable, choices, shares),
    weights: [USUAL, pick(COALITION), USUAL, pick(TIMEOUT)],
    starved: drawStarvation(settingContext, choices),
    crashes,
    healsOften: settingContext.liveness.length > 0 && (isOnlyLiveness(settingContext) || choices.below(4) === 0),
    repeats: choices.below(4) === 0,
    losses: pick(LOSSES),
    horizon:
      settingContext.liveness.length > 0 && choices.below(2) === 1
        ? choices.below(1 << (2 + choices.below(6)))
        : Number.POSITIVE_INFINITY,
  }
}

/** Where safety is searched for, too, healed runs are not to take most of the time. */
function isOnlyLiveness({ invariants }: SettingContext): boolean {
  return invariants.every(({ name }) => name === noException.name)
}

/**
 * Which messages are held back from whom, by type, view and receiver: a quarter of them, half of them, or none. The
 * faults of a round-based adversary (Winter et al., "Randomized testing of Byzantine fault tolerant algorithms",
 * OOPSLA 2023), but late instead of lost.
 */
function drawStarvation(settingContext: SettingContext, choices: Choices): Features['starved'] {
  const level = [0, 0, 1, 2][choices.below(4)]!
  if (level === 0) return () => false
  // By receiver and group: is it held back, as far as it was drawn?
  const drawn: boolean[][] = []
  return (message, at) => {
    drawn[at] ??= []
    const group = settingContext.groupOf(message)
    drawn[at][group] ??= choices.below(4) < level
    return drawn[at][group]
  }
}

/** The chooser's partner alone in half of its runs, if that is among those to choose from. */
function drawFor(
  { partner }: Chooser,
  suitable: readonly Strategy[],
  choices: Choices,
  shares?: Shares,
): readonly Strategy[] {
  if (partner && suitable.includes(partner) && choices.below(2) === 0) return [partner]
  return drawStrategies(suitable, choices, shares)
}

/** One strategy in half of the runs, else any number of them. */
export function drawStrategies(suitable: readonly Strategy[], choices: Choices, shares?: Shares): readonly Strategy[] {
  if (suitable.length === 0) return []
  const one = drawShared(suitable, choices, shares)
  if (choices.below(2) === 0) return [one]
  return suitable.filter((strategy) => strategy === one || choices.below(3) === 0)
}

/** One of a list, each as often as its share says; without shares all are alike. */
function drawShared<T extends { readonly name: string }>(list: readonly T[], choices: Choices, shares?: Shares): T {
  if (!shares) return list[choices.below(list.length)]!
  const sums = remembered(
    remembered(sumsOf, shares, () => new WeakMap()),
    list,
    () => summed(list, shares),
  )
  const drawn = choices.below(sums.at(-1)!)
  let i = 0
  while (sums[i]! <= drawn) i++
  return list[i]!
}

/** Shares of all up to each of a list: runs draw from the same few lists. */
const sumsOf = new WeakMap<Shares, WeakMap<readonly object[], readonly number[]>>()

function summed(list: readonly { readonly name: string }[], shares: Shares): number[] {
  let sum = 0
  return list.map(({ name }) => {
    sum += shares.get(name)!
    return sum
  })
}

/** How often each chooser, and each strategy, is drawn: by name. */
export type Shares = ReadonlyMap<string, number>
