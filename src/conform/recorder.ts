import { takenHighest } from '../model/highest.ts'
import type { AnyMessage, Ask, Context, Id, Match, Role, Tally, Threshold } from '../model/index.ts'
import {
  asThreshold,
  canonical,
  copyOf,
  describeError,
  HarnessError,
  type Json,
  leastOf,
  UsageError,
} from '../model/index.ts'
import { type Deeds, isNothing } from './deeds.ts'

/** A question that a handler puts to its inbox. */
export interface InboxQuestion extends Pick<Ask, 'kind' | 'q'>, Pick<Required<Ask>, 'summarise'> {
  readonly match: Match<any>
  readonly role: Role | undefined
}

/** What a handler asks of its own tally of this name. */
export interface Counts {
  readonly tally: string
  readonly ask: (tally: Tally<any>) => unknown
}

/** How far a handler came on the answers that there were. */
export type RecordedRun =
  | { readonly asks: InboxQuestion }
  | { readonly counts: Counts }
  | { readonly done: Deeds }
  | { readonly threw: string }

const LEFT = Symbol('asks')

/** A context that writes down what a handler does, and answers its questions from a list. */
class Recorder implements Context<any> {
  readonly deeds: Deeds = { sent: [], outputs: [], notes: [], told: [], timers: [], state: null }
  left: { readonly asks: InboxQuestion } | { readonly counts: Counts } | undefined
  readonly rules: any
  readonly #real: Context<any>
  readonly #answers: unknown[]

  constructor(real: Context<any>, rules: unknown, answers: readonly unknown[]) {
    this.#real = real
    this.rules = rules
    this.#answers = [...answers]
  }

  get self(): Id {
    return this.#real.self
  }

  get from(): Id {
    return this.#real.from
  }

  get n(): number {
    return this.#real.n
  }

  get f(): number {
    return this.#real.f
  }

  get clients(): number {
    return this.#real.clients
  }

  get bounds(): Readonly<Record<string, number>> {
    return this.#real.bounds
  }

  readonly round = 0

  readonly broadcast = (message: any): void => this.#say('all', copyOf(message))
  readonly send = (to: Id, message: any): void => this.#say(to, copyOf(message))
  readonly output = (output: unknown): void => {
    this.deeds.outputs.push(copyOf(output))
    this.deeds.told.push({ outputs: copyOf(output) })
  }

  readonly note = (note: unknown): void => void this.deeds.notes.push(copyOf(note))
  readonly setTimer = (name: any, factor = 1): void => void this.deeds.timers.push({ what: 'set', name, factor })
  readonly cancelTimer = (name: any): void => void this.deeds.timers.push({ what: 'cancel', name, factor: 1 })
  readonly flip = (name: any): void => void this.deeds.timers.push({ what: 'flip', name, factor: 1 })

  readonly need = (given: Threshold, match: Match<any>, role?: Role): void => {
    const q = asThreshold(given, 'need')
    if (leastOf(q) > 0) this.#answer({ asks: { kind: 'need', q, match, role, summarise: () => true } })
  }

  readonly take = (q: number, match: Match<any>, summarise: InboxQuestion['summarise'], role?: Role): any =>
    this.#answer({ asks: { kind: 'take', q, match, role, summarise } })

  readonly takeHighest = (q: number, match: Match<any>, rank: any, role: Role = 'replica'): any =>
    takenHighest(this, false, q, match, rank, role)

  readonly tally = (tally: string): Tally<any> => {
    const put = (ask: Counts['ask']): any => this.#answer({ counts: { tally, ask } })
    return {
      add: (key, voter) => put((real) => real.add(key, voter)),
      count: (key) => put((real) => real.count(key)),
      has: (key, voter) => put((real) => real.has(key, voter)),
      voted: (voter) => put((real) => real.voted(voter)),
    }
  }

  #say(to: Id | 'all', message: AnyMessage): void {
    this.deeds.sent.push({ to, message })
    this.deeds.told.push({ says: message })
  }

  #answer(asked: NonNullable<Recorder['left']>): unknown {
    if (this.#answers.length > 0) return this.#answers.shift()
    this.left = asked
    throw LEFT
  }
}

export type RecordingContext = Context<any> & { readonly rules: any }
export type RecordedHandler = (state: any, given: any, ctx: RecordingContext) => unknown

/** The handlers of one type of messages. */
export function handlersIn(handlers: unknown): RecordedHandler[] {
  return handlers === undefined ? [] : [handlers as RecordedHandler | RecordedHandler[]].flat()
}

/**
 * Runs a handler on a copy of the state, and changes nothing.
 * @param handler whose first argument it changes, or which returns the initial state
 */
export function ran(
  handler: RecordedHandler,
  state: Json,
  given: unknown,
  real: Context<any>,
  rules: unknown,
  answers: readonly unknown[],
): RecordedRun {
  const ctx = new Recorder(real, rules, answers)
  const draft = copyOf(state)
  try {
    const begun = handler(draft, given, ctx)
    ctx.deeds.state = state === null ? (begun as Json) : draft
  } catch (error) {
    if (error === LEFT) return ctx.left!
    if (error instanceof UsageError || error instanceof HarnessError) throw error
    return { threw: describeError(error) }
  }
  return { done: ctx.deeds }
}

/** The question that is met wherever the other one is. Of different weights neither is, and nothing is asked. */
export function lesser(one: InboxQuestion, other: InboxQuestion): InboxQuestion {
  if (typeof one.q === 'number' && typeof other.q === 'number') return other.q < one.q ? other : one
  return { ...one, q: 0 }
}

/** A question in words: `3 × ACCEPT {"view":0}`. */
export function inWords({ kind, q, match }: InboxQuestion): string {
  if (match.key === undefined) return `${kind} ${q} of some messages`
  const [type, fields, from] = JSON.parse(match.key) as [string, object, Id | null]
  const some = Object.keys(fields).length > 0 ? ` ${canonical(fields)}` : ''
  return `${kind} ${q} × ${type}${some}${from === null ? '' : ` from r${from}`}`
}

/** A state of the model, and the program's beside it. */
export interface Pair {
  model: Json
  program: Json
}

/** Where one of them still asks, and the other has acted: it acts where the first one may have to wait. */
export function actsWithoutAsking(one: RecordedRun, other: RecordedRun, { model, program }: Pair): string | undefined {
  if ('asks' in one && !('asks' in other) && !('done' in other && isNothing(other.done, program))) {
    return `the model asks for ${inWords(one.asks)}, the program goes on without`
  }
  if ('asks' in other && !('asks' in one) && !('done' in one && isNothing(one.done, model))) {
    return `the model goes on without asking, the program asks for ${inWords(other.asks)}`
  }
  return undefined
}
