import { UsageError } from './errors.ts'
import { type AnyMessage, checkedMatch, type Match } from './message.ts'

/** Whose words count: replicas unless a role is named. */
export type Role = 'replica' | 'client'

/**
 * What must have been said before anybody can send a message. Existential, hence monotone whatever code `match` and
 * `such` contain: more words never make a proof false.
 */
export type Proof<M> =
  | {
      readonly kind: 'said'
      readonly q: number
      readonly match: Match<M>
      readonly such?: (chosen: readonly M[]) => boolean
      readonly role: Role
    }
  | { readonly kind: 'all'; readonly of: readonly Proof<M>[] }
  | { readonly kind: 'any'; readonly of: readonly Proof<M>[] }

/**
 * `q` distinct participants have said a matching message [and one choice of one message of each satisfies `such`].
 * `such` gets the chosen messages sorted by content.
 */
export function said<M extends AnyMessage>(
  q: number,
  match: Match<M>,
  such?: (chosen: readonly M[]) => boolean,
  role: Role = 'replica',
): Proof<M> {
  const checked = checkedMatch(match, () => 'a proof')
  assertQuorum(q, 'said')
  assertRole(role, 'said')
  return such ? { kind: 'said', q, match: checked, such, role } : { kind: 'said', q, match: checked, role }
}

/** @throws UsageError unless a quorum is a number of participants */
export function assertQuorum(q: number, place: string): void {
  if (Number.isInteger(q) && q >= 0) return
  throw new UsageError(`${place}: a quorum of ${String(q)}`, 'a quorum is a whole number: round it up with Math.ceil')
}

/** @throws UsageError for a role that nobody has */
export function assertRole(role: Role, place: string): void {
  if (role === 'replica' || role === 'client') return
  throw new UsageError(`${place}: the role ${String(role)}`, "say 'replica' or 'client', or leave it out")
}

/** Every one of the proofs holds. */
export function all<M>(of: readonly Proof<M>[]): Proof<M> {
  return { kind: 'all', of }
}

/** At least one of the proofs holds. */
export function any<M>(of: readonly Proof<M>[]): Proof<M> {
  return { kind: 'any', of }
}
