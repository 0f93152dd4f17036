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
import { PASSES_BY_NAME } from '../../src/check/passes.ts'
import { Reactions } from '../../src/check/reactions.ts'
import { Ripening } from '../../src/check/ripe.ts'
import {
  defineProtocol,
  HarnessError,
  program as inSetting,
  invariant,
  type Program,
  UsageError,
} from '../../src/model/index.ts'
import { configure, deliversOnce } from '../../src/system/index.ts'
import { wordsOfCoalition } from './checked-protocols.ts'
import { COUNT, SEED, WHOLE_FILE } from './known-protocols.ts'
import { holds } from './lawful.ts'
import { type Tallying, type TallyRule, tallyingClaims, tallyingProgram, tallyings } from './tallying-protocols.ts'

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
  expect(verdicts.filter((verdict) => verdict === 'violated').length / verdicts.length).toBeGreaterThan(0.04)
  expect(verdicts.filter((verdict) => verdict === 'holds').length / verdicts.length).toBeGreaterThan(0.3)
  const answers = cases
    .filter(({ program }) => deliversOnce(program))
    .flatMap(({ program, claims }) => check({ program, claims }, sparse).claims.map(({ verdict }) => verdict))
  expect(answers.filter((verdict) => verdict === 'inconclusive').length / answers.length).toBeLessThan(0.05)
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

const plain = { blind: false, first: false, after: null, not: null, mode: null, also: null, says: null } as const
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

/** B does not look at what A has counted; or it does, and one vote is enough for it, but not for C. */
const made = [twoModes({}, 1), twoModes({ also: { rule: 0, q: 1 } }, 2)]

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
]

describe('the laws catch it where', () => {
  test.each(mutants)('%s', { timeout: WHOLE_FILE }, (_, changed) => {
    const means = { reactions: Reactions, ripening: Ripening, ...changed }
    const passes: typeof sparse = {
      ...sparse,
      sparse: (program, words, limits) => closeSparsely(program, words, limits, means),
    }
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

test('a handler whose callbacks count is found out, not believed', () => {
  type Counting = {
    state: { votes: number[] }
    message: { type: 'VOTE' }
    output: { decided: string }
  }
  const counting = defineProtocol<Counting>({
    name: 'counting',
    about: 'Two votes decide; they are counted by a callback that should only answer.',
    rules: () => ({}),
    ...{ network: { duplicate: false }, selfDelivery: 'none', inbox: false, auth: 'channels' },
    defaults: () => ({ f: 0, b: 0, inputs: 'any', values: ['x'], bounds: {} }),
    init: () => ({ votes: [] }),
    input(_state, _value, ctx) {
      ctx.broadcast({ type: 'VOTE' })
    },
    upon: {
      VOTE(state, _message, ctx) {
        let count = 0
        state.votes.every(() => ++count > 0)
        if (state.votes.includes(ctx.from)) return
        state.votes.push(ctx.from)
        state.votes.sort((a, b) => a - b)
        if (count === 1) ctx.output({ decided: 'x' })
      },
    },
  })
  const [setting] = configure(counting, { n: 3, byzantine: [] })
  const program = inSetting(counting, setting!)
  const never = invariant<Counting['output']>({ name: 'never', about: 'Nobody decides.' }, ({ outputs }) =>
    outputs.length > 0 ? 'somebody decided' : undefined,
  )
  const [found] = check({ program, claims: [never] }).claims
  expect(found).toMatchObject({ verdict: 'inconclusive', why: expect.stringContaining('does more than answer') })
  const [full] = check({ program, claims: [never], without: ['lazy'] }).claims
  expect(full).toMatchObject({ verdict: 'violated' })
})
