import { digest } from '../../model/digest.ts'
import type { BlockResult, RunBeginning } from './result.ts'

/** Runs of the first round of a campaign that learns. Each later round is as long as all before it. */
export const FIRST_ROUND = 5_000
/** Abstract states that are distinguished; what is met after so many is not known. */
const MOST_SEEN = 65_536
/** Beginnings that are taught: the last ones, for what is met late is rare. */
const MOST_BEGINNINGS = 128
/** Characters that name an abstract state. */
const WIDTH = 5

/** What all shards of the rounds before have met together: all that a later round knows of them. */
export interface Lesson {
  /** Tells it from others. */
  readonly digest: string
  /** Abstract states, by the numbers that `coverage.ts` gives them, one after the other. */
  readonly seen: string
  readonly beginnings: readonly RunBeginning[]
}

/** Consecutive runs that know the same. */
export interface LearningRound {
  readonly first: number
  readonly end: number
  readonly lesson?: Lesson
}

/** Where the rounds of a campaign begin and end: a function of its numbers of runs only. */
export function learningRounds(
  first: number,
  runs: number,
  learns: boolean | undefined,
): readonly { readonly first: number; readonly end: number }[] {
  const end = first + runs
  if (!learns) return [{ first, end }]
  const rounds: { first: number; end: number }[] = []
  for (let [at, length] = [first, FIRST_ROUND]; at < end; at += length, length = at - first) {
    rounds.push({ first: at, end: Math.min(end, at + length) })
  }
  return rounds
}

export function writtenStates(states: Iterable<number>): string {
  return Array.from(states, (state) => state.toString(36).padStart(WIDTH, '0')).join('')
}

export function readStates(text: string): number[] {
  return Array.from({ length: Math.floor(text.length / WIDTH) }, (_, i) =>
    Number.parseInt(text.slice(i * WIDTH, (i + 1) * WIDTH), 36),
  )
}

export function lessonOf(said: Omit<Lesson, 'digest'>): Lesson {
  return { digest: digest(said), ...said }
}

/** Are there as many states as are distinguished? */
export function isFull(states: number): boolean {
  return states >= MOST_SEEN
}

/** What blocks have met, put together in the order of their runs: the same for any number of workers. */
export class Learned {
  readonly #seen = new Set<number>()
  #beginnings: RunBeginning[] = []

  get states(): number {
    return this.#seen.size
  }

  add({ news = [] }: BlockResult): void {
    for (const { seen, beginning } of news) {
      const before = this.#seen.size
      for (const state of readStates(seen)) if (!isFull(this.#seen.size)) this.#seen.add(state)
      // Another block, which did not know of this one, may have met the same.
      if (beginning && this.#seen.size > before) this.#beginnings.push(beginning)
    }
    this.#beginnings = this.#beginnings.slice(-MOST_BEGINNINGS)
  }

  get lesson(): Lesson {
    const seen = [...this.#seen].sort((a, b) => a - b)
    return lessonOf({ seen: writtenStates(seen), beginnings: this.#beginnings })
  }
}
