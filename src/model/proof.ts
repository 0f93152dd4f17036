import type { AnyMessage, Match } from './message.ts'

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
  return such ? { kind: 'said', q, match, such, role } : { kind: 'said', q, match, role }
}

/** Every one of the proofs holds. */
export function all<M>(of: readonly Proof<M>[]): Proof<M> {
  return { kind: 'all', of }
}

/** At least one of the proofs holds. */
export function any<M>(of: readonly Proof<M>[]): Proof<M> {
  return { kind: 'any', of }
}
