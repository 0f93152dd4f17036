/**
 * Each kind of mistake that once made a verdict false has a stand-in that makes it again, and the second generator
 * notices it. Some take thousands of protocols, minutes of processor time: so each is looked for from a protocol on
 * which it has been noticed. Whatever changes what the generator draws moves these. Where a stand-in is not noticed any
 * more, look for all from the first protocol on, which prints where each is noticed:
 *
 *     LAW_SEED=1 LAW_CASES=8000 npx vitest run test/laws/second/twins.test.ts
 */
import { expect, test } from 'vitest'
import type { Case } from './case.ts'
import { type Difference, differences, textFor } from './compare.ts'
import type { Interpreted } from './interpreter.ts'
import { interpreted } from './law.ts'
import { caseOf } from './protocols.ts'
import { TWINS } from './twins.ts'

const { LAW_SEED, LAW_CASES } = process.env

/** Protocols within which each of them is noticed, counted from its own first one. */
const WITHIN = Number(LAW_CASES ?? 100)

/** Where each was noticed: of its first protocols in the first 8,000, the one that takes the least time. */
const NOTICED: Readonly<Record<string, number>> = {
  'a universe without null': 56,
  'a universe whose lists repeat nothing': 126,
  'a universe of sorted lists': 229,
  'a universe of records with all their keys': 69,
  'a universe without optional fields': 32,
  'choices of a take that end': 716,
  'claims that read what was said, judged when something is put out': 587,
  'one of several equal outputs': 11,
  'outputs in no order': 365,
  'notes for all claims': 102,
  'a guard in a wider network': 58,
  'nobody speaks in the receiver’s own name': 2_505,
  'own broadcasts as evidence where nobody hears itself': 102,
  'keys in another order': 241,
  'what is said changes afterwards': 4_470,
  'an index at which nobody looks': 453,
  'a key at which nobody looks': 2_305,
  'null is an empty list': 291,
  'a field that is there or not': 189,
  'timeouts whose questions nobody answers': 1_231,
  'one sender for all': 1_274,
  'proofs that hold nobody': 302,
  'addressed words that convince others': 6_789,
  'bounds that bind nobody': 145,
  'coins that fall on one side': 3_029,
  'messages that come again': 58,
  'replicas that never crash': 7,
  'replicas that never restart': 204,
  'a restart that loses nothing': 204,
  'a restart that keeps nothing': 748,
  'Byzantine replicas whose words bind nobody': 302,
}

/** Small ones are enough, and quick. */
const MOST_STATES = 150

interface Sound {
  readonly one: Case
  readonly text: string
  readonly known: Interpreted
}

/** A verdict, a length or the universe, and no refusal. */
const isVerdict = ({ kind }: Difference): boolean =>
  kind === 'universe' || /: (holds|vacuous|violated) (holds|vacuous|violated)$/.test(kind)

/** Each is looked at once, whatever the number of stand-ins; on it, the checker itself makes no mistake. */
const cases: (Sound | undefined)[] = []

function drawn(seed: number): { readonly one: Case; readonly text: string } {
  const one = caseOf(seed)
  return { one, text: textFor(one) }
}

function soundCase(seed: number): Sound | undefined {
  if (!(seed in cases)) {
    const { one, text } = drawn(seed)
    const known = interpreted(one, text, MOST_STATES)
    const isSound = known && differences(one, known, text, []).length === 0
    cases[seed] = isSound ? { one, text, known } : undefined
  }
  return cases[seed]
}

test.each(Object.keys(TWINS))('%s is noticed', { timeout: 20 * 60_000 }, (name) => {
  const twin = TWINS[name]!
  const first = Number(LAW_SEED ?? NOTICED[name] ?? 1)
  const notices = (seed: number): boolean => {
    const { one, text } = drawn(seed)
    if (twin.where?.(text, one) === false) return false
    const sound = soundCase(seed)
    return sound !== undefined && differences(one, sound.known, text, [], twin).some(isVerdict)
  }
  let seed = first
  while (seed < first + WITHIN && !notices(seed)) seed++
  if (LAW_SEED) console.log(`${name}: protocol ${seed}`)
  expect(seed, `nobody notices “${name}” in ${WITHIN} protocols from ${first} on`).toBeLessThan(first + WITHIN)
})

test('nothing else is looked for', () => {
  expect(Object.keys(NOTICED).sort()).toEqual(Object.keys(TWINS).sort())
})
