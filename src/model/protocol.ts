import { authored, guarded } from './authored.ts'
import type { Context } from './context.ts'
import { assertDefinition } from './definition.ts'
import { UsageError } from './errors.ts'
import type { InRounds } from './lockstep.ts'
import type { AnyMessage, MessageOf } from './message.ts'
import type { Proof } from './proof.ts'
import type { Authentication, Id, Network, Setting, Steps } from './setting.ts'
import { assertKind, assertKnown, FUNCTION, OBJECT } from './shape.ts'
import type { TallyDeclaration } from './tally.ts'

/**
 * The bag of types that a protocol is written over. Only `state` and `message` are required.
 * Give each member of the message union one literal `type`.
 */
export interface Types {
  /** State of a replica: plain JSON. */
  state: object
  message: AnyMessage
  /** What a correct replica puts out for good; claims read it. */
  output?: unknown
  /** Pseudo-outputs for claims about inner state. */
  note?: unknown
  timer?: string
  coin?: string
  /** Votes that a replica keeps itself: by name of the tally, what is voted for. */
  tallies?: object
  /** `typeof rules`, the function of the setting that computes quorums and other named rules. */
  rules?: (setting: Setting) => object
  /** State of a client, if clients are part of the model. */
  client?: object
  /** Types of messages that only clients handle. */
  toClients?: string
}

type Field<T, K extends keyof Types, Otherwise> = T extends { [P in K]: infer V } ? V : Otherwise

export type OutputOf<T extends Types> = Field<T, 'output', never>
export type NoteOf<T extends Types> = Field<T, 'note', never>
export type TimerOf<T extends Types> = Extract<Field<T, 'timer', never>, string>
export type CoinOf<T extends Types> = Extract<Field<T, 'coin', never>, string>
export type TalliesOf<T extends Types> = T extends { tallies: infer V extends object } ? V : Record<never, never>
export type ClientOf<T extends Types> = Field<T, 'client', never>
export type RulesOf<T extends Types> = T extends { rules: (setting: Setting) => infer R } ? R : object
export type TypeOf<T extends Types> = T['message']['type']
type ClientTypes<T extends Types> = Extract<Field<T, 'toClients', never>, string>

/** A rule of the paper: what a participant does on a message. It changes the draft and returns nothing. */
export type Handler<T extends Types, S, K> = (state: S, message: MessageOf<T['message'], K>, ctx: Context<T>) => void
/** One rule, or several on the same message; several are named after their functions. */
export type Handlers<T extends Types, S, K> = Handler<T, S, K> | readonly Handler<T, S, K>[]

interface Behaviour<T extends Types, S> {
  /** The initial state. It may broadcast and set timers too. */
  init(ctx: Context<T>): S
  /** An input arrives. It stays offered, like a message: what cannot be used is ignored, and offered again. */
  input?(state: S, value: string, ctx: Context<T>): void
  readonly timeout?: { readonly [K in TimerOf<T>]?: (state: S, ctx: Context<T>) => void }
  readonly coin?: { readonly [K in CoinOf<T>]: (state: S, value: 0 | 1, ctx: Context<T>) => void }
}

/** What runs at a client. */
export interface ClientDefinition<T extends Types> extends Behaviour<T, ClientOf<T>> {
  readonly upon: { readonly [K in TypeOf<T>]?: Handlers<T, ClientOf<T>, K> }
}

/** What the command line assumes where a flag is silent. */
export interface Defaults {
  readonly f: number
  /** How many replicas are Byzantine, any of them, unless ids are given. */
  readonly b: number
  readonly clients?: number
  readonly values?: readonly string[]
  /** Inputs by replica; `any` offers every value to every replica (or client, if there are clients). */
  readonly inputs?: 'any' | { readonly [id: Id]: readonly string[] }
  /** Named bounds with their defaults; only names listed here are flags. */
  readonly bounds: { readonly [name: string]: number }
}

/** How a participant hears its own broadcasts. */
export type SelfDelivery =
  /** As evidence for `need` and `take` only: it triggers nothing, the sender changes its state where it sends. */
  | 'inbox'
  /** Its handlers run on it within the same step, recursively. */
  | 'at-once'
  /** Like anybody's message. */
  | 'network'
  /** Not at all. */
  | 'none'

/** What an alphabet may depend on. */
export interface Extents<T extends Types> {
  readonly n: number
  readonly f: number
  readonly clients: number
  readonly values: readonly string[]
  readonly bounds: Readonly<Record<string, number>>
  readonly rules: RulesOf<T>
}

/** A protocol as its author writes it. */
export interface Definition<T extends Types> extends Behaviour<T, T['state']>, Partial<InRounds<T>> {
  readonly name: string
  /** What it is, one sentence, with its source. */
  readonly about: string
  readonly rules: (setting: Setting) => RulesOf<T>
  readonly defaults: (n: number) => Defaults
  readonly upon: {
    readonly [K in Exclude<TypeOf<T>, ClientTypes<T>>]: Handlers<T, T['state'], K>
  } & { readonly [K in ClientTypes<T>]?: never }
  /** What must have been said before anybody can send a message of this type. */
  readonly proofs?: {
    readonly [K in TypeOf<T>]?: (
      message: MessageOf<T['message'], K>,
      known: { readonly n: number; readonly f: number; readonly rules: RulesOf<T> },
    ) => Proof<T['message']>
  }
  /** A step that leaves this predicate is not taken. It sees one replica only. */
  readonly within?: (state: T['state'], bounds: Readonly<Record<string, number>>) => boolean
  /** The view a replica is in, if it has views: the healed run lets the timers of the lowest view fire first. */
  readonly viewOf?: (state: T['state']) => number
  /**
   * What the fuzzer goes by when it tells new states from known ones: two states with the same abstraction are one to
   * it. It steers, and decides nothing. Default: all of the state.
   */
  readonly abstraction?: (state: T['state']) => unknown
  /** Votes that a replica keeps itself (`ctx.tally`), apart from its state. */
  readonly tallies?: { readonly [K in keyof TalliesOf<T>]: TallyDeclaration<TalliesOf<T>[K]> }
  readonly client?: ClientDefinition<T>
  readonly auth?: Authentication
  readonly network?: Partial<Network>
  readonly steps?: Steps
  readonly selfDelivery?: SelfDelivery
  /**
   * Does any rule ask its inbox? A protocol that keeps its votes in its own state says `false`; what has arrived is
   * then no part of the global state. Default: true.
   */
  readonly inbox?: boolean
  /**
   * Every message that anybody could ever say within the bounds: what liars choose from, and what correct replicas
   * are held to. Without it, and where it returns nothing, what correct replicas say is collected and recombined. A
   * generator is not gone through beyond a bound.
   */
  readonly alphabet?: (known: Extents<T>) => Iterable<T['message']> | undefined
  /**
   * Fields of messages, at any depth, whose lists are sets: neither order nor repetition means anything to anybody. A
   * liar says each set once, in one order. Without this a liar says lists in every order, with repetition.
   */
  readonly sets?: readonly string[]
  /** Types that are bound to their receiver: even signed, they convince nobody else. */
  readonly addressed?: readonly TypeOf<T>[]
}

type Change<T extends Types> = (setting: Setting, rules: RulesOf<T>) => Partial<RulesOf<T>>

/** What a variant may replace besides named rules. */
export interface VariantOptions {
  readonly about?: string
  readonly auth?: Authentication
  readonly network?: Partial<Network>
}

/** A protocol, or a variant of one, ready to run. Immutable. */
export class Protocol<T extends Types = any> {
  readonly definition: Definition<T>
  /** The variant's own name, or nothing for the protocol itself. */
  readonly variantName: string | undefined
  readonly about: string

  constructor(definition: Definition<T>, variantName?: string, about = definition.about) {
    this.definition = definition
    this.variantName = variantName
    this.about = about
  }

  /** `pbft`, or `pbft/commit-2f` for a variant: the subject on the command line. */
  get subject(): string {
    return this.variantName ? `${this.definition.name}/${this.variantName}` : this.definition.name
  }

  /** The same protocol with some named rules replaced. `change` also gets the rules it replaces. */
  variant(name: string, change: Change<T>, options: VariantOptions = {}): Protocol<T> {
    const { definition } = this
    assertKind(`${this.subject}, variant ${name}: its change`, FUNCTION, change)
    const changed = authored(() => `${definition.name}, variant ${name}`, change, OBJECT)
    const rules = (setting: Setting): RulesOf<T> => {
      const before = definition.rules(setting)
      const after = changed(setting, before)
      assertKnown(`rule of ${definition.name} for its variant ${name}`, Object.keys(after), Object.keys(before))
      return { ...before, ...after }
    }
    const network = { ...definition.network, ...options.network }
    const auth = options.auth ?? definition.auth
    const replaced = { ...definition, rules, network, ...(auth ? { auth } : {}) }
    return new Protocol<T>(replaced, name, options.about ?? `${this.about} Variant ${name}.`)
  }

  /** The same protocol in which the proof of one message type is not verified by anybody. */
  trusting(name: string, type: TypeOf<T>, options: VariantOptions = {}): Protocol<T> {
    const { proofs } = this.definition
    if (!proofs || !(type in proofs)) {
      throw new UsageError(`${this.subject} declares no proof for ${type}`, 'name a type that `proofs` lists')
    }
    const { [type as keyof typeof proofs]: _, ...left } = proofs
    const replaced = { ...this.definition, proofs: left as Definition<T>['proofs'] }
    return new Protocol<T>(replaced, name, options.about ?? `${this.about} Nobody verifies ${type}.`)
  }
}

/**
 * Declares a protocol.
 * @throws UsageError for a definition that no setting could make sense of
 */
export function defineProtocol<T extends Types>(definition: Definition<T>): Protocol<T> {
  assertDefinition(definition)
  return new Protocol<T>(guarded(definition))
}
