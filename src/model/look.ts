import type { Invariant, Outcome } from './claim.ts'
import { blamed, UsageError } from './errors.ts'
import { canonical, deepFreeze, type Json, textOf } from './json.ts'

/** What an engine knows of a state, for all claims. `outputs` and `fresh` end with the notes, each as `{ note }`. */
export interface Facts extends Omit<Outcome<any>, 'held'> {
  /** Known at the ends of healed runs, where a claim reads it. */
  readonly held?: Outcome<any>['held']
  /** Was it worked out on the reference, on which every violation is replayed? */
  readonly isReference?: boolean
}

/** The sentence of a violation, or nothing. */
export type Answer = string | boolean | undefined

/** What a claim has looked at. Parts are made once; what cannot be shown is remembered, whatever the claim does then. */
export class Look {
  failure: unknown
  readonly parts: Map<string, readonly unknown[]>

  constructor(parts: Map<string, readonly unknown[]> = new Map()) {
    this.parts = parts
  }

  part<T>(name: string, make: () => readonly T[]): readonly T[] {
    let made = this.parts.get(name)
    if (!made) {
      try {
        made = deepFreeze(make())
      } catch (error) {
        this.failure ??= error
        throw error
      }
      this.parts.set(name, made)
    }
    return made as readonly T[]
  }

  refuse(error: UsageError): never {
    this.failure ??= error
    throw error
  }
}

/**
 * The slot that an output is about, as a claim that speaks of each slot by itself says.
 * @throws UsageError where the claim throws, or names something that is no slot
 */
export function slotIn({ name, slot }: Invariant<any>, output: unknown): string | number | undefined {
  let found: unknown
  try {
    found = slot?.(deepFreeze(output))
  } catch (error) {
    throw blamed(
      `\`slot\` of the claim ${name}`,
      error,
      `it was given ${canonical(output)}`,
      'let it read every output',
    )
  }
  if (found === undefined || typeof found === 'string' || Number.isFinite(found)) return found as string | undefined
  throw new UsageError(
    `\`slot\` of the claim ${name} says ${shownAnswer(found)} of the output ${canonical(output)}`,
    'let it return a string or a number, or undefined where the output is about no slot',
  )
}

/** A value that is none of those that were asked for, in a message. */
export function shownAnswer(answer: unknown): string {
  if (answer === null || typeof answer !== 'object') return typeof answer === 'string' ? `'${answer}'` : String(answer)
  return typeof (answer as { then?: unknown }).then === 'function' ? 'a promise' : 'an object'
}

/** The text of an output, remembered where it is an object. */
export function textOfOutput(output: Json): string {
  return typeof output === 'object' && output !== null ? textOf(deepFreeze(output)) : canonical(output)
}

/** Is it what a replica noted, and no output of the protocol's? */
export function isNote(output: unknown): output is { readonly note: object } {
  return (
    typeof output === 'object' && output !== null && Object.hasOwn(output, 'note') && Object.keys(output).length === 1
  )
}

/** Does a note have one of the keys, if any are named? */
export function hasKey(note: unknown, keys: readonly string[] | undefined): boolean {
  if (keys === undefined) return true
  return typeof note === 'object' && note !== null && keys.some((key) => Object.hasOwn(note, key))
}
