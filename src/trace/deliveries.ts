import { type Inbox, type Program, type SentMessage, textOf } from '../model/index.ts'
import {
  type Acting,
  apply,
  correctWords,
  deliversOnce,
  eventOf,
  evidenceAt,
  fire,
  inboxOf,
  isActing,
  type Step,
  type System,
  start,
  triggerOf,
} from '../system/index.ts'

/**
 * Counts deliveries: one for each message that reaches a participant for the first time, as trigger or as evidence,
 * and one for each timeout. What the coalition does costs nothing until it reaches somebody.
 */
export class Deliveries {
  count = 0
  readonly #program: Program
  readonly #delivered = new Set<string>()

  constructor(program: Program) {
    this.#program = program
  }

  /** Counts one step. `before` is the state it is taken in. */
  add(before: System, step: Step): void {
    const { at } = step
    if ('timeout' in step) this.count++
    // What it has got before, it has to get again.
    if ('restart' in step) for (const key of this.#delivered) if (key.startsWith(`${at} `)) this.#delivered.delete(key)
    if ('round' in step) {
      // What is sent in a round arrives in the next one, and never again.
      const heard = correctWords(this.#program, before, step).filter(({ from }) => from !== at)
      this.count += heard.length + (step.with ?? []).length
    } else if (isActing(step)) {
      for (const word of triggerOf(step)) this.#reached(at, word)
      for (const word of evidence(this.#program, before, step)) this.#reached(at, word)
    } else if ('on' in step) {
      // Where each copy is delivered once, every arrival is a delivery of its own.
      if (deliversOnce(this.#program)) this.count++
      else this.#reached(at, step.on)
    }
  }

  #reached(at: number, { from, message }: SentMessage): void {
    const key = `${at} ${from} ${textOf(message)}`
    if (this.#delivered.has(key)) return
    this.#delivered.add(key)
    this.count++
  }
}

/**
 * The messages that a firing's questions matched, a bare sender resolved to them. One's own broadcasts are no
 * deliveries.
 */
function evidence(program: Program, before: System, step: Acting): SentMessage[] {
  const { at, with: named = [] } = step
  if (named.length === 0) return []
  const words = named.flatMap((item): readonly SentMessage[] =>
    typeof item === 'number' ? evidenceAt(program, before, at).filter(({ from }) => from === item) : [item],
  )
  const matched = new Set<SentMessage>()
  const answer = inboxOf(program, [...words, ...triggerOf(step)])
  const inbox: Inbox = (ask) => {
    for (const word of words) if (ask.match(word.message, word.from)) matched.add(word)
    return answer(ask)
  }
  fire(program, at, before.locals[at]!, eventOf(step), inbox)
  return [...matched].filter(({ from }) => from !== at)
}

/** The length of a possible run in deliveries. */
export function deliveries(program: Program, steps: readonly Step[]): number {
  const counter = new Deliveries(program)
  let system = start(program)
  for (const step of steps) {
    const after = apply(program, system, step)
    counter.add(system, step)
    system = after
  }
  return counter.count
}
