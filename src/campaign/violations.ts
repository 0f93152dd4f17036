import type { Campaign } from '../fuzz/campaign/result.ts'
import { digest } from '../model/digest.ts'
import type {} from '../model/index.ts'
import type { Shrunk } from '../shrink/result.ts'
import type { Step } from '../system/index.ts'
import type { BlocksAnswer, PointAnswer, SettingAnswer, Shard, ShardAnswer, ShortFound } from './shard.ts'

/** A violation as a shard has found it, as short as the shard has made it. */
export interface ShardViolation extends Pick<Shrunk, 'witness' | 'setting' | 'steps' | 'shortest'> {
  readonly subject: string
  readonly claim: string
}

/** What an answer says of broken claims. */
export function violationsIn(shard: Shard, answer: ShardAnswer): readonly ShardViolation[] {
  if (shard.kind === 'blocks') {
    const { subject } = shard.campaign
    return (answer as BlocksAnswer).flatMap(({ short = [] }) =>
      short.map(({ found: _, ...one }) => ({ subject, ...one })),
    )
  }
  if (shard.kind === 'setting') {
    const { subject, setting } = shard
    return (answer as SettingAnswer).result.claims.flatMap(({ claim, verdict, witness = '', steps, shortest }) =>
      verdict === 'violated' && steps
        ? [{ subject, claim, witness, setting, steps, shortest: asShrunk(shortest) }]
        : [],
    )
  }
  if (shard.kind !== 'point') return []
  const { grid, point } = shard.task
  const subject = grid.subjects.find((one) => one.subject === point.subject)!.found
  return (answer as PointAnswer).traces.map(({ trace: { claim, witness, setting, steps, shortest } }) => ({
    ...{ subject, claim, witness, setting, shortest: shortest as Shrunk['shortest'] },
    steps: steps.map(({ digest: _, ...step }) => step as Step),
  }))
}

function asShrunk(shortest: string | undefined): Shrunk['shortest'] {
  return shortest === 'certified' ? shortest : `bound reached; ${shortest ?? 'not certified'}`
}

/**
 * Names the cause of a violation: the same claim, broken with as many replicas and as many of them Byzantine, by the same
 * rules, timers and inputs. Who they are, what they say, how often and in which order is left out.
 */
export function causeOf({ subject, claim, setting, steps }: Omit<ShardViolation, 'shortest' | 'witness'>): string {
  const { n, byzantine } = setting
  const shapes = [...new Set(steps.map(shapeOf))].sort()
  return digest({ subject, claim, n, b: byzantine.length, shapes })
}

function shapeOf(step: Step): string {
  if ('rule' in step) return `rule ${step.rule}`
  if ('timeout' in step) return `timeout ${step.timeout}`
  return Object.keys(step).sort().join(' ')
}

/** Of so many runs, the first that breaks a claim is shrunk where it was found. */
export const WINDOW = 10_000

/** The number of the window that a run is in. */
export function windowOf({ firstRun }: Pick<Campaign, 'firstRun'>, run: number): number {
  return Math.floor((run - firstRun) / WINDOW)
}

/** Violations of one cause. */
export interface Cause {
  readonly cause: string
  /** The one of the lowest run. */
  readonly first: ShortFound
  /** In how many windows it was the first violation of its claim. */
  readonly windows: number
}

/** Causes that are told apart in one campaign. */
const MOST_CAUSES = 100

/**
 * What shards have shrunk, one for each cause. A window may lie in several shards, each of which has shrunk
 * its first violation: the first of the window counts, so that causes are the same however a campaign is cut.
 */
export class Causes {
  readonly #firsts = new Map<string, ShortFound>()

  add(campaign: Campaign, answer: BlocksAnswer): void {
    for (const { short = [] } of answer) {
      for (const one of short) {
        const key = `${one.claim} ${windowOf(campaign, one.found.run)}`
        const known = this.#firsts.get(key)
        if (!known || one.found.run < known.found.run) this.#firsts.set(key, one)
      }
    }
  }

  /** @param end violations of later runs are no part of the result */
  of({ subject }: Campaign, end: number): readonly Cause[] {
    const causes = new Map<string, Cause>()
    const firsts = [...this.#firsts.values()].filter(({ found }) => found.run < end)
    for (const one of firsts.sort((a, b) => a.found.run - b.found.run || (a.claim < b.claim ? -1 : 1))) {
      const cause = causeOf({ subject, ...one })
      const { first, windows } = causes.get(cause) ?? { first: one, windows: 0 }
      if (windows > 0 || causes.size < MOST_CAUSES) causes.set(cause, { cause, first, windows: windows + 1 })
    }
    return [...causes.values()]
  }
}
