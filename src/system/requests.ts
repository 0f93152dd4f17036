import { type Claim, type Program, UsageError } from '../model/index.ts'
import { assertKnown, assertShape, FUNCTION, type Kind, listOf, optional, TEXT, whole } from '../model/shape.ts'

/** What programs hand to the engines is looked at before anything is searched: a name with a typing mistake finds nothing. */
export const PROGRAM: Kind = {
  words: 'what `program(protocol, setting)` returns',
  is: (value) => typeof (value as Partial<Program> | null | undefined)?.proofOf === 'function',
}

const MOST = optional(whole(1))
const CHECK = {
  ...{ program: PROGRAM, claims: { words: 'a list of claims', is: Array.isArray }, without: optional(listOf(TEXT)) },
  ...{ maxStates: MOST, maxUniverse: MOST, maxChoices: MOST, onProgress: optional(FUNCTION) },
}

/** @throws UsageError for a request that no exhaustive search can be made of */
export function assertCheckRequest(
  request: { readonly claims: readonly Claim<any>[]; readonly without?: readonly string[] },
  passes: readonly string[],
): void {
  assertShape('the request', CHECK, request)
  assertKnown('pass', request.without ?? [], passes)
  if (request.claims.length > 0) return
  throw new UsageError('the request has no claims', 'give those of the protocol')
}
