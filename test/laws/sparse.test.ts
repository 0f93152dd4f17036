/**
 * Closing sparsely against the plain search, on random small protocols that keep their votes in their state.
 *
 *     TURNCOAT_LAWS=20000 npx vitest run test/laws/sparse.test.ts
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agrees, type Known } from '../../properties/laws/checker.ts'
import { referenceSearch } from '../../properties/laws/reference-search.ts'
import { check } from '../../src/check/check.ts'
import { closeSparsely, type Means } from '../../src/check/close-sparsely.ts'
import { Counting } from '../../src/check/counting.ts'
import { distinctSettings } from '../../src/check/distinct-settings.ts'
import { PASSES_BY_NAME } from '../../src/check/passes.ts'
import { type Counts, Reactions } from '../../src/check/reactions.ts'
import { Ripening } from '../../src/check/ripe.ts'
import { Tallies } from '../../src/check/tallies.ts'
import { HarnessError, program as inSetting, type Program, type Setting, UsageError } from '../../src/model/index.ts'
import { configure, deliversOnce, type Table } from '../../src/system/index.ts'
import { wordsOfCoalition } from './checked-protocols.ts'
import { COUNT, SEED, WHOLE_FILE } from './known-protocols.ts'
import { holds } from './lawful.ts'
import {
  type Tallying,
  type TallyRule,
  tallyingClaims,
  tallyingProgram,
  tallyingProtocol,
  tallyings,
} from './tallying-protocols.ts'

const file = 'test/laws/sparse.test.ts'
const MOST_NODES = process.env['TURNCOAT_LAWS'] ? 4_000 : 600

const known = new Map<string, Known | null>()

function searched(program: Program, most: number): Known | null {
  try {
    const words = wordsOfCoalition(program)
    if (!words.closed) return null
    const reference = referenceSearch(program, tallyingClaims, words.messages, most)
    return reference.finished ? { program, claims: tallyingClaims, reference } : null
  } catch (error) {
    // Some hear themselves without end; that is told, and is another matter.
    if (error instanceof UsageError && error.message.includes('firings the rules of one replica')) return null
    throw error
  }
}

/** What the plain search says of a protocol, if it comes to an end. */
function knownOf(one: Tallying, most = MOST_NODES): Known | undefined {
  const key = JSON.stringify(one)
  if (!known.has(key)) {
    known.set(key, searched(tallyingProgram(one), most))
  }
  return known.get(key) ?? undefined
}

const sparse = { ...PASSES_BY_NAME, isAlwaysSparse: true }

function withMeans(changed: Partial<Means>): typeof sparse {
  const means = { reactions: Reactions, ripening: Ripening, ...changed }
  return { ...sparse, sparse: (program, words, limits) => closeSparsely(program, words, limits, means) }
}

/**
 * What is said to hold does, and what is said to be shortest is. Where each message is delivered once, a search that
 * delivers again may find no answer; then what it says of lengths is true.
 */
function lawful(one: Known, passes = sparse): void {
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

test('verdicts and shortest lengths are those of the plain search', { timeout: WHOLE_FILE }, () => {
  holds({ file, test: 'verdicts', runs: COUNT }, tallyings, (one) => {
    const it = knownOf(one)
    if (it) lawful(it)
  })
})

test('both verdicts are well represented, and few answers are missing', { timeout: WHOLE_FILE }, () => {
  const cases = fc.sample(tallyings, { seed: SEED, numRuns: COUNT }).flatMap((one) => knownOf(one) ?? [])
  expect(cases.length / COUNT).toBeGreaterThan(0.5)
  const verdicts = cases.flatMap(({ reference }) => reference.claims.map(({ verdict }) => verdict))
  expect(verdicts.filter((verdict) => verdict === 'violated').length / verdicts.length).toBeGreaterThan(0.03)
  expect(verdicts.filter((verdict) => verdict === 'holds').length / verdicts.length).toBeGreaterThan(0.3)
  const answers = cases
    .filter(({ program }) => deliversOnce(program))
    .flatMap(({ program, claims }) => check({ program, claims }, sparse).claims.map(({ verdict }) => verdict))
  expect(answers.filter((verdict) => verdict === 'inconclusive').length / answers.length).toBeLessThan(0.05)
})

test('senders are counted in many of them', { timeout: WHOLE_FILE }, () => {
  let hasCounted = false
  class Noticing extends Counting {
    override on(...given: Parameters<Counting['on']>): ReturnType<Counting['on']> {
      const reacted = super.on(...given)
      hasCounted ||= (reacted?.outcome.senders ?? 0) > 1
      return reacted
    }
  }
  const cases = fc.sample(tallyings, { seed: SEED, numRuns: 60 }).flatMap((one) => knownOf(one) ?? [])
  const counting = cases.filter((one) => {
    hasCounted = false
    check({ program: one.program, claims: one.claims }, withMeans({ reactions: counted({ counting: Noticing }) }))
    return hasCounted
  })
  expect(counting.length / cases.length).toBeGreaterThan(0.1)
})

/** Takes every visible step as soon as it can be taken, whatever it changes for others. */
class NothingMatters extends Ripening {
  protected override others(): [] {
    return []
  }
}

/** Leaves out a visible step wherever it could have come earlier, if by another way. */
class EverythingCanWait extends Ripening {
  protected override canWait(...[cluster, node, member]: Parameters<Ripening['canWait']>): boolean {
    const is = ({ from }: { from: number }): boolean => cluster.outcomes[from]![member]!.kind === 'visible'
    return cluster.ins[node]!.some(is)
  }
}

/** Does not notice that a handler looks at what is not there. */
class SeesOnlyChanges extends Reactions {
  override on(...given: Parameters<Reactions['on']>): ReturnType<Reactions['on']> {
    const outcome = super.on(...given)
    return { ...outcome, reads: outcome.writes }
  }
}

/** Reactions that tell tallies from other lists, and count their senders, in another way. */
const counted = (changed: Partial<Counts>): typeof Reactions =>
  class extends Reactions {
    constructor(table: Table) {
      super(table, { tallies: Tallies, counting: Counting, ...changed })
    }
  }

/** Believes that what one sender does, all do. */
class WhoeverItIs extends Counting {
  protected override isSame(): boolean {
    return true
  }
}

/** Counts a tally, although it matters who is in another one, too. */
class OneOfSeveral extends WhoeverItIs {
  protected override several(): void {}
}

/** Takes it that one of those who are in a tally can vote as if he were not. */
class OneTooFew extends Counting {
  protected override needed(size: number): number {
    return size
  }
}

/** Does not mind that several messages go into one tally. */
class FedByAll extends Tallies {
  protected override feeds(): boolean {
    return true
  }
}

const plain = {
  blind: false,
  first: false,
  trusts: null,
  after: null,
  not: null,
  mode: null,
  also: null,
  says: null,
} as const
const calm = { ...plain, early: false, repeats: false }

/** Two liars; r0 counts what they say in A only before B takes it to mode 1, where C puts out. */
const twoModes = (inB: Partial<TallyRule>, inC: number): Tallying => ({
  ...{ n: 3, byzantine: [1, 2], auth: 'channels', selfDelivery: 'none', duplicate: true, inputs: [[], [], []] },
  ...{ order: 'sort', modes: 1, timer: false, values: ['x'] },
  rules: [
    { ...calm, on: 'A', q: 3, mode: 0, says: 'B', does: 'note' },
    { ...calm, on: 'B', q: 1, mode: 0, says: 'C', does: 'mode', ...inB },
    { ...calm, on: 'C', q: 1, mode: 1, also: { rule: 0, q: inC }, does: 'output' },
  ],
})

/** r0 notes each vote that is the first of its sender: r1's for x, and r2's for y. */
const firstVotes: Tallying = {
  ...{ n: 3, byzantine: [], auth: 'channels', selfDelivery: 'none', duplicate: true, inputs: [[], ['x'], ['y']] },
  ...{ order: 'sort', modes: 1, timer: false, values: ['x', 'y'] },
  rules: [{ ...calm, on: 'A', q: 1, first: true, repeats: true, does: 'note' }],
}

/** Only r1's votes are asked for, and r1 lies. */
const onlyTrusted: Tallying = {
  ...{ n: 3, byzantine: [1], auth: 'channels', selfDelivery: 'at-once', duplicate: false, inputs: [['x'], ['y'], []] },
  ...{ order: 'sort', modes: 1, timer: false, values: ['x', 'y'] },
  rules: [
    { ...plain, on: 'A', q: 1, first: true, trusts: 1, not: 1, mode: 0, early: true, repeats: false, does: 'throw' },
    { ...plain, on: 'B', q: 2, trusts: 1, mode: 0, early: true, repeats: false, does: 'mode' },
  ],
}

/** The first vote of each sender is noted, whatever it is for; r0 casts two. */
const whateverFor: Tallying = {
  ...{ n: 3, byzantine: [], auth: 'channels', selfDelivery: 'network', duplicate: false, order: 'sort', modes: 1 },
  ...{ timer: false, values: ['x', 'y'], inputs: [['x', 'y'], ['y'], []] },
  rules: [{ ...plain, on: 'A', q: 1, blind: true, first: true, early: true, repeats: false, does: 'note' }],
}

/** B does not look at what A has counted; or it does, and one vote is enough for it, but not for C. */
const made = [twoModes({}, 1), twoModes({ also: { rule: 0, q: 1 } }, 2), firstVotes, onlyTrusted, whateverFor]

test('the protocols made for mutants break something', () => {
  for (const one of made) {
    const it = knownOf(one, 3_000)!
    expect(it.reference.claims.map(({ verdict }) => verdict)).toContain('violated')
    lawful(it)
  }
})

const mutants: [name: string, Partial<Means>][] = [
  ['silent steps before a visible one are left out', { ripening: NothingMatters }],
  ['visible steps after silent ones are left out', { ripening: EverythingCanWait }],
  ['what is only looked at is overlooked', { reactions: SeesOnlyChanges }],
  ['votes count that are not from the only one who is trusted', { reactions: counted({ counting: WhoeverItIs }) }],
  ['it is forgotten who is in which of several tallies', { reactions: counted({ counting: OneOfSeveral }) }],
  ['a vote is counted that nobody has cast', { reactions: counted({ counting: OneTooFew }) }],
  ['votes for different values are counted as one for each sender', { reactions: counted({ tallies: FedByAll }) }],
]

describe('the laws catch it where', () => {
  test.each(mutants)('%s', { timeout: WHOLE_FILE }, (_, changed) => {
    const passes = withMeans(changed)
    const notices = (one: Known): boolean => {
      try {
        lawful(one, passes)
        return false
      } catch (error) {
        if (error instanceof HarnessError) return true
        throw error
      }
    }
    const caught = [...made, ...fc.sample(tallyings, { seed: SEED, numRuns: COUNT })].find((one) => {
      const it = knownOf(one)
      return it !== undefined && notices(it)
    })
    expect(caught).toBeDefined()
  })
})

test('of choices of liars that stand for each other, each gives the same', { timeout: WHOLE_FILE }, () => {
  const claims = tallyingClaims.filter(({ kind }) => kind !== 'liveness')
  const alike = (one: Tallying): Tallying => ({
    ...one,
    auth: 'channels',
    duplicate: false,
    inputs: one.inputs.map(() => ['x']),
  })
  let merged = 0
  for (const one of fc.sample(tallyings, { seed: SEED, numRuns: 40 }).map(alike)) {
    const protocol = tallyingProtocol(one)
    const answers = (setting: Setting): unknown =>
      check({ program: inSetting(protocol, setting), claims, maxStates: 5_000 }, sparse).claims.map((claim) => [
        ...[claim.claim, claim.verdict, claim.steps?.length],
      ])
    for (const { setting, others } of distinctSettings(protocol, configure(protocol, { n: one.n, b: 1 }), claims)) {
      for (const other of others) expect(answers(other), JSON.stringify(one)).toEqual(answers(setting))
      merged += others.length
    }
  }
  expect(merged).toBeGreaterThan(10)
})
