/**
 * Laws of the strategies that choose something for each view, for every registered protocol: they only choose among what a
 * liar may send anyway, so that whatever they break the exhaustive search can break, too.
 */
import { describe, expect, test } from 'vitest'
import { type Offer, type Scene, type Strategy, strategies } from '../../src/adversary/index.ts'
import { chosenBy, hasViews, viewOfMessage } from '../../src/adversary/message-places.ts'
import { registered } from '../../src/cli/subjects/registered.ts'
import { BlockRunner } from '../../src/fuzz/campaign/block.ts'
import type { BlockResult } from '../../src/fuzz/campaign/result.ts'
import { SettingContext } from '../../src/fuzz/run/setting-context.ts'
import { type Protocol, textOf } from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { configure, take, wordsOf } from '../../src/system/index.ts'
import { LONG } from '../tiers.ts'

const NAMES = ['fork', 'two-stories', 'show-to-one', 'view-twins', 'extend', 'stale']
const byView = NAMES.map((name) => strategies.find((strategy) => strategy.name === name)!)
const PLANS = [0, 1, 2, 3, 4_711, 65_535]

const protocols = registry.map(({ protocol }) => protocol)
const withViews = protocols.filter(({ definition }) => definition.viewOf && !definition.round)
/** Their universes take long to collect. */
const LARGE = ['ben-or', 'go-pbft', 'raft', 'vr', 'zyzzyva', 'mmr14', 'dbft', 'simplex']

function sceneOf(protocol: Protocol): Scene {
  return new SettingContext(protocol, configure(protocol, { n: 4, byzantine: [0] })[0]!, []).scene
}

/** All that a strategy offers in a plan, whatever it hears; what its twins send has a proof, and is a replica's own. */
function offersOf(strategy: Strategy, scene: Scene, plan: number): readonly Offer[] {
  const { opening = [], hears } = strategy.behave(scene, plan)
  const heard = hears ? scene.universe.said.flatMap((message) => hears(scene.correct[0]!, message)) : []
  return [...opening, ...heard]
}

/** What of its offers or twins no liar may do: nothing, if all is well. */
function stray(strategy: Strategy, scene: Scene, plan: number, universe: ReadonlySet<string>): string | undefined {
  const { strategyTwins = [] } = strategy.behave(scene, plan)
  const parts = strategyTwins.map(({ member, side }) => ({ from: member, to: side }))
  for (const { from, to } of [...parts, ...offersOf(strategy, scene, plan)]) {
    if (!scene.members.includes(from)) return 'sender'
    if (to.some((id) => !scene.correct.includes(id))) return 'receiver'
  }
  return offersOf(strategy, scene, plan).every(({ message }) => universe.has(textOf(message))) ? undefined : 'message'
}

describe('strategies by view', () => {
  const tested = withViews.filter(({ subject }) => LONG || !LARGE.includes(subject))
  expect(tested.length).toBeGreaterThan(5)

  test.each(tested.map((protocol) => [protocol.subject, protocol] as const))('%s', (_, protocol) => {
    const scene = sceneOf(protocol)
    const universe = new Set(scene.universe.messages.map(textOf))
    const suitable = byView.filter((strategy) => strategy.suits!(scene))
    expect(suitable.map(({ name }) => name)).toContain('view-twins')
    for (const strategy of suitable) {
      expect(strategy.plans(scene)).toBeGreaterThan(Math.max(...PLANS))
      for (const plan of PLANS) {
        expect(stray(strategy, scene, plan, universe)).toBeUndefined()
        expect(offersOf(strategy, scene, plan)).toEqual(offersOf(strategy, scene, plan))
      }
    }
  })

  test('what no liar may send would be noticed', () => {
    const scene = sceneOf(registered('ibft').protocol)
    const universe = new Set(scene.universe.messages.map(textOf))
    const [message] = scene.universe.messages
    const invented = { ...message, round: 99 } as unknown as Offer['message']
    const offering = (offer: object): Strategy => {
      return { ...byView[0]!, behave: () => ({ opening: [{ from: 0, to: [1], message: message!, ...offer }] }) }
    }
    expect(stray(offering({}), scene, 0, universe)).toBeUndefined()
    expect(stray(offering({ message: invented }), scene, 0, universe)).toBe('message')
    expect(stray(offering({ from: 1 }), scene, 0, universe)).toBe('sender')
    expect(stray(offering({ to: [0] }), scene, 0, universe)).toBe('receiver')
  })

  test('a protocol without views is searched as if there were none of them', () => {
    const others = protocols.filter((protocol) => !withViews.includes(protocol))
    expect(others.length).toBeGreaterThan(5)
    const members = [0]
    for (const protocol of others) {
      const program = { protocol } as Scene['program']
      const scene = { program, members, correct: [1, 2, 3], universe: { messages: [], closed: true } } as never as Scene
      expect(hasViews(scene)).toBe(false)
      expect(byView.filter((strategy) => strategy.suits!(scene))).toEqual([])
    }
  })

  test('a plan chooses evenly, and something else for each name', () => {
    const counts = [0, 0, 0, 0, 0, 0, 0]
    for (let plan = 0; plan < 7_000; plan++) counts[chosenBy(plan, 'x', 7)]!++
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120)
    const same = Array.from({ length: 1_000 }, (_, plan) => plan).filter(
      (plan) => chosenBy(plan, '1 VOTE', 8) === chosenBy(plan, '2 VOTE', 8),
    )
    expect(Math.abs(same.length - 125)).toBeLessThan(50)
  })

  test('a message is of the view of its field, or of its block', () => {
    const program = (name: string) => sceneOf(registered(name).protocol).program
    expect(viewOfMessage(program('pbft'), { type: 'PREPARE', view: 2, slot: 9 } as never)).toBe(2)
    expect(viewOfMessage(program('chained-hotstuff'), { type: 'VOTE', block: '1.3' } as never)).toBe(3)
  })
})

/** Each finds a bug that is registered as one, for the exhaustive search as well. */
const FOUND: [strategy: string, subject: string, runs: number][] = [
  ['fork', 'chained-hotstuff/no-lock-two-chain', 6_000],
  ['two-stories', 'pbft/lowest-view-certificate', 3_000],
  ['show-to-one', 'tendermint/forget-lock', 3_000],
  ['view-twins', 'pbft/vc-omits-prepared', 200],
  ['extend', 'pbft/vc-omits-prepared', 200],
  ['stale', 'pbft/lowest-view-certificate', 200],
]

function search(strategy: string, name: string, first: number, runs: number): BlockResult {
  const { protocol, subject } = registered(name)
  const row = subject.properties.expected.find((one) => {
    return one.subject === name && one.claim === 'agreement' && one.verdict === 'violated'
  })!
  const campaign = {
    ...{ subject: name, settings: configure(protocol, row.configuration), claims: ['agreement'], runs, firstRun: 0 },
    ...{ seed: 1, maxSteps: 200, strategies: [strategy], schedulers: ['random-walk', 'by-view', 'pos'] },
  }
  return new BlockRunner(campaign, protocol, subject.properties.claims).run(first, runs)
}

describe('what they find', () => {
  test.each(FOUND)('%s: %s', (strategy, name, runs) => {
    const { found } = search(strategy, name, 0, runs)
    expect(found).toHaveLength(1)
    const { protocol, subject } = registered(name)
    const { setting, steps, run } = found[0]!
    const settingContext = new SettingContext(protocol, setting, subject.properties.claims)
    const { program, universe } = settingContext
    // The steps replay, and all that the coalition sends in them, certificates and what is in them included, is among
    // what the exhaustive search lets it send.
    expect(take(program, steps).refused).toEqual([])
    const known = new Set(universe.messages.map(textOf))
    const words = steps.flatMap((step) => wordsOf(program, step))
    expect(words.length).toBeGreaterThan(0)
    for (const { message } of words) expect(known).toContain(textOf(message))
    // A run is a function of its number.
    if (run < 1_000) expect(search(strategy, name, run, 1).found).toEqual(found)
  })
})
