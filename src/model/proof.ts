import { blamed, kindOf, UsageError } from './errors.ts'
import { canonical, copyOf, deepFreeze } from './json.ts'
import { type AnyMessage, checkedMatch, type Match } from './message.ts'
import { asThreshold, type Threshold } from './threshold.ts'

/** Whose words count: replicas unless a role is named. */
export type Role = 'replica' | 'client'

/**
 * What must have been sent before anybody can send a certain message. Existential, hence monotone whatever code `match` and
 * `such` contain: more words never make a proof false.
 */
export type Proof<M> =
  | {
      readonly kind: 'said'
      readonly q: Threshold
      readonly match: Match<M>
      readonly such?: (chosen: readonly M[]) => boolean
      readonly role: Role
    }
  | { readonly kind: 'all'; readonly of: readonly Proof<M>[] }
  | { readonly kind: 'any'; readonly of: readonly Proof<M>[] }

/**
 * `q` distinct participants, or participants of that weight, have sent a matching message [and one choice of one message of each satisfies `such`].
 * `such` gets the chosen messages sorted by content.
 */
export function said<M extends AnyMessage>(
  q: Threshold,
  match: Match<M>,
  such?: (chosen: readonly M[]) => boolean,
  role: Role = 'replica',
): Proof<M> {
  if (typeof match !== 'function') checkedMatch(match, () => 'a proof')
  assertRole(role, 'said')
  const asked = asThreshold(q, 'said')
  return such ? { kind: 'said', q: asked, match, such, role } : { kind: 'said', q: asked, match, role }
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

/**
 * A proof whose functions say whose mistake it is when they throw, or answer what they must not.
 *
 * @param what the message that the proof is of, for messages
 * @throws UsageError where it is no proof
 */
export function guarded<M extends AnyMessage>(proof: Proof<M>, what: string, asks: (type: string) => void): Proof<M> {
  const place = `the proof of ${what}`
  const { kind, of } = (proof ?? {}) as Proof<M> & { kind: 'all' }
  if ((kind === 'all' || kind === 'any') && Array.isArray(of))
    return { kind, of: of.map((part) => guarded(part, what, asks)) }
  if ((kind as string) !== 'said') {
    throw new UsageError(`${place} is ${kindOf(proof)}`, 'let it return said(…), all([…]) or any([…])')
  }
  const { such, ...rest } = proof as Proof<M> & { kind: 'said' }
  const match = checkedMatch(rest.match, () => place)
  asks(match.type ?? '*')
  const q = asThreshold(rest.q, place)
  if (such && typeof q !== 'number') {
    throw new UsageError(`${place} chooses messages by weight`, 'ask for the weight without `such`')
  }
  assertRole(rest.role, place)
  if (match.key === undefined && rest.match.type !== undefined) Object.assign(match, { type: rest.match.type })
  return such ? { ...rest, q, match, such: checkedSuch(such, place) } : { ...rest, q, match }
}

function checkedSuch<M>(such: (chosen: readonly M[]) => boolean, place: string): (chosen: readonly M[]) => boolean {
  return (chosen) => {
    let answer: unknown
    try {
      answer = such(chosen)
    } catch (error) {
      throw blamed(`${place}: its \`such\``, error, `it was given ${canonical(chosen)}`, PROOF_REMEDY)
    }
    if (typeof answer !== 'object' || answer === null) return Boolean(answer)
    throw new UsageError(`${place}: its \`such\` answers with ${kindOf(answer)}`, 'let it return true or false')
  }
}

/** What to do about a proof that throws. */
export const PROOF_REMEDY =
  'Byzantine replicas send any message of the universe: let the proof be false of those that make no sense'

/**
 * Is what a proof asks for the same each time, and of equal messages?
 * @throws UsageError where it is not
 */
export function assertSameProof(made: Proof<AnyMessage>, again: Proof<AnyMessage>, message: AnyMessage): void {
  const place = `the proof of ${message.type}`
  if (shapeOf(made) !== shapeOf(again)) {
    throw new UsageError(
      `${place}, asked about the same twice, asks for two different things`,
      'let it depend on nothing but its message: no clock, no dice, and nothing that it remembers',
    )
  }
  const copy = deepFreeze(copyOf(message))
  for (const match of matchesIn(made)) {
    if (match.key !== undefined || match(message, 0) === match(copy, 0)) continue
    throw new UsageError(
      `${place}: a match tells a message from an equal one`,
      'compare fields, not objects: x.value === message.value instead of x === message',
    )
  }
}

function shapeOf(proof: Proof<AnyMessage>): string {
  if (proof.kind !== 'said') return `${proof.kind}(${proof.of.map(shapeOf).join()})`
  return `${proof.q} ${proof.role} ${proof.match.key ?? proof.match.type ?? ''}`
}

function matchesIn(proof: Proof<AnyMessage>): Match<AnyMessage>[] {
  return proof.kind === 'said' ? [proof.match] : proof.of.flatMap(matchesIn)
}
