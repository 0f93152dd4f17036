/** Own broadcasts: what may be evidence, a trigger or an arrival is one definition, for each `selfDelivery`. */
import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import {
  defineProtocol,
  invariant,
  liveness,
  match,
  type Network,
  program,
  properties,
  type SelfDelivery,
  type Steps,
  type Subject,
  sometimes,
} from '../../src/model/index.ts'
import { subject } from '../../src/protocols/subject.ts'
import { digestOf } from '../../src/system/digest-of.ts'
import { apply, configure, enabled, heal, Impossible, type Step, start } from '../../src/system/index.ts'
import { replay, type Trace } from '../../src/trace/index.ts'

interface Poll {
  state: { said: boolean; done: boolean }
  message: { type: 'A' }
  output: string
}

/** Whoever counts `q` votes says so. A vote goes to all, or with `alone` to its own speaker. */
function poll(selfDelivery: SelfDelivery, q: number, alone = false) {
  return defineProtocol<Poll>({
    name: 'poll',
    about: 'Counts votes.',
    rules: () => ({}),
    auth: 'channels',
    selfDelivery,
    defaults: () => ({ f: 0, b: 0, values: ['a'], bounds: {} }),
    init: () => ({ said: false, done: false }),
    input(state, _, ctx) {
      if (state.said) return
      state.said = true
      if (alone) ctx.send(ctx.self, { type: 'A' })
      else ctx.broadcast({ type: 'A' })
      ctx.output('said')
    },
    upon: {
      A(state, _, ctx) {
        if (state.done || selfDelivery === 'at-once') return
        ctx.need(q, match<Poll['message']>('A'))
        state.done = true
        ctx.output('counted')
      },
    },
  })
}

const neverCounted = invariant<any>({ name: 'never-counted', about: 'Nobody counts enough.' }, ({ outputs }) =>
  outputs.some(({ output }) => output === 'counted') ? 'counted' : undefined,
)
const counts = liveness<any>({ name: 'counts', about: 'All count enough.' }, ({ outputs, correct }) =>
  outputs.filter(({ output }) => output === 'counted').length < correct.length ? 'somebody does not' : undefined,
)
const said = sometimes<any>({ name: 'said', about: 'Somebody votes.' }, ({ outputs }) => outputs.length > 0)

const inSetting = (selfDelivery: SelfDelivery, n: number, q: number, more: object = {}, alone = false) => {
  const protocol = poll(selfDelivery, q, alone)
  return program(protocol, configure(protocol, { n, ...more })[0]!)
}

const kinds: SelfDelivery[] = ['inbox', 'at-once', 'network', 'none']
const vote = (from: number) => ({ from, message: { type: 'A' } })

/** Is the step possible once everybody has voted? */
function isPossible(selfDelivery: SelfDelivery, step: Step, more: object = {}, alone = false): boolean {
  const made = inSetting(selfDelivery, 2, 2, more, alone)
  let system = start(made)
  for (const at of [0, 1]) system = apply(made, system, { at, input: 'a' })
  try {
    apply(made, system, step)
    return true
  } catch (error) {
    if (error instanceof Impossible) return false
    throw error
  }
}

test.each([
  ['inbox', true],
  ['network', true],
  ['none', false],
] as const)('own broadcasts as evidence under %s: %s, bare or in words', (kind, is) => {
  const firing = { at: 0, rule: 'A', on: vote(1) }
  expect(isPossible(kind, { ...firing, with: [0] })).toBe(is)
  expect(isPossible(kind, { ...firing, with: [vote(0)] })).toBe(is)
})

test.each(kinds)('own broadcasts trigger and arrive over the network only: %s', (kind) => {
  const is = kind === 'network'
  expect(isPossible(kind, { at: 0, rule: 'A', on: vote(0), with: [1] })).toBe(is)
  expect(isPossible(kind, { at: 0, on: vote(0) }, { network: { duplicate: false } })).toBe(is)
  expect(isPossible(kind, { at: 0, on: vote(0) }, { network: { fifo: true } })).toBe(is)
  expect(isPossible(kind, { at: 0, lose: vote(0) }, { network: { lose: true } })).toBe(is)
  expect(isPossible(kind, { at: 0, lose: vote(0) }, { network: { lose: true, duplicate: false } })).toBe(is)
})

test.each(kinds)('what is said to oneself alone comes over the network or not at all: %s', (kind) => {
  const is = kind === 'network'
  expect(isPossible(kind, { at: 0, on: vote(0) }, { network: { duplicate: false } }, true)).toBe(is)
  const made = inSetting(kind, 2, 1, {}, true)
  const system = apply(made, start(made), { at: 0, input: 'a' })
  const step: Step = { at: 0, rule: 'A', on: vote(0) }
  if (is) expect(apply(made, system, step)).not.toBe(system)
  else expect(() => apply(made, system, step)).toThrow(Impossible)
})

const ways: [string, { network?: Partial<Network>; steps?: Steps }][] = [
  ['lazy', {}],
  ['eager', { steps: 'eager' }],
  ['once', { network: { duplicate: false } }],
  ['fifo', { network: { fifo: true } }],
]

test.each(
  kinds.flatMap((kind) => ways.map(([name, way]) => [kind, name, way] as const)),
)('tables, reference and healed runs count the same: %s, %s', (kind, name, way) => {
  for (const [n, q] of [
    [1, 1],
    [2, 2],
  ] as const) {
    const made = inSetting(kind, n, q, way)
    const [invariantOf, livenessOf] = [{ claims: [neverCounted, said] }, { claims: [counts, said] }]
    const verdicts = [{}, { without: ['quotient', 'forget', 'big-step', 'lazy', 'symmetry'] as const }].map((how) =>
      [invariantOf, livenessOf].map(
        (asked) => check({ program: made, ...asked, ...(how as object) }).claims[0]!.verdict,
      ),
    )
    expect(verdicts[1]).toEqual(verdicts[0])
    // Everybody counts in the end exactly where anybody ever can.
    const healed = heal(made, start(made), [], 'full').system
    const all = healed.outputs.every((outputs) => outputs.includes('counted'))
    expect(verdicts[0]![0]).toBe(all ? 'violated' : 'holds')
    // What arrives before a replica has voted itself is gone where it is handed over once.
    const isWasted = name === 'once' && kind === 'inbox'
    expect(verdicts[0]![1]).toBe(all && !isWasted ? 'holds' : 'violated')
    expect(all).toBe(kind === 'network' || (kind === 'inbox' && n === 2))
  }
})

test('a trace in which a replica counts its own vote, which it does not hear', () => {
  const made = inSetting('none', 2, 2)
  const own: Subject = subject({ poll: made.protocol }, properties<any>({ claims: [neverCounted], expected: [] }))
  const steps: Step[] = [
    { at: 0, input: 'a' },
    { at: 1, input: 'a' },
  ]
  let system = start(made)
  const traced = steps.map((step) => {
    system = apply(made, system, step)
    return { ...step, digest: digestOf(system) }
  })
  const trace = {
    ...{ turncoat: 2, title: 'x', protocol: 'poll', setting: made.setting, claim: 'never-counted' },
    ...{
      origin: { command: 'turncoat check ./poll.ts', stepsBeforeShrinking: 1 },
      shortest: 'certified',
      eager: 'reproduced',
    },
    steps: [...traced, { at: 0, rule: 'A', on: vote(1), with: [0], digest: '98091fd56c431a3f' }],
    witness: 'counted',
  } as Trace
  const result = replay(trace, () => own)
  expect(result).toMatchObject({ reproduced: false, divergence: { step: 3, why: 'r0 has sent nothing here' } })
  expect(enabled(made, system)).toEqual([])
})
