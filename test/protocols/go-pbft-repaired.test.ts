import { describe, expect, test } from 'vitest'
import { goPbftProperties } from '../../properties/go-pbft.ts'
import { check } from '../../src/check/check.ts'
import type { Configuration, Protocol } from '../../src/model/index.ts'
import {
  layer1,
  layer1FixedView,
  layer3,
  layer3EarlyDiscarded,
  layer3InTurn,
  layer3LeavesAlone,
  layer3NumbersRestart,
} from '../../src/protocols/go-pbft.ts'
import { type Step, start } from '../../src/system/index.ts'
import { LONG } from '../tiers.ts'
import { commit, issue, newView, prePrepare, prepare, request, timeouts, toView1 } from './go-pbft-schedule.ts'
import { arrive, play, runOf, settle, stuck } from './schedule.ts'

const four: Configuration = { n: 4, byzantine: [], values: ['a'] }
const oneView: Configuration = { ...four, bounds: { views: 1, slots: 1 } }
const lyingPrimary: Configuration = { ...four, byzantine: [0], bounds: { views: 1, slots: 2 } }

/** r1, r2 and their COMMITs are quicker than the proposal that r3 waits for. */
const overtaken: Step[] = [
  ...issue(4, 'a'),
  ...arrive(prePrepare('a'), 0, 1, 2),
  ...arrive(prepare('a'), 1, 2),
  ...arrive(prepare('a'), 2, 1),
  ...[1, 2].flatMap((from) => arrive(commit('a'), from, 3)),
]
/** A view change while a is under way. */
const changing: Step[] = [...timeouts(0, 1, 2), { at: 4, input: 'a' }]

/** For each class: what spoils the program that has it, and what has it no more, where the same does no harm. */
const classes: [name: string, Protocol, Configuration, Step[], without: Protocol][] = [
  ['a commit quorum overtakes its proposal', layer3, oneView, overtaken, layer3InTurn],
  ['a message of a view not yet entered is thrown away', layer3EarlyDiscarded, four, changing, layer3],
  ['a timer makes a replica leave its view', layer3LeavesAlone, four, timeouts(3), layer3],
  ['a number is given out again', layer3NumbersRestart, four, changing, layer3],
]

describe('of the repairs of layer 3, one is missing', () => {
  test.each(classes)('%s', (_, broken, configuration, steps, whole) => {
    const run = runOf(broken, configuration)
    expect(stuck(run, start(run))).toBeUndefined()
    expect(stuck(run, play(run, steps))).toMatch('never executes a')
    const other = runOf(whole, configuration)
    expect(stuck(other, play(other, steps))).toBeUndefined()
  })

  // The first of them is searched for ten seconds.
  test.each(
    LONG ? classes : classes.slice(1),
  )('%s, and nothing shorter breaks it', (_, broken, configuration, steps) => {
    const claims = goPbftProperties.claims.filter(({ name, kind }) => name === 'liveness' || kind === 'sometimes')
    const found = check({ program: runOf(broken, configuration), claims, maxStates: 2_000 }).claims
    expect(found).toMatchObject([{ claim: 'liveness', verdict: 'violated', shortest: 'certified' }])
    expect(found[0]!.steps).toHaveLength(steps.length)
  })

  test('a number that is skipped is never filled', () => {
    const run = runOf(layer3, lyingPrimary)
    expect(stuck(run, start(run))).toBeUndefined()
    expect(stuck(run, play(run, arrive(prePrepare('a', 0, 2), 0, 1)))).toMatch('never executes a')
    expect(stuck(run, play(run, arrive(prePrepare('a', 0, 1), 0, 1)))).toBeUndefined()
  })

  test('a timer that fires while nothing is asked for takes a replica away from the others', () => {
    const five = runOf(layer1, { ...four, n: 5 })
    expect(stuck(five, start(five))).toBeUndefined()
    expect(stuck(five, play(five, timeouts(1)))).toMatch('r1 never executes a')
    expect(() => play(runOf(layer1FixedView, { ...four, n: 5 }), timeouts(1))).toThrow('not armed')
    // In layer 1 it has company: r0 takes the request with it.
    const alone = runOf(layer3LeavesAlone, four)
    expect([0, 1, 2, 3].map((id) => stuck(alone, play(alone, timeouts(id)))?.slice(0, 17))).toEqual([
      undefined,
      ...['r1 never executes', 'r2 never executes', 'r3 never executes'],
    ])
  })
})

describe('layer 3', () => {
  const run = runOf(layer3, { ...four, values: ['a', 'b'] })
  const stateOf = (steps: readonly Step[], at: number) => play(run, steps).locals[at]!.state

  test('keeps requests until they are executed', () => {
    const asked = [...issue(4, 'b', 1), ...issue(4, 'a', 1)]
    expect(stateOf(asked, 1)).toMatchObject({ waiting: ['a', 'b'], proposals: [] })
    const inTurn = runOf(layer3InTurn, { ...four, values: ['a', 'b'] })
    const all = settle(inTurn, play(inTurn, asked))
    expect(all.outputs.slice(0, 4).map((list) => list.length)).toEqual([2, 2, 2, 2])
    for (const { state } of all.locals.slice(0, 4) as { state: unknown }[]) expect(state).toMatchObject({ waiting: [] })
    // A request that is shown again is neither kept nor proposed again.
    const lying = runOf(layer3, { ...four, byzantine: [3] })
    const done = settle(lying, play(lying, issue(4, 'a')))
    expect(done.outputs[0]).toHaveLength(1)
    for (const at of [0, 1]) expect(() => play(lying, arrive(request('a'), 4, at), done)).toThrow('changes nothing')
  })

  test('keeps what comes early, proposals first, and acts on it when the view is entered', () => {
    const early = [
      ...toView1(2, 3),
      ...issue(4, 'a', 1),
      ...arrive(prePrepare('a', 1), 1, 2),
      ...arrive(newView(1), 1, 2),
      ...arrive(prepare('a', 1), 2, 3),
      ...arrive(prePrepare('a', 1), 1, 3),
    ]
    expect(stateOf(early, 3)).toMatchObject({
      view: 0,
      early: [
        { phase: 'PRE_PREPARE', from: 1, view: 1, sequence: 1, payload: 'a' },
        { phase: 'PREPARE', from: 2, view: 1, sequence: 1, payload: 'a' },
      ],
    })
    const entered = play(run, [...early, ...arrive(newView(1), 1, 3)])
    const tallies = { prepares: [{ voters: [2, 3] }] }
    expect(entered.locals[3]).toMatchObject({ state: { view: 1, early: [] }, tallies })
    expect(entered.soup.filter(({ from }) => from === 3).map(({ message }) => message)).toContainEqual(commit('a', 1))
  })

  test('a timer asks for a view after those that were asked for, and stays', () => {
    const three = runOf(layer3, { ...four, bounds: { views: 3 } })
    const twice = play(three, timeouts(1, 1))
    expect(twice.locals[1]).toMatchObject({
      state: { view: 0, lastAsked: 2 },
      tallies: { viewChanges: [{ key: 1 }, { key: 2 }] },
    })
  })

  test('what the new primary has in its log keeps its number; nothing else replaces it', () => {
    const known = [
      { at: 4, input: 'b' },
      ...issue(4, 'a'),
      ...arrive(prePrepare('a'), 0, 1, 3),
      ...arrive(request('a'), 4, 1),
      ...arrive(request('b'), 4, 1),
      ...toView1(2, 3),
    ]
    expect(stateOf(known, 1)).toMatchObject({
      proposals: [
        { view: 1, sequence: 1, payload: 'a' },
        { view: 1, sequence: 2, payload: 'b' },
      ],
    })
    const again = [...known, ...arrive(newView(1), 1, 3), ...arrive(prePrepare('a', 1), 1, 3)]
    expect(stateOf(again, 3)).toMatchObject({ proposals: [{ view: 1, sequence: 1, payload: 'a' }] })
    const lying = runOf(layer3, { ...four, values: ['a', 'b'], byzantine: [1] })
    const logged = [...issue(4, 'a'), ...arrive(prePrepare('a'), 0, 3), ...arrive(newView(1), 1, 3)]
    expect(() => play(lying, [...logged, ...arrive(prePrepare('a', 1), 1, 3)])).not.toThrow()
    expect(() => play(lying, [...logged, ...arrive(prePrepare('b', 1), 1, 3)])).toThrow('changes nothing')
  })
})
