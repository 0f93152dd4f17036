/** A shrunk violation is about what was found: on its side of the promise, with something to decide, same parameters. */
import { describe, expect, test } from 'vitest'
import { decidesAfterHealing } from '../../properties/claims.ts'
import {
  type Claim,
  type Configuration,
  defineProtocol,
  invariant,
  type Protocol,
  program,
} from '../../src/model/index.ts'
import { deliverOne } from '../../src/protocols/bracha.ts'
import { registry } from '../../src/protocols/index.ts'
import { coarser } from '../../src/shrink/coarser.ts'
import { sideOf } from '../../src/shrink/promise.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import { configure, type Step } from '../../src/system/index.ts'
import { traceOf } from '../../src/trace/violation-trace.ts'

function claimOf(name: string, claim: string): Claim<any> {
  const { properties } = registry.find(({ protocol }) => protocol.definition.name === name)!
  return properties.claims.find((one) => one.name === claim)!
}

const deliver = (at: number, from: number, value: string): Step => ({
  at,
  rule: 'READY/deliver',
  on: { from, message: { type: 'READY', value } as never },
})
const inSetting = (configuration: Configuration, protocol: Protocol<any> = deliverOne) =>
  program(protocol, configure(protocol, configuration)[0]!)

test('bracha with two Byzantine replicas, all claims: nothing that was never promised seems promised', () => {
  const { protocol } = registry.find((one) => one.protocol.definition.name === 'bracha')!
  const settings = configure(protocol, { n: 4, f: 1, b: 2 })
  const liveness = claimOf('bracha', 'liveness')
  for (const setting of settings) {
    const made = program(protocol, setting)
    if (setting.byzantine.includes(0)) continue
    const shrunk = shrink(made, liveness, [])
    expect(shrunk.setting.byzantine).toHaveLength(2)
    expect(shrunk.setting.inputs[0]).toHaveLength(1)
    expect(shrunk.uncorrupted).toBe(false)
  }
})

describe('the promise', () => {
  const [agreement, split] = [claimOf('bracha', 'agreement'), [deliver(1, 0, 'a'), deliver(2, 3, 'b')]]
  test.each([
    ['beyond f it stays beyond f', { n: 5, f: 1, byzantine: [0, 3] }, 2],
    ['within f it may become simpler', { n: 5, f: 2, byzantine: [0, 3] }, 1],
    ['more than is needed goes, down to what stays beyond f', { n: 7, f: 1, byzantine: [0, 3, 4, 5] }, 2],
  ])('%s', (_, configuration, left) => {
    expect(shrink(inSetting(configuration), agreement, split).setting.byzantine).toHaveLength(left)
  })

  test('whoever may crash counts as faulty: beyond f together, beyond f in the end', () => {
    const { setting } = coarser(inSetting({ n: 5, f: 1, byzantine: [3], crash: [4] }), agreement, [
      deliver(1, 3, 'a'),
      deliver(2, 3, 'b'),
    ]).program
    expect([setting.byzantine, setting.crash]).toEqual([[3], [4]])
  })

  test('what holds always has one side; a declared promise has two; words that nobody can read keep who is faulty', () => {
    const { setting } = inSetting({ n: 5, f: 1, byzantine: [0, 3] })
    const honest = { ...setting, byzantine: [] }
    const one = { ...setting, byzantine: [0] }
    const side = (promised: string, promise?: Claim['promise']) => {
      const claim = { ...agreement, promised, ...(promise ? { promise } : {}) }
      return [setting, one, honest].map((where) => sideOf(claim, where))
    }
    const kinds = (promised: string, promise?: Claim['promise']) => new Set(side(promised, promise)).size
    expect([kinds('always'), kinds('b ≤ f'), kinds('on Sundays')]).toEqual([1, 2, 3])
    expect(side('b = 0', ({ byzantine }) => byzantine.length === 0)).toEqual([
      'not promised',
      'not promised',
      'promised',
    ])
  })
})

test('Byzantine replicas who are not needed: the trace says so', () => {
  const protocol = defineProtocol<{ state: { done: boolean }; message: { type: 'A' }; output: string }>({
    name: 'alone',
    about: 'Breaks by itself.',
    rules: () => ({}),
    defaults: () => ({ f: 0, b: 1, values: ['a'], bounds: {} }),
    init: () => ({ done: false }),
    input(state, value, ctx) {
      if (state.done) return
      state.done = true
      ctx.output(value)
    },
    upon: { A() {} },
  })
  const silent = invariant<any>({ name: 'silent', about: 'Nobody says a thing.' }, ({ outputs }) =>
    outputs.length > 0 ? 'somebody did' : undefined,
  )
  const shrunk = shrink(inSetting({ n: 3, byzantine: [2] }, protocol), silent, [{ at: 0, input: 'a' }])
  expect(shrunk).toMatchObject({ setting: { byzantine: [2], f: 0 }, uncorrupted: true })
  const found = { command: 'turncoat fuzz ./alone.ts', stepsBeforeShrinking: 1 }
  expect(traceOf(protocol, 'silent', shrunk, found).story).toContain('No Byzantine replica is needed')
  const lied = shrink(inSetting({ n: 4, f: 1, byzantine: [3] }), claimOf('bracha', 'agreement'), [
    deliver(1, 3, 'a'),
    deliver(2, 3, 'b'),
  ])
  expect(lied.uncorrupted).toBe(false)
})

interface Quota {
  state: { given: number }
  message: { type: 'A' }
  output: string
}

/** Handlers read one bound as a parameter; the other is room only. */
const quota = defineProtocol<Quota>({
  name: 'quota',
  about: 'Answers when the quota is reached.',
  rules: () => ({}),
  defaults: () => ({ f: 0, b: 0, inputs: { 0: ['a'] }, values: ['a'], bounds: { quota: 3, room: 3 } }),
  init: () => ({ given: 0 }),
  input(state, _, ctx) {
    if (state.given >= ctx.bounds['quota']!) return
    state.given++
    if (state.given === ctx.bounds['quota']) ctx.output('reached')
  },
  upon: { A() {} },
  within: ({ given }, { room }) => given <= room! * 3,
})

test('a bound that handlers read is a parameter and stays; one that is only room becomes less', () => {
  const never = invariant<any>({ name: 'never', about: 'Never reached.' }, ({ outputs }) =>
    outputs.length > 0 ? 'reached' : undefined,
  )
  const steps = [1, 2, 3].map((): Step => ({ at: 0, input: 'a' }))
  const shrunk = shrink(inSetting({ n: 1 }, quota), never, steps)
  expect(shrunk.setting.bounds).toEqual({ quota: 3, room: 1 })
  expect(shrunk.steps).toHaveLength(3)
  const dies = decidesAfterHealing<any>(
    (output) => (output === 'never' ? { slot: '', value: '' } : undefined),
    () => [''],
  )
  const bare = shrink(inSetting({ n: 1 }, quota), dies, steps)
  expect(bare.setting).toMatchObject({ bounds: { quota: 3 }, inputs: [['a']] })
})

test('a violation that needs an input does not become one for the lack of it', () => {
  const unasked = invariant<any>({ name: 'asked', about: 'Only what is offered.' }, ({ setting, outputs }) =>
    outputs.length > 0 && setting.inputs[1]!.length === 0 ? 'nobody offered it' : undefined,
  )
  const either = invariant<any>({ name: 'either', about: 'Never reached.' }, (outcome) =>
    outcome.outputs.length > 0 ? (unasked.broken(outcome) ?? 'reached') : undefined,
  )
  const made = inSetting({ n: 2, inputs: { 0: ['a'], 1: ['a'] } }, defineProtocol<Quota>(quota.definition))
  const steps = [1, 2, 3].map((): Step => ({ at: 0, input: 'a' }))
  expect(shrink(made, either, steps).setting.inputs[0]).toEqual(['a'])
  expect(() => shrink(made, unasked, steps)).toThrow('do not break')
})

test('nobody has to decide where nobody asked for anything', () => {
  const liveness = claimOf('bracha', 'liveness')
  for (const inputs of [{}, { 1: ['a'] }] as Record<number, string[]>[]) {
    const made = inSetting({ n: 4, f: 1, byzantine: [2, 3], inputs })
    expect(() => shrink(made, liveness, [])).toThrow('do not break')
  }
})
