/** A mistake of the user's: a flag, a file, a protocol definition. The command line prints it and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** What to do about it, one sentence. */
  readonly suggestion: string | undefined

  constructor(message: string, suggestion?: string) {
    super(message)
    this.suggestion = suggestion
  }
}

/** A bug of ours. The command line says how to report it and exits with 3. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
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
