/**
 * Where nothing is authenticated, a Byzantine replica may speak to a replica in that replica's own name, in every
 * engine.
 */
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import {
  type Authentication,
  type Claim,
  defineProtocol,
  invariant,
  match,
  program,
  type SelfDelivery,
  sometimes,
} from '../../src/model/index.ts'
import { apply, configure, start } from '../../src/system/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'

type Message = { type: 'A' | 'B' }
interface Types {
  state: { said: boolean; done: boolean }
  message: Message
  output: string
  rules: () => object
}

const never = (name: string, wanted: string): Claim<string> =>
  invariant<string>({ name, about: 'never' }, ({ outputs }) =>
    outputs.some(({ output }) => output === wanted) ? wanted : undefined,
  )

const claims = [
  never('evidence', 'two'),
  never('trigger', 'mine'),
  sometimes<string>({ name: 'some', about: 'somebody speaks' }, ({ outputs }) => outputs.length > 0),
]

/**
 * Of two replicas one is Byzantine. `two` takes a word of the other in the own name; `mine` is triggered by the own
 * name only.
 */
function echo(auth: Authentication, selfDelivery: SelfDelivery, asks = true) {
  return defineProtocol<Types>({
    name: 'echo',
    about: 'Counts to two.',
    rules: () => ({}),
    auth,
    selfDelivery,
    inbox: asks,
    defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 0: ['a'], 1: ['a'] }, bounds: {} }),
    init: () => ({ said: false, done: false }),
    input(state, _, ctx) {
      if (state.said) return
      state.said = true
      ctx.output('said')
      if (ctx.self === 1) ctx.broadcast({ type: 'A' })
    },
    upon: {
      A: [
        function count(state, _, ctx) {
          if (state.done || !asks) return
          ctx.need(2, match<Message>('A'))
          state.done = true
          ctx.output('two')
        },
        function own(state, _, ctx) {
          if (ctx.from !== ctx.self || state.done) return
          state.done = true
          ctx.output('mine')
        },
      ],
      B() {},
    },
  })
}

const settings: SelfDelivery[] = ['inbox', 'none', 'network', 'at-once']

describe.each(settings)('own broadcasts %s', (selfDelivery) => {
  const verdicts = (auth: Authentication, without: typeof REDUCTIONS, steps: 'lazy' | 'eager', asks = true) => {
    const protocol = echo(auth, selfDelivery, asks)
    const [setting] = configure(protocol, { n: 2, byzantine: [1], steps })
    const result = check({ program: program(protocol, setting!), claims, without })
    return result.claims.map(({ claim, verdict, steps: taken }) => `${claim} ${verdict} ${taken?.length ?? ''}`.trim())
  }

  test.each([
    ['lazy, reduced', [], 'lazy', 1],
    ['lazy, unreduced', REDUCTIONS, 'lazy', 1],
    ['eager', [], 'eager', 2],
  ] as const)('%s', (_, without, steps, two) => {
    const asks = selfDelivery !== 'at-once'
    const evidence = asks ? `evidence violated ${two}` : 'evidence holds'
    expect(verdicts('none', without, steps, asks)).toEqual([evidence, 'trigger violated 1'])
    expect(verdicts('channels', without, steps, asks)).toEqual(['evidence holds', 'trigger holds'])
  })
})

test('the reference takes such a word as a trigger and as evidence', () => {
  const protocol = echo('none', 'none')
  const [setting] = configure(protocol, { n: 2, byzantine: [1] })
  const inSetting = program(protocol, setting!)
  const [mine, other] = [0, 1].map((from) => ({ from, message: { type: 'A' as const } }))
  for (const [on, evidence] of [
    [mine!, other!],
    [other!, mine!],
  ] as const) {
    const after = apply(inSetting, start(inSetting), { at: 0, rule: 'A/count', on, with: [evidence] })
    expect(after.outputs[0]).toEqual(['two'])
  }
})
