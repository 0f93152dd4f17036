import { expect, test } from 'vitest'
import { explore } from '../../src/check/reference/explore.ts'
import { defineProtocol, invariant } from '../../src/model/index.ts'
import { reproducesEagerly } from '../../src/shrink/eager.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import { TraceVocabulary } from '../../src/shrink/trace-vocabulary.ts'
import type { Step } from '../../src/system/index.ts'
import { offers, programIn } from './walk.ts'

interface Late {
  state: { guarded: boolean; fell: boolean }
  message: { type: 'GO' }
  output: string
}

/** The second rule can fire only where the first one, enabled by the same message, waits. */
const late = defineProtocol<Late>({
  name: 'late',
  about: 'A rule that must wait.',
  rules: () => ({}),
  auth: 'channels',
  defaults: () => ({ f: 0, b: 0, values: ['go'], inputs: { 0: ['go'] }, bounds: {} }),
  init: () => ({ guarded: false, fell: false }),
  input(state, _value, ctx) {
    if (state.fell) return
    state.fell = true
    ctx.broadcast({ type: 'GO' })
  },
  upon: {
    GO: [
      function guard(state) {
        state.guarded = true
      },
      function fall(state, _message, ctx) {
        if (state.guarded || state.fell) return
        state.fell = true
        ctx.output('fell')
      },
    ],
  },
})

const nobodyFalls = invariant<string>({ name: 'nobody-falls', about: 'No correct replica falls.' }, ({ outputs }) =>
  outputs.some(({ output }) => output === 'fell') ? 'somebody fell' : undefined,
)

const go = { type: 'GO' as const }

test('excluded where nobody is Byzantine and the whole eager space was searched', () => {
  const steps: Step[] = [
    { at: 0, input: 'go' },
    { at: 1, rule: 'GO/fall', on: { from: 0, message: go } },
  ]
  const run = programIn(late, { n: 3, byzantine: [] })
  expect(shrink(run, nobodyFalls, steps)).toMatchObject({ steps, eager: 'excluded' })
  expect(reproducesEagerly(run, nobodyFalls, steps, 2)).toBe('not-found')
})

test('only not found where the coalition could say more than the trace has', () => {
  const run = programIn(late, { n: 3, byzantine: [2] })
  const steps: Step[] = [{ at: 1, rule: 'GO/fall', on: { from: 2, message: go } }]
  expect(shrink(run, nobodyFalls, steps).eager).toBe('not-found')
})

test('nothing is said of eager rules where there was no time to look', () => {
  const run = programIn(late, { n: 3, byzantine: [2] })
  const steps: Step[] = [{ at: 1, rule: 'GO/fall', on: { from: 2, message: go } }]
  expect(shrink(run, nobodyFalls, steps, { stop: () => true }).eager).toBeUndefined()
})

test('a search says that it is not finished when its states run out', () => {
  const run = programIn(late, { n: 3, byzantine: [2] })
  const steps: Step[] = offers(run, [go]).map(({ to, ...on }) => ({ at: to, rule: 'GO/guard', on }))
  const space = new TraceVocabulary(run, steps)
  const within = (maxStates: number) => explore(space, [nobodyFalls], { maxSteps: 5, maxStates })
  expect(within(100)).toMatchObject({ violations: new Map(), finished: true, states: 4 })
  expect(within(3).finished).toBe(false)
})
