import type { Context } from './context.ts'
import { UsageError } from './errors.ts'
import { type Definition, defineProtocol, type Extents, type Protocol, type RulesOf, type Types } from './protocol.ts'
import type { Id } from './setting.ts'

/** What arrived from one sender in a round. */
export interface Heard<M> {
  readonly from: Id
  readonly message: M
}

/**
 * What makes a protocol a synchronous one. All correct replicas do round 1, then all do round 2, and so on: what is
 * said in one round has arrived in the next, so that silence is information. `init` and `input` come before round 1,
 * and what they say arrives in it.
 */
export interface InRounds<T extends Types> {
  /**
   * What a replica does in a round (`ctx.round`, from 1 on), given what arrived in it: at most one message of a type
   * from a sender, by sender, then by type.
   */
  round(state: T['state'], inbox: readonly Heard<T['message']>[], ctx: Context<T>): void
  /** How many rounds there are, by the named rules. What is said in the last one arrives nowhere. */
  readonly rounds: (rules: RulesOf<T>) => number
}

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
