import { describe, expect, test } from 'vitest'
import { exhaustively } from '../../properties/laws/exhaustive.ts'
import { paxosProperties } from '../../properties/paxos.ts'
import { highestOf } from '../../src/model/highest.ts'
import type { AnyMessage, Id, Json } from '../../src/model/index.ts'
import { forgetsPromise, ignoresAccepted, paxos } from '../../src/protocols/paxos.ts'
import { type Evidence, type Step, type System, start } from '../../src/system/index.ts'
import { LONG } from '../tiers.ts'
import { broken, play, runOf, settle, stuck } from './schedule.ts'

type Said = AnyMessage & { readonly [field: string]: Json }

const prepare = (ballot: number): Said => ({ type: 'PREPARE', ballot })
const promise = (ballot: number, last = -1, value: string | null = null): Said => ({
  type: 'PROMISE',
  ballot,
  last,
  value,
})
const accept = (ballot: number, value: string): Said => ({ type: 'ACCEPT', ballot, value })
const accepted = (ballot: number, value: string): Said => ({ type: 'ACCEPTED', ballot, value })

const propose = (at: Id, input: string): Step => ({ at, input })
const hear = (message: Said, from: Id, at: Id, ...evidence: Evidence[]): Step => ({
  at,
  rule: message.type,
  on: { from, message },
  ...(evidence.length > 0 ? { with: evidence } : {}),
})
const word = (message: Said, from: Id): Evidence => ({ from, message })

const stateOf = (system: System, at: Id) => system.locals[at]!.state
const three = { n: 3 }
const run = runOf(paxos, three)

/** Ballot 0 of r0 with r2's help: a is accepted by both, and r0 knows. */
const first = [
  propose(0, 'a'),
  hear(prepare(0), 0, 2),
  hear(promise(0), 2, 0, word(promise(0), 0)),
  hear(accept(0, 'a'), 0, 2),
  hear(accepted(0, 'a'), 2, 0, word(accepted(0, 'a'), 0)),
]
/** Ballot 1 of r1, up to the PROMISE of r2, which tells what r2 has accepted. */
const second = [propose(1, 'b'), hear(prepare(1), 1, 2)]

describe('two ballots', () => {
  test('what a majority accepts is decided', () => {
    const system = play(run, first)
    expect(system.outputs[0]).toEqual([{ decided: 'a' }])
    expect(system.locals[0]!.timers).toEqual([])
    expect(stateOf(system, 2)).toMatchObject({ promised: 0, acceptedIn: 0, accepted: 'a', decided: null })
  })

  test('a later proposer adopts what may have been decided', () => {
    const told = promise(1, 0, 'a')
    const system = play(run, [...first, ...second, hear(told, 2, 1, word(promise(1), 1))])
    expect(system.soup.map(({ message }) => message)).toContainEqual(accept(1, 'a'))
    expect(stateOf(system, 1)).toMatchObject({ proposed: true, acceptedIn: 1, accepted: 'a' })
  })

  test('of several accepted values it adopts that of the highest ballot', () => {
    const choose = runOf(paxos, { n: 5 }).rules as ReturnType<typeof paxos.definition.rules>
    const bound = (promises: object[]) =>
      choose.bound(highestOf(promises as AnyMessage[], choose.toldOf as never) as never)
    expect(bound([promise(9), promise(9, 2, 'b'), promise(9, 4, 'a')])).toBe('a')
    expect(bound([promise(9, 4, 'a'), promise(9, 2, 'b')])).toBe('a')
    expect(bound([promise(9), promise(9)])).toBeNull()
  })

  test('free to choose, it proposes its own value', () => {
    const system = play(run, [...second, hear(promise(1), 2, 1, word(promise(1), 1))])
    expect(stateOf(system, 1)).toMatchObject({ accepted: 'b' })
  })

  test('one PROMISE is no majority', () => {
    expect(() =>
      play(runOf(paxos, { n: 5 }), [propose(0, 'a'), hear(prepare(0), 0, 2), hear(promise(0), 2, 0)]),
    ).toThrow('changes nothing')
  })

  test('an acceptor refuses what is below its promise', () => {
    const both = [...first.slice(0, 3), ...second]
    expect(() => play(run, [...both, hear(accept(0, 'a'), 0, 2)])).toThrow('changes nothing')
    expect(() => play(run, [...second, propose(0, 'a'), hear(prepare(0), 0, 2)])).toThrow('changes nothing')
  })

  test('a ballot is led by its owner only', () => {
    const lying = runOf(paxos, { n: 3, byzantine: [2] })
    expect(() => play(lying, [hear(prepare(1), 2, 0)])).toThrow('changes nothing')
    expect(() => play(lying, [hear(accept(1, 'b'), 2, 0)])).toThrow('changes nothing')
    // Ballot 2 would be its own, but is beyond the bound.
    expect(() => play(lying, [hear(accept(2, 'b'), 2, 0)])).toThrow('changes nothing')
  })

  test('whoever gets nowhere tries again in its next ballot, above all promises', () => {
    const more = runOf(paxos, { n: 3, bounds: { ballots: 4 } })
    const again = play(more, [propose(0, 'a'), propose(1, 'b'), hear(prepare(1), 1, 0), { at: 0, timeout: 'ballot' }])
    expect(stateOf(again, 0)).toMatchObject({ ballot: 3, promised: 3, proposed: false })
    expect(() => play(run, [propose(0, 'a'), { at: 0, timeout: 'ballot' }])).toThrow('changes nothing')
  })
})

describe('everybody decides', () => {
  test('in a quiet run', () => {
    const system = settle(run)
    const decided = system.outputs.map((list) => JSON.stringify(list))
    expect(new Set(decided).size).toBe(1)
    expect(decided[0]).toContain('decided')
  })

  test('after two rivals have stopped each other, and without one that has crashed', () => {
    expect(stuck(run, play(run, [...first.slice(0, 3), ...second]))).toBeUndefined()
    const crashing = runOf(paxos, { n: 3, crash: [0] })
    expect(stuck(crashing, play(crashing, [...first.slice(0, 4), { at: 0, crash: true }]))).toBeUndefined()
    const lonely = runOf(paxos, { n: 3, crash: [0, 2] })
    expect(stuck(lonely, start(lonely))).toMatch(/^r1 never decides/)
  })
})

/** Both proposers decide what they like. */
const rivals = (promised: Said): Step[] => [
  ...first,
  ...second,
  hear(promised, 2, 1, word(promise(1), 1)),
  hear(accept(1, 'b'), 1, 2),
  hear(accepted(1, 'b'), 2, 1, word(accepted(1, 'b'), 1)),
]

describe('variants', () => {
  test('a proposer that ignores what was accepted', () => {
    expect(broken(runOf(ignoresAccepted, three), rivals(promise(1, 0, 'a')))).toEqual(['agreement'])
    expect(() => broken(run, rivals(promise(1, 0, 'a')))).toThrow('has not sent')
  })

  test('an acceptor that forgets its promise', () => {
    const steps = [
      ...first.slice(0, 3),
      ...second,
      hear(promise(1), 2, 1, word(promise(1), 1)),
      ...first.slice(3),
      hear(accept(1, 'b'), 1, 2),
      hear(accepted(1, 'b'), 2, 1, word(accepted(1, 'b'), 1)),
    ]
    expect(broken(runOf(forgetsPromise, three), steps)).toEqual(['agreement'])
    expect(() => broken(run, steps)).toThrow('changes nothing')
  })

  test('an acceptor that denies what it accepted', () => {
    const lying = runOf(paxos, { n: 3, byzantine: [2] })
    const withLies = rivals(promise(1)).filter(({ at }) => at !== 2)
    expect(broken(lying, withLies)).toEqual(['agreement'])
  })

  test('a proposer that skips phase 1', () => {
    const lying = runOf(paxos, { n: 3, byzantine: [0] })
    const steps = [
      hear(accept(0, 'a'), 0, 1),
      hear(accepted(0, 'a'), 0, 1, word(accepted(0, 'a'), 1)),
      hear(accept(0, 'b'), 0, 2),
      hear(accepted(0, 'b'), 0, 2, word(accepted(0, 'b'), 2)),
    ]
    expect(broken(lying, steps)).toEqual(['agreement'])
  })

  test('what nobody proposed', () => {
    const lying = runOf(paxos, { n: 3, byzantine: [2], inputs: { 0: ['a'] } })
    const steps = [
      propose(0, 'a'),
      hear(promise(0, -1, 'b'), 2, 0, word(promise(0), 0)),
      hear(accepted(0, 'b'), 2, 0, word(accepted(0, 'b'), 0)),
    ]
    expect(broken(lying, steps)).toEqual(['validity'])
  })
})

test.runIf(LONG)('it holds in every state of two ballots', () => {
  const safety = paxosProperties.claims.filter(({ kind }) => kind === 'invariant')
  const program = { ...runOf(paxos, three), copies: true }
  expect(exhaustively(program, safety, [], 5_000)).toBe('holds')
})
