import { describe, expect, test } from 'vitest'
import type { Configuration, Protocol } from '../../src/model/index.ts'
import * as variants from '../../src/protocols/pbft.ts'
import { pbft } from '../../src/protocols/pbft.ts'
import { Impossible, type Step } from '../../src/system/index.ts'
import { type Say, Scene } from './pbft-scene.ts'

const two = { bounds: { views: 2 } }
const everything = (step: Step) => 'rule' in step || 'input' in step
const preprepare = (view: number, digest: string, slot = 1): Say => ({ type: 'PRE_PREPARE', view, slot, digest })
const prepare = (view: number, digest: string): Say => ({ type: 'PREPARE', view, slot: 1, digest })
const commit = (view: number, digest: string): Say => ({ type: 'COMMIT', view, slot: 1, digest })
const emptyChange: Say = { type: 'VIEW_CHANGE', view: 1, stable: 0, checkpoint: '-', certificates: [] }

describe('honest runs', () => {
  test('the first primary proposes, and everybody decides and executes', () => {
    const scene = new Scene(pbft, two).take({ at: 0, input: 'a' }).settle()
    for (const output of scene.system.outputs) expect(output).toEqual([{ slot: 1, digest: 'a' }, { executed: 'a' }])
    expect(scene.said('PREPARE')).toHaveLength(3)
    expect(scene.said('COMMIT')).toHaveLength(4)
  })

  test('a client gets f + 1 equal replies, one request after the other', () => {
    const scene = new Scene(pbft, { clients: 1, bounds: { slots: 2 } }).settle(everything)
    expect(scene.system.outputs[4]).toEqual([
      { accepted: 'a@c4.1', result: 'a@c4.1' },
      { accepted: 'b@c4.2', result: 'a@c4.1+b@c4.2' },
    ])
    expect(scene.broken).toEqual([])
  })

  test('a request that is sent to all again is executed once, and answered again', () => {
    const scene = new Scene(pbft, { clients: 1, values: ['a'], bounds: { slots: 3 } })
    scene.take({ at: 4, input: 'a' }).take({ at: 4, timeout: 'request' })
    scene.fire(1, 'REQUEST', 4)
    expect(scene.system.locals[1]!.timers).toEqual(['view'])
    expect(scene.said('RELAY')).toHaveLength(1)
    scene.settle()
    expect(scene.state(0).service).toBe('a@c4.1')
    expect(scene.said('PRE_PREPARE')).toHaveLength(1)
    expect(scene.system.locals.map((local) => local!.timers)).toEqual([[], [], [], [], []])
    expect(scene.said('REPLY')).toHaveLength(4)
    expect(() => scene.fire(1, 'REQUEST', 4)).toThrow('changes nothing')
  })

  test('requests that wait while a batch is under way share the next one', () => {
    const scene = new Scene(pbft, { values: ['a', 'b', 'c'], bounds: { slots: 2, batch: 2 } })
    for (const input of ['a', 'b', 'c']) scene.take({ at: 0, input })
    scene.settle()
    expect(scene.said('PRE_PREPARE').map((message) => ('digest' in message ? message.digest : ''))).toEqual([
      'a',
      'b+c',
    ])
    expect(scene.state(3).service).toBe('a+b+c')
  })

  test('a checkpoint moves the watermarks, empties the log, and lets a replica catch up', () => {
    const scene = new Scene(pbft, { bounds: { slots: 2, checkpoint: 1, window: 1 } }).take({ at: 0, input: 'a' })
    scene.take({ at: 0, input: 'b' })
    expect(scene.said('PRE_PREPARE')).toHaveLength(1)
    expect(scene.state(0).pending).toEqual(['b'])
    const late = (step: Step) => 'rule' in step && (step.at !== 3 || step.rule === 'CHECKPOINT')
    scene.settle(late)
    const caughtUp = { stable: 2, executed: 2, checkpoint: 'a+b', service: 'a+b', log: [] }
    for (const at of [0, 3]) expect(scene.state(at)).toMatchObject(caughtUp)
    expect(scene.system.outputs[3]!.at(-1)).toEqual({ adopted: 'a+b' })
    expect(scene.broken).toEqual([])
  })
})

describe('view changes', () => {
  /** All but r3 prepare a; r0 alone decides it. */
  function decidedByOne(protocol: Protocol, configuration: Configuration = two): Scene {
    const scene = new Scene(protocol, configuration).take({ at: 0, input: 'a' })
    for (const at of [1, 2]) scene.fire(at, 'PRE_PREPARE', 0)
    scene.fire(0, 'PREPARE', 1, 2).fire(1, 'PREPARE', 2, 1).fire(2, 'PREPARE', 1, 2)
    return scene.fire(0, 'COMMIT', 1, 0, 2)
  }

  test('a prepared request is carried into the new view', () => {
    const scene = decidedByOne(pbft).timeout(1, 2, 3)
    scene.fire(1, 'VIEW_CHANGE/announce', 3, 1, 2)
    expect(scene.said('NEW_VIEW')).toEqual([
      { type: 'NEW_VIEW', view: 1, stable: 0, checkpoint: '-', preprepares: [{ slot: 1, digest: 'a' }] },
    ])
    scene.settle()
    for (const output of scene.system.outputs) expect(output[0]).toEqual({ slot: 1, digest: 'a' })
    expect(scene.broken).toEqual([])
  })

  test('a new view fills a gap with the null request', () => {
    const scene = new Scene(pbft, { values: ['a', 'b', 'c'], bounds: { slots: 3 } })
    for (const input of ['a', 'b']) scene.take({ at: 0, input })
    const second = (step: Step) => 'rule' in step && 'slot' in step.on.message && step.on.message.slot === 2
    scene.settle(second)
    expect(scene.state(1)).toMatchObject({ executed: 0, log: [{ slot: 2, committed: 'b' }] })
    scene.timeout(1, 2, 3).settle()
    expect(scene.state(1)).toMatchObject({ executed: 2, service: 'b', view: 1, active: true })
    expect(scene.system.outputs[1]).toContainEqual({ slot: 1, digest: '-' })
    scene.take({ at: 1, input: 'c' }).settle()
    expect(scene.state(2).service).toBe('b+c')
  })

  test('the timer waits for q VIEW-CHANGEs, and f + 1 of them take others along', () => {
    const scene = new Scene(pbft, { bounds: { views: 3 } }).timeout(2, 3)
    expect(scene.system.locals[2]!.timers).toEqual([])
    expect(() => scene.fire(2, 'VIEW_CHANGE/startTimer', 3, 2)).toThrow(Impossible)
    scene.fire(0, 'VIEW_CHANGE/join', 2, 3)
    expect(scene.state(0)).toMatchObject({ view: 1, active: false })
    scene.fire(2, 'VIEW_CHANGE/startTimer', 3, 2, 0).timeout(2)
    expect(scene.state(2)).toMatchObject({ view: 2, active: false })
  })

  test('the primary counts its own VIEW-CHANGE', () => {
    const scene = decidedByOne(pbft, { ...two, byzantine: [3] }).timeout(1, 2)
    const byzantineMessage = scene.byzantineMessage(3, emptyChange)
    expect(() => scene.fire(1, 'VIEW_CHANGE/announce', 2, byzantineMessage)).toThrow(Impossible)
    scene.fire(1, 'VIEW_CHANGE/announce', 2, 1, byzantineMessage)
    expect(scene.said('NEW_VIEW')).toMatchObject([{ preprepares: [{ slot: 1, digest: 'a' }] }])
  })

  test('nobody can show a certificate that nobody prepared, nor a new view that leaves one out', () => {
    const scene = decidedByOne(pbft, { ...two, byzantine: [3] }).timeout(1, 2)
    const certificate = { view: 0, slot: 1, digest: 'a' }
    expect(scene.byzantineMessage(3, { ...emptyChange, certificates: [certificate] }).proof).toBeDefined()
    expect(
      scene.byzantineMessage(3, { ...emptyChange, certificates: [{ ...certificate, digest: 'b' }] }).proof,
    ).toBeUndefined()
    expect(scene.byzantineMessage(3, { ...emptyChange, stable: 1, checkpoint: 'a' }).proof).toBeUndefined()
    scene.byzantineMessage(3, emptyChange)
    const view = { type: 'NEW_VIEW', view: 1, stable: 0, checkpoint: '-' }
    expect(scene.byzantineMessage(3, { ...view, preprepares: [{ slot: 1, digest: 'a' }] }).proof).toBeDefined()
    expect(scene.byzantineMessage(3, { ...view, preprepares: [] }).proof).toBeUndefined()
  })

  test('vc-omits-prepared: the decided value is lost, and the baseline refuses', () => {
    const story = (protocol: Protocol) => {
      const scene = decidedByOne(protocol, { ...two, byzantine: [3] }).timeout(1, 2)
      scene.fire(1, 'VIEW_CHANGE/announce', 2, 1, scene.byzantineMessage(3, emptyChange)).take({ at: 1, input: 'b' })
      scene.fire(2, 'NEW_VIEW', 1).fire(2, 'PRE_PREPARE', 1)
      const byzantineMessage = scene.byzantineMessage(3, prepare(1, 'b'))
      scene.fire(1, 'PREPARE', 2, byzantineMessage).fire(2, 'PREPARE', byzantineMessage, 2)
      return scene.fire(1, 'COMMIT', 2, 1, scene.byzantineMessage(3, commit(1, 'b')))
    }
    expect(story(variants.vcOmitsPrepared).broken).toContain('agreement')
    expect(() => story(pbft)).toThrow(Impossible)
  })
})

describe('violations by hand', () => {
  test('commit-2f: one COMMIT too few, and a new view without the certificate', () => {
    const story = (protocol: Protocol) => {
      const scene = new Scene(protocol, { ...two, byzantine: [0] })
      const proposal = scene.byzantineMessage(0, preprepare(0, 'a'))
      scene.fire(2, 'PRE_PREPARE', proposal).fire(3, 'PRE_PREPARE', proposal).fire(3, 'PREPARE', 2, 3)
      scene.fire(3, 'COMMIT', scene.byzantineMessage(0, commit(0, 'a')), 3).timeout(1, 2)
      scene.fire(1, 'VIEW_CHANGE/announce', 2, 1, scene.byzantineMessage(0, emptyChange)).take({ at: 1, input: 'b' })
      scene.fire(2, 'NEW_VIEW', 1).fire(2, 'PRE_PREPARE', 1)
      scene.fire(1, 'PREPARE', 2, scene.byzantineMessage(0, prepare(1, 'b')))
      return scene.fire(1, 'COMMIT', scene.byzantineMessage(0, commit(1, 'b')), 1)
    }
    expect(story(variants.commit2f).broken).toContain('agreement')
    expect(() => story(pbft)).toThrow(Impossible)
  })

  test('digest-blind: two proposals of a Byzantine primary are decided in one view', () => {
    const story = (protocol: Protocol) => {
      const scene = new Scene(protocol, { ...two, byzantine: [0] })
      scene.fire(1, 'PRE_PREPARE', scene.byzantineMessage(0, preprepare(0, 'a')))
      scene.fire(2, 'PRE_PREPARE', scene.byzantineMessage(0, preprepare(0, 'b')))
      scene.fire(1, 'PREPARE', 2, 1).fire(2, 'PREPARE', 1, 2)
      const byzantineMessage = scene.byzantineMessage(0, commit(0, 'a'))
      return scene.fire(1, 'COMMIT', 2, 1, byzantineMessage).fire(2, 'COMMIT', 1, 2, byzantineMessage)
    }
    expect(story(variants.digestBlind).broken).toContain('agreement')
    expect(() => story(pbft)).toThrow(Impossible)
  })

  test('two proposals of a Byzantine primary cannot both be accepted', () => {
    const scene = new Scene(pbft, { ...two, byzantine: [0] })
    scene.fire(1, 'PRE_PREPARE', scene.byzantineMessage(0, preprepare(0, 'a')))
    expect(() => scene.fire(1, 'PRE_PREPARE', scene.byzantineMessage(0, preprepare(0, 'b')))).toThrow(Impossible)
    expect(() => scene.fire(2, 'PRE_PREPARE', scene.byzantineMessage(0, preprepare(1, 'b')))).toThrow(Impossible)
  })

  test('a primary cannot propose what no client asked for', () => {
    const scene = new Scene(pbft, { clients: 1, byzantine: [0] }).take({ at: 4, input: 'a' })
    for (const digest of ['b@c4.1', 'a@c4.2', 'a']) {
      expect(() => scene.fire(1, 'PRE_PREPARE', scene.byzantineMessage(0, preprepare(0, digest)))).toThrow(Impossible)
    }
    scene.fire(1, 'PRE_PREPARE', scene.byzantineMessage(0, preprepare(0, 'a@c4.1')))
    expect(scene.said('PREPARE')).toHaveLength(1)
  })

  test('client-one-reply: one Byzantine replica is believed', () => {
    const story = (protocol: Protocol) => {
      const scene = new Scene(protocol, { clients: 1, byzantine: [3] }).take({ at: 4, input: 'a' })
      return scene.fire(
        4,
        'REPLY',
        scene.byzantineMessage(3, { type: 'REPLY', view: 0, timestamp: 1, client: 4, result: 'b@c4.1' }),
      )
    }
    const scene = story(variants.clientOneReply)
    expect(scene.broken).toContain('validity')
    expect(() => story(pbft)).toThrow(Impossible)
  })
})

describe('liveness, in the healed run', () => {
  const slots = { values: ['a', 'b', 'c'], bounds: { slots: 2, checkpoint: 1, window: 2 } }

  /** Slot 2 is prepared, slot 1 is not; then the view changes. */
  function gap(protocol: Protocol): Scene {
    const scene = new Scene(protocol, { ...slots, byzantine: [3] })
    for (const input of ['a', 'b']) scene.take({ at: 0, input })
    return scene.settle((step) => 'rule' in step && 'slot' in step.on.message && step.on.message.slot === 2)
  }

  test('from the start, from a view change and from a gap everything is executed', () => {
    expect(new Scene(pbft, two).healed).toEqual([])
    expect(new Scene(pbft, { ...two, byzantine: [0] }).healed).toEqual([])
    expect(new Scene(pbft, { ...two, byzantine: [0] }).timeout(1, 2).healed).toEqual([])
    expect(new Scene(pbft, { bounds: { views: 3 }, byzantine: [1] }).timeout(2, 3).healed).toEqual([])
    expect(new Scene(pbft, { clients: 1, byzantine: [0] }).healed).toEqual([])
    expect(gap(pbft).timeout(0, 1, 2).healed).toEqual([])
  })

  test('no-null-fill: nothing is executed behind a gap', () => {
    expect(gap(variants.noNullFill).timeout(0, 1, 2).healed).toEqual([
      'r0 never executes a, though every message of the correct arrives',
    ])
  })

  test('vc-unproved-checkpoint: a watermark that nobody has reached stops everybody', () => {
    const story = (protocol: Protocol) => {
      const scene = new Scene(protocol, { ...slots, byzantine: [3] }).timeout(1, 2)
      const byzantineMessage = scene.byzantineMessage(3, { ...emptyChange, stable: 2, checkpoint: 'c+c' })
      return scene.fire(1, 'VIEW_CHANGE/announce', 2, 1, byzantineMessage)
    }
    expect(story(variants.vcUnprovedCheckpoint).fire(2, 'NEW_VIEW', 1).healed).not.toEqual([])
    expect(() => story(pbft)).toThrow(Impossible)
  })
})

describe('execution', () => {
  const slots = { bounds: { views: 1, slots: 2, checkpoint: 1, window: 2 } }

  test('state-transfer-f: one Byzantine CHECKPOINT is adopted', () => {
    const story = (protocol: Protocol) => {
      const scene = new Scene(protocol, { ...slots, byzantine: [3] }).take({ at: 0, input: 'a' })
      scene.settle((step) => 'rule' in step && step.rule !== 'CHECKPOINT')
      return scene.fire(2, 'CHECKPOINT', scene.byzantineMessage(3, { type: 'CHECKPOINT', slot: 2, digest: 'b' }))
    }
    expect(story(variants.stateTransferF).broken).toEqual(['prefix'])
    expect(() => story(pbft)).toThrow(Impossible)
  })

  test('execute-out-of-order: r1 executes the second slot first', () => {
    const of = (slot: number, step: Step) =>
      'rule' in step && 'slot' in step.on.message && step.on.message.slot === slot && step.rule !== 'CHECKPOINT'
    const story = (protocol: Protocol) => {
      const scene = new Scene(protocol, slots).take({ at: 0, input: 'a' }).take({ at: 0, input: 'b' })
      scene.settle((step) => of(1, step) && step.at !== 1)
      return scene.settle((step) => of(2, step))
    }
    expect(story(variants.executeOutOfOrder).broken).toEqual(['prefix'])
    expect(story(pbft).broken).toEqual([])
    expect(story(pbft).state(1)).toMatchObject({ executed: 0, log: [{ slot: 2, committed: 'b' }] })
  })

  test('execute-again: a Byzantine primary gives one request two slots', () => {
    const story = (protocol: Protocol) => {
      const scene = new Scene(protocol, { ...slots, byzantine: [0] })
      for (const slot of [1, 2]) {
        const byzantineMessage = scene.byzantineMessage(0, preprepare(0, 'a', slot))
        for (const at of [1, 2, 3]) scene.fire(at, 'PRE_PREPARE', byzantineMessage)
      }
      return scene.settle()
    }
    expect(story(variants.executeAgain).broken).toContain('exactly-once')
    expect(story(pbft).broken).toEqual([])
    expect(story(pbft).state(1)).toMatchObject({ executed: 2, service: 'a' })
  })
})
