import { type Choices, drawnChoices } from '../fuzz/schedule/choices.ts'
import { deepFreeze, type Id, textOf } from '../model/index.ts'
import type { Step } from '../system/index.ts'
import type { Replayer } from './replayer.ts'

/** Changes that are made to a run at once. */
const MOST_CHANGES = 4

/** Runs of which it is remembered that they were looked at. */
const MOST_SEEN = 50_000

/**
 * Looks for a shorter run among those that are like this one: some steps are moved, or are taken by, or rest on, somebody
 * else, and what is not needed then is left out. Runs of the same length are gone on from: what stands in the way of a
 * shorter one is often a step that has to come earlier, in another view, before another one can be left out. This goes
 * where a search of everything does not come to, and proves nothing.
 */
export function detours(replayer: Replayer, steps: readonly Step[], maxReplays: number): readonly Step[] {
  const end = replayer.replays + maxReplays
  const choices = drawnChoices(0, 0)
  const seen = new Set<string>()
  let current = steps
  let shortest = steps
  while (replayer.replays < end) {
    const replay = replayer.replay(changed(replayer, current, choices), 'loosely')
    if (!replay.witness) continue
    const text = nameOf(replay.steps)
    if (seen.has(text)) continue
    if (seen.size >= MOST_SEEN) seen.clear()
    seen.add(text)
    const minimal = withoutEach(replayer, replay.steps, end)
    if (minimal.length <= shortest.length) current = minimal
    if (minimal.length < shortest.length) shortest = minimal
  }
  return shortest
}

/** Names the steps, in whatever order they come. */
function nameOf(steps: readonly Step[]): string {
  return steps.map(textOf).sort().join()
}

/** Without all steps that can be left out one by one, the last first. */
function withoutEach(replayer: Replayer, steps: readonly Step[], end: number): readonly Step[] {
  let current = steps
  for (let i = steps.length - 1; i >= 0 && replayer.replays < end; i--) {
    if (i >= current.length) continue
    const kept = [...current.slice(0, i), ...current.slice(i + 1)]
    const replay = replayer.replay(kept, 'loosely')
    if (replay.witness && replay.steps.length < current.length) current = replay.steps
  }
  return current
}

function changed({ program }: Replayer, steps: readonly Step[], choices: Choices): Step[] {
  const { n } = program.setting
  const after = [...steps]
  for (let count = 1 + choices.below(MOST_CHANGES); count > 0 && after.length > 0; count--) {
    const place = choices.below(after.length)
    const step = after[place]!
    const kind = choices.below(5)
    const other = kind === 0 ? step : elsewhere(step, kind % 2 === 1, choices.below(n), n)
    if (!other) continue
    // Moved, put in its place, or taken as well.
    if (kind <= 2) after.splice(place, 1)
    after.splice(kind === 1 || kind === 2 ? place : choices.below(after.length + 1), 0, other)
  }
  return after
}

/** The same at another replica, or on what another one sends. */
function elsewhere(step: Step, atAnother: boolean, id: Id, n: number): Step | undefined {
  if (atAnother) return step.at < n ? deepFreeze({ ...step, at: id }) : undefined
  return 'on' in step && step.on.from < n
    ? deepFreeze({ ...step, on: { from: id, message: step.on.message } })
    : undefined
}
