/** Judging a claim on a state, and what Byzantine replicas may say in one. */
import { expect, test } from 'vitest'
import { universe } from '../../src/adversary/index.ts'
import {
  byzantineMessages,
  type Configuration,
  check,
  configure,
  enabled,
  program as inSetting,
  judge,
  registry,
  stateAfter,
  UsageError,
} from '../../src/index.ts'
import { stepsOf } from '../../src/trace/violation-trace.ts'

const subjectOf = (name: string) => registry.find(({ protocol }) => protocol.definition.name === name)!

test.each([
  ['bracha/deliver-one', 'validity'],
  ['bracha/no-amplification', 'totality'],
])('%s: %s is broken by the last step of its trace, and by none before', async (name, claim) => {
  const { claims } = await check(name, { claim, b: 1 })
  const { trace } = claims.find((one) => one.claim === claim)!
  const { variants, properties } = subjectOf('bracha')
  const protocol = variants.find(({ subject }) => subject === name)!
  const program = inSetting(protocol, trace!.setting)
  const asked = properties.claims.find((one) => one.name === claim)!
  const steps = stepsOf(trace!)
  expect(judge(asked, stateAfter(program, steps))).toBe(trace!.witness)
  expect(judge(asked, stateAfter(program))).toBeUndefined()
  if (asked.kind === 'invariant') expect(judge(asked, stateAfter(program, steps.slice(0, -1)))).toBeUndefined()
})

test('a claim that cannot be broken is refused', () => {
  const { protocol, properties } = subjectOf('bracha')
  const guard = properties.claims.find(({ kind }) => kind === 'sometimes')!
  const state = stateAfter(inSetting(protocol, configure(protocol)[0]!))
  expect(() => judge(guard, state)).toThrow(UsageError)
})

test.each<[string, Configuration]>([
  ['bracha', { byzantine: [3] }],
  ['pbft', { byzantine: [0] }],
  ['bracha', { byzantine: [3], auth: 'none' }],
])('%s: what they may say is what the reference lets them say', (name, configuration) => {
  const { protocol } = subjectOf(name)
  const [setting] = configure(protocol, configuration)
  const program = inSetting(protocol, setting!)
  // Some correct replica has said something.
  const steps = enabled(program, stateAfter(program).system).slice(0, 1)
  const state = stateAfter(program, steps)
  const { messages: found, isComplete } = byzantineMessages(state)
  expect(isComplete).toBe(true)
  const ids = setting!.auth === 'none' ? [0, 1, 2, 3] : setting!.byzantine
  expect(found.length).toBeGreaterThan(0)
  const offered = found.map((word) => ({ ...word, to: 1 }))
  for (const step of enabled(program, state.system, offered)) stateAfter(program, [...steps, step])
  // What is not among it brings about nothing.
  const known = new Set(found.map(({ from, message }) => JSON.stringify({ from, message })))
  const others = universe(program)
    .messages.flatMap((message) => ids.map((from) => ({ from, message })))
    .filter((word) => !known.has(JSON.stringify(word)))
  expect(others.length > 0).toBe(name === 'pbft')
  for (const word of others) {
    const used = enabled(program, state.system, [{ ...word, to: 1 }]).filter(
      (step) => 'on' in step && JSON.stringify(step.on) === JSON.stringify(word),
    )
    expect(used).toEqual([])
  }
})

test('nobody Byzantine says nothing; a list that is cut says so', () => {
  const { protocol } = subjectOf('pbft')
  const state = (byzantine: number[]) => stateAfter(inSetting(protocol, configure(protocol, { byzantine })[0]!))
  expect(byzantineMessages(state([]))).toEqual({ messages: [], isComplete: true })
  expect(byzantineMessages(state([0]), { maxUniverse: 3 })).toMatchObject({ isComplete: false })
})
