import { expect, test } from 'vitest'
import { strategies } from '../../src/adversary/index.ts'
import { registered } from '../../src/cli/subjects/registered.ts'
import { BlockRunner } from '../../src/fuzz/campaign/block.ts'
import { PILOT } from '../../src/fuzz/campaign/pilot.ts'
import type { Campaign } from '../../src/fuzz/campaign/result.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import { LocalGraph, UNREACHED } from '../../src/fuzz/schedule/local-graph.ts'
import type { Configuration } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import { inTier } from '../tiers.ts'

function runner(name: string, configuration: Configuration, schedulers = choosers.map((one) => one.name)): BlockRunner {
  const { protocol, subject } = registered(name)
  const { claims } = subject.properties
  const campaign: Campaign = {
    subject: protocol.subject,
    settings: configure(protocol, configuration),
    claims: claims.filter(({ kind }) => kind === 'invariant').map((claim) => claim.name),
    ...{ runs: PILOT + 300, firstRun: 0, seed: 3, maxSteps: 100, counts: true },
    strategies: strategies.map((one) => one.name),
    schedulers,
  }
  return new BlockRunner(campaign, protocol, claims)
}

const violated: [string, Configuration][] = inTier(
  [['pbft/no-view-gate', { n: 4, b: 1, bounds: { views: 2 } }]],
  [
    ['ben-or', { n: 5, f: 1, b: 1 }],
    ['bracha-by-delivery/echo-2f-plus-1', { n: 5, b: 1 }],
  ],
)
test.each(violated)('%s: a run after the pilot is the same, whatever was made before', (name, configuration) => {
  const fresh = runner(name, configuration).run(PILOT + 100, 50)
  const other = runner(name, configuration)
  const before = [
    [PILOT + 250, 40],
    [400, 150],
    [PILOT + 60, 30],
  ] as const
  for (const [first, count] of before) other.run(first, count)
  expect(other.run(PILOT + 100, 50)).toEqual(fresh)
})

test('a pilot that is stopped makes no run after it', () => {
  let asked = 0
  const result = runner('pbft', { n: 4, b: 1 }).run(PILOT, 10, () => ++asked > 500)
  expect(result).toMatchObject({ runs: 0, stopped: true })
})

test('alone, a chooser that goes by the pilot is a random walk in it', () => {
  expect(runner('bracha', { n: 4, b: 1 }, ['goal-directed']).run(0, 20)).toMatchObject({ runs: 20 })
})

test('distances are those of a search from each state', () => {
  const graph = new LocalGraph()
  const table = { program: { protocol: { definition: {} } } }
  const profile = { id: 0, table, value: (local: number) => Object.freeze({ state: local }) } as never
  const world = { table: { outputs: { values: [{ decided: 'a' }, { decided: 'b' }] } } } as never
  const states = Array.from({ length: 40 }, (_, local) => graph.state({ profile, row: { local } } as never))
  const moves = states.flatMap((from) => [(from * 7 + 3) % 40, (from * from + 1) % 40].map((to) => [from, to] as const))
  for (const [from, to] of moves) graph.add(from, to)
  graph.put(5, world, 0)
  graph.put(11, world, 0)
  graph.put(23, world, 1)
  graph.finish()
  const goals = [[5, 11], [23]]
  const slow = (from: number, goal: readonly number[], depth = 0): number => {
    let here = new Set([from])
    for (; depth < 41; depth++) {
      if (goal.some((state) => here.has(state))) return depth + 1
      here = new Set(moves.flatMap(([a, b]) => (here.has(a) ? [b] : [])))
    }
    return UNREACHED
  }
  for (const state of states) {
    expect([...graph.from(profile, state)]).toEqual(goals.map((goal) => slow(state, goal)))
  }
  expect(graph.output(world, 1)).toBe(1)
  expect([...graph.from(profile, 77)]).toEqual([])
})
