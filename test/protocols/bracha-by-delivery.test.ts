import { describe, expect, test } from 'vitest'
import { brachaProperties } from '../../properties/bracha.ts'
import { brachaByDeliveryProperties } from '../../properties/bracha-by-delivery.ts'
import { canonical, type Id, type Protocol, range } from '../../src/model/index.ts'
import { bracha } from '../../src/protocols/bracha.ts'
import * as variants from '../../src/protocols/bracha-by-delivery.ts'
import { brachaByDelivery } from '../../src/protocols/bracha-by-delivery.ts'
import { registry } from '../../src/protocols/index.ts'
import { apply, enabled, type Offered, type Step, type System, start } from '../../src/system/index.ts'
import { broken, play, runOf, settle, stuck } from './schedule.ts'

type Type = 'SEND' | 'ECHO' | 'READY'

/** A message of a type arrives at some replicas, from each of some senders. */
const hear = (type: Type, value: string, from: Id | Id[], ...to: Id[]): Step[] =>
  [from]
    .flat()
    .flatMap((sender) => to.map((at) => ({ at, rule: type, on: { from: sender, message: { type, value } } })))

const stateOf = (system: System, at: Id) => system.locals[at]!.state as Record<string, unknown>

const withR3 = { n: 4, byzantine: [3] }
const withSender = { n: 4, byzantine: [0] }

describe('one delivery after the other', () => {
  const run = runOf(brachaByDelivery, withR3)

  test('a sender with one value has sent and echoed it when the run begins', () => {
    const said = start(run).soup.map(({ from, message }) => [from, message])
    expect(said).toEqual([
      [0, { type: 'ECHO', value: 'a' }],
      [0, { type: 'SEND', value: 'a' }],
    ])
    expect(stateOf(start(run), 0)).toMatchObject({ sent: true, echoed: true })
    expect(start(run).locals[0]!.tallies).toEqual({ echoes: [{ key: 'a', voters: [0] }] })
    expect(() => play(run, [{ at: 0, input: 'a' }])).toThrow('changes nothing')
  })

  test('a sender that may choose sends by a step, and hears itself in it', () => {
    const choosing = runOf(brachaByDelivery, { ...withR3, inputs: { 0: ['a', 'b'] } })
    expect(start(choosing).soup).toEqual([])
    const sent = play(choosing, [{ at: 0, input: 'b' }])
    expect(stateOf(sent, 0)).toMatchObject({ sent: true, echoed: true })
    expect(sent.locals[0]!.tallies).toEqual({ echoes: [{ key: 'b', voters: [0] }] })
    expect(sent.soup).toHaveLength(2)
    expect(() => play(choosing, [{ at: 0, input: 'a' }], sent)).toThrow('changes nothing')
  })

  test('alone, or where one ECHO is a quorum, sending is a step that ends in a delivery', () => {
    const alone = runOf(brachaByDelivery, { n: 1 })
    expect(play(alone, [{ at: 0, input: 'a' }]).outputs).toEqual([[{ delivered: 'a' }]])
  })

  test('a third ECHO triggers READY, which counts at once', () => {
    const system = play(run, [...hear('SEND', 'a', 0, 1, 2), ...hear('ECHO', 'a', [1, 2], 0)])
    expect(stateOf(system, 0)).toMatchObject({ readied: true, delivered: null })
    expect(system.locals[0]!.tallies).toMatchObject({ readies: [{ key: 'a', voters: [0] }] })
  })

  test('two READYs make a third, and the three deliver within one step', () => {
    const echoes = [...hear('SEND', 'a', 0, 1, 2), ...hear('ECHO', 'a', [1, 2], 0), ...hear('ECHO', 'a', [0, 2], 1)]
    const two = play(run, [...echoes, ...hear('READY', 'a', 0, 2)])
    expect(stateOf(two, 2)).toMatchObject({ readied: false, delivered: null })
    const three = play(run, hear('READY', 'a', 1, 2), two)
    expect(stateOf(three, 2)).toMatchObject({ readied: true, delivered: 'a' })
    expect(three.locals[2]!.tallies).toMatchObject({ readies: [{ key: 'a', voters: [0, 1, 2] }] })
    expect(three.outputs[2]).toEqual([{ delivered: 'a' }])
  })

  test('of each sender only the first vote counts, and a later one is no step', () => {
    const first = play(run, [...hear('ECHO', 'b', 3, 1), ...hear('READY', 'b', 3, 1)])
    for (const type of ['ECHO', 'READY'] as const) {
      for (const value of ['a', 'b']) expect(() => play(run, hear(type, value, 3, 1), first)).toThrow('changes nothing')
    }
    expect(() => play(run, hear('SEND', 'a', 3, 1))).toThrow('changes nothing')
  })

  test('everybody delivers, and nobody is left behind', () => {
    const system = settle(run)
    expect(system.outputs.slice(0, 3)).toEqual(range(3).map(() => [{ delivered: 'a' }]))
    expect(stuck(run, start(run))).toBeUndefined()
  })
})

/** States and transitions, breadth first; the coalition says anything to anybody at any time. */
function counted(configuration: { n: number; byzantine: Id[] }): { states: number; transitions: number } {
  const run = { ...runOf(brachaByDelivery, configuration), copies: true }
  const types = (from: Id): Type[] => (from === 0 ? ['SEND', 'ECHO', 'READY'] : ['ECHO', 'READY'])
  const offered: Offered[] = run.setting.byzantine.flatMap((from) =>
    types(from).flatMap((type) =>
      ['a', 'b'].flatMap((value) => range(configuration.n).map((to) => ({ from, to, message: { type, value } }))),
    ),
  )
  const queue = [start(run)]
  const seen = new Set([canonical(queue[0])])
  let transitions = 0
  for (const system of queue) {
    for (const step of enabled(run, system, offered)) {
      transitions++
      const after = apply(run, system, step)
      const key = canonical(after)
      if (seen.has(key)) continue
      seen.add(key)
      queue.push(after)
    }
  }
  return { states: seen.size, transitions }
}

test('the plain count of a small instance is that of an independent search', () => {
  // The program that gives these numbers gives 1,150,362 and 9,189,720 for four replicas with r3 Byzantine.
  expect(counted({ n: 3, byzantine: [2] })).toEqual({ states: 3_030, transitions: 12_474 })
})

describe('it is bracha', () => {
  const rulesOf = (protocol: Protocol, n: number) => {
    const { onlyValue, ...rules } = runOf(protocol, { n }).rules as Record<string, unknown>
    return rules
  }

  test('with the same rules in every variant', () => {
    const [mine, other] = ['bracha-by-delivery', 'bracha'].map(
      (name) => registry.find(({ protocol }) => protocol.definition.name === name)!,
    )
    expect(mine!.variants.map(({ variantName }) => variantName)).toEqual(
      other!.variants.map(({ variantName }) => variantName),
    )
    for (const n of [3, 4, 7]) {
      expect({ ...rulesOf(brachaByDelivery, n), sender: 0 }).toEqual(rulesOf(bracha, n))
      for (const [index, variant] of mine!.variants.entries()) {
        expect({ ...rulesOf(variant, n), sender: 0 }).toEqual(rulesOf(other!.variants[index]!, n))
      }
    }
  })

  test('with the same verdicts', () => {
    const verdicts = (list: typeof brachaProperties.expected) =>
      list.map(({ subject, claim, verdict }) => [subject.replace('bracha-by-delivery', 'bracha'), claim, verdict])
    expect(verdicts(brachaByDeliveryProperties.expected)).toEqual(verdicts(brachaProperties.expected))
    expect(brachaByDeliveryProperties.expected[0]!.subject).toBe('bracha-by-delivery')
  })
})

describe('variants', () => {
  const totality = (protocol: Protocol, configuration: object, steps: Step[]) => {
    const run = runOf(protocol, configuration)
    return stuck(run, play(run, steps))
  }
  const sends = [...hear('SEND', 'a', 0, 1), ...hear('SEND', 'b', 0, 2, 3)]

  test('two quorums of two ECHOs, and each replica ready for both values: agreement breaks', () => {
    const ready = [
      ...sends,
      ...hear('ECHO', 'a', 0, 1, 2),
      ...hear('ECHO', 'a', 1, 2),
      ...hear('ECHO', 'b', 3, 2),
      ...hear('ECHO', 'b', 2, 3),
    ]
    const split = [...ready, ...hear('READY', 'a', [0, 2], 1), ...hear('READY', 'b', [0, 2], 3)]
    expect(broken(runOf(variants.readyRepeat, withSender), split)).toEqual(['agreement'])
    // A replica that is ready once does not say READY for b, so that step is not there.
    expect(() => broken(runOf(variants.echoTwo, withSender), split)).toThrow('has not sent')
  })

  test('one READY amplified carries a Byzantine message to all', () => {
    const byzantineMessage = [...hear('READY', 'b', 3, 0, 1), ...hear('READY', 'b', 0, 1)]
    expect(broken(runOf(variants.amplifyOne, withR3), byzantineMessage)).toEqual(['validity'])
    expect(() => broken(runOf(brachaByDelivery, withR3), byzantineMessage)).toThrow('has not sent')
  })

  test('one READY that delivers delivers anything', () => {
    const byzantineMessage = [...hear('READY', 'b', 3, 0), ...hear('READY', 'a', 3, 1)]
    expect(broken(runOf(variants.deliverOne, withR3), byzantineMessage)).toEqual(['validity', 'agreement'])
    expect(broken(runOf(brachaByDelivery, withR3), byzantineMessage)).toEqual([])
  })

  test('without amplification one delivers alone', () => {
    const steps = [
      ...hear('SEND', 'a', 0, 1, 2),
      ...hear('SEND', 'b', 0, 3),
      ...hear('ECHO', 'a', [0, 2], 1),
      ...hear('ECHO', 'a', [0, 1], 2),
      ...hear('READY', 'a', [0, 2], 1),
    ]
    expect(totality(variants.noAmplification, withSender, steps)).toBe('r1 delivered a, but r2, r3 never will')
    expect(totality(brachaByDelivery, withSender, steps)).toBeUndefined()
  })

  test('two READYs that deliver, of which one is a Byzantine message, leave the others waiting', () => {
    const steps = [
      ...hear('SEND', 'a', 0, 1, 2),
      ...hear('SEND', 'b', 0, 3),
      ...hear('ECHO', 'a', [0, 2], 1),
      ...hear('READY', 'a', 0, 1),
    ]
    expect(totality(variants.deliverFPlus1, withSender, steps)).toBe('r1 delivered a, but r2, r3 never will')
    expect(totality(brachaByDelivery, withSender, steps)).toBeUndefined()
  })

  test('three replicas cannot tolerate one Byzantine replica, whatever the quorum', () => {
    const three = { n: 3, f: 1, byzantine: [0] }
    const split = [
      ...hear('SEND', 'a', 0, 1),
      ...hear('SEND', 'b', 0, 2),
      ...hear('ECHO', 'a', 0, 1),
      ...hear('READY', 'a', 0, 1),
      ...hear('ECHO', 'b', 0, 2),
      ...hear('READY', 'b', 0, 2),
    ]
    expect(broken(runOf(variants.n3f, three), split)).toEqual(['agreement'])
    const full = [
      ...hear('SEND', 'a', 0, 1, 2),
      ...hear('ECHO', 'a', [0, 2], 1),
      ...hear('ECHO', 'a', [0, 1], 2),
      ...hear('READY', 'a', [0, 2], 1),
    ]
    expect(totality(variants.n3fFullQuorum, three, full)).toBe('r1 delivered a, but r2 never will')
  })

  test('2f + 1 ECHOs are no quorum of five', () => {
    const split = [
      ...hear('SEND', 'a', 0, 1, 2),
      ...hear('SEND', 'b', 0, 3, 4),
      ...hear('ECHO', 'a', [0, 2], 1),
      ...hear('ECHO', 'a', [0, 1], 2),
      ...hear('ECHO', 'b', [0, 4], 3),
      ...hear('ECHO', 'b', [0, 3], 4),
      ...hear('READY', 'a', [0, 2], 1),
      ...hear('READY', 'b', [0, 4], 3),
    ]
    const five = { n: 5, f: 1, byzantine: [0] }
    expect(broken(runOf(variants.echo2fPlus1, five), split)).toEqual(['agreement'])
    expect(() => broken(runOf(brachaByDelivery, five), split)).toThrow('has not sent')
    // Two READYs each, and a Byzantine replica that has spoken to one replica only: nobody else has three.
    const lone = split.slice(0, -4)
    expect(totality(variants.echo2fPlus1, five, [...lone, ...hear('READY', 'a', [0, 2], 1)])).toBe(
      'r1 delivered a, but r2, r3, r4 never will',
    )
  })
})
