/** Matchers for vitest: import this file once, in a test file or in one of `setupFiles`. */
import { describe, expect, test } from 'vitest'
import { tracesIn } from './cli/files/traces-in.ts'
import {
  claimBreaks,
  claimHolds,
  claimSurvives,
  type MatchCheckOptions,
  type Matched,
  type MatchFuzzOptions,
  traceReplays,
} from './library/matchers.ts'
import type { OneOrMore, TraceOptions } from './library/options.ts'
import { UsageError } from './model/index.ts'

export type { MatchCheckOptions, MatchFuzzOptions } from './library/matchers.ts'

/** Matchers of `expect` for protocols and traces. Each has to be awaited. */
export interface TurncoatMatchers {
  /**
   * `check` proves the claim within the bounds. A violation fails with the steps of the
   * shortest trace, which is saved in `out/traces` unless `out` says otherwise. No answer fails too, and says which
   * bound was reached.
   */
  toHold(claim: OneOrMore, options?: MatchCheckOptions): Promise<void>
  /** `check` finds a violation of the claim within the bounds. For mutants. */
  toBreak(claim: OneOrMore, options?: MatchCheckOptions): Promise<void>
  /** No run of `fuzz` breaks the claim. That is no proof; `toHold` says more, if it finishes. */
  toSurvive(claim: OneOrMore, options?: MatchFuzzOptions): Promise<void>
  /** A trace in a file replays, state by state, and breaks its claim in the same way. */
  toReplay(options?: TraceOptions): Promise<void>
}

declare module 'vitest' {
  interface Matchers<T = any> extends TurncoatMatchers {}
}

interface Here {
  readonly isNot?: boolean
}

/** A matcher whose opposite is not what somebody who negates it wants to know. */
function positive(
  name: string,
  instead: string,
  ask: (received: never, ...rest: never[]) => Promise<Matched>,
): (this: Here, received: unknown, ...rest: unknown[]) => Promise<Matched> {
  return async function (received, ...rest) {
    if (this.isNot) throw new UsageError(`not.${name} would pass where nothing is known; say ${instead}`)
    return ask(received as never, ...(rest as never[]))
  }
}

expect.extend({
  toHold: positive('toHold', 'toBreak', claimHolds),
  toBreak: positive('toBreak', 'toHold', claimBreaks),
  toSurvive: positive('toSurvive', 'toBreak', claimSurvives),
  toReplay: positive('toReplay', 'that the trace should be gone', traceReplays),
})

/**
 * One test for each trace in a folder: it replays, and breaks its claim in the same way. A folder without traces fails.
 * @param folder relative to where the tests are started
 * @param options the protocol, if it is not a registered one
 */
export function replayFolder(folder: string, options: TraceOptions = {}): void {
  describe(folder, () => {
    let traces: string[] = []
    let failure = `there is no trace in ${folder}`
    try {
      traces = tracesIn(folder)
    } catch (error) {
      failure = (error as Error).message
    }
    if (traces.length === 0) {
      test('has traces', () => {
        throw new UsageError(failure)
      })
    }
    test.each(traces)('%s replays', async (file) => {
      await expect(file).toReplay(options)
    })
  })
}
