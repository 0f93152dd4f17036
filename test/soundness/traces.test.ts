/** A trace is untrusted: it says nothing that the run does not use, and its replay ends within a stated bound of work. */
import { describe, expect, test } from 'vitest'
import { program, UsageError } from '../../src/model/index.ts'
import { deliverFPlus1 } from '../../src/protocols/bracha.ts'
import { registry } from '../../src/protocols/index.ts'
import { configure } from '../../src/system/index.ts'
import { decode, encode, record, replay, type Trace } from '../../src/trace/index.ts'
import { LONG } from '../tiers.ts'
import { findSubject, overBound, partial, proved, split, unlucky } from '../trace/traces.ts'

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} | ${error.suggestion}`
    throw error
  }
  throw new Error('it was not refused')
}

function edited(trace: Trace, edit: (copy: any) => void): Trace {
  const copy = JSON.parse(JSON.stringify(trace))
  edit(copy)
  return copy
}

const refused = (trace: Trace, edit: (copy: any) => void): string =>
  refusal(() => replay(edited(trace, edit), findSubject))

const echo = (from: number, value: string) => ({ from, message: { type: 'ECHO', value } })

describe('what nothing asks for is refused with its step', () => {
  test('evidence that no question matches, or that is one too many', () => {
    const unasked = refused(overBound, (copy) =>
      copy.steps[1].with.push({ from: 3, message: { type: 'READY', value: 'a' } }),
    )
    expect(unasked).toContain('step 2: the evidence {"type":"READY","value":"a"} of r3 is superfluous')
    const other = refused(overBound, (copy) => copy.steps[1].with.push(echo(3, 'b')))
    expect(other).toContain('step 2: the evidence {"type":"ECHO","value":"b"} of r3 is superfluous')
    const trigger = refused(overBound, (copy) => copy.steps[1].with.push(echo(0, 'a')))
    expect(trigger).toContain('step 2: the evidence {"type":"ECHO","value":"a"} of r0 is superfluous')
    const twice = refused(overBound, (copy) => copy.steps[1].with.push(1))
    expect(twice).toContain('step 2: the evidence of r1 is superfluous')
  })

  test('evidence where nothing is asked, and one vote more than is counted', () => {
    const plain = refused(split, (copy) => {
      copy.steps[0].with = [{ from: 3, message: { type: 'READY', value: 'b' } }]
    })
    expect(plain).toContain('step 1')
    const ready = (from: number) => ({ from, message: { type: 'READY', value: 'a' } as never })
    const setting = configure(deliverFPlus1, { n: 5, f: 1, byzantine: [0, 3, 4] })[0]!
    const told = (more: number[]): Trace => ({
      ...{ ...overBound, variant: 'deliver-f-plus-1', setting },
      steps: record(program(deliverFPlus1, setting), [
        { at: 1, rule: 'READY/deliver', on: ready(0), with: [3, ...more].map(ready) },
      ]),
    })
    expect(replay(told([]), findSubject)).toMatchObject({
      divergence: { why: expect.stringContaining('not broken at the end') },
    })
    const more = refusal(() => replay(told([4]), findSubject))
    expect(more).toContain('step 1: the evidence {"type":"READY","value":"a"} of r4 is superfluous')
  })

  test('it cannot be smuggled into a healed run', () => {
    const smuggled = refused(partial, (copy) => {
      copy.steps[0].with = [{ from: 3, message: { type: 'SEND', value: 'b' } }]
    })
    expect(smuggled).toContain('superfluous')
  })

  test('proofs that nobody needs, and words in them that nobody counts', () => {
    const unneeded = refused(proved, (copy) => {
      copy.steps[2].on.proof.said[0].proof = { said: [] }
    })
    expect(unneeded).toContain('step 3: {"type":"VOTE","value":"a"} of r0 needs no proof')
    const nobodys = refused(split, (copy) => {
      copy.steps[1].on.proof = { all: [] }
    })
    expect(nobodys).toContain('step 2: {"type":"READY","value":"b"} of r3 needs no proof')
    const many = refused(proved, (copy) =>
      copy.steps[2].on.proof.said.push({ from: 0, message: { type: 'VOTE', value: 'a' } }),
    )
    expect(many).toContain('takes 2 messages, and there are 3')
  })

  test.each([overBound, split, partial, proved, unlucky])('what is told as it was is reproduced', (trace) => {
    expect(replay(trace, findSubject).reproduced).toBe(true)
  })
})

const origin = { command: 'turncoat fuzz x', stepsBeforeShrinking: 1 }

function heavy(name: string, configuration: object, claim: string, steps: object[] = [], variant?: string): Trace {
  const { protocol, variants } = registry.find((one) => one.protocol.definition.name === name)!
  const meant = variant ? variants.find(({ variantName }) => variantName === variant)! : protocol
  return {
    ...{ turncoat: 2, title: 'x', protocol: name, ...(variant ? { variant } : {}) },
    setting: configure(meant, configuration)[0]!,
    ...{ claim, origin, shortest: 'certified', eager: 'reproduced', steps, witness: 'x' },
  } as unknown as Trace
}

const many = Array.from({ length: 1_000 }, (_, i) => `v${i}`)
const digest = '0123456789abcdef'
const relay = [
  {
    at: 1,
    round: 1,
    with: [{ from: 0, message: { type: 'RELAY', chains: [{ value: 'v1', signers: [] }] }, proof: { all: [] } }],
    digest,
  },
]

describe('work is counted, and ends', () => {
  const endless: [name: string, trace: Trace, why: string][] = [
    ['pbft with 100 replicas', heavy('pbft', { n: 100, byzantine: [] }, 'liveness'), 'more than 200000000 messages'],
    ['arrivals', heavy('asyncio-pbft', { n: 100, byzantine: [] }, 'liveness'), 'more than 200000000 messages'],
    [
      'a thousand values in rounds',
      heavy('dolev-strong', { n: 4, f: 1, byzantine: [0], values: many }, 'agreement', relay, 'no-relay'),
      'its alphabet has more than 100000 messages',
    ],
    [
      'a path for every general',
      heavy('oral-messages', { n: 300, f: 2, byzantine: [299], values: ['retreat'] }, 'liveness'),
      'paths',
    ],
    [
      'a healed run without end',
      heavy(
        'go-pbft',
        { n: 4, byzantine: [], clients: 1, values: ['a'], network: { duplicate: true } },
        'liveness',
        [],
        'layer-2',
      ),
      'does not come to rest',
    ],
  ]

  test.each(LONG ? endless : endless.slice(1))('%s', (_, trace, why) => {
    const memory = process.memoryUsage().heapUsed
    expect(refusal(() => replay(trace))).toContain(why)
    expect(process.memoryUsage().heapUsed - memory).toBeLessThan(1_000_000_000)
  })

  test('values, inputs and all together are bounded before anything runs', async () => {
    const base = heavy('bracha', { n: 4 }, 'agreement')
    const values = Array.from({ length: 200_000 }, (_, i) => `v${i}`)
    const refuses = async (edit: (copy: any) => void) => expect(decode(encode(edited(base, edit)))).rejects
    await (await refuses((copy) => (copy.setting.values = values))).toThrow('setting.values: Too big')
    await (await refuses((copy) => (copy.setting.inputs[0] = values))).toThrow('setting.inputs[0]: Too big')
    await (await refuses((copy) => (copy.setting.n = 2_000))).toThrow('setting.n: Too big')
    const steps = Array.from({ length: 500 }, () => ({ at: 0, input: 'a', digest }))
    await (await refuses((copy) => Object.assign(copy, { steps, setting: { ...copy.setting, values: many } }))).toThrow(
      '4 participants × 1000 values × 500 steps make 2000000',
    )
  })
})
