import type { Claim, Said } from './claim.ts'
import { watchedObject } from './constants-of.ts'
import { UsageError } from './errors.ts'
import { type Answer, Look } from './look.ts'

/** Outcomes of a claim on which it is tried. */
const MOST_TRIED = 100

const ANY_OBJECT = Object.freeze({})

const tried = new WeakMap<Claim<any>, number>()

/**
 * Does a claim that declares no notes look for them all the same? It is never shown any, so it would look in vain, and
 * its author would take that for an answer. No output of a protocol has a field called note.
 * @throws UsageError where it asks an output for its note
 */
export function assertNotesUnread(claim: Claim<any>, look: Look, ask: (other: Look) => Answer): void {
  const outputs = look.parts.get('outputs') as readonly Said<any>[] | undefined
  if (claim.reads.includes('notes') || !outputs || outputs.length === 0) return
  const times = tried.get(claim) ?? 0
  if (times >= MOST_TRIED) return
  tried.set(claim, times + 1)
  let looks = false
  const told = (): void => {
    looks = true
  }
  // One that is nothing but an object comes last, for claims that look at objects only.
  const noted = [...outputs, { at: outputs[0]!.at, output: ANY_OBJECT }].map(({ at, output }) =>
    Object.freeze({ at, output: noting(output, told) }),
  )
  try {
    ask(new Look(new Map(look.parts).set('outputs', Object.freeze(noted))))
  } catch {
    // It compares by identity, perhaps: that is told elsewhere, if at all.
  }
  if (!looks) return
  throw new UsageError(
    `the claim ${claim.name} looks at notes, which it does not declare`,
    "declare reads: ['notes'] in its description",
  )
}

/** The same output, which tells when it is asked for a note. */
function noting<T>(output: T, looks: () => void): T {
  if (typeof output !== 'object' || output === null) return output
  return watchedObject(output, (key) => {
    if (key === 'note') looks()
  })
}
