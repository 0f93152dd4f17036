import { describeError, UsageError } from './errors.ts'
import { canonical, textOf } from './json.ts'
import type { Protocol } from './protocol.ts'
import type { Local } from './reaction.ts'

/**
 * What local states are distinguished by where not each of them is worth a look: a text.
 * @throws UsageError where the protocol's own abstraction throws
 */
export function abstracted({ definition }: Protocol, local: Local): string {
  const { abstraction, name } = definition
  if (!abstraction) return textOf(local)
  const { state, ...rest } = local
  try {
    return canonical([abstraction(state as never), rest])
  } catch (error) {
    throw new UsageError(`${name}, abstraction: ${describeError(error)}`, 'let it return plain JSON for every state')
  }
}
