import { describe, expect, test } from 'vitest'
import { type Id, react } from '../../src/model/index.ts'
import {
  adaptedQuorum,
  asyncioPbft,
  commitOnce,
  preparedFirst,
  primaryOnly,
  repaired,
} from '../../src/protocols/asyncio-pbft.ts'
import { type Step, start } from '../../src/system/index.ts'
import { arrive, broken, play, runOf, settle, stuck } from './schedule.ts'

const proposal = (digest: string) => ({ type: 'PREPREPARE', view: 0, seq: 1, digest })
const prepare = (digest: string) => ({ type: 'PREPARE', view: 0, seq: 1, digest })
const commit = (digest: string) => ({ type: 'COMMIT', view: 0, seq: 1, digest })

const propose: Step = { at: 0, input: 'a' }
const channels = (n: number, ...byzantine: Id[]) => ({ n, byzantine, auth: 'channels' }) as const

/** Everything that makes one side of a split commit one digest: `voices` are all whose votes it gets. */
function side(digest: string, members: Id[], identities: Id[]): Step[] {
  return [
    ...identities.flatMap((from) => arrive(prepare(digest), from, ...members)),
    ...identities.flatMap((from) => arrive(commit(digest), from, ...members)),
  ]
}

/** Byzantine `liars` tell two consistent stories, the first of them about two proposals. */
function split(byzantineReplicas: Id[], left: Id[], right: Id[]): Step[] {
  return [
    ...arrive(proposal('a'), byzantineReplicas[0]!, ...left),
    ...arrive(proposal('b'), byzantineReplicas[0]!, ...right),
    ...side('a', left, [...left, ...byzantineReplicas]),
    ...side('b', right, [...right, ...byzantineReplicas]),
  ]
}

const variants = [asyncioPbft, primaryOnly, adaptedQuorum, preparedFirst, commitOnce, repaired]

describe('asyncio-pbft as published', () => {
  test.each(variants.map((variant) => [variant.subject, variant] as const))('%s: all commit', (_, variant) => {
    const run = runOf(variant, { n: 4, b: 0 })
    const system = settle(run)
    const committed = { committed: { slot: 1, value: 'a' } }
    expect(system.outputs).toEqual([[committed], [committed], [committed], [committed]])
    expect(system.pending).toEqual([])
    expect(stuck(run, start(run))).toBeUndefined()
  })

  test('only the primary proposes, and once', () => {
    const run = runOf(asyncioPbft, { n: 4, b: 0, inputs: 'any' })
    expect(() => play(run, [{ at: 1, input: 'a' }])).toThrow('changes nothing')
    expect(() => play(run, [propose, { at: 0, input: 'b' }])).toThrow('changes nothing')
  })

  test('COMMIT goes out again on every PREPARE above the quorum', () => {
    const run = runOf(asyncioPbft, { n: 4, b: 0 })
    const steps = [
      propose,
      ...arrive(proposal('a'), 0, 0, 1, 2, 3),
      ...[0, 1, 2, 3].flatMap((from) => arrive(prepare('a'), from, 1)),
    ]
    const ready = play(run, steps)
    expect(
      ready.pending.find(({ from, to, message }) => from === 1 && to === 2 && message.type === 'COMMIT')?.count,
    ).toBe(2)
    expect(broken(run, steps)).toEqual(['commit-once'])
    const once = runOf(commitOnce, { n: 4, b: 0 })
    expect(broken(once, steps)).toEqual([])
  })

  test('a commit quorum is enough without own PREPAREs, unless the order is repaired', () => {
    const steps = [
      propose,
      ...arrive(proposal('a'), 0, 0, 1, 2, 3),
      ...[0, 1, 2].flatMap((from) => arrive(prepare('a'), from, 0, 1, 2)),
      ...[0, 1, 2].flatMap((from) => arrive(commit('a'), from, 3)),
    ]
    expect(broken(runOf(asyncioPbft, { n: 4, b: 0 }), steps)).toEqual(['committed-implies-prepared'])
    const run = runOf(preparedFirst, { n: 4, b: 0 })
    expect(broken(run, steps)).toEqual([])
    const before = play(run, steps)
    expect(before.outputs[3]).toEqual([])
    // Both tallies are looked at again on a PREPARE.
    const after = play(
      run,
      [0, 1, 2].flatMap((from) => arrive(prepare('a'), from, 3)),
      before,
    )
    expect(after.outputs[3]).toHaveLength(1)
  })
})

describe('agreement', () => {
  test('a Byzantine primary splits five replicas, and nine', () => {
    expect(broken(runOf(asyncioPbft, channels(5, 0)), split([0], [1, 2], [3, 4]))).toEqual(['agreement'])
    const nine = split([0], [1, 2, 3, 4], [5, 6, 7, 8])
    expect(broken(runOf(asyncioPbft, channels(9, 0)), nine)).toEqual(['agreement'])
    expect(broken(runOf(primaryOnly, channels(5, 0)), split([0], [1, 2], [3, 4]))).toEqual(['agreement'])
  })

  test.each([
    ['adapted-quorum', adaptedQuorum],
    ['repaired', repaired],
  ])('%s: the same split commits nothing', (_, variant) => {
    const run = runOf(variant, channels(5, 0))
    const votes = (digest: string, members: Id[]) =>
      [0, ...members].flatMap((from) => arrive(prepare(digest), from, ...members))
    const proposals = [...arrive(proposal('a'), 0, 1, 2), ...arrive(proposal('b'), 0, 3, 4)]
    const system = play(run, [...proposals, ...votes('a', [1, 2]), ...votes('b', [3, 4])])
    expect(system.soup.some(({ message }) => message.type === 'COMMIT')).toBe(false)
  })

  test.each([
    [4, [0, 1], [2], [3]],
    [7, [0, 1, 2], [3, 4], [5, 6]],
    [10, [0, 1, 2, 3], [4, 5, 6], [7, 8, 9]],
  ])('n = %i breaks at b = f + 1', (n, byzantineReplicas, left, right) => {
    expect(
      broken(runOf(asyncioPbft, channels(n, ...byzantineReplicas)), split(byzantineReplicas, left, right)),
    ).toContain('agreement')
  })

  test('forged senders break it with one Byzantine replica among four', () => {
    const steps = [
      propose,
      ...arrive(proposal('a'), 0, 1),
      ...arrive(proposal('b'), 3, 2),
      ...side('a', [1], [0, 1, 3]),
      ...side('b', [2], [0, 2, 3]),
    ]
    expect(broken(runOf(asyncioPbft, { n: 4, byzantine: [3] }), steps)).toContain('agreement')
    // With channels the votes of r0 cannot be invented.
    expect(() => play(runOf(asyncioPbft, channels(4, 3)), steps)).toThrow('no such message')
  })
})

describe('a Byzantine backup', () => {
  test('puts a proposal of its own through', () => {
    const steps = [
      ...arrive(proposal('b'), 3, 0, 1, 2),
      ...[0, 1, 2].flatMap((from) => arrive(prepare('b'), from, 0, 1)),
      ...[0, 1, 3].flatMap((from) => arrive(commit('b'), from, 0)),
    ]
    expect(broken(runOf(asyncioPbft, channels(4, 3)), steps)).toEqual(['validity'])
    expect(() => play(runOf(primaryOnly, channels(4, 3)), steps)).toThrow('changes nothing')
  })

  test('stops everybody with one message', () => {
    const run = runOf(asyncioPbft, channels(4, 3))
    const poison = arrive(proposal('b'), 3, 1)
    expect(stuck(run, start(run))).toBeUndefined()
    expect(stuck(run, play(run, poison))).toMatch('r0 never decides in slot 1')
  })
})

test('a silent primary is never replaced', () => {
  const run = runOf(asyncioPbft, channels(4, 0))
  expect(stuck(run, start(run))).toMatch('never decides')
})

test('nothing is sent twice: a lost message is lost', () => {
  const run = runOf(asyncioPbft, { n: 4, b: 0, network: { lose: true } })
  const system = play(run, [propose, { at: 1, lose: { from: 0, message: proposal('a') } }])
  expect(stuck(run, system)).toMatch('r1 never decides')
})

test('equal knowledge is an equal state, whatever the order of arrival', () => {
  const run = runOf(asyncioPbft, channels(4, 3))
  const odd = [-1, 0.5, 2 ** 60, 1].flatMap((seq) =>
    ['b', 'a', '__proto__'].map((digest) => ({ ...prepare(digest), seq })),
  )
  const steps = odd.flatMap((message) => arrive(message, 3, 1))
  expect(play(run, steps)).toEqual(play(run, [...steps].reverse()))
})

test.each(variants.map((variant) => [variant.subject, variant] as const))('%s: rules take any number', (_, variant) => {
  const run = runOf(variant, channels(4, 3))
  let { locals } = start(run)
  for (const type of ['PREPREPARE', 'PREPARE', 'COMMIT'] as const) {
    for (const seq of [-1, 0, 0.5, 1e308, -1e308]) {
      for (const from of [0, 1, 2, 3]) {
        const message = { type, view: -seq, seq, digest: '' }
        const { local } = react(run, 1, locals[1]!, { kind: 'message', rule: type, from, message }, () => false)
        locals = [locals[0]!, local]
        expect(local.threw).toBeUndefined()
      }
    }
  }
})
