import { expect, test } from 'vitest'
import { universe } from '../../src/adversary/index.ts'
import { Pilot } from '../../src/fuzz/campaign/pilot.ts'
import { drawFeatures } from '../../src/fuzz/run/features.ts'
import { Run } from '../../src/fuzz/run/run.ts'
import { SettingContext } from '../../src/fuzz/run/setting-context.ts'
import { drawnChoices } from '../../src/fuzz/schedule/choices.ts'
import { randomWalk } from '../../src/fuzz/schedule/random-walk.ts'
import { canonical, defineProtocol, program as inSetting, type Json, type Protocol } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

interface Told {
  state: { history: string[]; did: string[] }
  message: { type: 'VOTE'; value: string }
  output: { decided: string }
  rules: () => object
}

/** Everybody votes for what it hears of first, and decides on three votes; its state is what it was told, as a program's. */
function voting(abstraction?: (state: Told['state']) => unknown): Protocol<any> {
  const told = (state: Told['state'], event: string): void => void state.history.push(event)
  const does = (state: Told['state'], what: string): void => {
    if (!state.did.includes(what)) state.did = [...state.did, what].sort()
  }
  return defineProtocol<Told>({
    ...{ name: 'voting', about: 'Votes.', rules: () => ({}), inbox: false, ...(abstraction && { abstraction }) },
    defaults: () => ({ f: 1, b: 0, values: ['a', 'b'], inputs: { 0: ['a'], 1: ['b'] }, bounds: {} }),
    init: () => ({ history: [], did: [] }),
    within: ({ history }) => new Set(history).size === history.length,
    input(state, value, ctx) {
      told(state, value)
      if (state.did.length > 0) return
      does(state, `vote ${value}`)
      ctx.broadcast({ type: 'VOTE', value })
    },
    upon: {
      VOTE(state, { value }, ctx) {
        told(state, `${value} from r${ctx.from}`)
        if (state.did.length === 0) {
          does(state, `vote ${value}`)
          ctx.broadcast({ type: 'VOTE', value })
        }
        if (state.history.filter((event) => event.startsWith(`${value} from`)).length < 3) return
        if (!state.did.includes('decides')) ctx.output({ decided: value })
        does(state, 'decides')
      },
    },
  })
}

/** The local states of some runs: how many the pilot counts, and how many there are by all of them and by what was done. */
function counted(protocol: Protocol<any>) {
  const pilot = new Pilot()
  const [numbers, all, did] = [new Set<number>(), new Set<string>(), new Set<string>()]
  const { graph } = pilot
  const numberOf = graph.state.bind(graph)
  graph.state = (instance) => {
    const number = numberOf(instance)
    const local = instance.profile.value(instance.row.local)
    numbers.add(number)
    all.add(canonical([instance.id, local as unknown as Json]))
    did.add(canonical([instance.id, (local.state as Told['state']).did]))
    return number
  }
  const settingContext = new SettingContext(protocol, configure(protocol, { n: 4, byzantine: [] })[0]!, [])
  for (let run = 0; run < 30; run++) {
    const choices = drawnChoices(1, run)
    const features = drawFeatures(settingContext, choices, [], [randomWalk])
    new Run(settingContext, { ...features, chooser: pilot.watch(randomWalk) }, choices, new Set()).go(40)
    pilot.end(settingContext.world, features)
  }
  return { counted: numbers.size, all: all.size, did: did.size }
}

test('histories are told apart by what was done, where a protocol says so', () => {
  const plain = counted(voting())
  const abstract = counted(voting(({ did }) => did))
  expect(plain.counted).toBe(plain.all)
  expect(abstract).toEqual({ ...plain, counted: plain.did })
  expect(plain.did).toBeLessThan(plain.all / 5)
})

test('the wide search for messages goes on from one of those that are alike, and does not say that it has ended', () => {
  const found = (protocol: Protocol<any>) =>
    universe(inSetting(protocol, configure(protocol, { n: 4, b: 1 })[0]!), { maxCalls: 5_000 })
  const abstract = found(voting(({ did }) => did))
  expect(abstract.messages).toEqual(found(voting()).messages)
  expect(abstract.states).toBeLessThan(100)
  expect(abstract.closed).toBe(false)
})

test('an abstraction that fails is named', () => {
  const failing = voting((state) => (state as any).nothing.there)
  expect(() => counted(failing)).toThrow(/voting, abstraction: TypeError/)
})
