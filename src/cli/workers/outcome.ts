import { HarnessError, UsageError } from '../../model/index.ts'

/**
 * What a worker thread answers. Errors lose their class and their own fields on the way from one thread to another, so
 * those that mean something are sent as data.
 */
export type ThreadOutcome<T> = { readonly value: T } | { readonly failed: Failed }

export interface Failed {
  readonly name: 'UsageError' | 'HarnessError'
  readonly message: string
  readonly suggestion?: string
  readonly stack?: string
}

/** On the worker's side. An error that nobody expected is thrown as it is. */
export async function asOutcome<T>(work: () => Promise<T>): Promise<ThreadOutcome<T>> {
  try {
    return { value: await work() }
  } catch (error) {
    // By name: a user's file may bring its own copy of this package, with classes of its own.
    if (!(error instanceof Error) || (error.name !== 'UsageError' && error.name !== 'HarnessError')) throw error
    const { message, stack } = error
    const { suggestion } = error as Partial<UsageError>
    return { failed: { name: error.name, message, ...(suggestion ? { suggestion } : {}), ...(stack ? { stack } : {}) } }
  }
}

/**
 * On the side of who asked.
 * @throws UsageError or HarnessError, as the worker did
 */
export function settled<T>(outcome: ThreadOutcome<T>): T {
  if ('value' in outcome) return outcome.value
  const { name, message, suggestion, stack } = outcome.failed
  const error = name === 'UsageError' ? new UsageError(message, suggestion) : new HarnessError(message)
  if (stack !== undefined) error.stack = stack
  throw error
}
