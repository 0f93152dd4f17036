/** A timeout, an input and a coin may ask their inbox as a rule on a message may, with one answer in every engine. */
import { describe, expect, test } from 'vitest'
import { type Configuration, liveness, match, program, type Setting } from '../../src/model/index.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import { apply, brokenBy, configure, enabled, type Step, type System, start } from '../../src/system/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { type Anything, authored, checked, fuzzed, neverBad } from './author.ts'

const votes = match<Anything>('V')
const start0 = { done: false, said: 0 }

/** Puts out `bad` once it has been told by `how`, and two replicas have said V. */
const asks = (how: (act: (state: Anything, ctx: Anything) => void) => Anything) =>
  authored(
    { V() {} },
    how((state, ctx) => {
      if (state.done) return
      const values = ctx.take(2, votes, (all: Anything) => all.map(({ v }: Anything) => v))
      state.done = true
      ctx.output(values.includes('b') ? 'bad' : 'fine')
    }),
  )

const say = (state: Anything, v: string, ctx: Anything) => {
  if (state.said > 0) return
  state.said++
  ctx.broadcast({ type: 'V', v })
}

const everyWay: readonly (readonly [string, ReturnType<typeof authored>])[] = [
  [
    'a timeout',
    asks((act) => ({
      init: (ctx: Anything) => {
        ctx.setTimer('late')
        return start0
      },
      input: say,
      timeout: { late: act },
    })),
  ],
  [
    'a coin',
    asks((act) => ({
      init: (ctx: Anything) => {
        ctx.flip('luck')
        return start0
      },
      input: say,
      coin: { luck: (state: Anything, _: Anything, ctx: Anything) => act(state, ctx) },
    })),
  ],
  [
    'an input',
    asks((act) => ({
      input: (state: Anything, v: string, ctx: Anything) => (state.said > 0 ? act(state, ctx) : say(state, v, ctx)),
    })),
  ],
]

const settings: readonly (readonly [string, Configuration])[] = [
  ['two that are given a and b', { n: 2, inputs: { 0: ['a'], 1: ['b'] } }],
  ['one other that is Byzantine', { n: 3, byzantine: [2], inputs: { 0: ['a'] } }],
  ['eager steps', { n: 2, inputs: { 0: ['a'], 1: ['b'] }, steps: 'eager' }],
  ['two votes of which none is b', { n: 2, inputs: { 0: ['a'], 1: ['a'] } }],
]

/** Breadth first over `enabled` and `apply`, with every word of the coalition. */
function plainly(protocol: ReturnType<typeof authored>, setting: Setting): string {
  const inSetting = program(protocol, setting)
  const words = setting.values.flatMap((v) =>
    setting.byzantine.flatMap((from) => [0, 1].map((to) => ({ from, to, message: { type: 'V', v } as Anything }))),
  )
  let front: System[] = [start(inSetting)]
  const seen = new Set(front.map((system) => JSON.stringify(system)))
  for (let steps = 1; front.length > 0; steps++) {
    const next: System[] = []
    for (const system of front) {
      for (const step of enabled(inSetting, system, words)) {
        const after = apply(inSetting, system, step)
        if (brokenBy(inSetting, neverBad, after, system).length > 0) return `violated in ${steps}`
        const text = JSON.stringify(after)
        if (!seen.has(text) && seen.add(text)) next.push(after)
      }
    }
    front = next
  }
  return 'holds'
}

/** The same of the healed run, in which nobody asks any more. */
const neverBadLater = liveness<Anything>(
  { name: 'never-bad', about: 'Nobody puts out bad.', healing: 'deliveries' },
  ({ outputs }) => (outputs.some(({ output }) => output === 'bad') ? 'somebody put out bad' : undefined),
)

describe.each(everyWay)('%s asks', (_, protocol) => {
  test.each(settings)('%s: all engines say the same', async (_, configuration) => {
    const [setting] = configure(protocol, configuration)
    const verdict = plainly(protocol, setting!)
    expect(checked(protocol, configuration)['never-bad']).toBe(verdict)
    expect(checked(protocol, configuration, neverBad, REDUCTIONS)['never-bad']).toBe(verdict)
    expect(checked(protocol, configuration, [neverBadLater])['never-bad']).toBe(verdict)
    const found = await fuzzed(protocol, configuration)
    expect(found['never-bad']).toBe(verdict === 'holds' ? 'not-found' : 'violated')
  })
})

test('its evidence is part of the step, and shrinking keeps it', () => {
  const [, byTimeout] = everyWay[0]!
  const [setting] = configure(byTimeout, { n: 2, inputs: { 0: ['a'], 1: ['b'] } })
  const inSetting = program(byTimeout, setting!)
  const steps: Step[] = [
    { at: 0, input: 'a' },
    { at: 1, input: 'b' },
    { at: 0, timeout: 'late', with: [0, 1] },
    { at: 1, timeout: 'late', with: [1, 0] },
  ]
  const shrunk = shrink(inSetting, neverBad[0]!, steps)
  expect(shrunk.steps).toHaveLength(3)
  expect(shrunk.steps[2]).toMatchObject({ timeout: 'late', with: [0, 1] })
  expect(shrunk.eager).toBe('reproduced')
  expect(() => apply(inSetting, start(inSetting), steps[2]!)).toThrow(/r0 has sent nothing here/)
})
