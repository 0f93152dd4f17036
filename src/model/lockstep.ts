import type { Definition, Extents, InRounds } from './declaration.ts'
import { UsageError } from './errors.ts'
import { defineProtocol, type Protocol } from './protocol.ts'
import type { Types } from './types.ts'

/** Nothing here waits, so there are no rules on single messages, no timers, no coins and no clients. */
type Kept = 'name' | 'about' | 'rules' | 'defaults' | 'init' | 'input' | 'proofs'

/** A synchronous protocol as its author writes it. */
export interface LockstepDefinition<T extends Types> extends Pick<Definition<T>, Kept>, InRounds<T> {
  readonly alphabet: (known: Extents<T>) => Iterable<T['message']>
  readonly auth?: 'signatures' | 'channels'
  /** Does a replica's own broadcast arrive at itself in the next round (`inbox`, the default), or not at all? */
  readonly selfDelivery?: 'inbox' | 'none'
}

/** Declares a protocol in which all replicas go from round to round together. */
export function defineLockstep<T extends Types>(definition: LockstepDefinition<T>): Protocol<T> {
  return defineProtocol<T>({ ...definition, upon: {} as Definition<T>['upon'] })
}

/** Do all replicas go from round to round together? */
export function isLockstep({ definition }: Protocol): boolean {
  return definition.round !== undefined
}

/** How many rounds a lockstep protocol has in a setting; 0 for any other protocol. */
export function roundsOf(program: { readonly protocol: Protocol; readonly rules: object }): number {
  const { protocol, rules } = program
  const rounds = protocol.definition.rounds?.(rules) ?? 0
  if (Number.isInteger(rounds) && rounds >= 0) return rounds
  throw new UsageError(`${protocol.subject} has ${rounds} rounds`, 'let `rounds` return a whole number')
}
