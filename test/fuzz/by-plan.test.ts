import { expect, test } from 'vitest'
import { strategies } from '../../src/adversary/index.ts'
import { registered } from '../../src/cli/subjects/registered.ts'
import { BlockRunner } from '../../src/fuzz/campaign/block.ts'
import { PLANNED_FROM } from '../../src/fuzz/campaign/planned.ts'
import { Outlook } from '../../src/fuzz/outlook/outlook.ts'
import { SettingContext } from '../../src/fuzz/run/setting-context.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import type { Configuration } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import { Conflicts } from '../../src/tables/automaton/conflicts.ts'
import { Relaxation } from '../../src/tables/passes/relaxation.ts'

const HARD: [string, Configuration][] = [
  ['chained-hotstuff/two-chain-late-lock', { n: 4, f: 1, byzantine: [0], bounds: { views: 5, tenure: 5 } }],
  ['chained-hotstuff/two-chain-non-consecutive', { n: 4, f: 1, byzantine: [0], bounds: { views: 5, tenure: 5 } }],
  ['tendermint/unlock-on-nil', { n: 4, f: 1, byzantine: [0], bounds: { rounds: 3 } }],
]

function runner(
  name: string,
  configuration: Configuration,
  schedulers = choosers.map((one) => one.name),
  claim = 'agreement',
): BlockRunner {
  const { protocol, subject } = registered(name)
  const { claims } = subject.properties
  return new BlockRunner(
    {
      subject: protocol.subject,
      settings: configure(protocol, configuration),
      claims: [claim],
      ...{ runs: PLANNED_FROM + 300, firstRun: 0, seed: 3, maxSteps: 100, counts: true },
      strategies: strategies.map((one) => one.name),
      schedulers,
    },
    protocol,
    claims,
  )
}

test.each(HARD)('%s is found by plans within 60 runs', (name, configuration) => {
  expect(runner(name, configuration, ['by-plan']).run(0, 60).violations).toMatchObject({
    agreement: expect.any(Number),
  })
})

test('a run that goes by a plan is the same, whatever was made before', () => {
  const [name, configuration] = ['tendermint/no-lock', { n: 4, f: 1, b: 1, bounds: { rounds: 2 } }] as const
  const fresh = runner(name, configuration).run(PLANNED_FROM, 40)
  const other = runner(name, configuration)
  other.run(PLANNED_FROM + 66, 20)
  expect(other.run(PLANNED_FROM, 40)).toEqual(fresh)
})

test('runs that go by no plan are those of a search without plans', () => {
  const without = choosers.map(({ name }) => name).filter((name) => name !== 'by-plan')
  const [name, configuration] = HARD[0]!
  const [first, count] = [PLANNED_FROM + 1, 15]
  expect(runner(name, configuration).run(first, count)).toEqual(runner(name, configuration, without).run(first, count))
})

test('a search that is stopped while the outlook is made makes no run that goes by it', () => {
  let asked = 0
  const [name, configuration] = HARD[2]!
  const result = runner(name, configuration, ['by-plan']).run(0, 10, () => ++asked > 30)
  expect(result).toMatchObject({ runs: 0, stopped: true })
})

test.each(HARD.slice(1))('%s: there is a plan exactly where the exhaustive search goes on', (name, configuration) => {
  const { protocol, subject } = registered(name)
  const claims = subject.properties.claims.filter((claim) => claim.name === 'agreement')
  const settingContext = new SettingContext(protocol, configure(protocol, configuration)[0]!, claims)
  const { plans, space, closed } = Outlook.of(settingContext)!
  const relaxation = new Relaxation(space, new Conflicts(settingContext.program, closed, space.judge.claims, []))
  let dice = 7
  const draw = (count: number): number => {
    dice = (Math.imul(dice, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return Math.floor((dice / 0x8000_0000) * count)
  }
  let [hopeful, hopeless] = [0, 0]
  for (let walk = 0; walk < 60; walk++) {
    let state = space.initial()
    for (let step = 0; step < 30; step++) {
      const moves = space.machines.flatMap((_, p) => space.moves(state, p).map((move) => ({ p, move })))
      if (moves.length === 0) break
      const { p, move } = moves[draw(moves.length)]!
      state = space.after(state, p, move).slice()
      if (space.verdicts(state).some(Boolean)) break
      const plan = plans.from(state, draw)
      expect(plan !== undefined).toBe(relaxation.mayDecide(state, 1))
      if (plan) hopeful++
      else hopeless++
      // Whatever a plan begins with can be taken.
      for (const first of plan ?? []) {
        expect(space.moves(state, first.p).some(({ last }) => last === first.edge)).toBe(true)
      }
      if (plan) expect(plan.length).toBeGreaterThan(0)
    }
  }
  expect(Math.min(hopeful, hopeless)).toBeGreaterThan(10)
})

test('a plan comes to an end where two messages prove each other', () => {
  const configuration = { n: 4, f: 1, byzantine: [2], bounds: { views: 3 } }
  expect(runner('zyzzyva', configuration, ['by-plan'], 'client-agreement').run(0, 10).runs).toBe(10)
})
