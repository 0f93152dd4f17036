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
