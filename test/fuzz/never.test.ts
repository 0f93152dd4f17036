/** A coalition that never equivocates, or never forgets: what it still breaks, and what it does not. */
import { describe, expect, test } from 'vitest'
import { Commitments, offends, type Restriction, strategies } from '../../src/adversary/index.ts'
import { registered } from '../../src/cli/subjects/registered.ts'
import { BlockRunner } from '../../src/fuzz/campaign/block.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import type { BlockResult } from '../../src/fuzz/campaign/result.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import { type Configuration, program as inSetting, lawOf, UsageError } from '../../src/model/index.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import { configure } from '../../src/system/index.ts'

const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name)

interface Asked {
  readonly strategies?: readonly string[]
  readonly schedulers?: readonly string[]
  readonly runs?: number
}

function campaignOf(name: string, configuration: Configuration, never: readonly string[], asked: Asked = {}) {
  const { protocol, subject } = registered(name)
  const campaign = {
    ...{ subject: name, settings: configure(protocol, configuration), claims: ['agreement'], firstRun: 0, seed: 1 },
    ...{ runs: 900, maxSteps: 300, strategies: names(strategies), schedulers: names(choosers), ...asked },
    never: never as readonly Restriction[],
  }
  return { campaign, protocol, claims: subject.properties.claims, law: lawOf(subject, protocol) }
}

function search(name: string, configuration: Configuration, never: readonly string[], asked: Asked = {}): BlockResult {
  const { campaign, protocol, claims, law } = campaignOf(name, configuration, never, asked)
  return new BlockRunner(campaign, protocol, claims, undefined, law).run(0, 900)
}

/** What the coalition of a violation did that it might be forbidden. */
function offencesOf(name: string, { found: [one] }: BlockResult): readonly Restriction[] {
  const { protocol, subject } = registered(name)
  const program = inSetting(protocol, one!.setting)
  const law = lawOf(subject, protocol)
  return (['equivocation', 'amnesia'] as const).filter((never) => offends(program, one!.steps, [never], law))
}

const f = 1
const [NO_VIEW_GATE, TWO_ROUNDS] = [
  { n: 4, f, b: 1, bounds: { views: 2 } },
  { n: 4, f, b: 2, bounds: { rounds: 2 } },
]

describe('a bug that takes an equivocation', () => {
  const BUGS: [string, Configuration][] = [
    ['bracha/echo-2f-plus-1', { n: 5, f, b: 1 }],
    ['bracha/n-3f', { n: 3, f, b: 1 }],
    ['pbft/prepare-2f-minus-1', NO_VIEW_GATE],
  ]
  test.each(BUGS)('%s is found, but not where the coalition never equivocates', (name, configuration) => {
    const any = search(name, configuration, [])
    expect(offencesOf(name, any)).toContain('equivocation')
    expect(search(name, configuration, ['equivocation']).found).toEqual([])
  })
})

test('a bug that takes none is found by a coalition that never equivocates, too', () => {
  const result = search('pbft/no-view-gate', NO_VIEW_GATE, ['equivocation'])
  expect(offencesOf('pbft/no-view-gate', result)).toEqual([])
})

describe('where 2f are Byzantine', () => {
  const asked = { strategies: ['forge', 'fork'], schedulers: ['random-walk', 'pct', 'by-view'] }

  test('a coalition that never equivocates has to forget, in the shrunk steps, too', () => {
    const forgetting = search('tendermint', TWO_ROUNDS, ['equivocation'], asked)
    expect(offencesOf('tendermint', forgetting)).toEqual(['amnesia'])
    const { protocol, claims, law } = campaignOf('tendermint', TWO_ROUNDS, [])
    const { setting, steps } = forgetting.found[0]!
    const shrunk = shrink(inSetting(protocol, setting), claims.find(({ name }) => name === 'agreement')!, steps, {
      ...{ maxStates: 500, maxReplays: 500 },
      allows: (program, made) => !offends(program, made, ['equivocation'], law),
    })
    const made = inSetting(protocol, shrunk.setting)
    expect(offends(made, shrunk.steps, ['equivocation'], law)).toBe(false)
    expect(offends(made, shrunk.steps, ['amnesia'], law)).toBe(true)
  })

  test('one that never forgets, either, breaks nothing', () => {
    expect(search('tendermint', TWO_ROUNDS, ['equivocation', 'amnesia'], asked).found).toEqual([])
  })
})

test('nothing of what shrinking makes is taken that may not be the result', () => {
  const result = search('pbft/no-view-gate', NO_VIEW_GATE, [])
  const { protocol, claims } = campaignOf('pbft/no-view-gate', NO_VIEW_GATE, [])
  const { setting, steps } = result.found[0]!
  const claim = claims.find(({ name }) => name === 'agreement')!
  const most = { maxStates: 100, maxReplays: 100 }
  const shrunk = shrink(inSetting(protocol, setting), claim, steps, { ...most, allows: (_, made) => made === steps })
  expect(shrunk.steps).toEqual(steps)
})

test('what was allowed once is allowed again, and nothing that offends', () => {
  const { protocol } = registered('bracha')
  const [setting] = configure(protocol, { n: 4, b: 1 })
  const commitments = new Commitments(['equivocation'], undefined, setting!)
  const says = (from: number, value: string) => {
    return commitments.allows(from, { type: 'ECHO', value } as never, () => [])
  }
  expect([says(3, 'a'), says(3, 'b'), says(2, 'b'), says(3, 'a'), says(3, 'b')]).toEqual([
    true,
    false,
    true,
    true,
    false,
  ])
})

test('a restricted run is the same, whatever was made before', () => {
  const { campaign, protocol, claims, law } = campaignOf('pbft/no-view-gate', NO_VIEW_GATE, ['equivocation'])
  const runner = () => new BlockRunner(campaign, protocol, claims, undefined, law)
  const other = runner()
  other.run(0, 40)
  expect(other.run(60, 20)).toEqual(runner().run(60, 20))
})

test.each([
  ['bracha', ['equivocatio'], {}, 'there is no restriction called equivocatio'],
  ['bracha', ['amnesia'], {}, 'what amnesia is in bracha nobody has declared'],
  ['phase-king', ['equivocation'], {}, 'a lockstep protocol, whose coalition cannot be restricted'],
  ['bracha', ['equivocation'], { schedulers: ['by-plan'] }, 'takes for granted that nothing restricts the coalition'],
])('%s, never %s: refused', async (name, never, asked, says) => {
  const { campaign, protocol, claims, law } = campaignOf(name, {}, never, asked)
  const failed = runHere(campaign, protocol, claims, { law })
  await expect(failed).rejects.toThrow(UsageError)
  await expect(failed).rejects.toThrow(says)
})
