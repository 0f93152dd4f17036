/** The law: whatever protocol somebody writes, `check`, `fuzz` and `replay` say what the interpreter says. */
import { REDUCTIONS } from '../../../src/index.ts'
import type { Case } from './case.ts'
import { type Difference, differences, known, stateDifferences, textFor, told } from './compare.ts'
import { fuzzDifferences, replayDifferences } from './evidence.ts'
import type { Interpreted } from './interpreter.ts'
import { TooMuch } from './interpreter-run.ts'
import { caseOf } from './protocols.ts'
import { shrunk } from './shrink.ts'

/** Global states beyond which a case is left out. */
const MOST_STATES = 1_000

export interface Outcome {
  readonly one: Case
  /** Nothing where the interpreter did not come to its end. */
  readonly known: Interpreted | undefined
  readonly found: readonly Difference[]
}

/** What the interpreter says; nothing where it comes to no end. */
export function interpreted(one: Case, text = textFor(one), most = MOST_STATES): Interpreted | undefined {
  try {
    const result = known(one, text, most)
    return result.states === undefined ? undefined : result
  } catch (error) {
    if (error instanceof TooMuch) return undefined
    throw error
  }
}

/** All differences in the verdicts; single passes off, traces and runs only in the share that is asked for. */
async function examined(one: Case, share: number): Promise<Outcome> {
  const text = textFor(one)
  const result = interpreted(one, text)
  if (!result) return { one, known: undefined, found: [] }
  const found = [...differences(one, result, text, []), ...differences(one, result, text, REDUCTIONS)]
  if (found.length === 0) found.push(...stateDifferences(one, result, text))
  if (found.length > 0) return { one, known: result, found }
  const pass = REDUCTIONS[share % REDUCTIONS.length]!
  if (share % 3 === 0) found.push(...differences(one, result, text, [pass]))
  if (share % 3 === 1)
    found.push(
      ...differences(
        one,
        result,
        text,
        REDUCTIONS.filter((other) => other !== pass),
      ),
    )
  try {
    if (share % 4 === 0) found.push(...(await replayDifferences(one, text)))
    if (share % 8 === 1) found.push(...(await fuzzDifferences(one, result, text)))
  } catch (error) {
    found.push({ kind: 'evidence', text: `fuzz or replay: ${error}` })
  }
  return { one, known: result, found }
}

/** One seed, and what is wrong with it. */
export const examine = (seed: number): Promise<Outcome> => examined(caseOf(seed), seed)

/** The smallest case that is wrong in the same way, as a person reads it. */
export function explained({ one, found }: Outcome): string {
  const { kind } = found[0]!
  const wrong = (other: Case): Difference[] => {
    try {
      const text = textFor(other)
      const result = interpreted(other, text)
      if (!result || result.threw.length > 0) return []
      const verdicts = [...differences(other, result, text, []), ...differences(other, result, text, REDUCTIONS)]
      return verdicts.length > 0 ? verdicts : stateDifferences(other, result, text)
    } catch {
      // Left out was something that the rest of it needs.
      return []
    }
  }
  const least = shrunk(one, (other) => wrong(other).some((difference) => difference.kind === kind))
  return told(least, least === one ? found : wrong(least))
}
