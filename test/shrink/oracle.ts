import { type Claim, canonical, type Program } from '../../src/model/index.ts'
import {
  apply,
  brokenAfterHealing,
  brokenBy,
  enabled,
  type Offered,
  type Step,
  type System,
  start,
  usedAfter,
} from '../../src/system/index.ts'

/** The length of a shortest violation: plain breadth-first search over `enabled` and `apply`, slow and obvious. */
export function shortestLength(program: Program, claim: Claim<any>, offered: readonly Offered[]): number | undefined {
  const atEnd = claim.kind === 'liveness'
  const words = (steps: readonly Step[]) => usedAfter(program, steps)
  const key = (system: System, steps: readonly Step[]): string =>
    canonical([system, atEnd ? [...new Set(words(steps).map((use) => canonical(use)))].sort() : []])
  const isBroken = (before: System | undefined, system: System, steps: readonly Step[]): boolean =>
    atEnd
      ? brokenAfterHealing(program, [claim], system, words(steps)).length > 0
      : before !== undefined && brokenBy(program, [claim], system, before).length > 0
  const root = start(program)
  if (isBroken(undefined, root, [])) return 0
  const seen = new Set([key(root, [])])
  let level: { system: System; steps: Step[] }[] = [{ system: root, steps: [] }]
  for (let depth = 1; level.length > 0; depth++) {
    const next: typeof level = []
    for (const { system, steps } of level) {
      for (const step of enabled(program, system, offered)) {
        const after = apply(program, system, step)
        const path = [...steps, step]
        if (isBroken(system, after, path)) return depth
        const name = key(after, path)
        if (seen.has(name)) continue
        seen.add(name)
        next.push({ system: after, steps: path })
      }
    }
    level = next
  }
  return undefined
}
