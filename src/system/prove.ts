import { type AnyMessage, type Id, type Program, type Proof, textOf } from '../model/index.ts'
import type { Spoken, Witness } from './step.ts'
import { senders, sorted } from './words.ts'

/** Choices of senders and messages that are tried for one `such`; beyond it a proof counts as not found. */
const MOST_CHOICES = 20_000

/**
 * Searches for a witness of a proof among the words that have been said, or that the coalition can say. The first one
 * in canonical order, so that equal runs give equal traces.
 */
export function prove(program: Program, proof: Proof<AnyMessage>, words: readonly Spoken[]): Witness | undefined {
  if (proof.kind === 'all') {
    const parts: Witness[] = []
    for (const part of proof.of) {
      const witness = prove(program, part, words)
      if (!witness) return undefined
      parts.push(witness)
    }
    return { all: parts }
  }
  if (proof.kind === 'any') {
    for (let i = 0; i < proof.of.length; i++) {
      const witness = prove(program, proof.of[i]!, words)
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
  for (const chosen of choices(bySender, proof.q, MOST_CHOICES)) {
    if (such(sorted(chosen.map((word) => word.message)) as never[])) return { said: chosen }
  }
  return undefined
}

function byText(a: Spoken, b: Spoken): number {
  const [x, y] = [textOf(a.message), textOf(b.message)]
  return x < y ? -1 : x > y ? 1 : 0
}

/** Every choice of one item from each of `q` of the lists, in lexicographic order; at most `most` of them. */
export function* choices<T>(lists: readonly (readonly T[])[], q: number, most: number): Generator<T[]> {
  let left = most
  function* from(index: number, chosen: T[]): Generator<T[]> {
    if (chosen.length === q) {
      if (left-- > 0) yield chosen
      return
    }
    for (let i = index; i <= lists.length - (q - chosen.length) && left > 0; i++) {
      for (const item of lists[i]!) yield* from(i + 1, [...chosen, item])
    }
  }
  yield* from(0, [])
}

/** What the coalition and the correct participants have between them, as candidates for a proof's evidence. */
export function candidates(soup: readonly (Spoken & { to: Id | 'all' })[], coalition: readonly Spoken[]): Spoken[] {
  const said = soup.map(({ from, message }) => ({ from, message }))
  return [...said, ...coalition]
}
