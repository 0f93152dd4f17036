/** Arbitraries for fast-check. Everything is taken on the reference semantics: for hundreds of runs; `fuzz` for more. */
import { Arbitrary, constantFrom, type Random, Stream, toStringMethod, tuple, Value } from 'fast-check'
import { DrawnRun } from './library/drawn-run.ts'
import type { RunDrawing } from './library/run-drawing.ts'
import { drawingOf, type RunsOptions } from './library/runs.ts'
import { byzantineMessagesIn, type RunState } from './library/state.ts'
import type { SubjectLike } from './library/subject-like.ts'
import { runningIds, type Setting, UsageError } from './model/index.ts'
import type { Offered } from './system/index.ts'

export { type BrokenClaim, DrawnRun } from './library/drawn-run.ts'
export type { RunsOptions } from './library/runs.ts'

/** A failing property prints the run in words, and not all that its program is made of. */
Object.defineProperty(DrawnRun.prototype, toStringMethod, {
  value(this: DrawnRun): string {
    return `\n${this.toString()}\n`
  },
})

/** What is known of a run that was drawn, or is a candidate. */
interface Known {
  /** Has the shrinker of violations seen it already? */
  readonly isShrunk: boolean
}

class RunArbitrary extends Arbitrary<DrawnRun> {
  readonly #drawing: RunDrawing

  constructor(drawing: RunDrawing) {
    super()
    this.#drawing = drawing
  }

  generate(random: Random): Value<DrawnRun> {
    const run = this.#drawing.draw((least, most) => random.nextInt(least, most))
    return new Value(run, { isShrunk: false } satisfies Known)
  }

  canShrinkWithoutContext(value: unknown): value is DrawnRun {
    return value instanceof DrawnRun
  }

  shrink(run: DrawnRun, context?: unknown): Stream<Value<DrawnRun>> {
    const { isShrunk } = (context ?? { isShrunk: false }) as Known
    const candidates = this.#drawing.smaller(run, isShrunk)
    return new Stream(candidates).map((one) => new Value(one.run, { isShrunk: one.isShrunk } satisfies Known))
  }
}

/**
 * Random runs of a protocol: the Byzantine replicas, their messages and receivers, and every step of the schedule. A run that breaks one
 * of its claims shrinks to what `shrink` makes of it; any other run shrinks to fewer Byzantine replicas and fewer steps.
 * Seed and path are fast-check's own, and repeat it.
 * @throws UsageError for whatever the command line refuses
 */
export async function runs(subject: SubjectLike, options: RunsOptions = {}): Promise<Arbitrary<DrawnRun>> {
  return new RunArbitrary((await drawingOf(subject, options)).drawing)
}

/**
 * The settings that options ask for: with `b`, every choice of so many Byzantine replicas. Shrinks to the first one.
 * @throws UsageError for whatever the command line refuses
 */
export async function settings(subject: SubjectLike, options: RunsOptions = {}): Promise<Arbitrary<Setting>> {
  return constantFrom(...(await drawingOf(subject, options)).settings)
}

/**
 * What a Byzantine replica may say in a state, and to whom: for `enabled`.
 * @throws UsageError where there is nothing that it could say
 */
export function offers(state: RunState): Arbitrary<Offered> {
  const { messages } = byzantineMessagesIn(state)
  if (messages.length === 0) {
    throw new UsageError('no Byzantine replica can send anything here', 'name Byzantine replicas, or give b')
  }
  const receivers = runningIds(state.program.setting)
  return tuple(constantFrom(...messages), constantFrom(...receivers)).map(([word, to]) => ({ ...word, to }))
}
