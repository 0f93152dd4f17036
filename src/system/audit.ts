/**
 * Takes transitions a second time, on a fresh copy of the state and after other calls, and compares. A handler is taken
 * for a function of its state, its message and its context: every table, every reduction and every replay rests on
 * that, and an author can break it by a single `Math.random` or a variable outside.
 */
import {
  type Ask,
  type Auditor,
  canonical,
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
import { impureCallIn } from './probes.ts'

/** Transitions that wait until they are taken again, so that others come between. */
const MOST_WAITING = 64
/** So many at first are taken again, whatever the share. */
const FIRST = 256
/** Every so many are taken on an immer draft where the first was on a copy, and the other way round; all at first. */
const EXCHANGED_EVERY = 16

interface Transition {
  readonly program: Program
  readonly at: Id
  readonly local: Local
  readonly event: Event
  readonly answers: readonly ReturnType<Inbox>[]
  readonly take: Take
  readonly told: string
  readonly isFirst: boolean
}

/** How many transitions there were, and how many of them were taken twice. */
export interface AuditReport {
  readonly transitions: number
  readonly audited: number
}

export class Audit implements Auditor {
  readonly #most: number
  readonly #every: number
  #transitions = 0
  #audited = 0
  #waiting: Transition[] = []
  #error: UsageError | undefined

  /**
   * @param most transitions that are taken again
   * @param every one in so many
   */
  constructor(most: number, every = 1) {
    this.#most = most
    this.#every = every
  }

  get report(): AuditReport {
    return { transitions: this.#transitions, audited: this.#audited }
  }

  /** @throws UsageError where a handler was found to do two things in one state */
  take(program: Program, at: Id, local: Local, event: Event, inbox: Inbox, take: Take): Fired {
    if (this.#error) throw this.#error
    const isFirst = this.#transitions++ < FIRST
    if (this.#audited >= this.#most || (!isFirst && this.#transitions % this.#every !== 0)) {
      return take(program, at, local, event, inbox)
    }
    this.#audited++
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
    this.#waiting.push({ program, at, local, event: plain, answers, take, told: told(fired, asked), isFirst })
    if (this.#waiting.length >= MOST_WAITING) this.finish()
    return fired
  }

  /** May one more transition be taken again? It is counted. */
  allows(): boolean {
    if (this.#audited >= this.#most) return false
    this.#audited++
    return true
  }

  /** Takes again what still waits. */
  finish(): void {
    const waiting = this.#waiting.reverse()
    this.#waiting = []
    for (const [i, transition] of waiting.entries()) {
      try {
        again(transition, false)
        if (transition.isFirst || i % EXCHANGED_EVERY === 0) again(transition, true)
      } catch (error) {
        if (error instanceof UsageError) this.#error = error
        throw error
      }
    }
  }
}

function again({ program, at, local, event, answers, take, told: before }: Transition, isExchanged: boolean): void {
  const asked: Ask[] = []
  const inbox: Inbox = (ask) => {
    asked.push(ask)
    return answers[asked.length - 1] ?? false
  }
  const copies = isExchanged ? !program.copies : program.copies === true
  let after = ''
  const called = impureCallIn(() => {
    after = told(take({ ...program, copies }, at, local, event, inbox), asked)
  })
  if (called) throw new UsageError(`${placeOf(program, event)}: it calls ${called}`, IMPURE)
  if (after === before) return
  const [one, other] = difference(before, after)
  throw new UsageError(
    `${placeOf(program, event)}: in one state, on the same event, it did two different things: ${one}, then ${other}`,
    isExchanged ? DRAFT : IMPURE,
  )
}

const DRAFT =
  'a handler gets a draft of the state: look at its fields, but do not clone it, and do not compare parts by identity'

/** All that a transition came to, as a text. */
function told({ reaction: { local, effects }, cut }: Fired, asked: readonly Ask[]): string {
  const { state, timers, coins, threw = null } = local
  const { sent, outputs, notes } = effects
  const questions = asked.map(({ kind, q, role, match }) => ({ kind, q, role, match: match.key ?? '' }))
  return canonical({ state, timers, coins, threw, sent, outputs, notes, cut, questions })
}

/** The first part in which two outcomes differ, as each has it. */
function difference(before: string, after: string): [string, string] {
  const [one, other] = [JSON.parse(before), JSON.parse(after)] as Record<string, any>[]
  const differs = (a: any, b: any): string[] =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => canonical(a[key]) !== canonical(b[key]))
  const [part = ''] = differs(one, other)
  const [field] = part === 'state' ? differs(one!['state'], other!['state']) : []
  const shown = (from: any): string =>
    field === undefined ? `${part} ${short(from[part])}` : `state.${field} ${short(from.state[field])}`
  return [shown(one), shown(other)]
}

function short(value: unknown): string {
  const text = canonical(value ?? null)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
