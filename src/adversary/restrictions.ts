import {
  type AnyMessage,
  canonical,
  contradict,
  type Id,
  type Law,
  type Program,
  placesOf,
  remembered,
  type SentMessage,
  type Setting,
  UsageError,
} from '../model/index.ts'
import { didYouMean } from '../model/nearest.ts'
import { distinctWords, type Step, take, wordsOf } from '../system/index.ts'

/** What a coalition may be forbidden: to say two different things of one place, and to forget what it has sworn to. */
export const RESTRICTIONS = ['equivocation', 'amnesia'] as const
export type Restriction = (typeof RESTRICTIONS)[number]

/** The words of a result: what the coalition never does. */
export const RESTRICTED: { readonly [R in Restriction]: string } = {
  equivocation: 'equivocates',
  amnesia: 'forgets what it has voted for',
}

/** @throws UsageError for a restriction that there is not, or that nobody can judge for this protocol */
export function assertRestrictions(never: readonly string[], law: Law | undefined, subject: string): void {
  for (const name of never) {
    if (!RESTRICTIONS.includes(name as Restriction)) {
      throw new UsageError(`there is no restriction called ${name}`, didYouMean(name, RESTRICTIONS))
    }
    if (name === 'amnesia' && !law?.forgets) {
      throw new UsageError(
        `what amnesia is in ${subject} nobody has declared`,
        'declare `forgets` in its `law`, or forbid equivocation only',
      )
    }
  }
}

/** What a law says of two messages of one sender; nothing where they go together. */
export function offence(
  one: SentMessage,
  other: SentMessage,
  never: readonly Restriction[],
  law: Law | undefined,
  evidence: { readonly setting: Setting; readonly held: readonly SentMessage[] },
): Restriction | undefined {
  const isOnce = law?.once.includes(one.message.type) ?? true
  if (never.includes('equivocation') && isOnce && contradict(one, other)) return 'equivocation'
  if (!never.includes('amnesia') || !law?.forgets || one.from !== other.from) return undefined
  const { forgets } = law
  const isForgotten = (a: SentMessage, b: SentMessage): boolean => forgets(a.message, b.message, evidence)
  return isForgotten(one, other) || isForgotten(other, one) ? 'amnesia' : undefined
}

/**
 * What a coalition under restrictions has committed itself to in one run. It may go on to say whatever goes together with all of
 * that, under the same id. So of all that it holds ready no two messages offend, and of what correct replicas use none do.
 */
export class Commitments {
  readonly #never: readonly Restriction[]
  readonly #law: Law | undefined
  readonly #setting: Setting
  readonly #committed: SentMessage[] = []
  /** By sender, type and place: the message that it has committed itself to. */
  readonly #byPlace = new Map<string, string>()
  readonly #known = new Map<string, boolean>()

  constructor(never: readonly Restriction[], law: Law | undefined, setting: Setting) {
    this.#never = never
    this.#law = law
    this.#setting = setting
  }

  /**
   * May it send this, too? If so, it is committed to it.
   * @param soup what correct participants have sent by now: it may justify a change of mind
   */
  allows(from: Id, message: AnyMessage, soup: () => readonly SentMessage[]): boolean {
    const word = { from, message }
    const text = canonical(word)
    const known = this.#known.get(text)
    // A refusal for amnesia may be justified later; all others are for good.
    if (known) return true
    if (known === false && !this.#never.includes('amnesia')) return false
    const isAllowed = this.#isUnique(word) && this.#remembers(word, soup)
    this.#known.set(text, isAllowed)
    if (isAllowed) this.#committed.push(word)
    return isAllowed
  }

  #isUnique(word: SentMessage): boolean {
    if (!this.#never.includes('equivocation') || !(this.#law?.once.includes(word.message.type) ?? true)) return true
    const place = canonical([word.from, word.message.type, placesOf(word.message)])
    const text = canonical(word.message)
    return remembered(this.#byPlace, place, () => text) === text
  }

  #remembers(word: SentMessage, soup: () => readonly SentMessage[]): boolean {
    if (!this.#never.includes('amnesia')) return true
    const evidence = { setting: this.#setting, held: [...soup(), ...this.#committed] }
    return this.#committed.every((one) => offence(one, word, ['amnesia'], this.#law, evidence) === undefined)
  }
}

/** Has the coalition of these steps done what it never does? The votes inside of its certificates count, too. */
export function offends(
  program: Program,
  steps: readonly Step[],
  never: readonly Restriction[],
  law: Law | undefined,
): boolean {
  const words = distinctWords(steps.flatMap((step) => wordsOf(program, step)))
  const soup = take(program, steps).systems.at(-1)!.soup
  const evidence = { setting: program.setting, held: [...soup, ...words] }
  return words.some((one, i) =>
    words.slice(i + 1).some((other) => offence(one, other, never, law, evidence) !== undefined),
  )
}
