import { partsOf, type Step, textOfWord } from '../system/index.ts'
import type { Recorded, Replayer } from './replayer.ts'

/** Slices that are tried, from the smallest. */
const MOST_TRIED = 64

/**
 * Keeps the causal past of what was output: the earlier steps of the same participant, and those that sent the messages
 * a step rested on. Which outputs make the violation is the claim's secret, so slices are tried from the smallest on.
 */
export function slice(replayer: Replayer, steps: readonly Step[]): readonly Step[] {
  const { taken } = replayer.replay(steps)
  if (taken.length === 0) return steps
  const pasts = causalPasts(taken)
  const outputs = taken.flatMap(({ before, after }, i) =>
    before.outputs !== after.outputs || before.notes !== after.notes ? [i] : [],
  )
  const last = replayer.judge.atEnd ? [] : [taken.length - 1]
  const roots = [last, ...outputs.map((i) => [...last, i]), [...last, ...outputs]]
  const slices = roots.map((ends) => {
    const kept = new Set(ends.flatMap((i) => [...pasts[i]!]))
    return [...kept].sort((a, b) => a - b)
  })
  slices.sort((a, b) => a.length - b.length)
  for (const kept of slices.slice(0, MOST_TRIED)) {
    const replay = replayer.replay(kept.map((i) => taken[i]!.step))
    if (replay.witness) return replay.steps
  }
  return steps
}

/** For each step, the steps that it rests on, itself included. */
export function causalPasts(taken: readonly Recorded[]): ReadonlySet<number>[] {
  const speaker = new Map<string, number>()
  const latest = new Map<number, number>()
  const pasts: Set<number>[] = []
  for (const [i, { step, before, after, used }] of taken.entries()) {
    const past = new Set([i])
    const rests = (on: number | undefined): void => {
      if (on !== undefined && !past.has(on)) for (const j of pasts[on]!) past.add(j)
    }
    rests(latest.get(step.at))
    // Silence is information, too: a round rests on all that came before it.
    if ('round' in step) for (let j = 0; j < i; j++) past.add(j)
    for (const word of used) for (const part of partsOf(word)) rests(speaker.get(textOfWord(part)))
    pasts.push(past)
    // A loss is no step of its receiver's: nothing that it does later rests on it.
    if (!('lose' in step)) latest.set(step.at, i)
    if (before.soup === after.soup) continue
    const old = new Set(before.soup)
    for (const word of after.soup) {
      const key = old.has(word) ? undefined : textOfWord(word)
      if (key !== undefined && !speaker.has(key)) speaker.set(key, i)
    }
  }
  return pasts
}
