import { type Strategy, strategies } from '../../adversary/index.ts'
import { UsageError } from '../../model/index.ts'
import type { RunEntry } from '../run/entry.ts'
import type { Chooser } from '../schedule/chooser.ts'
import { choosers } from '../schedule/choosers.ts'

/** Runs at the beginning of a campaign that are made again, where somebody else's code takes part in them. */
const FIRST_AGAIN = 8

/** Is a run to be made again? Our own strategies and schedulers are known to draw from nothing but the seed. */
export function isMadeAgain(before: number, own: readonly Strategy[], ownChoosers: readonly Chooser[]): boolean {
  if (before >= FIRST_AGAIN) return false
  const [names, chooserNames] = [strategies, choosers].map((list) => list.map(({ name }) => name)) as [
    string[],
    string[],
  ]
  return own.some(({ name }) => !names.includes(name)) || ownChoosers.some(({ name }) => !chooserNames.includes(name))
}

/**
 * A seed must give the same runs wherever they are made: other threads, and who repeats the command, know nothing but the seed.
 * @throws UsageError where a run is not the same when it is made again
 */
export function assertSameRun(run: number, once: readonly RunEntry[], again: () => readonly RunEntry[]): void {
  const text = JSON.stringify(once)
  if (JSON.stringify(again()) === text) return
  throw new UsageError(
    `run ${run} is another one when it is made again: a strategy or a scheduler of yours draws, or remembers something`,
    'let a strategy depend on the scene and the plan, and a scheduler on its choices and what there is to choose from',
  )
}
