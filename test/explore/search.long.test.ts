import { describe, expect, test } from 'vitest'
import { addStrategies, type Strategy } from '../../src/adversary/index.ts'
import { judgedClaims } from '../../src/explore/exploration.ts'
import { type SearchAsked, search } from '../../src/explore/search.ts'
import { type Chooser, drawAny } from '../../src/fuzz/schedule/chooser.ts'
import { addSchedulers } from '../../src/fuzz/schedule/own-choosers.ts'
import { configure } from '../../src/system/index.ts'
import { savedRun } from '../saved-traces.ts'
import { exploring, subjectOf } from './exploring.ts'

const nothing = (): void => {}

/** A Byzantine primary of two-phase commit that says COMMIT to r1 only, and the scheduler that counts its runs. */
describe('strategies and schedulers of a protocol', () => {
  const { subject, protocol, program } = exploring('two-phase-commit', undefined, [0])
  const claims = judgedClaims(subject).filter(({ name }) => name === 'atomicity')
  const seen = { plans: 0, begun: 0 }
  const strategy: Strategy = {
    ...{ name: 'partial-commit', about: 'Says COMMIT to r1.', plans: () => 1 },
    behave: ({ members }) => {
      seen.plans++
      return { opening: [{ from: members[0]!, to: [1], message: { type: 'COMMIT' } }] }
    },
  }
  const scheduler: Chooser = {
    ...{ name: 'counted', about: 'Any step.' },
    begin: (choices) => {
      seen.begun++
      return (actions) => drawAny(choices, actions)
    },
  }
  addStrategies(protocol, [strategy])
  addSchedulers(protocol, [scheduler])
  const asking = { subject, protocol, settings: [program.setting], claims, seed: 1, maxStates: 10, command: 'x' }

  test('are drawn from by fuzz, from the start and from here', async () => {
    await search({ ...asking, how: 'fuzz', steps: [], runs: 200 }, nothing)
    expect(seen.plans).toBeGreaterThan(0)
    expect(seen.begun).toBeGreaterThan(0)
    seen.plans = 0
    const steps = exploring('two-phase-commit', undefined, [0]).walk([], 1, 1)
    // What is never broken ends no search before its time.
    const safe = judgedClaims(subject).filter(({ name }) => name === 'no-exception')
    await search({ ...asking, claims: safe, how: 'fuzz', steps, runs: 4 }, nothing)
    expect(seen.plans).toBeGreaterThan(0)
  })
})

describe('searches', () => {
  const asking = (name: string, given: Partial<SearchAsked>, variant?: string): SearchAsked => {
    const { subject, protocol, program: own } = exploring(name, variant)
    const claims = judgedClaims(subject).filter(({ name: one }) => ['agreement', 'atomicity'].includes(one))
    const base = { how: 'check', subject, protocol, settings: [own.setting], claims, steps: [] } as const
    return { ...base, seed: 1, runs: 200, maxStates: 20_000, command: 'turncoat explore', ...given }
  }

  test.each(['check', 'fuzz'] as const)('%s from the start finds what the command line finds', async (how) => {
    const [found] = await search(asking('pbft', { how }, 'commit-2f'), nothing)
    expect(found).toMatchObject({ claim: 'agreement', verdict: 'violated' })
    expect(found!.text).toMatch(/r\d decided .*; 12 steps; shortest: certified/)
  })

  test('check proves from the start, and from here says how far it looked', async () => {
    const settings = configure(subjectOf('two-phase-commit').protocol, { n: 3, byzantine: [] })
    const [proved] = await search(asking('two-phase-commit', { settings }), nothing)
    expect(proved).toMatchObject({ claim: 'atomicity', verdict: 'holds' })
    expect(proved!.text).toContain('bounds: ')
    const exploration = exploring('two-phase-commit', undefined, [])
    const steps = exploration.walk([], 1, 1)
    const [here] = await search(asking('two-phase-commit', { settings: [exploration.program.setting], steps }), nothing)
    expect(here).toMatchObject({
      verdict: 'holds',
      text: expect.stringContaining('everything within the bounds that can follow'),
    })
    const few = asking('two-phase-commit', { settings: [exploration.program.setting], steps, maxStates: 2 })
    expect((await search(few, nothing))[0]).toMatchObject({ verdict: 'inconclusive' })
  })

  test('nothing is said to hold where not all Byzantine messages are known', async () => {
    const exploration = exploring('asyncio-pbft', undefined, [3])
    expect(exploration.hasAllMessages).toBe(false)
    expect(exploration.choices([]).leftOut).toContain('may be able to send more')
    const { subject } = exploration
    const claims = judgedClaims(subject).filter(({ name }) => name === 'no-exception')
    const given = { claims, steps: exploration.walk([], 1, 1), maxStates: 20 }
    const [found] = await search(asking('asyncio-pbft', given), nothing)
    expect(found).toMatchObject({ claim: 'no-exception', verdict: 'inconclusive' })
  })

  test.each(['check', 'fuzz'] as const)('%s from the middle of a violation finds its end', async (how) => {
    const { trace: saved } = await savedRun('pbft-commit-2f')
    const steps = saved.steps.slice(0, 9).map(({ digest: _, ...step }) => step as never)
    const settings = [saved.setting]
    const [found] = await search(asking('pbft', { how, steps, settings }, 'commit-2f'), nothing)
    expect(found).toMatchObject({
      claim: 'agreement',
      verdict: 'violated',
      text: expect.stringMatching(/[34] steps from here/),
    })
    expect(found!.steps!.slice(0, 9)).toEqual(steps)
    expect(await exploring('pbft', 'commit-2f', [0], saved.setting).trace(found!.steps!, 'agreement')).toContain(
      '"witness"',
    )
  })
})
