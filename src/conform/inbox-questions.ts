import { type AnyMessage, type Match, range, UsageError } from '../model/index.ts'
import { type InboxQuestion, inWords, type RecordingContext } from './recorder.ts'

type AnyMatch = Match<AnyMessage>

const COMPARABLE = "say which messages count by `match('VOTE', { value })`: that can be compared"

/** Whose question do some messages answer? */
type Whose = 'both' | 'model' | 'program' | 'neither'

/** Nobody says which sender was chosen: a message that both take from somebody counts as one that both take. */
function whoseAre(
  chosen: readonly AnyMessage[],
  own: AnyMatch,
  others: AnyMatch,
  { n, clients }: RecordingContext,
): Whose {
  const senders = range(n + clients)
  const isBoth = (message: AnyMessage): boolean => senders.some((from) => own(message, from) && others(message, from))
  if (chosen.every(isBoth)) return 'both'
  const isOf = (match: AnyMatch) => (message: AnyMessage) => senders.some((from) => match(message, from))
  if (chosen.every(isOf(own))) return 'model'
  return chosen.every(isOf(others)) ? 'program' : 'neither'
}

/** The question of one is answered by messages that do not answer the other's. */
export function goesOn(whose: 'model' | 'program', { kind, q }: InboxQuestion): string {
  const other = whose === 'model' ? 'program' : 'model'
  return `messages answer the ${kind} ${q} of the ${whose}, and not that of the ${other}`
}

/** What a model and a program ask of one inbox. */
export class InboxQuestions {
  readonly #back: ((message: any) => AnyMessage) | undefined

  /** @param back from the words of the model to those of the program, where they differ */
  constructor(back: ((message: any) => AnyMessage) | undefined) {
    this.#back = back
  }

  /** A question of the program is about its own messages. */
  #matching({ match }: InboxQuestion, isProgram: boolean): InboxQuestion['match'] {
    if (!isProgram || this.#back === undefined) return match
    const back = this.#back
    return (message, from) => match(back(message), from)
  }

  need(asked: InboxQuestion, isProgram: boolean, ctx: RecordingContext): void {
    ctx.need(asked.q, this.#matching(asked, isProgram), asked.role)
  }

  /** @returns whose question the messages answer that were found */
  answer(
    one: InboxQuestion | undefined,
    other: InboxQuestion | undefined,
    answers: [unknown[], unknown[]],
    ctx: RecordingContext,
  ): Whose {
    const first = (one ?? other)!
    const isOne = !(one && other) || this.#isComparable(one, other)
    if (isOne && first.kind !== 'take') {
      this.need(first, !one, ctx)
      if (one) answers[0].push(true)
      if (other) answers[1].push(true)
      return 'both'
    }
    if (typeof first.q !== 'number') throw new UsageError('two quorums by weight ask with functions', COMPARABLE)
    const own = one && this.#matching(one, false)
    const others = other && this.#matching(other, true)
    const [whose, ...summaries] = ctx.take(
      first.q,
      isOne ? (own ?? others)! : (message, from) => own!(message, from) || others!(message, from),
      (chosen) => {
        const whose = isOne ? 'both' : whoseAre(chosen, own!, others!, ctx)
        if (whose !== 'both') return [whose]
        return [
          whose,
          one?.summarise(chosen) ?? null,
          other?.summarise(this.#back ? chosen.map(this.#back) : chosen) ?? null,
        ]
      },
      first.role,
    ) as [Whose, unknown, unknown]
    if (one) answers[0].push(summaries[0])
    if (other) answers[1].push(summaries[1])
    return whose
  }

  /** Can be said of two matches whether they are the same? */
  #isComparable(one: InboxQuestion, other: InboxQuestion): boolean {
    return this.#back === undefined && one.match.key !== undefined && other.match.key !== undefined
  }

  differ(one: InboxQuestion, other: InboxQuestion): string | undefined {
    const isSame =
      `${one.kind} ${one.q}` === `${other.kind} ${other.q}` &&
      (one.role ?? 'replica') === (other.role ?? 'replica') &&
      (!this.#isComparable(one, other) || one.match.key === other.match.key)
    return isSame ? undefined : `the model asks for ${inWords(one)}, the program for ${inWords(other)}`
  }
}
