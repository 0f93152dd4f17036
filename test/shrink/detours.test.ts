import { expect, test } from 'vitest'
import { deepFreeze, defineProtocol, invariant } from '../../src/model/index.ts'
import { minimise } from '../../src/shrink/ddmin.ts'
import { detours } from '../../src/shrink/detours.ts'
import { Replayer } from '../../src/shrink/replayer.ts'
import { verified } from '../../src/shrink/verify.ts'
import type { Step } from '../../src/system/index.ts'
import { programIn } from './walk.ts'

interface Speeds {
  state: { count: number; isSlow: boolean }
  message: { type: 'GO'; by: number }
  output: string
  timer: 'slow'
}

/** Whoever waits before it goes makes the way longer, and says something else. */
const speeds = defineProtocol<Speeds>({
  name: 'speeds',
  about: 'Gets there in one step or in two.',
  rules: () => ({}),
  auth: 'channels',
  defaults: () => ({ f: 0, b: 0, values: ['go'], inputs: { 0: ['go'] }, bounds: {} }),
  init(ctx) {
    ctx.setTimer('slow')
    return { count: 0, isSlow: false }
  },
  timeout: {
    slow(state, ctx) {
      state.isSlow = true
      state.count++
      if (state.count >= 2) ctx.output('there')
    },
  },
  input: (state, _value, ctx) => ctx.broadcast({ type: 'GO', by: state.isSlow ? 1 : 2 }),
  upon: {
    GO(state, { by }, ctx) {
      if (state.count >= 2) return
      state.count += by
      if (state.count >= 2) ctx.output('there')
    },
  },
})

const nobodyIsThere = invariant<string>({ name: 'nobody-is-there', about: 'Nobody gets there.' }, ({ outputs }) =>
  outputs.length > 0 ? 'somebody is there' : undefined,
)

test('goes on with what is said instead, where nothing can be left out as it is', () => {
  const slow: Step[] = deepFreeze([
    { at: 0, timeout: 'slow' },
    { at: 0, input: 'go' },
    { at: 1, rule: 'GO', on: { from: 0, message: { type: 'GO', by: 1 } } },
    { at: 1, timeout: 'slow' },
  ])
  const program = programIn(speeds, { n: 3 })
  const replayer = (): Replayer => new Replayer(program, nobodyIsThere, [])
  expect(minimise(replayer(), slow, 1_000)).toHaveLength(4)
  const found = detours(replayer(), slow, 200)
  expect(found).toEqual([
    { at: 0, input: 'go' },
    { at: expect.any(Number), rule: 'GO', on: { from: 0, message: { type: 'GO', by: 2 } } },
  ])
  expect(verified(program, nobodyIsThere, found).witness).toBe('somebody is there')
  expect(detours(replayer(), slow, 200)).toEqual(found)
})

test('ends with its budget', () => {
  const replayer = new Replayer(programIn(speeds, { n: 3 }), nobodyIsThere, [])
  expect(detours(replayer, [], 10)).toEqual([])
  expect(replayer.replays).toBe(10)
})
