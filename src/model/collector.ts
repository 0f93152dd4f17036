import type { Ask, Inbox, Looker, Tally } from './context.ts'
import { describeError, isNoFinding, kindOf, UsageError } from './errors.ts'
import { byContent, byText, canonical, deepFreeze, type Json } from './json.ts'
import { isNote } from './look.ts'
import type { AnyMessage, Match } from './message.ts'
import { checkedMatch } from './message.ts'
import { nearest } from './nearest.ts'
import { Copies, canonicalCopy, canonicalValue } from './plain.ts'
import { assertRole, type Role } from './proof.ts'
import type { Local, Sent } from './reaction.ts'
import type { Id } from './setting.ts'
import { TAKE_ONCE, type TakenBefore, takenTwice } from './taken-twice.ts'
import { Votes } from './tally.ts'
import { asThreshold, leastOf, type Threshold } from './threshold.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Thrown by `need` and `take` to leave a handler that cannot fire yet. */
export const NOT_YET = Symbol('not yet')

/**
 * What one run of a handler has done, and what it has looked at. What is said or put out is copied at that moment:
 * whatever the handler changes afterwards, it does not change what was said. A mistake is remembered, so that a handler
 * which catches everything does not hide it.
 */
export class Collector implements Looker {
  sawSender = false
  sawSelf = false
  /** Called at the first look of each kind. Whoever keeps a question sets it when the handler has been left. */
  onLook: ((part: 'self' | 'sender') => void) | undefined
  readonly factors: [string, number][] = []
  readonly sent: Sent[] = []
  readonly outputs: Json[] = []
  readonly notes: Json[] = []
  readonly votes: Votes
  readonly #local: Local | undefined
  readonly #place: () => string
  readonly #vocabulary: Vocabulary
  readonly #inbox: Inbox
  /** Made when a handler touches them: most do not. */
  #timers: Set<string> | undefined
  #coins: Set<string> | undefined
  /** What `take` has handed over. */
  readonly #taken: TakenBefore[] = []
  #mistake: { readonly error: unknown } | undefined
  #isLeft = false
  #isOver = false

  /** @param place which handler it is, for messages */
  constructor(local: Local | undefined, place: () => string, vocabulary: Vocabulary, inbox: Inbox) {
    this.#local = local
    this.#place = place
    this.#vocabulary = vocabulary
    this.#inbox = inbox
    this.votes = new Votes(local?.tallies)
  }

  looks(part: 'self' | 'sender'): void {
    const before = part === 'self' ? this.sawSelf : this.sawSender
    if (part === 'self') this.sawSelf = true
    else this.sawSender = true
    if (!before) this.onLook?.(part)
  }

  say(to: Id | 'all', message: AnyMessage): void {
    this.#open('sends')
    const { types, participants, unhandled } = this.#vocabulary
    if (to !== 'all' && !(Number.isInteger(to) && to >= 0 && to < participants)) {
      this.#refuse(`sends to participant ${String(to)}`, `ids here are 0 to ${participants - 1}`)
    }
    const said = this.#value(message, 'message')
    const type: unknown = (said as { type?: unknown } | null)?.type
    if (typeof type !== 'string') {
      const what =
        typeof said === 'object' && said !== null && !Array.isArray(said) ? 'a message without' : kindOf(said)
      this.#refuse(`sends ${what === 'a message without' ? `${what} a type` : what}`, "send { type: 'VOTE', … }")
    }
    if (types && !types.has(type as string) && !unhandled.has(type as string))
      unhandled.set(type as string, this.#place())
    this.sent.push({ to, message: said })
  }

  output(output: unknown): void {
    this.#open('outputs something')
    const put = this.#value(output, 'output') as Json
    // By that shape claims tell notes from outputs.
    if (isNote(put)) this.#refuse('outputs { note }, the form in which claims see notes', 'give the field another name')
    this.outputs.push(put)
  }

  note(note: unknown): void {
    this.#open('notes something')
    this.notes.push(this.#value(note, 'note') as Json)
  }

  setTimer(timer: string, factor: number): void {
    this.#open('sets a timer')
    this.#known(timer, this.#vocabulary.timers, 'timer', 'timeout')
    if (!(Number.isFinite(factor) && factor > 0)) {
      this.#refuse(`sets timer ${timer} with the factor ${String(factor)}`, 'give a number above 0')
    }
    // A timer that is armed already keeps running; one that was cancelled before starts afresh.
    if (!this.timers.has(timer)) this.factors.push([timer, factor])
    this.timers.add(timer)
  }

  cancelTimer(timer: string): void {
    this.#open('cancels a timer')
    this.#known(timer, this.#vocabulary.timers, 'timer', 'timeout')
    this.timers.delete(timer)
  }

  flip(coin: string): void {
    this.#open('asks for a coin')
    this.#known(coin, this.#vocabulary.coins, 'coin', 'coin')
    this.coins.add(coin)
  }

  tally(name: string): Tally<Json> {
    return this.votes.tally(name, this.#vocabulary, {
      keyed: (key) => (typeof key === 'string' ? JSON.stringify(key) : canonical(this.#value(key, `key of ${name}`))),
      refuse: (what, instead) => this.#refuse(what, instead),
      open: () => this.#open('counts a vote'),
    })
  }

  need(q: Threshold, match: Match<AnyMessage>, role: Role): void {
    const ask = this.#ask('need', q, match, role)
    this.votes.isAsking = true
    if (leastOf(ask.q) > 0 && this.#answer(ask) === false) this.#leave()
    this.votes.isAsking = false
  }

  take(
    q: number,
    match: Match<AnyMessage>,
    summarise: (chosen: readonly AnyMessage[]) => unknown,
    role: Role,
  ): unknown {
    if (typeof summarise !== 'function') {
      this.#refuse(`takes, and ${kindOf(summarise)} is to summarise what`, 'give a function of the chosen messages')
    }
    // A search puts one question to many choices.
    let copies: Copies<unknown> | undefined
    let calls = 0
    const summary = (chosen: readonly AnyMessage[]): unknown => {
      let made: unknown
      try {
        made = summarise(chosen)
      } catch (error) {
        if (isNoFinding(error)) throw error
        throw new UsageError(
          `${this.#place()}: the summary of a take throws: ${describeError(error)}`,
          'it is given one choice of q matching messages, sorted by content',
        )
      }
      if (calls++ > 0) copies ??= new Copies()
      const copy = (value: unknown): unknown => this.#value(value, 'summary')
      return made === undefined ? undefined : copies ? copies.of(made, copy) : copy(made)
    }
    const ask = { ...this.#ask('take', q, match, role), summarise: summary }
    this.votes.isAsking = true
    const answer = this.#answer(ask)
    if (typeof answer === 'boolean') return this.#leave()
    const chosen = deepFreeze([...answer].sort(byContent))
    this.#apart({ ask, chosen })
    const made = this.#held(() => summary(chosen))
    this.votes.isAsking = false
    return made
  }

  /** A mistake that a handler made, or whatever its questions ran into. */
  rethrow(): void {
    this.#isOver = true
    if (this.#mistake) throw this.#mistake.error
  }

  /** @throws UsageError where the handler went on although a question of it had no answer, or gave something back */
  finish(returned: unknown): void {
    this.rethrow()
    if (this.#isLeft) {
      throw new UsageError(
        `${this.#place()}: it catches what need and take throw when there is no quorum yet`,
        'let that pass: no try … catch around need and take. What is absent may always come later',
      )
    }
    if (returned === undefined) return
    const isPromise = kindOf(returned) === 'a promise'
    // Nobody waits for it.
    if (isPromise) (returned as Promise<unknown>).then(undefined, () => undefined)
    throw new UsageError(
      `${this.#place()}: it returns ${kindOf(returned)}`,
      isPromise
        ? 'handlers are not async: all that they do is done when they return'
        : 'change the state that you are given, and return nothing; write { … } around the body of an arrow function',
    )
  }

  get timers(): Set<string> {
    this.#timers ??= new Set(this.#local?.timers)
    return this.#timers
  }

  get coins(): Set<string> {
    this.#coins ??= new Set(this.#local?.coins)
    return this.#coins
  }

  timersAfter(before: readonly string[]): readonly string[] {
    return this.#timers ? listed(this.#timers, before) : before
  }

  coinsAfter(before: readonly string[]): readonly string[] {
    return this.#coins ? listed(this.#coins, before) : before
  }

  #ask(kind: 'need' | 'take', given: Threshold, match: Match<AnyMessage>, role: Role): Ask {
    this.#open('asks')
    if (!this.#vocabulary.inbox)
      this.#refuse('calls need or take, and the protocol declares inbox: false', 'leave that out')
    return this.#held(() => {
      const q = asThreshold(given, `${this.#place()}, ${kind}`)
      if (kind === 'take' && typeof q !== 'number') this.#refuse('takes by weight', 'let need ask for the weight')
      assertRole(role, `${this.#place()}, ${kind}`)
      this.#vocabulary.asked.add(typeof match === 'function' ? (match.type ?? '*') : '*')
      const checked = checkedMatch(match, () => `${this.#place()}, ${kind}`)
      return { kind, q, match: checked, role, looker: this }
    })
  }

  #answer(ask: Ask): ReturnType<Inbox> {
    const answer = this.#held(() => this.#inbox(ask))
    return typeof answer === 'boolean'
      ? answer
      : answer.map((message) => canonicalValue(message, this.#place, 'message'))
  }

  #apart(last: TakenBefore): void {
    const both = takenTwice(this.#taken, last, this.#vocabulary.participants)
    if (both) this.#refuse(`takes twice, and both could take ${canonical(both)}`, TAKE_ONCE)
    this.#taken.push(last)
  }

  #leave(): never {
    this.#isLeft = true
    throw NOT_YET
  }

  #value<T>(value: T, name: string): T {
    return this.#held(() => canonicalCopy(value, this.#place, name))
  }

  /** What goes wrong in here is no exception of the handler's, even if the handler catches it. */
  #held<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      this.#mistake ??= { error }
      throw error
    }
  }

  #refuse(what: string, instead: string): never {
    return this.#held(() => {
      throw new UsageError(`${this.#place()}: it ${what}`, instead)
    })
  }

  #known(name: string, known: readonly string[], kind: string, handlers: string): void {
    if (known.includes(name)) return
    const like = nearest(String(name), known).join(', ')
    this.#refuse(
      `names the ${kind} ${String(name)}, which has no handler`,
      like ? `under \`${handlers}\` there is ${like}` : `write one under \`${handlers}\``,
    )
  }

  #open(what: string): void {
    if (!this.#isOver) return
    throw new UsageError(
      `${this.#place()}: it ${what} after it has returned`,
      'all that a handler does is done when it returns: no await, no callbacks for later',
    )
  }
}

function listed(set: ReadonlySet<string>, before: readonly string[]): readonly string[] {
  if (set.size === before.length && before.every((name) => set.has(name))) return before
  return deepFreeze([...set].sort(byText))
}
