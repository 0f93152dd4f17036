/**
 * Each kind of mistake that once made a verdict false has a stand-in that makes it again, and the second generator
 * notices it within so many protocols.
 */
import { describe, expect, test } from 'vitest'
import type { Case } from './case.ts'
import { type Difference, differences, textFor } from './compare.ts'
import type { Interpreted } from './interpreter.ts'
import { interpreted } from './law.ts'
import { caseOf } from './protocols.ts'
import { TWINS } from './twins.ts'

/** Protocols within which each of them is noticed. */
const WITHIN = Number(process.env['LAW_CASES'] ?? 8_000)
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

/** Some are noticed after thousands of protocols only: `LAW_TWINS=1 npx vitest run test/laws/second/twins.test.ts`. */
const ASKED = process.env['LAW_TWINS'] === '1'

describe.skipIf(!ASKED)('is noticed', () => {
  test.each(Object.keys(TWINS))('%s', { timeout: 20 * 60_000 }, (name) => {
    let seed = 1
    for (; seed <= WITHIN; seed++) {
      const one = drawn(seed)
      if (TWINS[name]!.where?.(one.text, one.one) === false) continue
      const sound = soundCase(seed)
      if (sound && differences(sound.one, sound.known, sound.text, [], TWINS[name]).some(isVerdict)) break
    }
    if (process.env['LAW_TELL']) console.log(`${name}: protocol ${seed}`)
    expect(seed, `nobody notices “${name}” in ${WITHIN} protocols`).toBeLessThanOrEqual(WITHIN)
  })
})
