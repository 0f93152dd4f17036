/**
 * Takes transitions a second time, on a fresh copy of the state and after other calls, and compares. A handler is taken
 * for a function of its state, its message and its context: every table, every reduction and every replay rests on
 * that, and an author can break it by a single `Math.random` or a variable outside.
 */
import {
  type Anew,
  type Ask,
  type Auditor,
  copyOf,
  deepFreeze,
  type Event,
  type Fired,
  type Id,
  IMPURE,
  type Inbox,
  type Local,
  type Program,
  placeOf,
  type Take,
  UsageError,
  withoutStandIn,
} from '../model/index.ts'
import { withProbes } from './probes.ts'
import { Sample } from './taken-anew.ts'
import { cameToTheSame, differenceOf, type Transition, taken } from './transition.ts'

/** Transitions that wait until they are taken again, so that others come between. */
const MOST_WAITING = 64
/** So many of each rule are also taken on an immer draft where they were on a copy, or the other way round; then a share. */
const EXCHANGED_FIRST = 6
const EXCHANGED_EVERY = 16

/** Of choices of messages with one summary, so many at first are compared, then one in so many. */
const CHOICES_FIRST = 128
const CHOICES_EVERY = 64

/** How many transitions there were, and how many of them were taken twice. */
export interface AuditReport {
  readonly transitions: number
  readonly audited: number
}

export class Audit implements Auditor {
  readonly #most: number
  readonly #first: number
  readonly #every: number
  #transitions = 0
  #choices = 0
  #audited = 0
  #waiting: Transition[] = []
  readonly #sample = new Sample()
  #error: UsageError | undefined
  /** By rule: how many of its transitions were exchanged because it was among the first. */
  readonly #exchanged = new Map<string, number>()

  /**
   * @param most transitions that are taken again
   * @param first so many from the beginning, and then
   * @param every one in so many
   */
  constructor(most: number, first = most, every = 1) {
    this.#most = most
    this.#first = first
    this.#every = every
  }

  get report(): AuditReport {
    return { transitions: this.#transitions, audited: this.#audited }
  }

  /** @throws UsageError where a handler was found to do two things in one state */
  take(program: Program, at: Id, local: Local, event: Event, inbox: Inbox, take: Take): Fired {
    if (this.#error) throw this.#error
    if (!this.#wants()) return take(program, at, local, event, inbox)
    const answers: ReturnType<Inbox>[] = []
    const asked: Ask[] = []
    const noted: Inbox = (ask) => {
      const answer = inbox(ask)
      asked.push(ask)
      answers.push(answer)
      return answer
    }
    const fired = take(program, at, local, event, noted)
    const plain = event.kind === 'message' ? { ...event, message: withoutStandIn(event.message) } : event
    // A stand-in cannot be cloned, and a handler that clones its message throws: it is run again on the message itself.
    if (fired.reaction.local.threw !== undefined && isStandIn(event)) return fired
    const isFirst = this.#isFirst(program, at, event)
    const isWatched = isStandIn(event)
    const transition = { program, at, local, event: plain, answers, take, fired, asked, isFirst, isWatched }
    this.#waiting.push(transition)
    this.#sample.add(transition)
    if (this.#waiting.length >= MOST_WAITING) this.finish()
    return fired
  }

  wantsChoice(): boolean {
    const choice = this.#choices++
    return choice < CHOICES_FIRST || choice % CHOICES_EVERY === 0
  }

  #isFirst({ setting }: Program, at: Id, event: Event): boolean {
    const rule = event.kind === 'message' ? event.rule : event.kind === 'timeout' ? event.timer : ''
    const key = `${at < setting.n} ${event.kind} ${rule}`
    const before = this.#exchanged.get(key) ?? 0
    this.#exchanged.set(key, before + 1)
    return before < EXCHANGED_FIRST
  }

  /** Is one more transition to be taken again? It is counted. */
  #wants(): boolean {
    const isWanted = this.#transitions++ < this.#first || this.#transitions % this.#every === 0
    if (this.#audited >= this.#most || !isWanted) return false
    this.#audited++
    return true
  }

  /**
   * Takes again what still waits; and some of it where nothing was taken before, if the protocol's file can be run again.
   * @throws UsageError where a handler was found to do two things in one state
   */
  end(anew: (() => Anew) | undefined): void {
    this.finish()
    if (anew) this.#sample.takeAnew(anew)
  }

  /** Takes again what still waits. */
  finish(): void {
    const waiting = this.#waiting.reverse()
    this.#waiting = []
    try {
      withProbes((calledLately) => {
        for (const [i, transition] of waiting.entries()) {
          again(transition, false, calledLately)
          if (transition.isFirst || i % EXCHANGED_EVERY === 0) again(transition, true, calledLately)
        }
      })
    } catch (error) {
      if (error instanceof UsageError) this.#error = error
      throw error
    }
  }
}

function again(transition: Transition, isExchanged: boolean, calledLately: () => string | undefined): void {
  const { program, event } = transition
  const copies = isExchanged ? !program.copies : program.copies === true
  const { fired, asked } = taken(transition, copies)
  const called = calledLately()
  if (called) throw new UsageError(`${placeOf(program, event)}: it calls ${called}`, IMPURE)
  if (cameToTheSame(transition, { fired, asked })) {
    // Of a draft that was finished nothing is left to look at, and a match may look at the state.
    if (copies) for (const ask of asked) assertByContent(program, event, ask)
    return
  }
  const [one, other] = differenceOf(transition, { fired, asked })
  const place = placeOf(program, event)
  if (isExchanged) {
    const [draft, copy] = copies ? [one, other] : [other, one]
    throw new UsageError(`${place}: it does other things with a draft, ${draft}, than with a copy, ${copy}`, DRAFT)
  }
  // Plain, does it do the same every time?
  if (transition.isWatched && cameToTheSame({ fired, asked }, taken(transition, copies))) {
    throw new UsageError(
      `${place}: it does other things with a message that check watches, ${one}, than with a plain one, ${other}`,
      STAND_IN,
    )
  }
  throw new UsageError(
    `${place}: in one state, on the same event, it did two different things: ${one}, then ${other}`,
    IMPURE,
  )
}

/**
 * Messages that are equal are one message, and are the same object here and there only: a match that tells the one that
 * triggered its rule from its copy would be answered in one way by one engine, and in another by the next.
 * @throws UsageError where it does
 */
function assertByContent(program: Program, event: Event, { match, kind }: Ask): void {
  if (event.kind !== 'message' || match.key !== undefined) return
  const { message, from } = event
  try {
    if (match(message, from) === match(deepFreeze(copyOf(message)), from)) return
  } catch {
    // What is wrong with it is told where the engine asks it.
    return
  }
  throw new UsageError(
    `${placeOf(program, event)}: a match of ${kind} tells a message from an equal one`,
    'compare fields, not objects: x.value === message.value instead of x === message',
  )
}

const DRAFT =
  'a handler gets a draft of the state: look at its fields, but do not clone it, and do not compare parts by identity'
/** A clone of a stand-in fails; where that is caught, it goes on without. */
const STAND_IN =
  'read the fields of the message, and let an exception of its clone through: check then hands over a plain one'

function isStandIn(event: Event): boolean {
  return event.kind === 'message' && withoutStandIn(event.message) !== event.message
}
