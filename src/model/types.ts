import type { AnyMessage } from './message.ts'
import type { Setting } from './setting.ts'

/**
 * The types of a protocol: state, messages, outputs and so on. Only `state` and `message` are required.
 * Give each member of the message union one literal `type`.
 */
export interface Types {
  /** State of a replica: plain JSON. */
  state: object
  message: AnyMessage
  /** What a correct replica outputs for good; claims read it. */
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

export type ClientTypes<T extends Types> = Extract<Field<T, 'toClients', never>, string>
