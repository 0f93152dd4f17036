/** Corners of the semantics that random runs seldom get to, each held against the reference. */
import { describe, expect, test } from 'vitest'
import { type Context, defineProtocol, match, type Network, type Program, program } from '../../src/model/index.ts'
import { CALM, type Conditions } from '../../src/simulate/index.ts'
import { InstanceInbox } from '../../src/simulate/replica/instance-inbox.ts'
import { QuestionTally } from '../../src/simulate/replica/question-tally.ts'
import { configure } from '../../src/system/index.ts'
import { isLegal } from './legal.ts'
import { run, subject } from './subjects.ts'

interface Types {
  state: { count: number }
  message: { type: 'A' | 'B'; value: string }
  output: { got: string }
}
type Rule = (state: Types['state'], message: Types['message'], ctx: Context<Types>) => void

/** r0 says A for its inputs, at once; r1 and r2 do what the test says. */
function of(
  rules: { A?: Rule; B?: Rule; init?: (ctx: Context<Types>) => void },
  network: Partial<Network> = {},
  most = 9,
): Program {
  const protocol = defineProtocol<Types>({
    name: 'corner',
    about: 'One corner of the semantics.',
    rules: () => ({}),
    network,
    defaults: () => ({ f: 0, b: 0, values: ['x', 'y', 'z'], inputs: { 0: ['x', 'y', 'z'] }, bounds: { most } }),
    within: ({ count }, { most }) => count <= most!,
    init(ctx) {
      rules.init?.(ctx)
      return { count: 0 }
    },
    input(state, value, ctx) {
      if (state.count >= ['x', 'y', 'z'].indexOf(value) + 1) return
      state.count++
      ctx.broadcast({ type: 'A', value })
    },
    upon: { A: rules.A ?? (() => {}), B: rules.B ?? (() => {}) },
  })
  return program(protocol, configure(protocol, { n: 3 })[0]!)
}

/** Delays by link, so that the test says what arrives when. */
const matrix = (ms: number[][]): Conditions => ({ ...CALM, latency: { kind: 'matrix', ms, jitter: 0 } })
const drawn = { seed: 1, plan: 0, stops: 0 }
const got = (of: Program, conditions: Conditions): string[] => {
  isLegal(of, {}, { ...drawn, conditions })
  const { decisions } = run(of, conditions, { until: { ms: 1_000, events: 1_000, goOn: true } })
  return decisions.map(({ at, output, time }) => `${at} ${(output as Types['output']).got} ${time}`)
}

describe('a rule that takes', () => {
  const unanimous = (state: Types['state'], ctx: Context<Types>): void => {
    const values = ctx.take(2, match<Types['message']>('A'), (chosen) => chosen.map(({ value }) => value).join())
    if (state.count > 0 || values !== 'x,x') return
    state.count = 1
    ctx.output({ got: values })
  }

  test('may get something else once another word has come, and its own comes last', () => {
    // r2 has said y itself, hears B, then x from r1, then x from r0: not before the last two are enough without its own.
    const says = (ctx: Context<Types>): void => {
      ctx.broadcast({ type: 'A', value: ctx.self === 2 ? 'y' : 'x' })
      if (ctx.self === 1) ctx.send(2, { type: 'B', value: 'b' })
    }
    const program = of({ init: says, B: (state, _, ctx) => unanimous(state, ctx) })
    const conditions = matrix([
      [0, 9, 30],
      [9, 0, 20],
      [9, 9, 0],
    ])
    expect(got({ ...program, setting: { ...program.setting, inputs: [[], [], []] } }, conditions)).toEqual(['2 x,x 30'])
  })
})

test('the depth of a quorum is that of its first words, whatever comes later', () => {
  const from = subject('pbft')
  const vote = { type: 'COMMIT', view: 0, slot: 1, digest: 'a' }
  const inbox = new InstanceInbox(from, 0, [vote, { ...vote, digest: 'b' }])
  const votes = match<{ type: 'COMMIT'; digest: string }>('COMMIT', { digest: 'a' })
  const tally = new QuestionTally({ kind: 'need', q: 2, match: votes as never, role: 'replica' }, inbox)
  inbox.hear(0, 1, 3)
  inbox.hear(1, 2, 7)
  expect(tally.isEnough).toBe(false)
  inbox.hear(0, 2, 4)
  inbox.hear(0, 3, 9)
  expect([tally.isEnough, tally.depth, tally.chosen()]).toEqual([true, 4, [0, 0]])
})

test('a rule that says something new, and changes nothing else, is a step', () => {
  const program = of({
    A: (_, { value }, ctx) => ctx.broadcast({ type: 'B', value }),
    B: (state, { value }, ctx) => {
      if (ctx.self !== 0 || state.count > 3) return
      ctx.need(2, match<Types['message']>('B', { value }))
      state.count = 4
      ctx.output({ got: value })
    },
  })
  expect(got(program, CALM)).toEqual(['0 x 2'])
})

test('where nothing passes what a bound holds back, nothing does', () => {
  const count: Rule = (state, { value }, ctx) => {
    if (ctx.self === 0) return
    state.count += value === 'y' ? 9 : 1
    ctx.output({ got: value })
  }
  const links = matrix([
    [0, 5, 9],
    [5, 0, 9],
    [9, 9, 0],
  ])
  const inOrder = of({ A: count }, { duplicate: false, fifo: true }, 9)
  expect(got(inOrder, links)).toEqual(['1 x 5', '2 x 9'])
  const loose = of({ A: count }, { duplicate: false }, 9)
  expect(got(loose, links)).toEqual(['1 x 5', '1 z 5', '2 x 9', '2 z 9'])
})

test('a timer that is started afresh does not fire at its old time', () => {
  const program = subject('pbft', { bounds: { slots: 9, views: 3 } })
  const load = { kind: 'open', everyMs: 40, requests: 6 } as const
  expect(run(program, { timeout: 60 }, { load })).toMatchObject({ timeouts: 0, viewChanges: 0, decided: 4 })
  // With less patience than there is between two requests, there are view changes.
  expect(run(program, { timeout: 30 }, { load }).timeouts).toBeGreaterThan(0)
})

test('a timer that is set while it runs goes on running', () => {
  interface Alarm {
    state: { rung: number }
    message: { type: 'TICK' }
    output: { rung: number }
    timer: 'alarm'
  }
  const alarm = (restarts: boolean) => {
    const protocol = defineProtocol<Alarm>({
      name: 'alarm',
      about: 'Sets its timer again on each message.',
      rules: () => ({}),
      network: { duplicate: false },
      defaults: () => ({ f: 0, b: 0, values: ['x'], inputs: { 0: ['x'] }, bounds: {} }),
      init(ctx) {
        if (ctx.self === 1) ctx.setTimer('alarm', 2)
        return { rung: 0 }
      },
      input(_, __, ctx) {
        ctx.broadcast({ type: 'TICK' })
      },
      timeout: {
        alarm(state, ctx) {
          state.rung++
          ctx.output({ rung: state.rung })
        },
      },
      upon: {
        TICK(_, __, ctx) {
          if (restarts) ctx.cancelTimer('alarm')
          ctx.setTimer('alarm', 2)
          // Seen from outside nothing else has changed, so that it must say something to be a step.
          ctx.broadcast({ type: 'TICK' })
        },
      },
    })
    const of = program(protocol, configure(protocol, { n: 2 })[0]!)
    const until = { ms: 30, events: 1_000, goOn: true }
    return run(of, { latency: { kind: 'uniform', min: 8, max: 8 }, timeout: 10 }, { until }).decisions
  }
  expect(
    alarm(false)
      .filter(({ at }) => at === 1)
      .map(({ time }) => time),
  ).toEqual([20])
  // A TICK comes every 16 ms, the alarm would be due 20 ms after each.
  expect(
    alarm(true)
      .filter(({ at }) => at === 1)
      .map(({ time }) => time),
  ).toEqual([])
})
