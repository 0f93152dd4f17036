import type { Definition } from './declaration.ts'
import { describeError, UsageError } from './errors.ts'
import {
  assertKind,
  assertShape,
  FLAG,
  INPUTS,
  type Kind,
  listOf,
  NUMBER,
  OBJECT,
  optional,
  type Shape,
  TEXT,
  WHOLE,
} from './shape.ts'

type Anything = (...given: any[]) => any

/** What the functions of a definition give back. */
const GIVES: { readonly [K in keyof Definition<any>]?: Kind } = {
  rules: OBJECT,
  defaults: OBJECT,
  expiresFirst: FLAG,
  healsWithin: FLAG,
  viewOf: NUMBER,
  rounds: NUMBER,
  durable: listOf(TEXT),
  // What it may be is looked at where it is gone through: it may be long.
  alphabet: { words: 'messages', is: () => true },
}

const BOUNDS: Kind = {
  words: 'an object of whole numbers, whose names begin with a small letter',
  is: (value) =>
    OBJECT.is(value) && Object.entries(value as object).every(([name, of]) => /^[a-z]\w*$/.test(name) && WHOLE.is(of)),
}

const DEFAULTS: Shape = {
  ...{ f: WHOLE, b: WHOLE, clients: optional(WHOLE), bounds: BOUNDS },
  ...{ values: optional(listOf(TEXT)), inputs: optional(INPUTS) },
}

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
      if (error instanceof UsageError) throw error
      throw new UsageError(
        `${place(...given)} throws ${describeError(error)}`,
        'let it return something whatever it is given',
      )
    }
    if (gives) assertKind(`what ${place(...given)} returns`, gives, made)
    return made
  } as F
}

/** The definition with the functions guarded that no replica runs: their mistakes are told with their place. */
export function guardedDefinition<D extends Definition<any>>(definition: D): D {
  const { name } = definition
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
  return { ...definition, ...own }
}

function placeOf(name: string, key: string, first: unknown): string {
  return `${name}, ${key}${key === 'defaults' ? `(${String(first)})` : ''}`
}
