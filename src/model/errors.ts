/** A mistake of the user, in a flag, a file or a protocol. The command line prints it and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'

  /** What to do about it, one sentence. */
  readonly suggestion: string | undefined

  constructor(message: string, suggestion?: string) {
    super(message)
    this.suggestion = suggestion
  }

  /** Written out, it says what to do: vitest prints the message of this and nothing else. */
  toJSON(): object {
    const { name, message, suggestion, stack } = this
    return { name, message: suggestion ? `${message}; ${suggestion}` : message, suggestion, stack }
  }
}

/** By name: a file that brings its own copy of this package brings its own class, and its mistakes are the same. */
function isInstance(this: unknown, value: unknown): boolean {
  if (Function.prototype[Symbol.hasInstance].call(this as never, value)) return true
  return this === UsageError && value instanceof Error && value.name === 'UsageError'
}
Object.defineProperty(UsageError, Symbol.hasInstance, { value: isInstance })

/** A bug in Turncoat. The command line says how to report it and exits with 3. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
}

/**
 * Is it a mistake or a bug of ours, which is never what a handler did? By name: a file that brings its own copy
 * of this package throws that copy's classes.
 */
export function isNoFinding(error: unknown): error is Error {
  return error instanceof Error && ['UsageError', 'HarnessError'].includes(error.name)
}

/** What somebody threw, in a few words: anything can be thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `${kindOf(error)} ${String(error)}`.trim()
}

/** What a value is, as a message says it: `a promise`, `a list`, `undefined`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'a list'
  if (typeof (value as { then?: unknown }).then === 'function') return 'a promise'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** An exception of code that a protocol's author wrote, on what it was given. */
export class AuthorError extends UsageError {}

/** How much of what somebody's code was given is printed. */
const MOST_PRINTED = 300

/** An exception of a protocol author's code, where it is a mistake and no finding. */
export function blamed(whose: string, error: unknown, given: string, suggestion: string): Error {
  if (isNoFinding(error)) return error
  const short = given.length > MOST_PRINTED ? `${given.slice(0, MOST_PRINTED)}…` : given
  return new AuthorError(`${whose} threw ${describeError(error)}; ${short}`, suggestion)
}
