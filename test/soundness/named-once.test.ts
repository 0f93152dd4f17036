import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import {
  defineProtocol,
  type Invariant,
  invariant,
  liveness,
  match,
  type Outcome,
  type Protocol,
  program,
  properties,
  sometimes,
} from '../../src/model/index.ts'
import { subject } from '../../src/protocols/subject.ts'
import { configure, heal, start } from '../../src/system/index.ts'
import { replay } from '../../src/trace/index.ts'
import { record } from '../../src/trace/record.ts'

type Message = { type: 'V' } | { type: 'W' } | { type: 'GO' }

/** Replica 0 acts on a GO once replica 1 has said both V and W. */
const both = defineProtocol<{ state: { done: boolean }; message: Message; output: string }>({
  name: 'both',
  about: 'Two questions of one rule, which one sender answers.',
  rules: () => ({}),
  auth: 'channels',
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 1: ['a'] }, bounds: {} }),
  init: () => ({ done: false }),
  input(state, _, ctx) {
    if (state.done) return
    state.done = true
    for (const type of ['V', 'W', 'GO'] as const) ctx.broadcast({ type })
  },
  upon: {
    GO(state, _, ctx) {
      if (state.done) return
      ctx.need(1, match<Message>('V'))
      ctx.need(1, match<Message>('W'))
      state.done = true
      ctx.output('acted')
    },
    V() {},
    W() {},
  },
})

const never: Invariant<any> = invariant<any>({ name: 'never', about: 'Nobody acts.' }, ({ outputs }) =>
  outputs.length > 0 ? 'acted' : undefined,
)

test('a sender that answers two questions of one rule is named once, and the trace replays', () => {
  const made = program(both, configure(both, { n: 2 })[0]!)
  const [found] = check({ program: made, claims: [never] }).claims
  expect(found).toMatchObject({ verdict: 'violated' })
  const steps = record(made, found!.steps!)
  expect(steps.at(-1)).toMatchObject({ rule: 'GO', with: [1] })
  const own = subject({ both }, properties({ claims: [never], expected: [] }))
  const trace = {
    ...{ turncoat: 2, title: 'x', protocol: 'both', setting: made.setting, claim: 'never', witness: 'acted' },
    ...{
      origin: { command: 'turncoat check ./both.ts', stepsBeforeShrinking: 2 },
      shortest: 'certified',
      eager: 'reproduced',
      steps,
    },
  } as never
  expect(replay(trace, () => own)).toMatchObject({ reproduced: true })
})

/** The first timer to expire cancels the second. */
const cancels: Protocol = defineProtocol<{
  state: { fired: string[] }
  message: Message
  timer: 'first' | 'second'
  output: string
}>({
  name: 'cancels',
  about: 'Two timers.',
  rules: () => ({}),
  defaults: () => ({ f: 0, b: 0, values: ['a'], bounds: {} }),
  init: (ctx) => {
    ctx.setTimer('first')
    ctx.setTimer('second')
    return { fired: [] }
  },
  upon: { V() {}, W() {}, GO() {} },
  timeout: {
    first(_, ctx) {
      ctx.cancelTimer('second')
      ctx.output('first')
    },
    second(_, ctx) {
      ctx.output('second')
    },
  },
})

test('in a healed run a timer that another one has cancelled does not expire', () => {
  const made = program(cancels, configure(cancels, { n: 2 })[0]!)
  expect(heal(made, start(made), [], 'full').system.outputs).toEqual([['first'], ['first']])
  // The tables of `check` heal by themselves.
  const seconds = ({ outputs }: Outcome<any>): number => outputs.filter(({ output }) => output === 'second').length
  const never = liveness<any>(
    { name: 'no-second', about: 'The second does not expire any more.', reads: ['before'] },
    (after, before) => (seconds(after) > seconds(before) ? 'it expires' : undefined),
  )
  const first = sometimes<any>({ name: 'first', about: 'The first expires.' }, ({ outputs }) => outputs.length > 0)
  const { claims, engine } = check({ program: made, claims: [never, first] })
  expect([engine, claims[0]!.verdict]).toEqual(['tables', 'holds'])
})
