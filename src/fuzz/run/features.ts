import type { Strategy } from '../../adversary/index.ts'
import type { Id } from '../../model/index.ts'
import { noException } from '../../system/index.ts'
import { NOTHING_STARVED } from '../schedule/actions.ts'
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
  readonly known: KnownBefore | undefined
}

/** Weights of a step on a correct replica's message and of an input or coin; the others are drawn against these. */
const USUAL = 64
/** How eagerly the coalition's messages are used, and timers expire. A timeout of weight 0 comes only when nothing else can. */
const COALITION = [8, 64, 256] as const
const TIMEOUT = [0, 0, 1, 8, 32] as const
const LOSSES = [0, 2, 16] as const
/** Of four kinds of messages, how many are held back. */
const STARVATION = [0, 0, 1, 2] as const
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
  known?: KnownBefore,
): Features {
  const suitable = settingContext.suitable(strategies)
  const crashes = drawCrashes(settingContext.setting.crash, choices)
  const chooser = drawShared(choosers, choices, shares)
  return {
    chooser,
    strategies: settingContext.scene.members.length === 0 ? [] : drawFor(chooser, suitable, choices, shares),
    weights: [USUAL, oneOf(COALITION, choices), USUAL, oneOf(TIMEOUT, choices)],
    starved: drawStarvation(settingContext, choices),
    crashes,
    healsOften: settingContext.liveness.length > 0 && (isOnlyLiveness(settingContext) || choices.below(4) === 0),
    repeats: choices.below(4) === 0,
    losses: oneOf(LOSSES, choices),
    horizon:
      settingContext.liveness.length > 0 && choices.below(2) === 1
        ? choices.below(1 << (2 + choices.below(6)))
        : Number.POSITIVE_INFINITY,
    known,
  }
}

function oneOf<T>(list: readonly T[], choices: Choices): T {
  return list[choices.below(list.length)]!
}

function drawCrashes(ids: readonly Id[], choices: Choices): Features['crashes'] {
  if (ids.length === 0) return NO_CRASHES
  const crashes = new Map<Id, number>()
  for (const id of ids) if (choices.below(2) === 1) crashes.set(id, choices.below(LATEST_CRASH))
  return crashes
}

const NO_CRASHES: Features['crashes'] = new Map()

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
  const level = oneOf(STARVATION, choices)
  if (level === 0) return NOTHING_STARVED
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
  const drawn: Strategy[] = []
  const isAlone = choices.below(2) === 0
  for (let i = 0; i < suitable.length; i++) {
    if (suitable[i] === one || (!isAlone && choices.below(3) === 0)) drawn.push(suitable[i]!)
  }
  return drawn
}

/** One of a list, each as often as its share says; without shares all are alike. */
function drawShared<T extends { readonly name: string }>(list: readonly T[], choices: Choices, shares?: Shares): T {
  if (!shares) return list[choices.below(list.length)]!
  const sums = shares.sumsOf(list)
  const drawn = choices.below(sums[sums.length - 1]!)
  let i = 0
  while (sums[i]! <= drawn) i++
  return list[i]!
}

/** How often each chooser, and each strategy, is drawn. */
export class Shares {
  readonly #of: ReadonlyMap<string, number>
  /** Runs draw from the same few lists. */
  readonly #sums = new WeakMap<readonly object[], readonly number[]>()

  /** @param of by name */
  constructor(of: ReadonlyMap<string, number>) {
    this.#of = of
  }

  /** The shares of all up to each of a list. */
  sumsOf(list: readonly { readonly name: string }[]): readonly number[] {
    let sums = this.#sums.get(list)
    if (!sums) {
      let sum = 0
      sums = list.map(({ name }) => {
        sum += this.#of.get(name)!
        return sum
      })
      this.#sums.set(list, sums)
    }
    return sums
  }
}
