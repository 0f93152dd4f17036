import { byText, canonical, type Id, type Program, remembered, type SentMessage, textOf } from '../model/index.ts'
import {
  canSay,
  coalitionSpeaksAs,
  distinctWords,
  type Envelope,
  evidenceAt,
  isActing,
  type ProvedMessage,
  type Step,
  type System,
  sameWord,
  sayableAfter,
  textOfWord,
  withEvidence,
  wordsIn,
  wordsOf,
} from '../system/index.ts'

/** Names what happens in a step, whatever evidence there is for it. */
export function signatureOf(step: Step): string {
  if (!('on' in step)) return canonical(isActing(step) ? withEvidence(step, []) : step)
  return canonical(['rule' in step ? step.rule : '', step.at, step.on.from, step.on.message])
}

/** Each message once, in canonical order and without its witness. */
function inOrder(words: readonly SentMessage[]): SentMessage[] {
  const plain = words.map(({ from, message }) => ({ from, message }))
  return distinctWords(plain).sort((a, b) => byText(textOfWord(a), textOfWord(b)))
}

/** The coalition's messages in some steps. */
export function coalitionWords(program: Program, steps: readonly Step[]): SentMessage[] {
  return inOrder(steps.flatMap((step) => wordsOf(program, step)))
}

/**
 * The same, and whatever anybody sends in these steps, sent by each member of the coalition: a Byzantine message that
 * repeats what is there already is no new message, and often the shorter story.
 */
export function echoedWords(program: Program, steps: readonly Step[]): SentMessage[] {
  const own = coalitionWords(program, steps)
  const heard = steps.flatMap(wordsIn)
  const echoed = [...own, ...heard].flatMap(({ message }) =>
    program.setting.byzantine.map((from) => ({ from, message })),
  )
  return inOrder([...own, ...echoed])
}

/**
 * What the coalition can send in a state, out of a fixed vocabulary. Steps that were cut away may have sent what a
 * proof rested on, so proofs are searched for again in what has been sent by now, messages of correct participants
 * first.
 */
export class FixedCoalition {
  readonly words: readonly SentMessage[]
  readonly #program: Program
  readonly #unproved: boolean
  readonly #sayable = new WeakMap<readonly Envelope[], ReadonlyMap<string, ProvedMessage>>()

  constructor(program: Program, words: readonly SentMessage[]) {
    this.#program = program
    this.words = words.filter(({ from }) => coalitionSpeaksAs(program, from))
    this.#unproved = this.words.every(({ message }) => program.proofOf(message) === undefined)
  }

  /** The messages that can be sent now, with fresh witnesses. */
  sayable(system: System): readonly ProvedMessage[] {
    return this.#unproved ? this.words : [...this.#proved(system).values()]
  }

  /** This message as `at` can get it now, or nothing. */
  identity(system: System, at: Id, word: ProvedMessage): ProvedMessage | undefined {
    const program = this.#program
    const plain = word.proof ? { from: word.from, message: word.message } : word
    if (evidenceAt(program, system, at).some((said) => sameWord(said, word))) return plain
    if (!coalitionSpeaksAs(program, word.from)) return undefined
    if (program.proofOf(word.message) === undefined) return plain
    const known = this.#proved(system).get(textOfWord(word))
    if (known) return known
    return canSay(program, system, word) ? word : undefined
  }

  /** The same message from a member of the coalition, where nobody else sends it any more. */
  echo(system: System, { message }: SentMessage): ProvedMessage | undefined {
    const text = textOf(message)
    return this.sayable(system).find((word) => textOf(word.message) === text)
  }

  #proved(system: System): ReadonlyMap<string, ProvedMessage> {
    return remembered(this.#sayable, system.soup, () => {
      const words = sayableAfter(this.#program, system.soup).among(this.words)
      return new Map(words.map((word) => [textOfWord(word), word]))
    })
  }
}
