/**
 * Proving slot by slot, on random small protocols: whichever messages are taken for one, verdicts and lengths are those
 * of the plain search. A slot is a value here, and what is claimed of each value is that only one replica decides it,
 * or each only once.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agreement, decided, integrity } from '../../properties/claims.ts'
import { agrees, type Known } from '../../properties/laws/checker.ts'
import { referenceSearch } from '../../properties/laws/reference-search.ts'
import { check } from '../../src/check/check.ts'
import { type Claim, canonical, invariant, type Json } from '../../src/model/index.ts'
import { noException } from '../../src/system/index.ts'
import type { Atom } from '../../src/tables/automaton/atom.ts'
import { BySlot, type Slot } from '../../src/tables/automaton/by-slot.ts'
import { PASSES_BY_NAME } from '../../src/tables/passes/passes.ts'
import { inTier, LONG } from '../tiers.ts'
import { checkedProgram, describeds, wordsOfCoalition } from './checked-protocols.ts'
import type { Described } from './described.ts'
import { COUNT, SEED, WHOLE_FILE } from './known-protocols.ts'
import { holds } from './lawful.ts'

/** Notes have no such part. */
type Output = { readonly decided?: string }
const slot = ({ decided }: Output): string | undefined => decided
const decides = ({ decided: value }: Output) => (value === undefined ? undefined : { slot: value, value })

/** Claims about each value by itself, one of them easily broken. */
const alone = invariant<Output>({ name: 'alone', about: 'No two replicas decide one value.', slot }, ({ outputs }) => {
  const twice = outputs.find(({ at, output }, i) =>
    outputs
      .slice(0, i)
      .some((other) => other.at !== at && slot(other.output) !== undefined && slot(other.output) === slot(output)),
  )
  return twice && `two replicas decided ${twice.output.decided}`
})
const seen = decided<Output>(decides)
/** Asked one after the other: what holds is proved only together with all that is asked with it. */
const asked: readonly (readonly Claim<any>[])[] = [
  [alone, seen],
  [integrity<Output>(decides), noException, seen],
]
const known = new Map<string, readonly Known[]>()
function knownOf(one: Described): readonly Known[] {
  const key = JSON.stringify(one)
  let found = known.get(key)
  if (!found) {
    const program = checkedProgram(one)
    const words = wordsOfCoalition(program)
    const references = words.closed
      ? asked.map((claims) => ({ program, claims, reference: referenceSearch(program, claims, words.messages, 300) }))
      : []
    found = references.filter(({ reference }) => reference.finished)
    known.set(key, found)
  }
  return found
}

/** Messages of another value are about another slot. */
class ByValue extends BySlot {
  protected override about(value: Json, at: Slot): Json | undefined {
    return (value as { value: string }).value === at ? value : undefined
  }
}

/** All values are one, but B tells them apart. */
class Coarsely extends BySlot {
  protected override about(value: Json): Json | undefined {
    const { type, value: of } = value as { type: string; value: string }
    return { type, value: type === 'B' ? of : '' }
  }
}

/** Nothing is told apart by its contents, and A is always said. */
class HardlyLooking extends BySlot {
  protected override about(value: Json): Json | undefined {
    const { type } = value as { type: string }
    return type === 'A' ? undefined : type
  }
}

const ways = { BySlot, ByValue, Coarsely, HardlyLooking }

describe.each(Object.entries(ways))('%s', (name, bySlot) => {
  const passes = { ...PASSES_BY_NAME, bySlot }
  test('changes neither a verdict nor a length', { timeout: WHOLE_FILE }, () => {
    let proved = 0
    holds({ file: 'test/laws/by-slot.test.ts', test: `${name} changes`, runs: COUNT }, describeds, (one) => {
      for (const each of knownOf(one)) {
        agrees((request) => {
          const result = check(request, passes)
          if (result.reductions.some(({ pass, on }) => pass === 'by-slot' && on)) proved++
          return result
        }, each)
      }
    })
    // A law about proofs says little where there are none.
    expect(proved).toBeGreaterThan(COUNT / 50)
  })
})

/** Takes what is about other slots for never said. */
class Deaf extends ByValue {
  override atom(...[atom, ids, rowWords]: Parameters<BySlot['atom']>): Atom {
    const seen = super.atom(atom, ids, rowWords)
    const kept = <T extends { readonly sure: number }>(of: T, before: { readonly sure: number }): T => {
      return { ...of, sure: before.sure }
    }
    if (seen.kind === 'count' && atom.kind === 'count') return { ...seen, of: kept(seen.of, atom.of) }
    return seen
  }
}

/** Sees no outputs. */
class Blind extends BySlot {
  constructor(...[closed, at]: ConstructorParameters<typeof BySlot>) {
    super(closed, at, () => false)
  }
}

/** Takes whoever said one of several equal words for nobody who said it. */
class Mute extends Coarsely {
  declare closed: BySlot['closed']
  constructor(...args: ConstructorParameters<typeof BySlot>) {
    super(...args)
    const [whole] = args
    const options = (p: number) => whole.participants[p]!.options
    this.closed = {
      ...this.closed,
      participants: this.closed.participants.map((part, p) => ({
        ...part,
        options: part.options.map((list, i) =>
          list.map((one, j) =>
            canonical(one.says) === canonical(options(p)[i]![j]!.says) ? one : { ...one, says: [] },
          ),
        ),
      })),
    }
  }
}

/** From this seed on, protocols that catch the others are soon met; those that catch the first take ten seconds. */
const SOON = 8

test.each(Object.entries(LONG ? { Deaf } : { Blind, Mute }))('a version that is unsound is caught: %s', (_, bySlot) => {
  const passes = { ...PASSES_BY_NAME, bySlot }
  const notices = (one: Described): boolean => {
    try {
      for (const each of knownOf(one)) agrees((request) => check(request, passes), each)
      return false
    } catch {
      return true
    }
  }
  expect(fc.sample(describeds, { seed: inTier(SOON, SEED), numRuns: 2_000 }).some(notices)).toBe(true)
})

test('a claim that says what an output is about means it', () => {
  const outputs = fc.array(
    fc.record({ at: fc.nat(2), output: fc.record({ slot: fc.nat(2), value: fc.constantFrom('a', 'b') }) }),
    { maxLength: 5 },
  )
  const each = (output: { slot: number; value: string }) => output
  for (const claim of [agreement(each), integrity(each)]) {
    fc.assert(
      fc.property(outputs, (all) => {
        const broken = (some: typeof all): boolean =>
          claim.broken({ setting: { n: 3 }, correct: [0, 1, 2], outputs: some, fresh: some, soup: [] } as never) !==
          undefined
        const alone = [0, 1, 2].some((at) => broken(all.filter(({ output }) => claim.slot!(output) === at)))
        expect(broken(all)).toBe(alone)
      }),
      { seed: SEED },
    )
  }
})
