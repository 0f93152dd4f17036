/** The laws of the checker, and what they are held against, before any of it is trusted. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Checker,
  everyPassAlone,
  type Known,
  shortestIsShortest,
  statesAgree,
  transitionsAgree,
  verdictsAgree,
  witnessesReplay,
} from '../../properties/laws/checker.ts'
import { exhaustively } from '../../properties/laws/exhaustive.ts'
import { referenceSearch } from '../../properties/laws/reference-search.ts'
import { strategies } from '../../src/adversary/index.ts'
import type { CheckedClaim, CheckResult } from '../../src/check/result/result.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import { type Claim, canonical, range } from '../../src/model/index.ts'
import { apply, brokenAfterHealing, brokenBy, enabled, type System, start } from '../../src/system/index.ts'
import { shortestLength } from '../shrink/oracle.ts'
import { inTier } from '../tiers.ts'
import { describeds, wordsOfCoalition } from './checked-protocols.ts'
import type { Described } from './described.ts'
import { knownOf, SEED } from './known-protocols.ts'

const repeat = `LAW_SEED=${SEED} npx vitest run test/laws/checker.test.ts`
const sample = (count: number): Described[] => fc.sample(describeds, { seed: SEED, numRuns: count })
const SAMPLE = inTier(20, 60)
const searched = sample(SAMPLE).flatMap((one) =>
  knownOf(one, 'safety') ? [{ one, known: knownOf(one, 'safety')! }] : [],
)

describe('the reference search', () => {
  test('finds what a search finds that remembers nothing of one state in the next', () => {
    for (const { one, known } of searched) {
      const { program, claims, reference } = known
      // There the coalition speaks for its members only, and shows no proofs.
      if (one.byzantine.length > 0 && (one.auth === 'none' || one.proof)) continue
      const { messages } = wordsOfCoalition(program)
      for (const { claim: name, verdict } of reference.claims) {
        const claim = claims.filter((other) => other.name === name && other.kind === 'invariant')
        // A claim that reads what was said is judged on every step there, and on new states only here.
        if (claim.length === 0 || claim[0]!.reads.includes('soup')) continue
        expect(exhaustively(program, claim, messages, 3_000), `${repeat}: ${JSON.stringify(one)}`).toBe(verdict)
      }
    }
  })

  test('counts what a plain walk counts', () => {
    for (const { one, known } of searched) {
      if (one.byzantine.length > 0) continue
      const { states, transitions } = known.reference
      expect({ states, transitions }, `${repeat}: ${JSON.stringify(one)}`).toEqual(walked(known))
    }
  })

  test('finds as short a way to a state that does not heal as the search that shrinking is held against', () => {
    const small = sample(SAMPLE).filter((one) => (knownOf(one, 'liveness')?.reference.states ?? 99) < 40)
    for (const one of small) {
      if (one.byzantine.length > 0 && (one.auth === 'none' || one.proof)) continue
      const { program, claims, reference } = knownOf(one, 'liveness')!
      const { messages } = wordsOfCoalition(program)
      const to = range(one.n)
      const offered = one.byzantine.flatMap((from) =>
        messages.flatMap((message) => to.map((id) => ({ from, message, to: id }))),
      )
      for (const claim of claims.filter(({ kind }) => kind === 'liveness')) {
        const steps = reference.claims.find((other) => other.claim === claim.name)!.steps
        expect(steps?.length, `${repeat}: ${JSON.stringify(one)}`).toBe(shortestLength(program, claim, offered))
      }
    }
    expect(small.length).toBeGreaterThan(SAMPLE / 3)
  })

  test('breaks nothing that holds when it is asked for one claim at a time', () => {
    for (const { known } of searched.slice(0, 20)) {
      for (const claim of known.claims) {
        const alone = referenceSearch(known.program, [claim], wordsOfCoalition(known.program).messages, 3_000)
        expect(alone.claims[0]).toEqual(known.reference.claims.find((other) => other.claim === claim.name))
      }
    }
  })
})

/** All states and steps, without numbers, memory or coalition. */
function walked({ program }: Known): { states: number; transitions: number } {
  const seen = new Set([canonical(start(program))])
  const queue: System[] = [start(program)]
  let transitions = 0
  for (const system of queue) {
    for (const step of enabled(program, system)) {
      const after = apply(program, system, step)
      const key = canonical(after)
      if (key !== canonical(system)) transitions++
      if (seen.has(key)) continue
      seen.add(key)
      queue.push(after)
    }
  }
  return { states: seen.size, transitions }
}

test('the fuzzer breaks nothing that holds, and something of what does not', async () => {
  let found = 0
  for (const { one, known } of searched.slice(0, inTier(10, 40))) {
    const claims = known.claims.filter(({ kind }) => kind === 'invariant')
    const result = await runHere(
      {
        subject: 'described',
        settings: [known.program.setting],
        claims: claims.map(({ name }) => name),
        runs: 200,
        firstRun: 0,
        seed: SEED,
        strategies: strategies.map(({ name }) => name),
        schedulers: choosers.map(({ name }) => name),
        maxSteps: 40,
      },
      known.program.protocol,
      known.claims,
    )
    for (const { claim, verdict } of result.claims) {
      if (verdict !== 'violated') continue
      found++
      const expected = known.reference.claims.find((other) => other.claim === claim)!.verdict
      expect(expected, `${claim} in ${JSON.stringify(one)}; repeat it with: ${repeat}`).toBe('violated')
    }
  }
  expect(found).toBeGreaterThan(inTier(2, 10))
})

/** What an honest checker would say: the reference's own result, in the words of a checker. */
function honest({ program, claims, reference }: Known): CheckResult {
  const isVacuous = reference.claims.some(({ verdict }) => verdict === 'unreached')
  const checked = reference.claims.flatMap(({ claim: name, verdict, steps }): CheckedClaim[] => {
    const claim = claims.find((other) => other.name === name)!
    if (claim.kind === 'sometimes') return []
    if (!steps) return [{ claim: name, verdict: isVacuous && verdict === 'holds' ? 'vacuous' : 'holds' }]
    return [
      { claim: name, verdict: 'violated', witness: witnessOf({ program, claim, steps }), steps, shortest: 'certified' },
    ]
  })
  const { states, transitions, cut } = reference
  const universe = { messages: 0, closed: true, extent: {} }
  return { claims: checked, states, transitions, reductions: [], universe, cut, neverFired: [], engine: 'reference' }
}

function witnessOf({ program, claim, steps }: Pick<Known, 'program'> & { claim: Claim<any>; steps: readonly any[] }) {
  let [before, system]: [System | undefined, System] = [undefined, start(program)]
  for (const step of steps) [before, system] = [system, apply(program, system, step)]
  const violations = [
    ...brokenBy(program, [claim], system, before),
    ...brokenAfterHealing(program, [claim], system, []),
  ]
  return violations[0]?.witness
}

describe('the laws', () => {
  type Lie = (result: CheckResult) => CheckResult
  const broken = (change: (claim: CheckedClaim) => CheckedClaim): Lie => {
    return (result) => ({ ...result, claims: result.claims.map((c) => (c.verdict === 'violated' ? change(c) : c)) })
  }
  const byzantineMessages: [string, (check: Checker, known: Known) => void, Lie][] = [
    ['a violation is missed', verdictsAgree, broken(({ claim }) => ({ claim, verdict: 'holds' }))],
    ['a claim is forgotten', verdictsAgree, (result) => ({ ...result, claims: result.claims.slice(1) })],
    [
      'nothing is ever vacuous',
      verdictsAgree,
      (result) => ({
        ...result,
        claims: result.claims.map((c) => (c.verdict === 'vacuous' ? { ...c, verdict: 'holds' } : c)),
      }),
    ],
    [
      'nothing is decided',
      verdictsAgree,
      (result) => ({ ...result, claims: result.claims.map((c) => ({ ...c, verdict: 'inconclusive' })) }),
    ],
    ['a violation is missed by one pass', everyPassAlone, broken(({ claim }) => ({ claim, verdict: 'holds' }))],
    ['a witness is too long', shortestIsShortest, broken((c) => ({ ...c, steps: [...c.steps!, ...c.steps!] }))],
    ['a witness is not certified', shortestIsShortest, broken((c) => ({ ...c, shortest: 'bound reached' }))],
    ['a witness stops early', witnessesReplay, broken((c) => ({ ...c, steps: c.steps!.slice(0, -1) }))],
    ['a witness goes on', witnessesReplay, broken((c) => ({ ...c, steps: [...c.steps!, ...c.steps!] }))],
    ['a witness tells another story', witnessesReplay, broken((c) => ({ ...c, witness: 'r9 decided z' }))],
    ['a state is missed', statesAgree, (result) => ({ ...result, states: result.states - 1 })],
    ['a cut is not reported', statesAgree, (result) => ({ ...result, cut: false })],
    ['transitions are missed', transitionsAgree, (result) => ({ ...result, transitions: result.states - 2 })],
  ]
  const many = sample(150).flatMap((one) => knownOf(one, 'safety') ?? [])

  test.each(byzantineMessages)('notice that %s', (_, law, byzantineMessage) => {
    const noticed = many.filter((known) => {
      try {
        law(() => byzantineMessage(honest(known)), known)
        return false
      } catch {
        return true
      }
    })
    expect(noticed.length).toBeGreaterThan(0)
  })

  test.each([
    verdictsAgree,
    shortestIsShortest,
    witnessesReplay,
    statesAgree,
    transitionsAgree,
    everyPassAlone,
  ])('find nothing in the truth', (law) => {
    for (const known of many) law(() => honest(known), known)
  })
})
