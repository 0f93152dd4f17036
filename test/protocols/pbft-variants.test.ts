import { describe, expect, test } from 'vitest'
import { pbftProperties } from '../../properties/pbft.ts'
import {
  type AnyMessage,
  type Ask,
  begin,
  canonicalValue,
  headsOf,
  type Local,
  type Protocol,
  partAt,
  program,
  range,
  react,
} from '../../src/model/index.ts'
import * as variants from '../../src/protocols/pbft.ts'
import { pbft } from '../../src/protocols/pbft.ts'
import { digestOf, isExecuted, requestNamed, requestsOf, type State } from '../../src/protocols/pbft-messages.ts'
import { configure, Impossible } from '../../src/system/index.ts'
import { type Say, Scene } from './pbft-scene.ts'

const emptyChange = { type: 'VIEW_CHANGE', view: 1, stable: 0, checkpoint: '-', certificates: [] }

describe('variants', () => {
  const [setting] = configure(pbft, { n: 4, f: 1, byzantine: [] })
  type Bag = ReturnType<typeof bag>
  const bag = (protocol: Protocol) => program(protocol, setting!).rules as ReturnType<typeof pbft.definition.rules>
  const entry = (slot: number, view: number, prepared: number | null, committed: string | null = null) => ({
    slot,
    accepted: { view, digest: 'a' },
    prepared: prepared === null ? null : { view: prepared, digest: 'a' },
    committed,
  })
  const state: State = {
    view: 1,
    active: false,
    stable: 0,
    checkpoint: '-',
    log: [entry(2, 0, 0, 'a')],
    executed: 0,
    service: 'a',
    pending: [],
  }
  const old = { type: 'COMMIT', view: 0, slot: 1, digest: 'a' } as const
  const other = { type: 'COMMIT', view: 1, slot: 1, digest: 'b' } as const
  const [low, high] = [0, 1].map((view) => ({ view, slot: 1, digest: 'a' }))
  const probes: [variant: Protocol, probe: (rules: Bag) => unknown, baseline: unknown, changed: unknown][] = [
    [variants.noViewGate, (r) => r.current(state, 0), false, true],
    [variants.commit2f, (r) => r.commitQuorum, 3, 2],
    [variants.vcOmitsPrepared, (r) => r.certificates(state.log).length, 1, 0],
    [
      variants.newViewOUnchecked,
      (r) => r.isChosen({ ...state, preprepares: [] }, { ...state, preprepares: [low!] }),
      false,
      true,
    ],
    [variants.noNewView, (r) => r.opens(state, 1), false, true],
    [variants.lowestViewCertificate, (r) => r.outranks(low!, high!), false, true],
    [variants.commitAcrossViews, (r) => r.commits(1, 1, 'a')(old, 2), false, true],
    [variants.prepareAcrossViews, (r) => r.prepares(1, 1, 'a')({ ...old, type: 'PREPARE' }, 2), false, true],
    [variants.prepareAcrossViews, (r) => r.prepares(1, 1, 'a')({ ...old, type: 'PREPARE' }, 0), false, false],
    [variants.digestBlind, (r) => r.prepares(1, 1, 'a')({ ...other, type: 'PREPARE' }, 2), false, true],
    [variants.digestBlind, (r) => r.prepares(1, 1, 'a')({ ...other, type: 'PREPARE' }, 1), false, false],
    [variants.commitDigestBlind, (r) => r.commits(1, 1, 'a')(other, 2), false, true],
    [variants.commitWithoutPrepared, (r) => r.mayCommit(entry(1, 1, 0)), false, true],
    [variants.quorum2fPlus1, (r) => [r.quorum, r.prepareQuorum, r.commitQuorum].join(), '3,2,3', '3,2,3'],
    [variants.prepare2fMinus1, (r) => r.prepareQuorum, 2, 1],
    [variants.clientOneReply, (r) => r.replyQuorum, 2, 1],
    [variants.noNullFill, (r) => r.fillsGaps, true, false],
    [variants.executeOutOfOrder, (r) => r.next(state)?.slot, undefined, 2],
    [variants.executeAgain, (r) => r.isNew('a', 'a'), false, true],
    [variants.vcUnprovedCheckpoint, (r) => [r.checkpointQuorum, r.checkpointProof].join(), '3,3', '3,0'],
    [variants.stateTransferF, (r) => [r.checkpointQuorum, r.checkpointProof].join(), '3,3', '1,1'],
    [variants.checkpointFPlus1, (r) => [r.checkpointQuorum, r.checkpointProof].join(), '3,3', '2,2'],
    [variants.noJoin, (r) => r.joinQuorum, 2, 5],
    [variants.primaryPrepares, (r) => r.saysPrepare(1, 1), false, true],
  ]

  test.each(probes)('$subject changes the rule it names', (variant, probe, baseline, changed) => {
    expect(probe(bag(pbft))).toEqual(baseline)
    expect(probe(bag(variant))).toEqual(changed)
  })

  test('quorums meet in a correct replica where n is not 3f + 1, and 2f + 1 do not', () => {
    const [six] = configure(pbft, { n: 6, f: 1 })
    expect(program(pbft, six!).rules).toMatchObject({ quorum: 4, prepareQuorum: 3 })
    expect(program(variants.quorum2fPlus1, six!).rules).toMatchObject({ quorum: 3, prepareQuorum: 2 })
  })

  test('who trusts asks for no proof', () => {
    const change = { ...emptyChange, certificates: [low!] } as unknown as AnyMessage
    const view = { type: 'NEW_VIEW', view: 1, stable: 0, checkpoint: '-', preprepares: [] }
    expect(program(pbft, setting!).proofOf(change)).toBeDefined()
    expect(program(variants.vcUnverified, setting!).proofOf(change)).toBeUndefined()
    expect(program(pbft, setting!).proofOf(view)).toBeDefined()
    expect(program(variants.newViewUnchecked, setting!).proofOf(view)).toBeUndefined()
  })

  test('every variant has an expectation, and every expectation a subject and a claim', () => {
    const all = Object.values(variants).map(({ subject }) => subject)
    const expected = new Set(pbftProperties.expected.map(({ subject }) => subject))
    expect([...expected].sort()).toEqual([...all].sort())
    const claims = pbftProperties.claims.map(({ name }) => name)
    for (const { claim } of pbftProperties.expected) expect(claims).toContain(claim)
  })
})

test('commit-across-views: votes of two views decide what the next view need not carry', () => {
  const story = (protocol: Protocol) => {
    const scene = new Scene(protocol, { byzantine: [3], bounds: { views: 4 } }).take({ at: 0, input: 'a' })
    const vote = (type: string, view: number, digest: string) =>
      scene.byzantineMessage(3, { type, view, slot: 1, digest })
    const leave = (view: number) => scene.byzantineMessage(3, { ...emptyChange, view })
    // View 0: r0 alone prepares a. View 1: r1 alone prepares b.
    scene.fire(1, 'PRE_PREPARE', 0).fire(2, 'PRE_PREPARE', 0).fire(0, 'PREPARE', 1, 2).timeout(1, 2)
    scene.fire(1, 'VIEW_CHANGE/announce', 2, 1, leave(1)).take({ at: 1, input: 'b' })
    scene
      .fire(2, 'NEW_VIEW', 1)
      .fire(2, 'PRE_PREPARE', 1)
      .fire(1, 'PREPARE', 2, vote('PREPARE', 1, 'b'))
    // View 2: r2 alone prepares a, and counts the COMMIT of view 0.
    scene.timeout(2).fire(0, 'VIEW_CHANGE/join', 2, leave(2)).fire(2, 'VIEW_CHANGE/announce', 0, 2, leave(2))
    scene.fire(0, 'NEW_VIEW', 2).fire(2, 'PREPARE', 0, vote('PREPARE', 2, 'a'))
    scene.fire(2, 'COMMIT', vote('COMMIT', 2, 'a'), 0, 2)
    // View 3: without r2, b is the certificate of the highest view.
    scene.timeout(0).fire(1, 'VIEW_CHANGE/join', 0, leave(3))
    const view: Say = { type: 'NEW_VIEW', view: 3, stable: 0, checkpoint: '-', preprepares: [{ slot: 1, digest: 'b' }] }
    const byzantineMessage = scene.byzantineMessage(3, view)
    for (const at of [0, 1]) scene.fire(at, 'NEW_VIEW', byzantineMessage)
    scene.fire(0, 'PREPARE', 1, 0).fire(1, 'PREPARE', 0, 1)
    return scene.fire(0, 'COMMIT', 1, 0, vote('COMMIT', 3, 'b'))
  }
  expect(story(variants.commitAcrossViews).broken).toContain('agreement')
  expect(() => story(pbft)).toThrow(Impossible)
})

describe('odd but well-typed messages', () => {
  const numbers = [-1, -0, 0, 0.5, 1, 2, 4, 201, 1e15, 1e300]
  const digests = ['', '-', 'a', 'b+b', '+', 'a@c4.1', 'a@c9.99999999999', '__proto__']

  function odd(): AnyMessage[] {
    const found: AnyMessage[] = []
    for (const [i, view] of numbers.entries()) {
      for (const [j, slot] of numbers.entries()) {
        const digest = digests[(i + j) % digests.length]!
        for (const type of ['PRE_PREPARE', 'PREPARE', 'COMMIT', 'CHECKPOINT'])
          found.push({ type, view, slot, digest } as never)
        for (const type of ['REQUEST', 'RELAY', 'REPLY']) {
          found.push({ type, operation: digest, timestamp: view, client: slot, view, result: digest } as never)
        }
        const certificates = numbers.map((other) => ({ view, slot: other, digest }))
        found.push({ type: 'VIEW_CHANGE', view, stable: slot, checkpoint: digest, certificates } as never)
        found.push({ type: 'NEW_VIEW', view, stable: slot, checkpoint: digest, preprepares: certificates } as never)
      }
    }
    return found
  }

  /** Everything was said by anybody, and a choice is the first messages that match. */
  const credulous = (messages: readonly AnyMessage[]) => (ask: Ask) =>
    ask.kind === 'need' ? true : messages.filter((message) => ask.match(message, 3)).slice(0, headsOf(ask.q))

  test.each([
    pbft,
    variants.noViewGate,
    variants.noNewView,
    variants.vcUnverified,
  ])('$subject takes them all', (protocol) => {
    const [setting] = configure(protocol, { clients: 1, bounds: { window: 20, batch: 2, checkpoint: 1 } })
    const run = program(protocol, setting!)
    const messages = odd()
    for (const at of [0, 1, 4]) {
      let local: Local = begin(run, at).local
      let changes = 0
      for (const message of messages) {
        for (const { name } of partAt(run, at).byType.get(message.type) ?? []) {
          const from = message.type === 'REQUEST' ? 4 : changes % 4
          const before = local
          local = react(run, at, local, { kind: 'message', rule: name, from, message }, credulous(messages)).local
          if (local !== before) changes++
          expect(local.threw).toBeUndefined()
        }
        if (local.timers.includes('view') && changes % 5 === 4) {
          local = react(run, at, local, { kind: 'timeout', timer: 'view' }, () => false).local
        }
        if (at === 4) local = react(run, at, local, { kind: 'input', value: 'a' }, () => false).local
      }
      expect(changes).toBeGreaterThan(0)
      canonicalValue(local, 'local')
      if (at === 4) continue
      const { log, pending } = local.state as unknown as State
      expect(log.length).toBeLessThanOrEqual(20)
      expect(pending.length).toBeLessThanOrEqual(1)
      expect(log.map(({ slot }) => slot)).toEqual(log.map(({ slot }) => slot).filter(Number.isSafeInteger))
    }
  })

  test('digests are total, and lists of requests survive them', () => {
    for (const list of [[], ['a'], ['a', 'b@c4.1']]) expect(requestsOf(digestOf(list))).toEqual(list)
    expect(requestNamed('x@y@c4.7')).toEqual({ operation: 'x@y', client: 4, timestamp: 7 })
    for (const text of digests) expect(requestsOf(text).every((name) => typeof name === 'string')).toBe(true)
    expect(isExecuted('a@c4.2', 'b@c4.1')).toBe(true)
    expect(isExecuted('a@c4.2', 'a@c5.1')).toBe(false)
    expect(range(3).map((timestamp) => isExecuted('a@c4.1', `a@c4.${timestamp}`))).toEqual([true, true, false])
  })
})
