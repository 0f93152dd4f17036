/** Claims that two outputs decide are judged pair by pair: with the same results as where each outcome is judged as a whole. */
import { expect, test } from 'vitest'
import { strategies } from '../../src/adversary/index.ts'
import { registered } from '../../src/cli/subjects/registered.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import { Memory } from '../../src/fuzz/run/claim-group.ts'
import { PairVerdicts } from '../../src/fuzz/run/pair-verdicts.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import { type Claim, type Facts, invariant, type Outcome, sometimes } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

const cases = [
  { name: 'asyncio-pbft', configuration: { n: 4, b: 1 }, runs: 100 },
  { name: 'go-pbft/layer-1', configuration: { n: 4, b: 1 }, runs: 60 },
  { name: 'pbft/commit-2f', configuration: { n: 5, b: 1 }, runs: 300 },
  { name: 'bracha/echo-2f-plus-1', configuration: { n: 5, b: 1 }, runs: 1_000 },
] as const

test.each(cases)('$name: the same is found pair by pair and as a whole', async ({ name, configuration, runs }) => {
  const { protocol, subject } = registered(name)
  const { claims } = subject.properties
  const campaign = {
    ...{ subject: protocol.subject, settings: configure(protocol, configuration) },
    ...{ runs, firstRun: 0, seed: 3, maxSteps: 200, counts: true },
    claims: claims.filter(({ kind }) => kind === 'invariant').map((claim) => claim.name),
    strategies: strategies.map((strategy) => strategy.name),
    schedulers: choosers.map((chooser) => chooser.name).filter((chooser) => chooser !== 'by-plan'),
  }
  const whole = claims.map(({ decidedBy: _, ...claim }) => claim as Claim<any>)
  const [one, other] = [await runHere(campaign, protocol, claims), await runHere(campaign, protocol, whole)]
  expect(one).toEqual(other)
  expect(one.decided).toBeGreaterThan(0)
})

const outcomeOf = (puts: readonly (readonly number[])[]): Facts & Outcome<number> => ({
  ...({ setting: { n: 4 }, correct: [0, 1, 2], fresh: [], soup: [] } as never as Outcome<number>),
  outputs: puts.flatMap((list, at) => list.map((output) => ({ at, output }))),
})

/** What each participant has put out is its view, as its index in a list of possible ones. */
const VIEWS = [[], [1], [2], [1, 2], [3]] as const

function verdictsOf(claim: Claim<any>) {
  const group = {
    invariants: claim.kind === 'invariant' ? [claim] : [],
    sometimes: claim.kind === 'sometimes' ? [claim] : [],
    listens: false,
  }
  const pairs = new PairVerdicts(group as never, new Memory())
  const quiet = { violations: [], met: [], isWhole: true }
  return (views: readonly number[], order: readonly number[] = [0, 1, 2]) => {
    // One participant after the other puts out all of its own.
    let verdict: ReturnType<typeof pairs.verdict> = quiet
    const now = views.map(() => 0)
    for (const place of order) {
      now[place] = views[place]!
      const of = (one: number, two: number): Facts =>
        outcomeOf(now.map((seen, at) => (at === one || at === two ? VIEWS[seen]! : [])))
      const seen = { number: 0, views: [...now], words: [], quiet: undefined, first: undefined }
      verdict = pairs.verdict(seen, verdict, place, of)
    }
    return { verdict, pairs, facts: outcomeOf(views.map((view) => VIEWS[view]!)) }
  }
}

/** Who puts it out first. */
const ORDERS = [
  [0, 1, 2],
  [2, 0, 1],
  [1, 2, 0],
  [2, 1, 0],
] as const

const all = VIEWS.flatMap((_, a) => VIEWS.flatMap((__, b) => VIEWS.map((___, c) => [a, b, c])))

test('what two outputs decide is decided by pairs of participants, and by one alone', () => {
  const differ = invariant<number>({ name: 'same', about: 'All is the same.', decidedBy: 2 }, ({ outputs }) =>
    outputs.some(({ output }) => output !== outputs[0]!.output) ? 'two differ' : undefined,
  )
  const three = sometimes<number>({ name: 'three', about: 'Somebody says 3.', decidedBy: 1 }, ({ outputs }) =>
    outputs.some(({ output }) => output === 3),
  )
  for (const claim of [differ, three]) {
    const verdicts = verdictsOf(claim)
    let decided = 0
    for (const [i, views] of all.entries()) {
      const { verdict, facts } = verdicts(views, ORDERS[i % ORDERS.length])
      const isDecided = claim.kind === 'sometimes' ? claim.reached(facts) : claim.broken(facts) !== undefined
      expect(verdict!.met.includes(claim.name)).toBe(isDecided)
      if (isDecided) decided++
    }
    expect(decided).toBeGreaterThan(0)
    expect(decided).toBeLessThan(all.length)
  }
})

test('a claim that takes three outputs, and says two, is caught where an outcome is judged as a whole', () => {
  const crowd = invariant<number>({ name: 'crowd', about: 'Two at most.', decidedBy: 2 }, ({ outputs }) =>
    outputs.length > 2 ? 'three' : undefined,
  )
  const { verdict, pairs } = verdictsOf(crowd)([1, 1, 1])
  const whole = { violations: [{ claim: 'crowd', witness: 'three' }], met: ['crowd'], isWhole: true }
  expect(() => pairs.assertSame(whole, verdict)).toThrow(/crowd/)
  expect(() => pairs.assertSame({ ...whole, met: [], violations: [] }, verdict)).not.toThrow()
})
