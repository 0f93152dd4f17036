import { byText } from '../model/index.ts'
import type { Step } from '../system/index.ts'
import { signatureOf } from './coalition.ts'
import type { Replayer } from './replayer.ts'
import { causalPasts } from './slice.ts'

/**
 * One order for all orders that mean the same. A reader follows one output at a time: first all that the first
 * participant's output rests on, then what the next one adds; within that by participant, as far as causes allow. The
 * step that breaks an invariant stays last.
 */
export function inReadersOrder(replayer: Replayer, steps: readonly Step[]): readonly Step[] {
  const { taken } = replayer.replay(steps)
  const pasts = causalPasts(taken)
  const last = replayer.judge.atEnd ? -1 : taken.length - 1
  const roots = taken
    .map(({ before, after, step }, i) => ({ i, at: step.at, outputs: before.outputs !== after.outputs }))
    .filter(({ i, outputs }) => outputs && i !== last)
    .sort((a, b) => a.at - b.at || a.i - b.i)
  const story = taken.map((_, i) => {
    const first = roots.findIndex((root) => pasts[root.i]!.has(i))
    return i === last ? Number.MAX_SAFE_INTEGER : first < 0 ? roots.length : first
  })
  const signatures = taken.map(({ step }) => signatureOf(step))
  const left = new Set(taken.keys())
  const order: Step[] = []
  while (left.size > 0) {
    const free = [...left].filter((i) => [...pasts[i]!].every((j) => j === i || !left.has(j)))
    free.sort(
      (a, b) =>
        story[a]! - story[b]! ||
        taken[a]!.step.at - taken[b]!.step.at ||
        byText(signatures[a]!, signatures[b]!) ||
        a - b,
    )
    order.push(taken[free[0]!]!.step)
    left.delete(free[0]!)
  }
  const replay = replayer.replay(order)
  return replay.witness && replay.steps.length === steps.length ? replay.steps : steps
}
