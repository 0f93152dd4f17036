import { describe, expect, test } from 'vitest'
import { exhaustively } from '../../properties/laws/exhaustive.ts'
import { twoPhaseCommitProperties } from '../../properties/two-phase-commit.ts'
import { universe } from '../../src/adversary/index.ts'
import { type Configuration, canonical, type Id, type Protocol } from '../../src/model/index.ts'
import { abortPrepared, commitEarly, twoPhaseCommit } from '../../src/protocols/two-phase-commit.ts'
import { apply, enabled, type Step, start } from '../../src/system/index.ts'
import { broken, play, runOf, settle, stuck } from './schedule.ts'

type Type = 'PREPARED' | 'COMMIT' | 'ABORT'

const wish = (input: string, ...ids: Id[]): Step[] => ids.map((at) => ({ at, input }))
const hear = (type: Type, from: Id, ...to: Id[]): Step[] =>
  to.map((at) => ({ at, rule: type, on: { from, message: { type } } }))
const prepared = (...ids: Id[]): Step[] => [...wish('prepare', ...ids), ...ids.flatMap((id) => hear('PREPARED', id, 0))]

/** States after breadth-first search over `enabled` and `apply`. */
function states(participants: number): number {
  const run = { ...runOf(twoPhaseCommit, { n: participants + 1 }), copies: true }
  const queue = [start(run)]
  const seen = new Set([canonical(queue[0])])
  for (const system of queue) {
    for (const step of enabled(run, system)) {
      const after = apply(run, system, step)
      const key = canonical(after)
      if (!seen.has(key)) queue.push(after)
      seen.add(key)
    }
  }
  return seen.size
}

describe('the specification', () => {
  test.each([1, 2, 3, 4])('with %i participants has 2^N + 4^N + 6^N states', (N) => {
    expect(states(N)).toBe(2 ** N + 4 ** N + 6 ** N)
  })

  const run = runOf(twoPhaseCommit, { n: 3 })

  test('all prepare, the manager hears it, commits, and they commit', () => {
    const committed = play(run, [...prepared(1, 2), ...wish('commit', 0), ...hear('COMMIT', 0, 1, 2)])
    expect(committed.outputs).toEqual([
      [{ told: 'committed' }],
      [{ finished: 'committed' }],
      [{ finished: 'committed' }],
    ])
    expect(committed.locals.map((local) => local!.state)).toEqual([
      { tmState: 'committed', tmPrepared: [1, 2] },
      { rmState: 'committed' },
      { rmState: 'committed' },
    ])
  })

  test('the manager commits only when all are prepared, and may abort until then', () => {
    const one = prepared(2)
    expect(() => play(run, [...one, ...wish('commit', 0)])).toThrow('changes nothing')
    const aborted = play(run, [...one, ...wish('abort', 0)])
    expect(aborted.outputs[0]).toEqual([{ told: 'aborted' }])
    expect(() => play(run, wish('commit', 0), aborted)).toThrow('changes nothing')
    expect(() => play(run, [...wish('prepare', 1), ...hear('PREPARED', 1, 0)], aborted)).toThrow('changes nothing')
  })

  test('a participant aborts on its own only while it works, and says nothing', () => {
    const alone = play(run, wish('abort', 1))
    expect(alone.soup).toEqual([])
    expect(alone.outputs[1]).toEqual([{ finished: 'aborted' }])
    expect(() => play(run, [...wish('prepare', 1), ...wish('abort', 1)])).toThrow('changes nothing')
    expect(() => play(run, wish('prepare', 1), alone)).toThrow('changes nothing')
  })

  test('nobody but the manager is obeyed, and nobody but a participant counted', () => {
    const lying = runOf(twoPhaseCommit, { n: 4, byzantine: [3] })
    expect(() => play(lying, hear('COMMIT', 3, 1))).toThrow('changes nothing')
    expect(() => play(lying, hear('ABORT', 3, 2))).toThrow('changes nothing')
    expect(() => play(lying, hear('COMMIT', 3, 0))).toThrow('changes nothing')
    expect(play(lying, hear('PREPARED', 3, 0)).locals[0]!.state).toMatchObject({ tmPrepared: [3] })
  })

  test('everybody comes to an end', () => {
    const system = settle(run)
    expect(system.outputs.map((list) => list.length)).toEqual([1, 1, 1])
    expect(stuck(run, start(run))).toBeUndefined()
  })
})

/** Is the claim broken anywhere, with every are at any time? */
function verdict(protocol: Protocol, configuration: Configuration) {
  const run = { ...runOf(protocol, configuration), copies: true }
  const atomicity = twoPhaseCommitProperties.claims.filter(({ name }) => name === 'atomicity')
  return exhaustively(run, atomicity, universe(run).messages, 5_000)
}

describe('verdicts, every state looked at', () => {
  test.each<[string, Protocol, Configuration, string]>([
    ['as specified', twoPhaseCommit, { n: 4 }, 'holds'],
    ['a participant Byzantine messages', twoPhaseCommit, { n: 4, byzantine: [3] }, 'holds'],
    ['the manager may crash', twoPhaseCommit, { n: 3, crash: [0] }, 'holds'],
    ['the manager is Byzantine', twoPhaseCommit, { n: 3, byzantine: [0] }, 'violated'],
    ['one PREPARED is not waited for', commitEarly, { n: 3 }, 'violated'],
    ['who is prepared may abort', abortPrepared, { n: 3 }, 'violated'],
  ])('%s', (_, protocol, configuration, expected) => {
    expect(verdict(protocol, configuration)).toBe(expected)
  })
})

describe('variants', () => {
  test('a manager that tells each another story breaks atomicity in two steps', () => {
    const steps = [...hear('COMMIT', 0, 1), ...hear('ABORT', 0, 2)]
    expect(broken(runOf(twoPhaseCommit, { n: 3, byzantine: [0] }), steps)).toEqual(['atomicity'])
  })

  test('one that commits a PREPARED too early', () => {
    const steps = [...prepared(1), ...wish('commit', 0), ...hear('COMMIT', 0, 1), ...wish('abort', 2)]
    expect(broken(runOf(commitEarly, { n: 3 }), steps)).toEqual(['atomicity'])
    expect(() => broken(runOf(twoPhaseCommit, { n: 3 }), steps)).toThrow('changes nothing')
  })

  test('a participant that takes its word back', () => {
    const steps = [...prepared(1, 2), ...wish('commit', 0), ...hear('COMMIT', 0, 1), ...wish('abort', 2)]
    expect(broken(runOf(abortPrepared, { n: 3 }), steps)).toEqual(['atomicity'])
    expect(() => broken(runOf(twoPhaseCommit, { n: 3 }), steps)).toThrow('changes nothing')
  })

  test('without its manager a prepared participant waits for ever', () => {
    const crashing = runOf(twoPhaseCommit, { n: 3, crash: [0] })
    expect(stuck(crashing, play(crashing, wish('prepare', 1)))).toMatch(/^r1 never decides/)
  })
})
