/**
 * A plain breadth-first search of all global states: what `check` should say of a small protocol whose Byzantine
 * replicas say any message of the declared domain.
 */
import type { Circumstances } from './case.ts'
import { Judge } from './interpreter-judge.ts'
import type { Claim } from './interpreter-library.ts'
import { TooMuch } from './interpreter-run.ts'
import { type Fresh, keyOf, Space, type World } from './interpreter-space.ts'
import { Steps } from './interpreter-steps.ts'

export interface Verdict {
  readonly claim: string
  readonly verdict: 'holds' | 'vacuous' | 'violated' | 'unknown'
  readonly steps?: number
}

export interface Interpreted {
  readonly verdicts: readonly Verdict[]
  /** How many global states there are, if the search came to its end. */
  readonly states: number | undefined
  /** Did anything throw that should not? Then the protocol is no protocol that a person would write. */
  readonly threw: readonly string[]
  readonly cut: boolean
  /** How many equal outputs of one participant were told apart. */
  readonly counts: number
}

/** Searches everything, or as far as `most` states. */
export function interpret(file: string, setting: Circumstances, values: readonly string[], most: number): Interpreted {
  const model = new Space(file, setting, values)
  const [moves, judging] = [new Steps(model), new Judge(model)]
  const noException: Claim = { kind: 'invariant', name: 'no-exception', judge: () => undefined }
  const open = new Map(
    [...model.claims, noException].filter(({ kind }) => kind !== 'liveness').map((claim) => [claim.name, claim]),
  )
  const found = new Map<string, number>()
  const judge = (world: World, fresh: Fresh, threw: boolean, steps: number): void => {
    for (const claim of open.values()) {
      if (claim === noException ? threw : judging.judges(claim, world, fresh)) {
        found.set(claim.name, steps)
        open.delete(claim.name)
      }
    }
  }
  const first = model.start()
  judge(first.world, first.fresh, false, 0)
  const seen = new Set([keyOf(first.world)])
  let level = [first.world]
  let isWhole = true
  const expand = (world: World, steps: number, above: World[]): void => {
    for (const { world: after, fresh, threw } of moves.next(world)) {
      judge(after, fresh, threw, steps)
      const key = keyOf(after)
      if (seen.has(key)) continue
      seen.add(key)
      above.push(after)
    }
    if (seen.size > most) throw new TooMuch()
  }
  try {
    for (let steps = 1; level.length > 0; steps++) {
      const above: World[] = []
      for (const world of level) expand(world, steps, above)
      level = above
    }
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error
    isWhole = false
  }
  const guards = model.claims.filter(({ kind }) => kind === 'sometimes')
  const isVacuous = guards.some(({ name }) => !found.has(name))
  const verdicts = [...model.claims, noException].flatMap(({ kind, name }): Verdict[] => {
    if (kind !== 'invariant') return []
    const steps = found.get(name)
    if (steps !== undefined) return [{ claim: name, verdict: 'violated', steps }]
    return [{ claim: name, verdict: isWhole ? (isVacuous ? 'vacuous' : 'holds') : 'unknown' }]
  })
  return {
    verdicts,
    states: isWhole ? seen.size : undefined,
    threw: [...model.threw],
    cut: model.cut,
    counts: model.counts,
  }
}
