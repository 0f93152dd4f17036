/**
 * Random protocols whose replicas do not all count the same: every engine counts alike, and no reduction takes a replica
 * for one of another weight, or with another list.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  agrees,
  everyPassAlone,
  type Known,
  statesAgree,
  verdictsAgree,
  witnessesReplay,
} from '../../properties/laws/checker.ts'
import { fastEngineAgrees, fastEngineJudgesAlike } from '../../properties/laws/engines.ts'
import { check } from '../../src/check/check.ts'
import { HarnessError } from '../../src/model/index.ts'
import type { Senders } from '../../src/tables/automaton/atom.ts'
import type { Atoms } from '../../src/tables/automaton/atoms.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { PASSES_BY_NAME, type Passes } from '../../src/tables/passes/passes.ts'
import { inTier } from '../tiers.ts'
import { describedProtocol, safetyClaims } from './described-protocol.ts'
import { COUNT, knownOf, SEED, WHOLE_FILE } from './known-protocols.ts'
import { draws, holds } from './lawful.ts'
import { weighteds } from './weighted-protocols.ts'

const file = 'test/laws/weighted.test.ts'
const laws = { verdictsAgree, statesAgree, witnessesReplay, everyPassAlone }

describe.each(['safety', 'liveness'] as const)('%s', (about) => {
  const these = Object.entries(laws).filter(([name]) => about === 'safety' || name === 'verdictsAgree')
  test.each(these)('%s', { timeout: WHOLE_FILE }, (name, law) => {
    holds({ file, test: `${about} ${name}`, runs: COUNT }, weighteds, (one) => {
      const known = knownOf(one, about)
      if (known) law(check, known)
    })
  })
})

test('the fast engine ends where the reference ends, and judges alike', { timeout: WHOLE_FILE }, () => {
  let made = 0
  // Runs are of four replicas, and universes are known by the names of protocols.
  const four = weighteds.filter(({ n }) => n === 4)
  holds({ file, test: 'the fast engine', runs: inTier(60, 400) }, fc.tuple(four, draws), ([one, draw]) => {
    const protocol = describedProtocol(one, `weighted-${made++}`)
    fastEngineAgrees(protocol, draw)
    fastEngineJudgesAlike(protocol, safetyClaims, draw)
  })
})

/** Atoms in which replicas are exchanged, and keep the weight of their place. */
function blindToWeights(atoms: Atoms): Atoms {
  const { rowWords, ids, list } = atoms
  const exchanged = ({ rows, sure, maybe }: Senders, one: number, other: number): string => {
    const place = (p: number): number => (p === one ? other : p === other ? one : p)
    const mask = (senders: number): number =>
      ids.reduce((all, id, p) => ((senders >> ids[place(p)]!) & 1 ? all | (1 << id) : all), 0)
    const said = ids.flatMap((_, p) => [...rows.subarray(place(p) * rowWords, (place(p) + 1) * rowWords)])
    return JSON.stringify([said, mask(sure), maybe.map(({ provable, identities }) => [provable, mask(identities)])])
  }
  const swapped = (atom: number, one: number, other: number): number | undefined => {
    const before = list[atom]!
    if (before.kind === 'choice' || typeof before.q === 'number') return atoms.swapped(atom, one, other)
    const wanted = exchanged(before.of, one, other)
    const found = list.findIndex(
      (after) => after.kind === 'count' && `${after.q}` === `${before.q}` && exchanged(after.of, -1, -1) === wanted,
    )
    return found < 0 ? undefined : found
  }
  return { list, ids, provable: atoms.provable, swapped } as unknown as Atoms
}

const ofAnyWeight: Passes['symmetry'] = (atoms, closed, machines) =>
  PASSES_BY_NAME.symmetry(blindToWeights(atoms), closed, machines)

/** Does a law notice it where symmetry is the only reduction? */
function notices(passes: Passes, known: Known): boolean {
  try {
    agrees(
      (request) => check(request, passes),
      known,
      REDUCTIONS.filter((pass) => pass !== 'symmetry'),
    )
    return false
  } catch (error) {
    if (error instanceof HarnessError) return true
    throw error
  }
}

test('the laws catch it where replicas of different weights are exchanged', { timeout: WHOLE_FILE }, () => {
  const caught = fc.sample(weighteds, { seed: SEED, numRuns: 250 }).find((one) => {
    const known = knownOf(one, 'safety')
    if (!known || !notices({ ...PASSES_BY_NAME, symmetry: ofAnyWeight }, known)) return false
    expect(notices(PASSES_BY_NAME, known)).toBe(false)
    return true
  })
  expect(caught).toBeDefined()
})
