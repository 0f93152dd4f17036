import { expect, test } from 'vitest'
import { program } from '../../src/model/index.ts'
import { bracha, deliverOne } from '../../src/protocols/bracha.ts'
import { coloured } from '../../src/report/text/paint.ts'
import { factsOfSteps, stepList } from '../../src/report/text/step-list.ts'
import { apply, configure, enabled, type Step, start } from '../../src/system/index.ts'
import { expectGolden } from './golden.ts'

test('four correct replicas, step by step', () => {
  const run = program(bracha, configure(bracha, { byzantine: [] })[0]!)
  const steps: Step[] = []
  let system = start(run)
  for (let next = enabled(run, system); next.length > 0; next = enabled(run, system)) {
    steps.push(next[0]!)
    system = apply(run, system, next[0]!)
  }
  const facts = factsOfSteps(run, steps)
  expect(facts.map(({ number }) => number)).toEqual(steps.map((_, i) => i + 1))
  expect(facts.filter(({ byzantineMessage }) => byzantineMessage)).toEqual([])
  expect(facts.filter(({ decides }) => decides.length > 0)).toHaveLength(4)
  expectGolden('bracha-four-correct', stepList(facts))
})

test('the messages of the coalition are marked', () => {
  const run = program(deliverOne, configure(deliverOne, { byzantine: [3] })[0]!)
  const steps: Step[] = [
    { at: 1, rule: 'READY/deliver', on: { from: 3, message: { type: 'READY', value: 'b' } as never } },
  ]
  const facts = factsOfSteps(run, steps)
  expect(facts[0]).toMatchObject({
    byzantineMessage: true,
    rule: 'READY/deliver',
    decides: ['{delivered b}'],
    knows: ['delivered: null → b'],
  })
  const [plainLine] = stepList(facts)
  expect(plainLine).toBe('1 !  r1 gets READY(value b) from r3 (Byzantine) [READY/deliver]')
  expect(stepList(facts, coloured)[0]).toContain(`${String.fromCharCode(27)}[31m`)
})

test('a forged sender is told from a real one', () => {
  const run = program(deliverOne, configure(deliverOne, { byzantine: [3], auth: 'none' })[0]!)
  const steps: Step[] = [
    { at: 1, rule: 'READY/deliver', on: { from: 2, message: { type: 'READY', value: 'b' } as never } },
  ]
  expect(factsOfSteps(run, steps)[0]!.what).toBe('r1 gets READY(value b) from r2 (forged)')
})
