/** Searches random small protocols that keep their votes, sparsely and plainly, and compares. */
import { agrees, type Known } from '../../properties/laws/checker.ts'
import { referenceSearch } from '../../properties/laws/reference-search.ts'
import { check } from '../../src/check/check.ts'
import { HarnessError, type Program, UsageError } from '../../src/model/index.ts'
import { deliversOnce, type Table } from '../../src/system/index.ts'
import { saidTwice } from '../../src/tables/closure/said-once.ts'
import { closeSparsely, type Means } from '../../src/tables/counting/close-sparsely.ts'
import { Counting } from '../../src/tables/counting/counting.ts'
import { type CountingParts, EventReactions } from '../../src/tables/counting/event-reactions.ts'
import { Persistence } from '../../src/tables/counting/persistent.ts'
import { Names } from '../../src/tables/counting/tallies.ts'
import { PASSES_BY_NAME, type Passes } from '../../src/tables/passes/passes.ts'
import { wordsOfCoalition } from './checked-protocols.ts'
import { type Tallying, tallyingClaims, tallyingProgram } from './tallying-protocols.ts'

const MOST_NODES = process.env['TURNCOAT_LAWS'] ? 4_000 : 600

const known = new Map<string, Known | null>()

/** Some hear themselves without end; that is told, and is another matter. */
function isEndless(error: unknown): boolean {
  return error instanceof UsageError && error.message.includes('firings the rules of one replica')
}

function searched(program: Program, most: number): Known | null {
  try {
    const words = wordsOfCoalition(program)
    if (!words.closed) return null
    const reference = referenceSearch(program, tallyingClaims, words.messages, most)
    return reference.finished ? { program, claims: tallyingClaims, reference } : null
  } catch (error) {
    if (isEndless(error)) return null
    throw error
  }
}

/** What the plain search says of a protocol, if it comes to an end. */
export function knownOf(one: Tallying, most = MOST_NODES): Known | undefined {
  const key = JSON.stringify(one)
  if (!known.has(key)) {
    known.set(key, searched(tallyingProgram(one), most))
  }
  return known.get(key) ?? undefined
}

/** However few local states there are. */
export const SPARSE: Passes = { ...PASSES_BY_NAME, fewLocals: 0 }

export function withMeans(changed: Partial<Means>): Passes {
  const means = { reactions: EventReactions, persistence: Persistence, saidTwice, ...changed }
  return { ...SPARSE, sparse: (program, words, limits) => closeSparsely(program, words, limits, means) }
}

/**
 * What is said to hold does, and what is said to be shortest is. Where each message is delivered once, a search that
 * delivers again may find no answer; then what it says of lengths is true.
 */
export function lawful(one: Known, passes = SPARSE): void {
  if (!deliversOnce(one.program)) {
    agrees((request) => check(request, passes), one)
    return
  }
  const result = check({ program: one.program, claims: one.claims }, passes)
  const isVacuous = one.reference.claims.some(({ verdict }) => verdict === 'unreached')
  for (const { claim, verdict, steps } of one.reference.claims) {
    const checked = result.claims.find((other) => other.claim === claim)
    if (!checked) continue
    if (checked.verdict === 'inconclusive') {
      if (steps && checked.atLeast !== undefined && checked.atLeast > steps.length) {
        throw new HarnessError(`${claim} breaks in ${steps.length} steps, said to take ${checked.atLeast}`)
      }
      continue
    }
    const wanted =
      verdict === 'holds' && isVacuous ? ['vacuous'] : verdict === 'holds' ? ['holds', 'vacuous'] : [verdict]
    if (!wanted.includes(checked.verdict) && !(checked.verdict === 'holds' && verdict === 'holds')) {
      throw new HarnessError(`${claim}: ${checked.verdict}, and the plain search says ${verdict}`)
    }
    if (steps?.length !== checked.steps?.length) {
      throw new HarnessError(`${claim} breaks in ${steps?.length} steps, said to take ${checked.steps?.length}`)
    }
  }
}

/** Reactions that tell tallies from other lists, and count their senders, in another way. */
export const counted = (changed: Partial<CountingParts>): typeof EventReactions =>
  class extends EventReactions {
    constructor(table: Table) {
      super(table, { names: Names, counting: Counting, ...changed })
    }
  }
