import { type AnyMessage, type Id, type Program, type Proof, textOf, UsageError } from '../model/index.ts'
import { senders, sorted } from './sent-messages.ts'
import type { ProvedMessage, Witness } from './step.ts'

/** Choices of senders and messages that are tried for one `such`; then a proof counts as not found. */
const MOST_CHOICES = 20_000

/**
 * Searches for a witness of a proof among the words that have been said, or that the coalition can say. The first one
 * in canonical order, so that equal runs give equal traces.
 *
 * @param cut called where there may be a witness that was not looked at
 */
export function prove(
  program: Program,
  proof: Proof<AnyMessage>,
  words: readonly ProvedMessage[],
  cut?: () => void,
): Witness | undefined {
  if (proof.kind === 'all') {
    const parts: Witness[] = []
    for (const part of proof.of) {
      const witness = prove(program, part, words, cut)
      if (!witness) return undefined
      parts.push(witness)
    }
    return { all: parts }
  }
  if (proof.kind === 'any') {
    for (let i = 0; i < proof.of.length; i++) {
      const witness = prove(program, proof.of[i]!, words, cut)
      if (witness) return { any: i, of: witness }
    }
    return undefined
  }
  const matching = words.filter((word) => proof.match(word.message as never, word.from))
  const ids = senders(program, matching, proof.role).sort((a, b) => a - b)
  if (ids.length < proof.q) return undefined
  const bySender = ids.map((id) => matching.filter((word) => word.from === id).sort(byText))
  if (!proof.such) return { said: bySender.slice(0, proof.q).map((list) => list[0]!) }
  const { such } = proof
  for (const chosen of choices(bySender, proof.q, MOST_CHOICES, cut)) {
    if (such(sorted(chosen.map((word) => word.message)) as never[])) return { said: chosen }
  }
  return undefined
}

function byText(a: ProvedMessage, b: ProvedMessage): number {
  const [x, y] = [textOf(a.message), textOf(b.message)]
  return x < y ? -1 : x > y ? 1 : 0
}

/** Thrown where an exhaustive search would have to leave out choices of messages. */
export class TooManyChoices extends UsageError {
  constructor(what: string) {
    super(`there are too many choices of messages for one ${what}`, 'choose a smaller n, or fewer values')
  }
}

/**
 * Every choice of one item from each of `q` of the lists, in lexicographic order; at most `most` of them.
 *
 * @param cut called where there are more
 */
export function* choices<T>(
  lists: readonly (readonly T[])[],
  q: number,
  most: number,
  cut?: () => void,
): Generator<T[]> {
  let left = most
  function* from(index: number, chosen: T[]): Generator<T[]> {
    if (chosen.length === q) {
      if (left-- > 0) yield chosen
      else cut?.()
      return
    }
    for (let i = index; i <= lists.length - (q - chosen.length) && left >= 0; i++) {
      for (const item of lists[i]!) if (left >= 0) yield* from(i + 1, [...chosen, item])
    }
  }
  yield* from(0, [])
}

/** What the coalition and the correct participants have between them, as candidates for a proof's evidence. */
export function candidates(
  soup: readonly (ProvedMessage & { to: Id | 'all' })[],
  coalition: readonly ProvedMessage[],
): ProvedMessage[] {
  const said = soup.map(({ from, message }) => ({ from, message }))
  return [...said, ...coalition]
}
