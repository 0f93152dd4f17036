/** What an engine names as evidence is what a trace may carry: neither more than it, nor one thing twice. */
import { expect, test } from 'vitest'
import { defineProtocol, program as inSetting, isLockstep, match, type Protocol } from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { apply, configure, enabled, type Step, type System, start } from '../../src/system/index.ts'
import { excess } from '../../src/trace/excess.ts'
import { dice } from '../shrink/walk.ts'
import { inTier } from '../tiers.ts'

interface Types {
  state: { done: boolean }
  message: { type: 'A' } | { type: 'B'; round: number }
  output: string
}

/** Everybody says A, and B of two rounds; the rule asks for A and for B of one round. */
const asksTwice = defineProtocol<Types>({
  name: 'asks-twice',
  about: 'x',
  rules: () => ({}),
  defaults: () => ({ f: 1, b: 0, values: [], inputs: {}, bounds: {} }),
  init(ctx) {
    ctx.broadcast({ type: 'A' })
    for (const round of [1, 2]) ctx.broadcast({ type: 'B', round })
    return { done: false }
  },
  upon: {
    A(state, _, ctx) {
      if (state.done) return
      ctx.need(3, match<Types['message']>('A'))
      ctx.need(3, match<Types['message']>('B', { round: 2 }))
      state.done = true
      ctx.output('done')
    },
    B: () => {},
  },
}) as Protocol

test('a sender that is named for one question is not named for another by what it has said', () => {
  const program = inSetting(asksTwice, configure(asksTwice, { n: 4 })[0]!)
  const steps = enabled(program, start(program)).filter((step) => 'rule' in step)
  expect(steps.length).toBeGreaterThan(0)
  expect(steps.flatMap((step) => excess(program, start(program), step) ?? [])).toEqual([])
  // The trace that was refused once: r2 as the sender of its only A, and by a B.
  const [{ with: _, ...first }] = steps as [{ with?: unknown } & Step]
  const twice = { ...first, with: [1, 2, { from: 2, message: { type: 'B', round: 2 } }] } as Step
  expect(excess(program, start(program), twice)).toMatch(/B.* is superfluous/)
})

const STEPS = 40

test.each(
  registry.filter(({ protocol }) => !isLockstep(protocol)).map(({ protocol }) => [protocol.subject, protocol] as const),
)('%s: no step carries what nothing asks for', (_, protocol) => {
  const [setting] = configure(protocol, { byzantine: [] })
  const program = inSetting(protocol, setting!)
  for (let seed = 1; seed <= inTier(1, 20); seed++) {
    const roll = dice(seed)
    let system: System = start(program)
    for (let i = 0; i < STEPS; i++) {
      const steps = enabled(program, system)
      if (steps.length === 0) break
      for (const step of steps) expect(excess(program, system, step)).toBeUndefined()
      system = apply(program, system, steps[roll(steps.length)]!)
    }
  }
})
