import { describeError, UsageError } from './errors.ts'
import type { Match } from './message.ts'
import type { Proof } from './proof.ts'
import type { Definition } from './protocol.ts'
import { assertKind, assertShape, FLAG, type Kind, listOf, OBJECT, optional, type Shape, TEXT, WHOLE } from './shape.ts'

type Anything = (...given: any[]) => any

const NUMBER: Kind = { words: 'a number', is: (value) => typeof value === 'number' && !Number.isNaN(value) }

/** What the functions of a definition give back. */
const GIVES: { readonly [K in keyof Definition<any>]?: Kind } = {
  rules: OBJECT,
  defaults: OBJECT,
  within: FLAG,
  viewOf: NUMBER,
  rounds: NUMBER,
  alphabet: listOf(OBJECT),
}

const BOUNDS: Kind = {
  words: 'an object of whole numbers, whose names begin with a small letter',
  is: (value) =>
    OBJECT.is(value) && Object.entries(value as object).every(([name, of]) => /^[a-z]\w*$/.test(name) && WHOLE.is(of)),
}
const INPUTS: Kind = {
  words: 'any, or an object with a list of values for each id',
  is: (value) => value === 'any' || OBJECT.is(value),
}

const DEFAULTS: Shape = {
  ...{ f: WHOLE, b: WHOLE, clients: optional(WHOLE), bounds: BOUNDS },
  ...{ values: optional(listOf(TEXT)), inputs: optional(INPUTS) },
}

/** By name: an installed copy of this package has a class of its own. */
const isUsageError = (error: unknown): boolean => error instanceof Error && error.name === 'UsageError'

/**
 * A function that an author wrote, and that no replica runs: where it throws, nobody's rule is broken, but there is a
 * mistake in it.
 * @param place what it is called, in words: `my-protocol, defaults(4)`
 */
export function authored<F extends Anything>(place: (...given: Parameters<F>) => string, run: F, gives?: Kind): F {
  return function (this: unknown, ...given: Parameters<F>) {
    let made: unknown
    try {
      made = run.apply(this, given)
    } catch (error) {
      if (isUsageError(error)) throw error
      throw new UsageError(
        `${place(...given)} throws ${describeError(error)}`,
        'let it return something whatever it is given',
      )
    }
    if (gives) assertKind(`what ${place(...given)} returns`, gives, made)
    return made
  } as F
}

/** The definition with every function that is not a rule guarded: its mistakes are told with their place. */
export function guarded<D extends Definition<any>>(definition: D): D {
  const { name, proofs } = definition
  const own: Record<string, unknown> = {}
  for (const [key, gives] of Object.entries(GIVES)) {
    const run = definition[key as keyof D] as Anything | undefined
    if (run) own[key] = authored((first) => placeOf(name, key, first), run, gives)
  }
  const defaults = own['defaults'] as Definition<any>['defaults']
  own['defaults'] = (n: number) => {
    const made = defaults(n)
    assertShape(placeOf(name, 'defaults', n), DEFAULTS, made)
    return made
  }
  const placed = Object.entries(proofs ?? {}).map(([type, run]) => [type, proofAt(name, type, run as Anything)])
  return { ...definition, ...own, ...(proofs ? { proofs: Object.fromEntries(placed) } : {}) }
}

function placeOf(name: string, key: string, first: unknown): string {
  return `${name}, ${key}${key === 'defaults' ? `(${String(first)})` : ''}`
}

function proofAt(name: string, type: string, run: Anything): Anything {
  const place = `${name}, the proof of ${type}`
  const proof = authored(() => place, run, { words: 'said(…), all([…]) or any([…])', is: isProof })
  return (...given) => guardedProof(proof(...given), place)
}

function isProof(value: unknown): boolean {
  const { kind, of, q, match } = (value ?? {}) as Partial<Record<string, unknown>>
  if (kind === 'said') return Number.isSafeInteger(q) && typeof match === 'function'
  return (kind === 'all' || kind === 'any') && Array.isArray(of) && of.every(isProof)
}

function guardedProof(proof: Proof<any>, place: string): Proof<any> {
  if (proof.kind !== 'said') return { ...proof, of: proof.of.map((part) => guardedProof(part, place)) }
  const { match, such } = proof
  return {
    ...proof,
    match: match.key === undefined ? placedMatch(match, place) : match,
    ...(such ? { such: authored(() => `what is looked for in ${place}`, such) } : {}),
  }
}

/** `said` does not know whose proof it is part of. */
function placedMatch(match: Match<any>, place: string): Match<any> {
  return (message, from) => {
    try {
      return match(message, from)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      throw new UsageError(error.message.replace(/^a proof/, place), error.suggestion)
    }
  }
}
