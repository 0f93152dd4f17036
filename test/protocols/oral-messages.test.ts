import { describe, expect, test } from 'vitest'
import { oralMessagesProperties } from '../../properties/oral-messages.ts'
import { universe } from '../../src/adversary/index.ts'
import { UsageError } from '../../src/model/index.ts'
import { mRounds, oralMessages } from '../../src/protocols/oral-messages.ts'
import { brokenBy, configure, type ProvedMessage, type System } from '../../src/system/index.ts'
import { among, played, verdicts } from './rounds.ts'

const { claims } = oralMessagesProperties
const claim = (name: string) => claims.filter((one) => one.name === name)
const both = [...claim('ic1'), ...claim('ic2')]

const order = (value: string): ProvedMessage => ({ from: 0, message: { type: 'ORDER', value } as never })
const relay = (from: number, ...values: string[]): ProvedMessage => ({
  from,
  message: { type: 'RELAY', values } as never,
})
const obeyed = ({ outputs }: System) => outputs.map((list) => (list[0] as { obeyed: string } | undefined)?.obeyed)

describe('OM(1) among four', () => {
  test('all obey a loyal commander', () => {
    const run = among(oralMessages, { byzantine: [] })
    const system = played(run, { 0: 'attack' })
    expect(obeyed(system)).toEqual([undefined, 'attack', 'attack', 'attack'])
    expect(system.soup.map(({ round, from, message }) => [round, from, message.type])).toEqual([
      [0, 0, 'ORDER'],
      [1, 1, 'RELAY'],
      [1, 2, 'RELAY'],
      [1, 3, 'RELAY'],
    ])
  })

  test('silence is an order to retreat', () => {
    expect(obeyed(played(among(oralMessages, { byzantine: [] }), {})).slice(1)).toEqual(Array(3).fill('retreat'))
    expect(obeyed(played(among(oralMessages, { byzantine: [0] }), {})).slice(1)).toEqual(Array(3).fill('retreat'))
  })

  test('a traitor among the lieutenants is outvoted', () => {
    const run = among(oralMessages, { byzantine: [3] })
    const system = played(run, { 0: 'attack' }, (_, round) => (round === 2 ? [relay(3, 'retreat')] : []))
    expect(obeyed(system)).toEqual([undefined, 'attack', 'attack', undefined])
  })

  test('a treacherous commander makes all do the same', () => {
    const run = among(oralMessages, { byzantine: [0] })
    const byzantineMessages = (at: number, round: number) =>
      round === 1 ? [order(at === 1 ? 'retreat' : 'attack')] : []
    expect(obeyed(played(run, {}, byzantineMessages))).toEqual([undefined, 'attack', 'attack', 'attack'])
  })
})

test('OM(2) among seven believes no relay that comes through traitors only', () => {
  const run = among(oralMessages, { n: 7, byzantine: [5, 6] })
  // Both say, of everybody, that they said retreat.
  const byzantineMessages = (_: number, round: number) => {
    const values = Array(round === 2 ? 1 : 5).fill('retreat') as string[]
    return round === 1 ? [] : [relay(5, ...values), relay(6, ...values)]
  }
  expect(obeyed(played(run, { 0: 'attack' }, byzantineMessages)).slice(1, 5)).toEqual(Array(4).fill('attack'))
})

test('OM(2) among six: the loyal commander is not obeyed', () => {
  const run = among(oralMessages, { n: 6, f: 2, byzantine: [4, 5] })
  const byzantineMessages = (_: number, round: number) => {
    const values = Array(round === 2 ? 1 : 4).fill('retreat') as string[]
    return round === 1 ? [] : [relay(4, ...values), relay(5, ...values)]
  }
  const system = played(run, { 0: 'attack' }, byzantineMessages)
  expect(obeyed(system).slice(1, 4)).toEqual(['retreat', 'retreat', 'retreat'])
})

describe('all Byzantine messages, exhaustively', () => {
  test.each([1, 0])('four generals tolerate one traitor: b = %d', (b) => {
    const found = verdicts(oralMessages, { n: 4, f: 1, b }, both)
    expect(found).toEqual(found.map(() => 'holds'))
    expect(found).toHaveLength(b === 1 ? 4 : 1)
  })

  test('three generals do not: a loyal commander and one traitor', () => {
    expect(verdicts(oralMessages, { n: 3, f: 1, b: 1 }, claim('ic2'))).toEqual(['holds', 'violated', 'violated'])
    // Of two loyal lieutenants each hears what the other was told, and both decide alike.
    expect(verdicts(oralMessages, { n: 3, f: 1, byzantine: [0] }, claim('ic1'))).toEqual(['holds'])
  })

  test('one round too few', () => {
    expect(verdicts(mRounds, { n: 4, f: 1, b: 1 }, claim('ic1'))[0]).toBe('violated')
  })
})

test('the alphabet is one order or one list of values for each path', () => {
  const run = among(oralMessages, { n: 6, f: 2, byzantine: [0] })
  const { messages, closed } = universe(run)
  expect(closed).toBe(true)
  expect(messages.filter(({ type }) => type === 'ORDER')).toHaveLength(2)
  expect(messages.filter(({ type }) => type === 'RELAY')).toHaveLength(2 + 2 ** 4)
  expect(() => universe(among(oralMessages, { n: 10, f: 3, byzantine: [0] }))).toThrow(UsageError)
  expect(configure(oralMessages, { n: 10 })[0]).toMatchObject({ f: 2 })
})

test('IC2 says nothing about an order that was not given', () => {
  const run = among(oralMessages, { byzantine: [3] })
  const silent = played(run, {})
  expect(brokenBy(run, claim('ic2'), silent)).toEqual([])
})
