/**
 * Which of the coalition's words must have been used. Where fewer of the correct have said a match than a step asks for,
 * the others were of the coalition. What is known so of a state is what is known on all ways to it.
 *
 * A silent step that is postponed is looked at when it is taken. More may have been said by then: so less is known, and
 * it is true all the same.
 */
import { bits } from '../../kernel/bits.ts'
import { isMetBy, remembered, type Threshold } from '../../model/index.ts'
import { MOST_PARTICIPANTS, packed } from '../../system/index.ts'
import type { Atoms } from '../../tables/automaton/atoms.ts'
import { Evaluator } from '../../tables/automaton/evaluate.ts'
import { ANYBODY, type Option } from '../../tables/closure/closed.ts'
import type { LiveSpace } from './live-space.ts'
import type { Numbered } from './uses.ts'

/** Of these words some were used: those of so many senders at least. */
export interface Needed {
  readonly least: number
  readonly words: readonly Numbered[]
}

/** So many senders have said one of some messages. */
interface Question {
  readonly q: Threshold
  readonly messages: readonly number[]
  readonly senders: (message: number) => number
  /** The coalition's words that answer it. */
  readonly words: readonly Numbered[]
}

/** Nothing must have been used. */
export const NOTHING_NEEDED = 0

/** Sets of what must have been used, each with a number. */
export class WordsNeeded {
  readonly #atoms: Atoms
  readonly #evaluator: Evaluator
  readonly #words: readonly Numbered[]
  readonly #correct: number
  readonly #questions: Question[] = []
  readonly #numbers = new Map<unknown, number>()
  readonly #askedBy = new Map<Option, readonly number[]>()
  /** By question, and who of the correct has said a match: a set. */
  readonly #lacking = new Map<number, number>()
  readonly #needed = new Map<string, Needed>()
  readonly #sets: (readonly Needed[])[] = [[]]
  readonly #setNumbers = new Map<string, number>([['', NOTHING_NEEDED]])
  readonly #order = new Map<Needed, number>()
  readonly #both = new Map<number, number>()
  readonly #either = new Map<number, number>()

  /** @param words all that the coalition could say */
  constructor(atoms: Atoms, { places }: LiveSpace, words: readonly Numbered[]) {
    this.#atoms = atoms
    this.#evaluator = new Evaluator(atoms.list, places)
    this.#words = words
    this.#correct = atoms.ids.reduce((mask, id) => mask | (1 << id), 0)
  }

  /** By number: a set. */
  in(number: number): readonly Needed[] {
    return this.#sets[number]!
  }

  /** What participant number `p` needs of the coalition to take an option. */
  of(state: Int32Array, p: number, option: Option): number {
    let all = NOTHING_NEEDED
    for (const question of this.#asked(option)) all = this.both(all, this.#lackingOf(state, p, question))
    return all
  }

  /** All that is in one set or in the other. */
  both(one: number, other: number): number {
    if (one === other || other === NOTHING_NEEDED) return one
    return remembered(this.#both, packed(one, other, ROOM), () => this.#number([...this.in(one), ...this.in(other)]))
  }

  /** What is known where one set is, or the other: some word of what the one names, or of what the other does. */
  either(one: number, other: number): number {
    if (one === other) return one
    return remembered(this.#either, packed(one, other, ROOM), () =>
      this.#number(
        this.in(one).flatMap((a) =>
          this.in(other).map((b) => this.#need(Math.min(a.least, b.least), [...a.words, ...b.words])),
        ),
      ),
    )
  }

  #lackingOf(state: Int32Array, p: number, number: number): number {
    const { q, messages, senders, words } = this.#questions[number]!
    let said = 0
    for (const message of messages) {
      said |= senders(message) & this.#evaluator.senders(this.#atoms.sendersOf(p, message, true), state) & this.#correct
    }
    return remembered(this.#lacking, packed(number, said, 2 ** MOST_PARTICIPANTS), () => {
      if (isMetBy(q, said)) return NOTHING_NEEDED
      // Where senders have weights, it is one of them at least.
      const least = typeof q === 'number' ? q - bits(said) : 1
      return this.#number([
        this.#need(
          least,
          words.filter(({ from }) => (said & (1 << from)) === 0),
        ),
      ])
    })
  }

  #need(least: number, some: readonly Numbered[]): Needed {
    const words = [...new Map(some.map((word) => [packed(word.message, word.from, MOST_PARTICIPANTS), word]))]
      .sort(([a], [b]) => a - b)
      .map(([, word]) => word)
    const key = `${least} ${words.map(({ from, message }) => `${from}.${message}`)}`
    return remembered(this.#needed, key, () => ({ least, words }))
  }

  /** The number of a set. What says no more than another one is left out. */
  #number(all: readonly Needed[]): number {
    const needed = [...new Set(all)]
    const kept = needed.filter((one) => !needed.some((other) => other !== one && implies(other, one)))
    const place = (one: Needed): number => remembered(this.#order, one, () => this.#order.size)
    const sorted = kept.sort((a, b) => place(a) - place(b))
    return remembered(this.#setNumbers, sorted.map(place).join(), () => this.#sets.push(sorted) - 1)
  }

  /** Numbers of the questions that an option asks, of those that the coalition may answer. */
  #asked(option: Option): readonly number[] {
    return remembered(this.#askedBy, option, () => {
      const { trigger, conditions } = option
      const asked = conditions.map(({ ask }) =>
        this.#question(ask, { q: ask.ask.q, messages: ask.matching(), senders: (message) => ask.mask(message) }),
      )
      if (trigger) {
        const senders = trigger.from === ANYBODY ? ~0 : 1 << trigger.from
        const question = { q: 1, messages: [trigger.message], senders: () => senders }
        asked.push(this.#question(`${trigger.message} ${trigger.from}`, question))
      }
      return asked.filter((number) => this.#questions[number]!.words.length > 0)
    })
  }

  #question(key: unknown, question: Omit<Question, 'words'>): number {
    return remembered(this.#numbers, key, () => {
      const asked = new Set(question.messages)
      const isAnswer = ({ message, from }: Numbered): boolean =>
        asked.has(message) && (question.senders(message) & (1 << from)) !== 0
      return this.#questions.push({ ...question, words: this.#words.filter(isAnswer) }) - 1
    })
  }
}

function implies(one: Needed, other: Needed): boolean {
  return one.least >= other.least && one.words.every((word) => other.words.some((its) => isSame(word, its)))
}

const isSame = (one: Numbered, other: Numbered): boolean => one.from === other.from && one.message === other.message

/** Sets that may be told apart in a key of two. */
const ROOM = 2 ** 26
