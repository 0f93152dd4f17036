import { describe, expect, test } from 'vitest'
import { type Id, program, react, same } from '../../src/model/index.ts'
import { goPbft, layer0, layer1, layer1FixedView, layer2, layer2NoConflictCheck } from '../../src/protocols/go-pbft.ts'
import { configure, type Step, start } from '../../src/system/index.ts'
import {
  among,
  commit,
  issue,
  newView,
  prePrepare,
  prepare,
  request,
  timeouts,
  toView1,
  viewChange,
} from './go-pbft-schedule.ts'
import { arrive, broken, play, runOf, settle, stuck } from './schedule.ts'

const executed = (slot: number, operation: string) => ({ executed: { slot, operation } })

/** In view 0 slot 1 is prepared at r1, r2 and r3, and r2 alone executes a. */
const onlyR2Executes = (n: number): Step[] => [
  ...issue(n, 'a'),
  ...arrive(prePrepare('a'), 0, 1, 2, 3),
  ...among([1, 2, 3], prepare('a')),
  ...arrive(commit('a'), 1, 2),
  ...arrive(commit('a'), 3, 2),
]
describe('layer 0, as published', () => {
  const run = runOf(layer0, { n: 4, b: 0 })

  test('is the protocol itself', () => {
    expect(program(goPbft, configure(goPbft, { b: 0 })[0]!).rules).toMatchObject({ quorum: 3, keepsEarly: false })
    expect(stuck(runOf(goPbft, { n: 4, b: 0 }), start(runOf(goPbft, { n: 4, b: 0 })))).toBe(stuck(run, start(run)))
  })

  test('cannot commit: nobody takes a request of a client', () => {
    const system = settle(run)
    expect(system.soup.map(({ message }) => message.type)).toEqual(['REQUEST', 'REQUEST'])
    expect(stuck(run, start(run))).toMatch('never executes')
  })

  test('cannot commit: nobody but the primary takes a PRE-PREPARE, and it gets none', () => {
    const lying = runOf(layer0, { n: 4, byzantine: [3] })
    const proposed = play(lying, arrive(request('a'), 3, 0))
    expect(proposed.soup.map(({ message }) => message)).toEqual([prePrepare('a')])
    const after = settle(lying, proposed)
    expect(after.locals.slice(1, 3)).toEqual(proposed.locals.slice(1, 3))
    expect(after.soup).toEqual([...proposed.soup, ...after.soup.filter(({ message }) => message.type === 'REQUEST')])
  })

  test('a Byzantine backup is not believed to be the primary by anybody else either', () => {
    const lying = runOf(layer0, { n: 4, byzantine: [3] })
    // Only the receiver's own rank counts: the primary believes anybody.
    expect(play(lying, arrive(prePrepare('a'), 3, 0)).soup.map(({ message }) => message.type)).toEqual(['PREPARE'])
    expect(() => play(lying, arrive(prePrepare('a'), 3, 1))).toThrow('changes nothing')
    expect(() => play(runOf(layer1, { n: 4, byzantine: [3] }), arrive(prePrepare('a'), 3, 0))).toThrow(
      'changes nothing',
    )
  })

  test('refuses fewer than four replicas', () => {
    expect(() => runOf(goPbft, { n: 3, b: 0 })).toThrow('3 replicas')
  })
})

describe('an honest schedule', () => {
  const layers = [layer1, layer1FixedView, layer2, layer2NoConflictCheck]

  test.each(layers.map((layer) => [layer.subject, layer] as const))('%s executes both operations', (_, layer) => {
    const run = runOf(layer, { n: 4, b: 0 })
    let system = start(run)
    for (const [sequence, payload] of ['a', 'b'].entries()) {
      system = play(run, issue(4, payload), system)
      for (const phase of [prePrepare, prepare, commit]) {
        const message = phase(payload, 0, sequence + 1)
        system = settle(run, system, (step) => 'on' in step && same(step.on.message, message))
      }
    }
    const both = [executed(1, 'a'), executed(2, 'b')]
    expect(system.outputs.slice(0, 4)).toEqual([both, both, both, both])
    expect(stuck(run, system)).toBeUndefined()
  })

  test('timers never stop, except in a fixed view', () => {
    const run = runOf(layer1, { n: 4, b: 0, bounds: { views: 3 } })
    const after = play(run, [...timeouts(1), ...timeouts(1)])
    expect(after.locals[1]).toMatchObject({ timers: ['view'], state: { view: 2 } })
    expect(() => play(run, timeouts(1, 1, 1))).toThrow('changes nothing')
    expect(() => play(runOf(layer1FixedView, { n: 4, b: 0 }), timeouts(1))).toThrow('not armed')
  })
})

describe('agreement', () => {
  /** r0 proposes a to r1 and b to r2 and r3; quorums of votes do not look at payloads. */
  const blind: Step[] = [
    ...arrive(prePrepare('a'), 0, 1),
    ...arrive(prePrepare('b'), 0, 2, 3),
    ...arrive(prepare('b'), 2, 1),
    ...arrive(prepare('b'), 3, 1, 2),
    ...arrive(prepare('a'), 1, 2),
    ...arrive(commit('a'), 0, 1, 2),
    ...arrive(commit('a'), 2, 1),
    ...arrive(commit('b'), 1, 2),
  ]

  test('a Byzantine primary uses that votes are blind to payloads', () => {
    expect(broken(runOf(layer1, { n: 4, byzantine: [0] }), blind)).toContain('agreement')
    const run = runOf(layer2, { n: 4, byzantine: [0] })
    const proposed = play(run, blind.slice(0, 7))
    expect(proposed.soup.some(({ message }) => message.type === 'COMMIT')).toBe(false)
  })

  test('a Byzantine backup uses that old votes stand behind a new proposal', () => {
    const steps = [
      ...onlyR2Executes(4),
      ...arrive(commit('a'), 2, 1),
      ...toView1(0, 2),
      ...issue(4, 'b', 1),
      ...arrive(commit('b', 1), 3, 1),
      // What the Byzantine r3 does is no step.
    ].filter(({ at }) => at !== 3)
    expect(broken(runOf(layer1, { n: 4, byzantine: [3] }), steps)).toEqual(['agreement'])
    const after = play(runOf(layer2, { n: 4, byzantine: [3] }), steps)
    expect(after.outputs.slice(0, 3)).toEqual([[], [], [executed(1, 'a')]])
  })

  test('five replicas need no Byzantine one for that', () => {
    const steps = [
      ...onlyR2Executes(5),
      ...arrive(commit('a'), 2, 1),
      ...toView1(3, 4),
      ...issue(5, 'b', 1),
      ...arrive(prePrepare('b', 1), 1, 4),
      ...arrive(prepare('b', 1), 4, 3),
      ...arrive(commit('b', 1), 3, 1),
    ]
    const run = runOf(layer1, { n: 5, byzantine: [] })
    expect(broken(run, steps)).toContain('agreement')
    expect(play(run, steps).outputs.slice(0, 3)).toEqual([[], [executed(1, 'b')], [executed(1, 'a')]])
    // Layer 2 counts the vote of r4 apart, so there is no new COMMIT.
    const apart = play(runOf(layer2, { n: 5, byzantine: [] }), steps.slice(0, -1))
    expect(apart.soup.some(({ message }) => message.type === 'COMMIT' && 'view' in message && message.view === 1)).toBe(
      false,
    )
  })

  test('five replicas and a Byzantine primary break layer 2 as well', () => {
    const story = (payload: string, members: Id[]): Step[] => [
      ...arrive(prePrepare(payload), 0, ...members),
      ...arrive(prepare(payload), 0, ...members),
      ...among(members, prepare(payload)),
      ...arrive(commit(payload), 0, ...members),
      ...among(members, commit(payload)),
    ]
    const run = runOf(layer2, { n: 5, byzantine: [0] })
    const issued = ['a', 'b'].map((input) => ({ at: 5, input }))
    expect(broken(run, [...issued, ...story('a', [1, 2]), ...story('b', [3, 4])])).toEqual(['agreement'])
  })

  test('without its check for conflicts layer 2 breaks with nobody Byzantine', () => {
    // r2 has executed a; in view 1 r1 proposes b for the same slot.
    const proposed = [
      ...onlyR2Executes(4),
      ...toView1(0, 2, 3),
      ...issue(4, 'b', 1),
      ...arrive(prePrepare('b', 1), 1, 0, 2, 3),
    ]
    const decided = [
      ...among([0, 2, 3], prepare('b', 1)),
      ...[0, 2, 3].flatMap((from) => arrive(prepare('b', 1), from, 1)),
      ...[0, 1].flatMap((from) => arrive(commit('b', 1), from, 3)),
    ]
    expect(broken(runOf(layer2NoConflictCheck, { n: 4, b: 0 }), [...proposed, ...decided])).toContain('agreement')
    const rejected = play(runOf(layer2, { n: 4, b: 0 }), proposed)
    expect(rejected.soup.map(({ message }) => message)).toContainEqual(prePrepare('b', 1))
    expect(rejected.soup.map(({ message }) => message)).not.toContainEqual(prepare('b', 1))
  })
})

describe('other claims of layer 1', () => {
  const lying = (...byzantine: Id[]) => runOf(layer1, { n: 4, byzantine })
  const agreed = (payload: string, view: number, sequence: number, ids: Id[]): Step[] => [
    ...among(ids, prepare(payload, view, sequence)),
    ...among(ids, commit(payload, view, sequence)),
  ]

  test('an operation that no client issued', () => {
    const steps = [
      ...arrive(request('b'), 3, 0),
      ...arrive(prePrepare('b'), 0, 1, 2),
      ...arrive(prepare('b'), 3, 1, 2),
      ...among([1, 2], prepare('b')),
      ...arrive(commit('b'), 3, 1),
      ...arrive(commit('b'), 2, 1),
    ]
    expect(broken(lying(3), steps)).toEqual(['validity'])
  })

  test('a request that is shown again is executed again', () => {
    const both = [1, 2].flatMap((sequence) => [
      ...arrive(prePrepare('a', 0, sequence), 0, 1, 2),
      ...arrive(prepare('a', 0, sequence), 3, 1, 2),
      ...among([1, 2], prepare('a', 0, sequence)),
      ...arrive(commit('a', 0, sequence), 3, 1),
      ...arrive(commit('a', 0, sequence), 2, 1),
    ])
    const again = arrive(request('a'), 4, 0)
    expect(broken(lying(3), [...issue(4, 'a'), ...again, ...both])).toEqual(['exactly-once'])
    // With nobody Byzantine the network hands it over once.
    expect(() => play(lying(), [...issue(4, 'a'), ...again])).toThrow('on its way')
  })

  test('a primary of two views executes a request twice with nobody Byzantine', () => {
    const steps = [
      ...issue(4, 'a'),
      ...arrive(prePrepare('a'), 0, 1, 2, 3),
      ...agreed('a', 0, 1, [1, 2, 3]),
      ...toView1(2, 3, 0),
      ...issue(4, 'b', 1),
      ...arrive(request('a'), 4, 1),
      ...arrive(prePrepare('a', 1, 2), 1, 0, 2, 3),
      ...agreed('a', 1, 2, [0, 2, 3]),
    ]
    expect(broken(lying(), steps)).toEqual(['exactly-once'])
  })

  test('a view that nobody asked for', () => {
    expect(broken(lying(1), arrive(newView(1), 1, 0))).toEqual(['view-certificate'])
    expect(broken(lying(), [...toView1(2, 3), ...arrive(newView(1), 1, 0)])).toEqual([])
    expect(() => play(lying(2), arrive(newView(1), 2, 0))).toThrow('changes nothing')
  })

  test('a view that comes back', () => {
    const steps = [...timeouts(2), ...arrive(newView(0), 0, 2)]
    expect(broken(lying(0), steps)).toEqual(['monotone-view'])
    const three = runOf(layer1, { n: 4, b: 0, bounds: { views: 3 } })
    const late = [...timeouts(1, 2, 3, 1), ...arrive(viewChange, 2, 1), ...arrive(viewChange, 3, 1)]
    expect(broken(three, late)).toEqual(['monotone-view'])
  })

  test('a commit without PREPAREs, and COMMIT sent twice', () => {
    const unprepared = [
      ...issue(4, 'a'),
      ...arrive(prePrepare('a'), 0, 1, 2, 3),
      ...[1, 2, 3].flatMap((from) => arrive(prepare('a'), from, 0)),
      ...[2, 3].flatMap((from) => arrive(prepare('a'), from, 1)),
      ...[1, 3].flatMap((from) => arrive(prepare('a'), from, 2)),
      ...[0, 1, 2].flatMap((from) => arrive(commit('a'), from, 3)),
    ]
    expect(broken(lying(), unprepared)).toEqual(['committed-implies-prepared'])
    const repeated = [
      ...issue(5, 'a'),
      ...arrive(prePrepare('a'), 0, 1, 2, 3, 4),
      ...[2, 3, 4].flatMap((from) => arrive(prepare('a'), from, 1)),
    ]
    expect(broken(runOf(layer1, { n: 5, b: 0 }), repeated)).toEqual(['commit-once'])
  })
})

test.each(
  [goPbft, layer1, layer2, layer2NoConflictCheck].map((layer) => [layer.subject, layer] as const),
)('%s: rules take any number', (_, layer) => {
  const run = runOf(layer, { n: 4, byzantine: [1] })
  let local = start(run).locals[0]!
  for (const value of [-1, 0, 0.5, 2 ** 53, 1e308, -1e308, 1]) {
    for (const type of ['PRE_PREPARE', 'PREPARE', 'COMMIT', 'VIEW_CHANGE', 'NEW_VIEW']) {
      for (const from of [1, 2, 3]) {
        const message = { type, view: value, sequence: value, payload: '__proto__' }
        local = react(run, 0, local, { kind: 'message', rule: type, from, message }, () => false).local
        expect(local.threw).toBeUndefined()
      }
    }
  }
  expect(local.state).toMatchObject({ view: expect.any(Number) })
})
