import {
  type AnyMessage,
  byContent,
  firstEnough,
  headsOf,
  type Id,
  type Program,
  type Proof,
  UsageError,
} from '../model/index.ts'
import { bySender, sorted } from './sent-messages.ts'
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
  const { q, such } = proof
  const lists = bySender(program, proof, words).sort(([a], [b]) => a!.from - b!.from)
  for (const list of lists) list.sort((a, b) => byContent(a.message, b.message))
  const first = firstEnough(
    q,
    lists.map(([one]) => one!),
    ({ from }) => from,
  )
  if (!such || !first) return first && { said: first }
  for (const chosen of choices(lists, headsOf(q), MOST_CHOICES, cut)) {
    if (such(sorted(chosen.map((word) => word.message)) as never[])) return { said: chosen }
  }
  return undefined
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

/**
 * Every way to choose something several times, where what there is to choose from depends on what was chosen before.
 * Whoever goes through them asks, way by way, for one of the options each time; nothing is chosen where there are none.
 *
 * @param cut called where there are more ways than `most`
 */
export function* everyWay<T>(most: number, cut?: () => void): Generator<(options: readonly T[]) => T | undefined> {
  // A stack of unfinished scripts; a script is the choice for each time, in order.
  const scripts: number[][] = [[]]
  for (let tried = 0; scripts.length > 0; tried++) {
    if (tried === most) return cut?.()
    const script = scripts.pop()!
    let times = 0
    yield (options) => {
      if (times === script.length) {
        for (let i = options.length - 1; i > 0; i--) scripts.push([...script, i])
        script.push(0)
      }
      return options[script[times++]!]
    }
  }
}

/** What the coalition and the correct participants have between them, as candidates for a proof's evidence. */
export function candidates(
  soup: readonly (ProvedMessage & { to: Id | 'all' })[],
  coalition: readonly ProvedMessage[],
): ProvedMessage[] {
  const said = soup.map(({ from, message }) => ({ from, message }))
  return [...said, ...coalition]
}
