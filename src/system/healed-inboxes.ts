import { byText, grouped, type Id, type Program, type SentMessage, textOf } from '../model/index.ts'
import { distinctWords, ownWords, standingOf } from './sent-messages.ts'
import { type ProvedMessage, sameWord } from './step.ts'
import type { System } from './system.ts'

/** A message of the coalition that a participant's step used. */
export interface Used {
  readonly at: Id
  readonly word: ProvedMessage
  /** Only inside of the proof of another one: it is in that participant's hands, and never came as a message. */
  readonly isInside?: boolean
}

/** What a participant has in its inbox while the soup is this one, and of it, what may trigger a rule, by type. */
export interface Hearing {
  readonly soup: System['soup']
  readonly words: readonly SentMessage[]
  readonly byType: ReadonlyMap<string, readonly SentMessage[]>
}

/** What participants have in their inboxes in a healed run. It is asked again and again until somebody sends more. */
export class HealedInboxes {
  readonly #program: Program
  readonly #ids: readonly Id[]
  readonly #used: readonly Used[]
  readonly #known = new Map<Id, Hearing>()

  constructor(program: Program, ids: readonly Id[], used: readonly Used[]) {
    this.#program = program
    this.#ids = ids
    // Whoever used it first, and when, is no part of a state: in canonical order.
    this.#used = used
      .filter(({ isInside }) => !isInside)
      .sort((a, b) => byText(textOf(a.word.message), textOf(b.word.message)) || a.word.from - b.word.from)
  }

  by(system: System, at: Id): Hearing {
    const { soup } = system
    const known = this.#known.get(at)
    if (known?.soup === soup) return known
    const gossip = this.#program.setting.network.gossip
    const used = this.#used.filter((use) => gossip || use.at === at).map((use) => use.word)
    const own = ownWords(this.#program, system, at)
    const heard = [...own, ...this.#coming(system, at)]
    const words = used.length === 0 ? heard : distinctWords([...heard, ...used])
    const hearing = { soup, words, byType: grouped(words.slice(own.length), ({ message }) => message.type) }
    this.#known.set(at, hearing)
    return hearing
  }

  /** What correct participants sent where it comes to this one, each message once. */
  #coming({ soup, lost }: System, at: Id): readonly SentMessage[] {
    this.#program.effort?.spend(soup.length)
    const missed = lost.filter(({ to }) => to === at)
    const heard: SentMessage[] = []
    for (const word of soup) {
      if (!this.#ids.includes(word.from)) continue
      if (standingOf(this.#program, word, at) !== 'trigger' || missed.some((one) => sameWord(one, word))) continue
      // In the order of the soup, one message sent to several receivers stands in neighbouring places.
      const before = heard.at(-1)
      if (!before || !sameWord(before, word)) heard.push(word)
    }
    return heard
  }
}
