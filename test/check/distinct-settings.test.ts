import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asyncioPbftProperties } from '../../properties/asyncio-pbft.ts'
import { brachaProperties } from '../../properties/bracha.ts'
import { pbftProperties } from '../../properties/pbft.ts'
import { check } from '../../src/check/check.ts'
import { distinctSettings } from '../../src/check/settings/distinct-settings.ts'
import { RenamedClaims } from '../../src/check/settings/renaming.ts'
import {
  type Claim,
  type Configuration,
  defineProtocol,
  program as inSetting,
  invariant,
  match,
  type Protocol,
  type Setting,
  type Threshold,
  weighted,
} from '../../src/model/index.ts'
import { repaired } from '../../src/protocols/asyncio-pbft.ts'
import * as brachaFile from '../../src/protocols/bracha.ts'
import { brachaByDelivery } from '../../src/protocols/bracha-by-delivery.ts'
import { dolevStrong } from '../../src/protocols/dolev-strong.ts'
import { pbft } from '../../src/protocols/pbft.ts'
import { configure } from '../../src/system/index.ts'
import { describeds, isRestless } from '../laws/checked-protocols.ts'
import { describedProtocol, livenessClaims, safetyClaims } from '../laws/described-protocol.ts'
import { SEED } from '../laws/known-protocols.ts'
import { weighteds } from '../laws/weighted-protocols.ts'
import { inTier } from '../tiers.ts'

const { bracha } = brachaFile
const judged = (claims: readonly Claim<any>[]) => claims.filter(({ name }) => name !== 'liveness')

/** Which Byzantine replicas are searched, and for how many choices they stand. */
function kinds(protocol: Protocol, configuration: Configuration, claims: readonly Claim<any>[]): string[] {
  return distinctSettings(protocol, configure(protocol, configuration), claims).map(
    ({ setting, stands }) => `${setting.byzantine.join('+')} ×${stands}`,
  )
}

describe('what is the same up to renaming', () => {
  test('in a broadcast: all but the sender', () => {
    const claims = judged(brachaProperties.claims)
    expect(kinds(bracha, { n: 4 }, claims)).toEqual(['0 ×1', '1 ×3'])
    expect(kinds(bracha, { n: 4, b: 2 }, claims)).toEqual(['0+1 ×3', '1+2 ×3'])
    expect(kinds(bracha, { n: 7 }, claims)).toEqual(['0+1 ×6', '1+2 ×15'])
  })

  test('in PBFT: those who lead no view; the healed run gives everybody a view to lead', () => {
    const safety = pbftProperties.claims.filter(({ kind }) => kind !== 'liveness')
    expect(kinds(pbft, { n: 4, bounds: { views: 1 } }, safety)).toEqual(['0 ×1', '1 ×3'])
    expect(kinds(pbft, { n: 4 }, safety)).toEqual(['0 ×1', '1 ×1', '2 ×2'])
    expect(kinds(pbft, { n: 4, bounds: { views: 1 } }, pbftProperties.claims)).toHaveLength(4)
  })

  test('not those who are offered other inputs, or keep names in their state', () => {
    const claims = judged(brachaProperties.claims)
    expect(kinds(bracha, { n: 4, inputs: { 0: ['a'], 2: ['b'] } }, claims)).toEqual(['0 ×1', '1 ×3'])
    expect(kinds(pbft, { n: 4, bounds: { views: 1 }, inputs: { 0: ['a'], 2: ['b'] } }, [])).toEqual(['0 ×1', '1 ×3'])
    expect(kinds(brachaByDelivery, { n: 3, b: 1 }, [])).toEqual(['0 ×1', '1 ×1', '2 ×1'])
  })

  test('where votes are kept in the state, if they are counted, for safety', () => {
    const safety = asyncioPbftProperties.claims.filter(({ kind }) => kind !== 'liveness')
    const channels = { auth: 'channels' } as const
    expect(kinds(repaired, { n: 4, b: 1, ...channels }, safety)).toEqual(['0 ×1', '1 ×3'])
    expect(kinds(repaired, { n: 5, b: 2, ...channels }, safety)).toEqual(['0+1 ×4', '1+2 ×6'])
    expect(kinds(repaired, { n: 4, b: 1, ...channels }, asyncioPbftProperties.claims)).toHaveLength(4)
  })

  test('nothing where the tables say nothing', () => {
    expect(kinds(dolevStrong, { n: 4 }, [])).toHaveLength(4)
    expect(kinds(bracha, { n: 4, steps: 'eager' }, [])).toHaveLength(4)
    expect(kinds(bracha, { n: 4, auth: 'none' }, [])).toHaveLength(4)
    expect(kinds(bracha, { n: 4, crash: [3], byzantine: [1] }, [])).toEqual(['1 ×1'])
  })
})

interface Named {
  state: { done: boolean }
  message: { type: 'SAY'; value: string }
  output: { done: string }
  rules: (setting: Setting) => { quorum: Threshold; trusted: number; others: number }
}

/** Two replicas say what is decided; `trusted` is one whose word is enough. */
const named = (rules: Named['rules']) =>
  defineProtocol<Named>({
    name: 'named',
    about: 'Believes two replicas, or one of a certain name.',
    rules,
    auth: 'channels',
    defaults: () => ({ f: 1, b: 1, values: ['a', 'b'], inputs: 'any', bounds: {} }),
    init: () => ({ done: false }),
    input: (_state, value, ctx) => ctx.broadcast({ type: 'SAY', value }),
    upon: {
      SAY(state, { value }, ctx) {
        if (state.done) return
        if (ctx.from !== ctx.rules.trusted) ctx.need(ctx.rules.quorum, match('SAY', { value }))
        state.done = true
        ctx.output({ done: value })
      },
    },
  })

describe('a protocol that knows names', () => {
  const rules = { quorum: 2, trusted: 9, others: 0 }

  test('without any, all replicas are of one kind', () => {
    expect(
      kinds(
        named(() => rules),
        { n: 4 },
        [],
      ),
    ).toEqual(['0 ×4'])
  })

  test('a rule that names an id makes that one different, and parts those on its two sides', () => {
    const trusting = (trusted: number) =>
      kinds(
        named(() => ({ ...rules, trusted })),
        { n: 4 },
        [],
      )
    expect(trusting(3)).toEqual(['0 ×3', '3 ×1'])
    expect(trusting(2)).toEqual(['0 ×2', '2 ×1', '3 ×1'])
  })

  test('replicas of different weights are of different kinds', () => {
    const counting = (weights: readonly number[]) =>
      kinds(
        named(() => ({ ...rules, quorum: weighted(weights, 4) })),
        { n: 4 },
        [],
      )
    expect(counting([2, 2, 2, 2])).toEqual(['0 ×4'])
    expect(counting([3, 1, 1, 1])).toEqual(['0 ×1', '1 ×3'])
    expect(counting([3, 3, 1, 0])).toEqual(['0 ×2', '2 ×1', '3 ×1'])
  })

  test('rules that look at who is Byzantine make all of them different', () => {
    const cheats = named(({ byzantine }) => ({ ...rules, others: byzantine.length }))
    expect(kinds(cheats, { n: 4 }, [])).toHaveLength(4)
  })

  test('a claim that minds names is noticed in the search', () => {
    const protocol = named(() => rules)
    const minds = invariant<any>({ name: 'minds', about: 'Replica 3 decides nothing.' }, ({ outputs }) =>
      outputs.some(({ at }) => at === 3) ? 'r3 decided' : undefined,
    )
    const fair = invariant<any>({ name: 'fair', about: 'Nobody decides.' }, ({ outputs }) =>
      outputs.length > 0 ? 'somebody decided' : undefined,
    )
    const [one] = distinctSettings(protocol, configure(protocol, { n: 4, b: 1 }), [minds, fair])
    expect(one!.stands).toBe(4)
    const renamed = new RenamedClaims([minds, fair], one!.setting, one!.others)
    check({ program: inSetting(protocol, one!.setting), claims: renamed.claims })
    expect(renamed.minding).toEqual(['minds'])
  })
})

const MOST_STATES = 2_000

/** What the search of one setting says of each claim. */
function verdicts(protocol: Protocol, setting: Setting, claims: readonly Claim<any>[]): string[] | undefined {
  const found = check({
    program: inSetting(protocol, setting),
    claims,
    maxStates: MOST_STATES,
    maxUniverse: 100,
  }).claims
  if (found.some(({ verdict }) => verdict === 'inconclusive')) return undefined
  return found.map(({ claim, verdict, steps }) => `${claim} ${verdict} ${steps?.length ?? ''}`)
}

/** Searches every setting that another one stands for, and says how many of them. */
function everyVerdictCarriesOver(
  protocol: Protocol,
  settings: readonly Setting[],
  claims: readonly Claim<any>[],
): number {
  let compared = 0
  for (const { setting, others } of distinctSettings(protocol, settings, claims)) {
    if (others.length === 0) continue
    const renamed = new RenamedClaims(claims, setting, others)
    const said = verdicts(protocol, setting, renamed.claims)
    if (!said || renamed.minding.length > 0) continue
    for (const other of others) {
      const own = verdicts(protocol, other, claims)
      if (own) expect(own, `r${setting.byzantine} stands for r${other.byzantine}`).toEqual(said)
      compared++
    }
  }
  return compared
}

test('Bracha and its mutants: what one Byzantine replica can do, so can every other that it stands for', () => {
  const claims = judged(brachaProperties.claims)
  for (const protocol of Object.values(brachaFile)) {
    if (typeof protocol !== 'object' || !('variant' in protocol)) continue
    expect(everyVerdictCarriesOver(protocol, configure(protocol, { n: 4, b: 1 }), claims)).toBe(2)
  }
})

test('random protocols: what one Byzantine replica can do, so can every other that it stands for', () => {
  let compared = 0
  const options = { seed: SEED, numRuns: inTier(30, 100) }
  for (const one of [...fc.sample(describeds, options), ...fc.sample(weighteds, options)]) {
    const protocol = describedProtocol(one)
    const settings = configure(protocol, { n: one.n, b: 1 })
    compared += everyVerdictCarriesOver(protocol, settings, safetyClaims)
    if (!isRestless(one)) compared += everyVerdictCarriesOver(protocol, settings, livenessClaims)
  }
  expect(compared).toBeGreaterThan(inTier(5, 20))
})
