import { check } from '../check/check.ts'
import { whyNoTables } from '../check/reference/reference.ts'
import type { CheckRequest, CheckResult } from '../check/result/result.ts'
import { relaxed } from '../check/settings/relaxed.ts'
import { type Claim, HarnessError, type Program } from '../model/index.ts'
import type { Step } from '../system/index.ts'
import { knownByzantineMessages } from './known-byzantine-messages.ts'

/** What a search of everything within the bounds says about the length of a violation. */
export interface Certificate {
  /** A violation of at most the length that was asked for. */
  readonly found?: readonly Step[]
  /** Is there nothing shorter than what was found or, where nothing was, than what was asked about? */
  readonly certified: boolean
  /** Why it is not certified: where the search stopped. */
  readonly why?: string
}

/** Asks for a violation of at most `maxSteps` steps in the program's setting, where `steps` is the one that is known. */
export type Certify = (program: Program, claim: Claim<any>, maxSteps: number, steps: readonly Step[]) => Certificate

export interface CertifyOptions {
  /** States beyond which the exhaustive search gives up. */
  readonly maxStates: number
  readonly run?: (request: CheckRequest) => CheckResult
}

/**
 * Messages that a certificate is worth going through: two views of PBFT have 34. The exhaustive search derives from it
 * how many reducer calls it spends on the universe, and how many local states it collects: a few seconds.
 */
const MOST_MESSAGES = 250
/** Reducer calls that go into a second look at the universe. */
const MOST_CALLS = 100_000
/** How much longer a state takes where the search goes over `apply`. */
const SLOWER_BY = 20

/** Certifies by the exhaustive search. */
export function certify({ maxStates, run = check }: CertifyOptions): Certify {
  return (program, claim, maxSteps, steps) => {
    // A safety claim in a network that delivers once is searched in the tables of a wider one.
    const searched = claim.kind === 'liveness' ? program : (relaxed(program) ?? program)
    const slow = whyNoTables(searched, [claim]) !== undefined
    const { claims, universe: said } = run({
      ...{ program, claims: [claim], maxUniverse: MOST_MESSAGES },
      maxStates: slow ? Math.ceil(maxStates / SLOWER_BY) : maxStates,
    })
    const checked = claims.find((one) => one.claim === claim.name)
    if (!checked) throw new HarnessError(`the exhaustive search says nothing about ${claim.name}`)
    const { verdict, steps: found, shortest, why, atLeast = 0 } = checked
    // Nothing was found, but whatever there is takes longer than what was asked about.
    if (verdict === 'inconclusive' && atLeast > maxSteps && said.closed) return { certified: true }
    if (verdict === 'inconclusive' || verdict === 'vacuous') return { certified: false, why: why ?? verdict }
    if (verdict === 'violated' && !found) throw new HarnessError(`${claim.name} is said to be violated by no steps`)
    const isShortest = shortest === 'certified' && said.closed
    const unsure = isShortest ? {} : { why: reason(shortest, said.closed) }
    if (found && found.length <= maxSteps) return { found, certified: isShortest, ...unsure }
    if (found && !isShortest) return { certified: false, ...unsure }
    if (found?.length === maxSteps + 1) return { certified: true }
    // The search says that there is no such violation, and here is one. That is as it should be only where its
    // coalition
    // sends what is in no universe: strategies draw from it, but simpler Byzantine messages are tried that are made up.
    if (!knownByzantineMessages(program, steps, { maxMessages: MOST_MESSAGES, maxCalls: MOST_CALLS })) {
      return { certified: false, why: 'its Byzantine messages are not all among the messages that were searched' }
    }
    const takes = found ? `that it takes ${found.length} steps` : 'that it holds'
    throw new HarnessError(`${claim.name} is broken by ${steps.length} steps, and the exhaustive search says ${takes}`)
  }
}

function reason(shortest: string | undefined, closed: boolean): string {
  if (!closed) return 'the universe of messages is not closed'
  return shortest ?? 'the search was not finished'
}
