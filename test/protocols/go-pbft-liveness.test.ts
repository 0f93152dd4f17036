import { describe, expect, test } from 'vitest'
import type { Configuration, Protocol } from '../../src/model/index.ts'
import { layer1, layer1FixedView } from '../../src/protocols/go-pbft.ts'
import { type Step, start } from '../../src/system/index.ts'
import { among, commit, issue, newView, prePrepare, prepare, timeouts, toView1 } from './go-pbft-schedule.ts'
import { arrive, play, runOf, settle, stuck } from './schedule.ts'

describe('liveness', () => {
  const one = { values: ['a'] } as const
  /** What a schedule spoils in a setting that is live before it. */
  const spoilt = (layer: Protocol, configuration: Configuration, steps: readonly Step[]): string | undefined => {
    const run = runOf(layer, configuration)
    expect(stuck(run, start(run))).toBeUndefined()
    return stuck(run, play(run, steps))
  }
  const five = { n: 5, byzantine: [] }

  test('one silent backup is one too many', () => {
    const run = runOf(layer1FixedView, { n: 4, byzantine: [3] })
    const system = settle(run)
    expect(system.soup.some(({ message }) => message.type === 'PREPARE')).toBe(true)
    expect(system.soup.some(({ message }) => message.type === 'COMMIT')).toBe(false)
    expect(stuck(run, start(run))).toMatch('never executes')
  })

  test('the own COMMIT completes a quorum that nobody looks at', () => {
    const run = runOf(layer1FixedView, { n: 4, byzantine: [], ...one })
    const steps = [
      ...issue(4, 'a'),
      ...arrive(prePrepare('a'), 0, 1, 2, 3),
      ...[1, 2, 3].flatMap((from) => arrive(prepare('a'), from, 0)),
      ...[1, 2].flatMap((from) => arrive(prepare('a'), from, 3)),
      ...arrive(prepare('a'), 2, 1),
      // r0 and r3 have said COMMIT; r1 hears that before its last PREPARE.
      ...[0, 3].flatMap((from) => arrive(commit('a'), from, 1)),
      ...arrive(prepare('a'), 3, 1),
      // r2 commits on the three COMMITs of the others, and says none itself.
      ...[0, 1, 3].flatMap((from) => arrive(commit('a'), from, 2)),
    ]
    const system = settle(run, play(run, steps))
    expect(system.pending).toEqual([])
    expect(system.outputs.map((list) => list.length)).toEqual([1, 0, 1, 1, 0])
    expect(system.locals[1]).toMatchObject({ state: { committed: [] }, tallies: { commits: [{ voters: [0, 1, 3] }] } })
  })

  test('a commit ahead of its turn is lost', () => {
    const steps = [
      ...issue(5, 'a'),
      ...issue(5, 'b'),
      ...arrive(prePrepare('b', 0, 2), 0, 1, 2, 3),
      ...among([1, 2, 3], prepare('b', 0, 2)),
      ...[2, 3].flatMap((from) => arrive(commit('b', 0, 2), from, 1)),
    ]
    const ahead = { committed: [2], lastExecuted: 0 }
    expect(play(runOf(layer1FixedView, five), steps).locals[1]).toMatchObject({ state: ahead })
    expect(spoilt(layer1FixedView, five, steps)).toMatch('never executes b')
  })

  test('a commit ahead of its proposal is lost', () => {
    const steps = [
      ...issue(5, 'a'),
      ...arrive(prePrepare('a'), 0, 1, 2, 3),
      ...among([1, 2, 3], prepare('a')),
      ...[1, 2, 3].flatMap((from) => arrive(commit('a'), from, 4)),
    ]
    expect(spoilt(layer1FixedView, { ...five, ...one }, steps)).toMatch('r4 never executes a')
  })

  test('a timer that runs whatever the progress makes a replica discard what is under way', () => {
    const steps = [...issue(5, 'a'), ...timeouts(1)]
    expect(spoilt(layer1, { ...five, ...one }, steps)).toMatch('r1 never executes a')
  })

  test('a message of a view not yet entered is discarded', () => {
    const steps = [...toView1(2, 3), ...issue(5, 'a', 1), ...arrive(prePrepare('a', 1), 1, 4)]
    const run = runOf(layer1, { ...five, ...one })
    expect(() => play(run, steps)).not.toThrow()
    expect(play(run, steps).locals[4]).toMatchObject({ state: { view: 0, proposals: [] } })
    expect(spoilt(layer1, { ...five, ...one }, steps)).toMatch('never executes a')
  })

  test('a primary that has left its view still believes that it is one', () => {
    const steps = [...timeouts(0), ...issue(5, 'a')]
    const run = runOf(layer1, { ...five, ...one })
    expect(play(run, steps).soup.map(({ message }) => message)).toContainEqual(prePrepare('a', 1))
    expect(spoilt(layer1, { ...five, ...one }, steps)).toMatch('never executes a')
  })

  test('a new primary gives out the same numbers again', () => {
    const run = runOf(layer1, five)
    const steps = [
      ...issue(5, 'a'),
      ...arrive(prePrepare('a'), 0, 1, 2, 3, 4),
      ...among([1, 2, 3, 4], prepare('a')),
      ...[1, 2, 3, 4].flatMap((from) => arrive(prepare('a'), from, 0)),
      ...among([0, 1, 2, 3, 4], commit('a')),
      ...toView1(2, 3),
      ...[0, 2, 3, 4].flatMap((at) => arrive(newView(1), 1, at)),
      ...issue(5, 'b', 1),
    ]
    const after = play(run, steps)
    expect(after.outputs.map((list) => list.length)).toEqual([1, 1, 1, 1, 1, 0])
    expect(after.soup.map(({ message }) => message)).toContainEqual(prePrepare('b', 1, 1))
    expect(spoilt(layer1, five, steps)).toMatch('never executes b')
  })

  test('a primary leaves a hole, and nobody fills it', () => {
    const all = [0, 2, 3, 4, 5]
    const steps = [
      ...arrive(newView(1), 1, ...all),
      { at: 6, input: 'a' },
      ...arrive(prePrepare('a', 1, 2), 1, ...all),
      ...among(all, prepare('a', 1, 2)).filter(({ at }) => at === 0 || at === 2),
      ...arrive(commit('a', 1, 2), 1, 0),
      ...arrive(commit('a', 1, 2), 2, 0),
    ]
    const configuration = { n: 6, byzantine: [1], ...one }
    expect(play(runOf(layer1, configuration), steps).locals[0]).toMatchObject({
      state: { committed: [2], lastExecuted: 0 },
    })
    expect(spoilt(layer1, configuration, steps)).toMatch('never executes a')
  })
})
