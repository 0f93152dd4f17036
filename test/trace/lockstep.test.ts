import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { program, type Subject } from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { factsOfSteps, stepList } from '../../src/report/text/step-list.ts'
import { type Diverged, decode, deliveries, replay, type Trace } from '../../src/trace/index.ts'
import { census, scene } from '../system/census.ts'

const text = (file: string) => readFileSync(join(import.meta.dirname, '..', '..', 'traces', `${file}.json`), 'utf8')
const late = await decode(text('dolev-strong-f-rounds'))
const silence = await decode(text('oral-messages-n-3m'))

function parts(edit: (copy: any) => void): Diverged['divergence'] {
  const copy = JSON.parse(JSON.stringify(late))
  edit(copy)
  const result = replay(copy)
  if (result.reproduced) throw new Error('the edited trace was reproduced')
  return result.divergence
}

test.each([
  ['another round', 4, (step: any) => Object.assign(step, { round: 1 }), 'next comes round 2 of r2'],
  ['another replica', 4, (step: any) => Object.assign(step, { at: 1 }), 'next comes round 2 of r2'],
  ['no proof', 4, (step: any) => void delete step.with[0].proof, 'r3 cannot send'],
  ['two words of a type', 4, (step: any) => step.with.push(step.with[0]), 'two messages of type RELAY'],
  ['a correct sender', 4, (step: any) => Object.assign(step.with[0], { from: 1 }), 'r1 cannot send'],
  ['a value that is in no alphabet', 4, (step: any) => (step.with[0].message.chains[0].value = 'c'), 'r3 cannot send'],
  ['no word', 4, (step: any) => void delete step.with, 'another state'],
])('a replay parts at %s', (_, number, edit, why) => {
  const partitioned = parts((copy) => edit(copy.steps[number - 1]))
  expect(partitioned).toMatchObject({ step: number, why: expect.stringContaining(why) })
  for (const possible of partitioned.possible) expect(JSON.parse(possible)).toMatchObject({ at: 2, round: 2 })
  expect(partitioned.possible.length).toBeGreaterThan(0)
})

test.each([
  ['"round":1', '"round":0', 'step 1'],
  ['"round":1', '"round":1,"rule":"RELAY"', 'step 1'],
  ['"round":2', '"round":1.5', 'step 3'],
  ['"steps":"lockstep"', '"steps":"together"', 'setting'],
])('what %s is not: %s', async (good, bad, where) => {
  await expect(decode(text('dolev-strong-f-rounds').replace(good, bad))).rejects.toThrow(where)
})

test('a setting with other steps is refused', () => {
  const lazy: Trace = { ...late, setting: { ...late.setting, steps: 'lazy' } }
  expect(() => replay(lazy)).toThrow('is a lockstep protocol')
})

const subjectOf = ({ protocol }: Trace): Subject => registry.find((one) => one.protocol.definition.name === protocol)!
const programOf = (trace: Trace) => {
  const { protocol, variants } = subjectOf(trace)
  return program(variants.find(({ variantName }) => variantName === trace.variant) ?? protocol, trace.setting)
}
const stepsOf = (trace: Trace) => trace.steps.map(({ digest: _, ...step }) => step as never)

test('what arrives in a round is delivered once; oneself, and silence, are nothing', () => {
  expect(deliveries(programOf(late), stepsOf(late))).toBe(1)
  // The order reaches r1, and its relay r0; the traitor r2 gets nothing that counts.
  expect(deliveries(programOf(silence), stepsOf(silence))).toBe(2)
})

test('what one hears of oneself is no delivery', () => {
  const { run } = scene(census, [])
  const steps = [
    { at: 0, input: 'a' },
    { at: 0, round: 1 },
  ]
  expect(deliveries(run, steps)).toBe(0)
  expect(deliveries(run, [...steps, { at: 1, round: 1 }])).toBe(2)
})

test('a round is told with what arrives in it, and marked where the coalition speaks', () => {
  const lines = stepList(factsOfSteps(programOf(late), stepsOf(late)))
  expect(lines).toEqual([
    '1    r1 does round 1',
    '2    r2 does round 1',
    '3    r1 does round 2',
    '     DECIDES {decided default}',
    '4 !  r2 does round 2',
    '     receives RELAY(chains [{signers [0], value a}]) from r3 (Byzantine)',
    '     extracted gains a',
    '     DECIDES {decided a}',
  ])
})
