import type { Claim, Said } from './claim.ts'
import { UsageError } from './errors.ts'
import { type Answer, type Facts, isNote, Look } from './look.ts'

/** Outcomes of a claim on which it is tried. */
const MOST_TRIED = 100
/** An output that no protocol puts out: what it changes for a claim, any output does. */
const ANY_OUTPUT = Object.freeze({ '': null })

const tried = new WeakMap<Claim<any>, number>()

/**
 * Does a claim that declares no notes look for them all the same? It is asked what it would say if it saw those that
 * there are: that must be what it says of as many outputs that mean nothing.
 * @throws UsageError where it is not
 */
export function assertNotesUnread(
  claim: Claim<any>,
  look: Look,
  facts: Facts,
  answer: Answer,
  ask: (other: Look) => Answer,
): void {
  const outputs = look.parts.get('outputs')
  if (claim.reads.includes('notes') || !outputs || answer === true || typeof answer === 'string') return
  const times = tried.get(claim) ?? 0
  if (times >= MOST_TRIED) return
  tried.set(claim, times + 1)
  const notes = [...facts.outputs.filter(({ output }) => isNote(output)), ...(facts.unread ?? [])]
  const says = (more: readonly Said<any>[]): Answer => {
    try {
      return ask(new Look(new Map(look.parts).set('outputs', Object.freeze([...outputs, ...more]))))
    } catch {
      // It was not written for such outputs.
      return answer
    }
  }
  if (notes.length === 0 || says(notes) === answer) return
  if (says(notes.map(({ at }) => ({ at, output: ANY_OUTPUT }))) !== answer) return
  throw new UsageError(
    `the claim ${claim.name} looks at notes, which it does not declare`,
    "say reads: ['notes'] in its description",
  )
}
