import { describe, expect, test } from 'vitest'
import { program, UsageError } from '../../src/model/index.ts'
import { bracha } from '../../src/protocols/bracha.ts'
import { type Diverged, decode, deliveries, encode, replay, type Trace } from '../../src/trace/index.ts'
import { arriving, findSubject, healing, overBound, partial, proved, split, tooLong, unlucky } from './traces.ts'

/** A copy in which somebody has edited something. */
function edited(trace: Trace, edit: (copy: any) => void): Trace {
  const copy = JSON.parse(JSON.stringify(trace))
  edit(copy)
  return copy
}

const set = (object: any, key: string, value: unknown): void => {
  object[key] = value
}

function parts(trace: Trace, edit: (copy: any) => void): Diverged['divergence'] {
  const result = replay(edited(trace, edit), findSubject)
  if (result.reproduced) throw new Error('the edited trace was reproduced')
  return result.divergence
}

function refuses(trace: Trace, edit: (copy: any) => void): string {
  try {
    replay(edited(trace, edit), findSubject)
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} | ${error.suggestion}`
    throw error
  }
  throw new Error('the edited trace was run')
}

test.each([
  ['an invariant', overBound, 6],
  ['a variant', split, 2],
  ['a claim judged after healing', partial, 1],
  ['a Byzantine message with its proof', proved, 4],
  ['arrivals', arriving, 2],
  ['an input, a loss and a crash', unlucky, 5],
])('reproduces %s, twice and from its text', async (_, trace, steps) => {
  const first = replay(trace, findSubject)
  expect(first).toMatchObject({ reproduced: true, claim: trace.claim, steps, witness: trace.witness })
  expect(first).toMatchObject({ digest: trace.steps.at(-1)!.digest })
  expect(replay(trace, findSubject)).toEqual(first)
  expect(replay(await decode(encode(trace)), findSubject)).toEqual(first)
})

test('counts each message that reaches a replica once, and its own ones never', () => {
  const { setting, steps } = overBound
  expect(deliveries(program(bracha, setting), steps)).toBe(10)
  expect(replay(overBound, findSubject)).toMatchObject({ deliveries: 10 })
  expect(replay(split, findSubject)).toMatchObject({ deliveries: 2 })
  expect(replay(arriving, findSubject)).toMatchObject({ deliveries: 2 })
  expect(replay(unlucky, findSubject)).toMatchObject({ deliveries: 2 })
})

describe('parts', () => {
  test('at a step whose message was edited, with what is possible there', () => {
    const partitioned = parts(overBound, (copy) => {
      copy.steps[4].on.message.value = 'a'
    })
    expect(partitioned).toMatchObject({ step: 5, why: expect.stringContaining('rule ECHO cannot fire here') })
    expect(partitioned.possible.length).toBeGreaterThan(0)
    expect(partitioned.possible.length).toBeLessThanOrEqual(10)
    expect(JSON.parse(partitioned.possible[0]!)).toMatchObject({ at: 2 })
    expect(partitioned.next).toBe(overBound.origin.command)
  })

  test('at a step that leads elsewhere', () => {
    const partitioned = parts(split, (copy) => {
      copy.steps[1].on.message.value = 'a'
    })
    expect(partitioned).toMatchObject({
      step: 2,
      expected: split.steps[1]!.digest,
      why: expect.stringContaining('another'),
    })
    expect(partitioned.got).toMatch(/^[0-9a-f]{16}$/)
    expect(partitioned.got).not.toBe(partitioned.expected)
  })

  test('at an edited digest', () => {
    const partitioned = parts(overBound, (copy) => {
      copy.steps[2].digest = '0123456789abcdef'
    })
    expect(partitioned).toMatchObject({ step: 3, expected: '0123456789abcdef', got: overBound.steps[2]!.digest })
  })

  test.each([
    ['a rule that does not exist', (step: any) => set(step, 'rule', 'NONE'), 'there is no rule NONE'],
    ['a replica that does not exist', (step: any) => set(step, 'at', 9), 'there is no participant 9'],
    ['a Byzantine replica', (step: any) => set(step, 'at', 3), 'r3 runs no code'],
    ['a sender that said nothing', (step: any) => set(step.with, '0', 2), 'r2 has sent nothing here'],
    ['a correct sender that said something else', (step: any) => set(step.on, 'from', 2), 'r2 has not sent'],
    ['missing evidence', (step: any) => void step.with.pop(), 'evidence is not enough'],
  ])('at %s', (_, edit, why) => {
    expect(parts(overBound, (copy) => edit(copy.steps[1]))).toMatchObject({
      step: 2,
      why: expect.stringContaining(why),
    })
  })

  test.each([
    ['without a proof', (on: any) => void delete on.proof],
    ['with one vote', (on: any) => void on.proof.said.pop()],
    ['with a vote that nobody cast', (on: any) => set(on.proof.said[1], 'from', 3)],
    ['with the same vote twice', (on: any) => set(on.proof.said, '1', on.proof.said[0])],
    ['with a vote for something else', (on: any) => set(on.proof.said[1].message, 'value', 'b')],
    ['with a proof of another form', (on: any) => set(on, 'proof', { all: [] })],
  ])('at a Byzantine message %s', (_, edit) => {
    const partitioned = parts(proved, (copy) => edit(copy.steps[2].on))
    expect(partitioned).toMatchObject({ step: 3, why: expect.stringContaining('r0 has not sent') })
  })

  test('at contents that the protocol cannot read', () => {
    const partitioned = parts(proved, (copy) => {
      copy.steps[2].on.message.more = 7
    })
    expect(partitioned).toMatchObject({ step: 3, why: expect.stringContaining('cannot read this message') })
  })

  test('where the claim is broken before the end', () => {
    expect(parts(tooLong, () => {})).toMatchObject({ step: 2, why: expect.stringContaining('is broken here already') })
  })

  test('where the claim is not broken at the end', () => {
    const partitioned = parts(overBound, (copy) => {
      copy.steps.pop()
    })
    expect(partitioned).toMatchObject({ step: 5, why: expect.stringContaining('is not broken at the end') })
    expect(parts(split, (copy) => set(copy, 'steps', []))).toMatchObject({ step: 0 })
    expect(parts(healing, () => {})).toMatchObject({
      step: 2,
      why: expect.stringContaining('is not broken at the end'),
    })
  })

  test('where the claim is broken in another way than the trace says', () => {
    const partitioned = parts(split, (copy) => {
      copy.witness = 'r1 decided b'
    })
    expect(partitioned).toMatchObject({ step: 2, expected: 'r1 decided b', got: split.witness })
  })
})

describe('refuses', () => {
  test('what no longer exists, and names the nearest', () => {
    expect(refuses(split, (copy) => set(copy, 'protocol', 'brahca'))).toMatch(/protocol brahca.*\| .*bracha/)
    expect(refuses(split, (copy) => set(copy, 'variant', 'deliver-on'))).toMatch(/variant deliver-on,.*deliver-one/)
    expect(refuses(split, (copy) => set(copy, 'claim', 'agreemnt'))).toMatch(/claim agreemnt.*agreement/)
    expect(refuses(split, (copy) => set(copy, 'claim', 'decided'))).toMatch(/claim decided/)
  })

  test.each([
    [
      'n beyond any',
      (setting: any) => void Object.assign(setting, { n: 5000, inputs: Array(5000).fill([]) }),
      'n is 5000',
    ],
    ['a Byzantine id out of range', (setting: any) => set(setting, 'byzantine', [7]), 'participant 7'],
    ['a crashing id out of range', (setting: any) => set(setting, 'crash', [4]), 'participant 4'],
    ['an id that crashes and Byzantine messages', (setting: any) => set(setting, 'crash', [3]), 'both Byzantine and'],
    ['ids given twice', (setting: any) => set(setting, 'byzantine', [3, 3]), 'setting.byzantine is [3,3]'],
    ['too few lists of inputs', (setting: any) => void setting.inputs.pop(), 'setting.inputs has 3 lists'],
    ['an input that is no value', (setting: any) => void setting.inputs[1].push('z'), 'input z'],
    [
      'clients of a protocol without',
      (setting: any) => void Object.assign(setting, { clients: 1, inputs: [[], [], [], [], []] }),
      'no clients',
    ],
    ['a bound that the protocol has not', (setting: any) => set(setting.bounds, 'views', 2), 'no bound called views'],
    ['f above n', (setting: any) => set(setting, 'f', 9), 'f is 9'],
  ])('a setting with %s', (_, edit, message) => {
    expect(refuses(split, (copy) => edit(copy.setting))).toContain(message)
  })
})
