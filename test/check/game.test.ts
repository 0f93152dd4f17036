import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { Positions } from '../../src/check/game/positions.ts'
import { ReferenceSpace } from '../../src/check/reference/reference.ts'
import {
  type CoinAsked,
  type CoinFell,
  type CommonCoinState,
  coinId,
  commonCoin,
  correctIds,
  defineProtocol,
  invariant,
  type Program,
  program,
  type Setting,
} from '../../src/model/index.ts'
import { mmr14 } from '../../src/protocols/mmr14.ts'
import { apply, brokenBy, configure, type Step, type System, start } from '../../src/system/index.ts'
import { decode } from '../../src/trace/index.ts'
import { holds } from '../laws/lawful.ts'

/** Everybody bets on a side, early or late, and says whether it has lost. */
interface Bet {
  state: { bet: string | null; isAsking: boolean; lost: boolean | null }
  message: CoinAsked | CoinFell | { type: 'BET'; side: string }
  output: { lost: boolean }
  coin: 'common'
  client: CommonCoinState
  toClients: 'ASK_COIN'
  rules: typeof rules
}

const rules = ({ f }: Setting) => ({ enough: f + 1, late: false })

const bet = defineProtocol<Bet>({
  name: 'bet',
  about: 'Bets on the coin.',
  rules,
  auth: 'channels',
  defaults: (n) => ({
    ...{ f: 1, b: 1, clients: 1, values: ['0', '1'], bounds: {} },
    inputs: Object.fromEntries(Array.from({ length: n }, (_, id) => [id, ['0', '1']])),
  }),
  init: () => ({ bet: null, isAsking: false, lost: null }),
  input(state, side, ctx) {
    if (!ctx.rules.late && state.bet !== null) return
    if (state.isAsking && !ctx.rules.late) return
    if (state.lost !== null || (state.isAsking && state.bet !== null)) return
    if (ctx.rules.late && !state.isAsking) {
      state.isAsking = true
      ctx.send(coinId(ctx), { type: 'ASK_COIN', round: 1 })
      return
    }
    state.bet = side
    ctx.broadcast({ type: 'BET', side })
    if (state.isAsking) return
    state.isAsking = true
    ctx.send(coinId(ctx), { type: 'ASK_COIN', round: 1 })
  },
  upon: {
    BET() {},
    COIN(state, { side }, ctx) {
      if (ctx.from !== coinId(ctx) || state.bet === null || state.lost !== null) return
      state.lost = state.bet !== String(side)
      ctx.output({ lost: state.lost })
    },
  },
  client: commonCoin<Bet>(({ enough }) => enough),
})
/** It asks first, and bets when it likes. */
const late = bet.variant('late', () => ({ late: true }))
const early = bet.variant('early', () => ({ late: true, enough: 1 }))

/** Broken where `count` of the correct have lost: the adversary bets for them. */
const loses = (count: number) =>
  invariant<Bet['output'] | { note: never }>(
    { name: 'loses', about: 'Whatever is bet, the coin can fall so that fewer have lost.', forced: {} },
    ({ outputs }) => {
      const lost = outputs.filter(({ output }) => 'lost' in output && output.lost).length
      return lost >= count ? `${lost} have lost` : undefined
    },
  )

function verdictOf(run: Program, count: number, without: Parameters<typeof check>[0]['without'] = []) {
  return check({ program: run, claims: [loses(count)], without }).claims[0]!
}

/** The slow twin: over `apply`, from state to state, by what a strategy is. */
function isForcedPlainly(run: Program, count: number): boolean {
  const messages: Bet['message'][] = [
    ...(['0', '1'] as const).map((side): Bet['message'] => ({ type: 'BET', side })),
    { type: 'ASK_COIN', round: 1 },
    ...([0, 1] as const).map((side): Bet['message'] => ({ type: 'COIN', round: 1, side })),
  ]
  const space = new ReferenceSpace(run, messages)
  const known = new Map<string, boolean>()
  const isForced = (system: System): boolean => {
    const key = JSON.stringify(system)
    const answer = known.get(key)
    if (answer !== undefined) return answer
    const isBroken = brokenBy(run, [{ ...loses(count) }], system).length > 0
    const next = isBroken ? [] : space.successors(system).map(({ after, step }) => ({ after, step: step() }))
    const falls = next.filter(({ step }) => 'flip' in step)
    const forced =
      isBroken ||
      next.some(({ after, step }) => !('flip' in step) && isForced(after)) ||
      (falls.length > 0 && falls.every(({ after }) => isForced(after)))
    known.set(key, forced)
    return forced
  }
  return isForced(start(run))
}

describe('a strategy is found where there is one', () => {
  const of = (protocol: typeof bet, byzantine: number[]): Program =>
    program(protocol, configure(protocol, { n: 3, f: 1, byzantine })[0]!)

  test.each([
    ['all bet before the coin falls, and one side is right', bet, [2], 1, 'violated'],
    ['both cannot be wrong', bet, [2], 2, 'holds'],
    ['whoever may bet late loses', late, [2], 2, 'violated'],
    ['two ask before the third bets, and bet on both sides', bet, [], 3, 'holds'],
    ['nobody is Byzantine, and bets are late', late, [], 3, 'violated'],
    ['the coin falls early', early, [2], 2, 'violated'],
    ['nothing has to be done', bet, [2], 0, 'violated'],
  ] as const)('%s', (_, protocol, byzantine, count, verdict) => {
    const run = of(protocol, [...byzantine])
    const { why, ...found } = verdictOf(run, count)
    expect(found, why).toMatchObject({ verdict })
    expect(isForcedPlainly(run, count)).toBe(verdict === 'violated')
    for (const off of [['quotient'], ['forget'], ['big-step', 'lazy'], ['symmetry']] as const) {
      expect(verdictOf(run, count, off).verdict, `without ${off}`).toBe(verdict)
    }
  })
})

/** A drawn game: steps, and coins with both their sides. */
const games = fc.record({
  steps: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 14 }),
  coins: fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.nat(7)), { maxLength: 6 }),
  goals: fc.uniqueArray(fc.nat(7), { maxLength: 3 }),
})

test('what is forced is the least fixpoint, and whoever follows the ways gets there, whatever the coins do', () => {
  const where = { file: 'test/check/game.test.ts', test: 'what is forced', runs: 400 }
  holds(where, games, ({ steps, coins, goals }) => {
    const positions = new Positions()
    for (const [from, to] of steps) positions.step(from, to)
    for (const [from, zero, one] of coins) {
      const coin = positions.coin(from)
      positions.falls(coin, 0, zero)
      positions.falls(coin, 1, one)
    }
    const ways = positions.forced(8, goals)
    const forced = new Set(goals)
    for (let before = -1; before < forced.size; ) {
      before = forced.size
      for (const [from, to] of steps) if (forced.has(to)) forced.add(from)
      for (const [from, zero, one] of coins) if (forced.has(zero) && forced.has(one)) forced.add(from)
    }
    for (let state = 0; state < 8; state++) {
      expect(ways.isForced(state)).toBe(forced.has(state))
      if (!forced.has(state)) continue
      for (const side of [0, 1] as const) expect(goals).toContain(ways.play(state, () => side).at(-1))
    }
  })
})

test('an adversary that may choose how coins fall is another one, and is caught', () => {
  const [asked, angel] = [new Positions(), new Positions()]
  const coin = asked.coin(0)
  asked.falls(coin, 0, 1)
  asked.falls(coin, 1, 2)
  for (const to of [1, 2]) angel.step(0, to)
  expect(asked.forced(3, [1]).isForced(0)).toBe(false)
  expect(angel.forced(3, [1]).isForced(0)).toBe(true)
})

/** The same step some rounds later. */
function later(step: Step, rounds: number): Step {
  const shifted = (value: unknown, key?: string): unknown => {
    if (key === 'round') return (value as number) + rounds
    if (Array.isArray(value)) return value.map((one) => shifted(one))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shifted(one, name)]))
  }
  return shifted(step) as Step
}

test('the saved run of mmr14 begins again at step 4, one round later, as often as one likes', async () => {
  const trace = await decode(readFileSync('traces/mmr14-published.json', 'utf8'))
  const steps = trace.steps.map(({ digest: _, ...step }) => step as Step)
  const [given, round] = [steps.slice(0, 3), steps.slice(3, 16)]
  const run = program(mmr14, { ...trace.setting, bounds: { rounds: 6 } })
  let system = start(run)
  for (const step of given) system = apply(run, system, step)
  for (let rounds = 0; rounds < 6; rounds++) {
    for (const step of round) system = apply(run, system, later(step, rounds))
    const estimates = system.locals.flatMap((local, at) =>
      local && at < 4 ? [(local.state as { estimate: string }).estimate] : [],
    )
    expect(estimates).toEqual(['0', '0', '1'])
    expect(correctIds(run.setting).flatMap((at) => system.outputs[at]!)).toEqual([])
  }
})

test.each([0, 2])('an end of the game that minds the name of r%i is an end for that one only', (name) => {
  const enters = defineProtocol<{ state: { in: boolean }; message: { type: 'M' }; output: 'in' }>({
    name: 'enters',
    about: 'Everybody enters once.',
    rules: () => ({}),
    auth: 'channels',
    defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 0: ['a'], 1: ['a'], 2: ['a'] }, bounds: {} }),
    init: () => ({ in: false }),
    input(state, _, ctx) {
      if (state.in) return
      state.in = true
      ctx.output('in')
    },
    upon: { M() {} },
  })
  const [setting] = configure(enters, { n: 3 })
  const isOver = ({ outputs }: { outputs: readonly { at: number }[] }) => outputs.some(({ at }) => at === name)
  const alone = invariant<'in'>(
    { name: 'alone', about: 'Two never enter before it.', forced: { isOver } },
    ({ outputs }) => (outputs.length >= 2 ? 'two are in' : undefined),
  )
  for (const without of [[], ['symmetry']] as const) {
    expect(check({ program: program(enters, setting!), claims: [alone], without }).claims[0]!.verdict).toBe('violated')
  }
})
