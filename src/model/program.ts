import type { Context, Inbox } from './context.ts'
import type { Effort } from './effort.ts'
import type { AnyMessage, SentMessage } from './message.ts'
import type { Proof } from './proof.ts'
import type { Protocol } from './protocol.ts'
import type { Event, Fired, Local } from './reaction.ts'
import type { Id, Setting } from './setting.ts'
import type { Vocabulary } from './vocabulary.ts'

export type AnyHandler = (state: unknown, message: unknown, ctx: Context<any>) => void

/** One rule of one role. */
export interface Rule {
  /** `COMMIT`, or `PREVOTE/L36` where several rules wait for one type. */
  readonly name: string
  readonly type: string
  readonly handler: AnyHandler
}

export interface Part {
  readonly definition: {
    init(ctx: Context<any>): object
    input?(state: any, value: string, ctx: Context<any>): void
    readonly timeout?: { readonly [timer: string]: ((state: any, ctx: Context<any>) => void) | undefined }
    readonly coin?: { readonly [coin: string]: ((state: any, value: 0 | 1, ctx: Context<any>) => void) | undefined }
    round?(state: any, inbox: readonly SentMessage[], ctx: Context<any>): void
  }
  readonly rules: readonly Rule[]
  readonly byType: ReadonlyMap<string, readonly Rule[]>
  readonly byName: ReadonlyMap<string, Rule>
}

/** Takes one transition. */
export type Take = (program: Program, at: Id, local: Local, event: Event, inbox: Inbox) => Fired

/** Takes transitions, and some of them a second time. */
export interface Auditor {
  /** Is one more choice of messages to be compared with another with the same summary? */
  wantsChoice(): boolean
  take(...given: [...Parameters<Take>, take: Take]): Fired
}

/** A protocol in one setting: rules computed, handlers named. The unit that every engine runs. */
export interface Program {
  readonly protocol: Protocol
  readonly setting: Setting
  readonly rules: object
  readonly replica: Part
  readonly client: Part | undefined
  /** What its handlers may name. */
  readonly vocabulary: Vocabulary
  /**
   * Run handlers on a plain copy of the state instead of an immer draft: the same result, several times faster for
   * small states. Engines that call reducers by the million set it; a law holds the two against each other.
   */
  readonly copies?: boolean
  /** Ask `takeHighest` in a way that spares going through all choices? Never where one of them is made. */
  readonly splits?: boolean
  /** Takes some transitions a second time. */
  readonly audit?: Auditor
  /** Where somebody else's file is run: how much may be done for it. */
  readonly effort?: Effort
  /** The setting as the code of authors sees it, where somebody wants to know what they look at. */
  readonly seen?: Setting
  /** What must have been sent before this can be sent; nothing where no proof is asked. */
  readonly proofOf: (message: AnyMessage) => Proof<AnyMessage> | undefined
}
