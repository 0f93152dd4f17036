import { expect, test, vi } from 'vitest'
import type { CheckedClaim, CheckRequest, CheckResult } from '../../src/check/result/result.ts'
import { defineProtocol, HarnessError, invariant } from '../../src/model/index.ts'
import { type Certificate, certify } from '../../src/shrink/certify.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import type { Step } from '../../src/system/index.ts'
import { examples, offered, stuck } from './examples.ts'
import { programIn, rawTrace } from './walk.ts'

const [example] = examples
const { claim, program: run } = example!
const raw = rawTrace(run, claim, offered(example!), { atLeast: 6 })
const plain = shrink(run, claim, raw)

/** The sender is the Byzantine replica, and each of two replicas believes what it alone is told. */
const believe = (at: number, value: string): Step => ({
  ...{ at, rule: 'READY/deliver', on: { from: 0, message: { type: 'READY', value } as never } },
})
const two = [believe(1, 'a'), believe(2, 'b')]
const three = [believe(3, 'a'), ...two]

/** An exhaustive search that says one thing. */
const envelope = (said: Partial<CheckedClaim>) =>
  vi.fn((request: CheckRequest): CheckResult => {
    const checked = { claim: request.claims[0]!.name, verdict: 'holds', ...said } as CheckedClaim
    return { claims: [checked], universe: { messages: 6, closed: true, extent: {} } } as unknown as CheckResult
  })

const asked = (said: Partial<CheckedClaim>, steps: readonly Step[] = two): Certificate =>
  certify({ maxStates: 100, run: envelope(said) })(run, claim, steps.length - 1, steps)

test('asks for the one claim, within the bounds of the setting and the budget', () => {
  const search = envelope({ verdict: 'inconclusive' })
  certify({ maxStates: 123, run: search })(run, claim, 1, two)
  expect(search.mock.calls).toEqual([[{ program: run, claims: [claim], maxStates: 123, maxUniverse: 250 }]])
})

test('fewer states where the search goes over `apply`; a safety claim where messages come once needs no such search', () => {
  const once = examples.find(({ name }) => name === 'tally')!.program
  const fifo = examples.find(({ name }) => name === 'tally, fifo')!.program
  const budget = (program: typeof once, judged: typeof claim) => {
    const search = envelope({ verdict: 'inconclusive' })
    certify({ maxStates: 400, run: search })(program, judged, 1, two)
    return search.mock.calls[0]![0].maxStates
  }
  expect(budget(once, claim)).toBe(400)
  expect(budget(once, stuck)).toBe(20)
  expect(budget(fifo, claim)).toBe(20)
})

test('what is shortest among some of the messages only is not certified', () => {
  const some = { messages: 6, closed: false, extent: {} }
  const search = (steps: readonly Step[]) => (request: CheckRequest) => ({
    ...envelope({ verdict: 'violated', steps, shortest: 'certified' })(request),
    universe: some,
  })
  const ask = (steps: readonly Step[], known: readonly Step[]) =>
    certify({ maxStates: 100, run: search(steps) })(run, claim, known.length - 1, known)
  const why = 'the universe of messages is not closed'
  expect(ask(two, two)).toEqual({ certified: false, why })
  expect(ask(two, three)).toEqual({ found: two, certified: false, why })
})

test('the real search certifies, or finds what is shorter', () => {
  const ask = certify({ maxStates: 10_000 })
  expect(ask(run, claim, 1, two)).toEqual({ certified: true })
  const shorter = ask(run, claim, 2, three)
  expect(shorter).toMatchObject({ certified: true })
  expect(shorter.found).toHaveLength(2)
})

test('what is shorter is found; what is as short certifies', () => {
  const shortest = { verdict: 'violated', steps: two, shortest: 'certified' } as const
  expect(asked(shortest, three)).toEqual({ found: two, certified: true })
  expect(asked(shortest)).toEqual({ certified: true })
})

test('a search that was not finished certifies nothing, and says where it stopped', () => {
  const open = { verdict: 'violated', steps: two, shortest: 'level 2 of 5' } as const
  expect(asked(open, three)).toEqual({ found: two, certified: false, why: 'level 2 of 5' })
  expect(asked(open)).toEqual({ certified: false, why: 'level 2 of 5' })
  expect(asked({ ...open, steps: three })).toEqual({ certified: false, why: 'level 2 of 5' })
  expect(asked({ verdict: 'inconclusive', why: '100 states' })).toEqual({ certified: false, why: '100 states' })
  expect(asked({ verdict: 'vacuous' })).toEqual({ certified: false, why: 'vacuous' })
})

test('a search that denies what was replayed contradicts it, unless the Byzantine messages are outside of its universe', () => {
  expect(() => asked({ verdict: 'holds' })).toThrow(/agreement is broken by 2 steps, .* says that it holds/)
  const longer = { verdict: 'violated', steps: three, shortest: 'certified' } as const
  expect(() => asked(longer)).toThrow(/is broken by 2 steps, .* says that it takes 3 steps/)
  expect(() => asked(longer)).toThrow(HarnessError)
  const unheard = [believe(1, 'a'), believe(2, 'unheard of')]
  const outside = { certified: false, why: 'its Byzantine messages are not all among the messages that were searched' }
  expect(asked({ verdict: 'holds' }, unheard)).toEqual(outside)
  expect(asked(longer, unheard)).toEqual(outside)
})

test('a verdict without steps, and no verdict at all, are bugs of ours', () => {
  expect(() => asked({ verdict: 'violated' })).toThrow(HarnessError)
  expect(() => asked({ claim: 'another' })).toThrow(HarnessError)
})

/** Shrinks with a certificate that is made up. */
const shrunkWith = (certificate: Certificate, steps = raw) => shrink(run, claim, steps, { certify: () => certificate })

test('shrinking says that the length is certified, and is otherwise as before', () => {
  const { stages, ...rest } = shrunkWith({ certified: true })
  const { stages: before, ...same } = plain
  expect(rest).toEqual({ ...same, shortest: 'certified' })
  expect(stages.map(({ stage }) => stage)).toEqual(before.map(({ stage }) => stage).toSpliced(-1, 0, 'certify'))
})

test('shrinking keeps what its own vocabulary says, and adds where the search of everything stopped', () => {
  expect(plain.shortest).toBe('certified in its own vocabulary')
  expect(shrunkWith({ certified: false, why: '100 states' }).shortest).toBe(`${plain.shortest}; 100 states`)
  expect(shrunkWith({ certified: false }).shortest).toBe(plain.shortest)
  const longer = examples.find(({ name }) => name === 'over-bound')!
  const steps = rawTrace(longer.program, longer.claim, offered(longer), { atLeast: 6 })
  const hasty = { maxStates: 1, certify: () => ({ certified: false, why: '100 states' }) }
  expect(shrink(longer.program, longer.claim, steps, hasty).shortest).toBe('bound reached; 100 states')
})

interface Stairs {
  state: { height: number }
  message: { type: 'STEP' } | { type: 'JUMP' }
  output: string
}

/** There are two ways up, and neither can be told in the words of the other. */
const stairs = defineProtocol<Stairs>({
  name: 'stairs',
  about: 'Two steps or one jump.',
  rules: () => ({}),
  auth: 'channels',
  defaults: () => ({ f: 0, b: 1, inputs: {}, bounds: {} }),
  init: () => ({ height: 0 }),
  upon: {
    STEP(state, _message, ctx) {
      if (state.height === 2) return
      state.height++
      if (state.height === 2) ctx.output('arrived')
    },
    JUMP(state, _message, ctx) {
      if (state.height !== 0) return
      state.height = 2
      ctx.output('arrived')
    },
  },
})

test('shrinking takes what is shorter, and says of its length only what the search does', () => {
  const nobodyArrives = invariant<string>({ name: 'nobody-arrives', about: 'Nobody arrives.' }, ({ outputs }) =>
    outputs.length > 0 ? 'somebody arrived' : undefined,
  )
  const up = programIn(stairs, { n: 2, byzantine: [0] })
  const by = (type: 'STEP' | 'JUMP'): Step => ({ at: 1, rule: type, on: { from: 0, message: { type } } })
  const steps = [by('STEP'), by('STEP')]
  expect(shrink(up, nobodyArrives, steps)).toMatchObject({ steps, shortest: 'certified in its own vocabulary' })
  const given = (certificate: Certificate) => shrink(up, nobodyArrives, steps, { certify: () => certificate })
  const found = [by('JUMP')]
  expect(given({ found, certified: true })).toMatchObject({ steps: found, shortest: 'certified' })
  const open = given({ found, certified: false, why: '100 states' })
  expect(open).toMatchObject({ steps: found, shortest: 'bound reached; 100 states', eager: 'reproduced' })
  expect(open.stages.find(({ stage }) => stage === 'certify')).toEqual({ stage: 'certify', before: 2, after: 1 })
  expect(() => given({ found: steps, certified: true })).toThrow('what should be shorter is not')
  expect(() => given({ found: [by('STEP')], certified: true })).toThrow(HarnessError)
})

test('a claim that fails before anything happens is certified without a search', () => {
  const never = vi.fn((): Certificate => ({ certified: false }))
  expect(shrink(run, stuck, raw, { certify: never })).toMatchObject({ steps: [], shortest: 'certified' })
  expect(never).not.toHaveBeenCalled()
})

test('a contradiction inside the search is not swallowed', () => {
  const broken = () => {
    throw new HarnessError('two engines disagree')
  }
  expect(() => shrink(run, claim, raw, { certify: certify({ maxStates: 100, run: broken }) })).toThrow(
    'two engines disagree',
  )
})
