import { textOf } from '../model/index.ts'
import type { Step } from '../system/index.ts'
import type { Replayer } from './replayer.ts'

/**
 * Leaves out steps as long as the claim stays broken: first whole groups that have something in common, then halves,
 * quarters and so on down to single steps, until none of them can be left out.
 */
export function minimise(replayer: Replayer, steps: readonly Step[], maxReplays: number): readonly Step[] {
  const end = replayer.replays + maxReplays
  let current = withoutGroups(replayer, steps, end)
  let parts = 2
  while (current.length > 0 && replayer.replays < end) {
    const size = Math.ceil(current.length / parts)
    const shorter = withoutChunk(replayer, current, size, end)
    if (shorter) {
      current = shorter
      parts = Math.max(2, Math.min(parts - 1, current.length))
    } else if (size === 1) break
    else parts = Math.min(current.length, parts * 2)
  }
  return current
}

/** The first candidate without `size` neighbours that still breaks the claim. Later steps go first: they cost least. */
function withoutChunk(
  replayer: Replayer,
  steps: readonly Step[],
  size: number,
  end: number,
): readonly Step[] | undefined {
  const chunks = Math.ceil(steps.length / size)
  for (let i = chunks - 1; i >= 0 && replayer.replays < end; i--) {
    const kept = [...steps.slice(0, i * size), ...steps.slice((i + 1) * size)]
    const replay = replayer.replay(kept)
    if (replay.witness && replay.steps.length < steps.length) return replay.steps
  }
  return undefined
}

function withoutGroups(replayer: Replayer, steps: readonly Step[], end: number): readonly Step[] {
  let current = steps
  const sizes = new Map<string, number>()
  for (const step of steps) for (const group of groupsOf(step)) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  const groups = [...sizes].filter(([, size]) => size > 1).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  for (const [group] of groups) {
    if (replayer.replays >= end) break
    const kept = current.filter((step) => !groupsOf(step).includes(group))
    if (kept.length === current.length) continue
    const replay = replayer.replay(kept)
    if (replay.witness && replay.steps.length < current.length) current = replay.steps
  }
  return current
}

/** What a step has in common with others: its place, its kind, its message and the message's fields. */
function groupsOf(step: Step): string[] {
  const groups = [`at ${step.at}`]
  if ('timeout' in step) groups.push(`timeout ${step.timeout}`)
  if ('input' in step) groups.push(`input ${step.input}`)
  if ('lose' in step) groups.push('lose')
  if ('rule' in step) groups.push(`rule ${step.rule}`, `rule ${step.rule} at ${step.at}`)
  if ('on' in step) {
    const { from, message } = step.on
    groups.push(`from ${from}`, `message ${textOf(message)}`, `type ${message.type} at ${step.at}`)
    for (const [field, value] of Object.entries(message)) groups.push(`field ${field} ${JSON.stringify(value)}`)
  }
  return groups
}
