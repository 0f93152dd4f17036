import { UsageError } from '../model/index.ts'

/**
 * Looks at a setting that nobody has asked for: a smaller one, or one with eager steps. A protocol that makes a mistake there has
 * made none in the violation that is known.
 */
export function unlessRefused<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return undefined
  }
}
