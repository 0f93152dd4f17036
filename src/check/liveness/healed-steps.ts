/**
 * Which firings of a healed run are steps of the search. A healed run delivers until nothing changes, and only then do
 * timers expire. Each of these deliveries that leaves no bound is a step that the search takes, too, and what comes after
 * it is judged there: so states are judged where nothing is left to deliver, or where what is delivered leaves a bound.
 */
import type { HealedFiring } from '../../kernel/healed/index.ts'
import type { Id } from '../../model/index.ts'
import { remembered } from '../../model/index.ts'
import type { Closed } from '../../tables/closure/closed.ts'

export class HealedSteps {
  readonly #closed: Closed
  /** By participant: the indices of its local states, by number. */
  readonly #locals: ReadonlyMap<number, number>[] = []
  /** By participant and local state: texts of what its steps make of it. */
  readonly #steps = new Map<string, ReadonlySet<string>>()

  constructor(closed: Closed) {
    this.#closed = closed
    for (const { at, locals } of closed.participants) {
      this.#locals[at] = new Map(locals.map((number, index) => [number, index]))
    }
  }

  has({ at, from, leaf: { local: target, sent, outputs, notes } }: HealedFiring): boolean {
    const texts = remembered(this.#steps, `${at} ${from}`, () => this.#stepsOf(at, from))
    const said = sent.map(({ to, message }) => `${message}>${to}`)
    return texts.has(textOf(target, said, outputs, notes))
  }

  #stepsOf(at: Id, local: number): ReadonlySet<string> {
    const { participants, envelopes } = this.#closed
    const { locals, options } = participants.find((one) => one.at === at)!
    const index = this.#locals[at]!.get(local)
    const texts = (index === undefined ? [] : options[index]!).map(({ target, says, outputs, notes }) => {
      const said = says.map((envelope) => `${envelopes[envelope]!.message}>${envelopes[envelope]!.to}`)
      return textOf(locals[target]!, said, outputs, notes)
    })
    return new Set(texts)
  }
}

function textOf(target: number, said: readonly string[], outputs: readonly number[], notes: readonly number[]): string {
  return `${target} ${[...new Set(said)].sort()} ${outputs};${notes}`
}
