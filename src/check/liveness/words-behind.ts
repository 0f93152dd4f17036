/**
 * What a participant has used of the coalition's messages. Of some it is distinguished in states; for all others it is
 * known only which of them steps on a way to a class may rest on.
 */
import type { Program } from '../../model/index.ts'
import { range } from '../../model/index.ts'
import { coalitionSpeaksAs } from '../../system/index.ts'
import { ANYBODY, type Closed, type Option } from '../../tables/closure/closed.ts'
import { Ahead, type LiveClasses, restsOn } from './live-classes.ts'
import type { Numbered } from './uses.ts'

export class WordsBehind {
  /** All that the coalition could send. */
  readonly words: readonly Numbered[]
  readonly #correct: readonly number[]
  readonly #told: boolean
  readonly #speakers: readonly number[]
  readonly #said: ReadonlySet<number>
  /** By position and class. */
  readonly #behind: readonly (readonly Ahead[])[]

  /** @param told are messages distinguished that trigger a rule of which nobody else's would do? */
  constructor(program: Program, closed: Closed, { classOf }: LiveClasses, told: boolean) {
    const { n, clients } = program.setting
    this.#told = told
    this.#said = new Set(closed.universe)
    this.#speakers = range(n + clients).filter((id) => coalitionSpeaksAs(program, id))
    // Where the coalition sends under the id of a correct replica, what that one sends is used under it, too.
    const all = [...new Set([...closed.universe, ...closed.envelopes.map(({ message }) => message)])]
    this.#correct = closed.participants.map(({ at }) => at)
    this.words = this.#speakers.flatMap((from) =>
      (this.#correct.includes(from) ? all : closed.universe).map((message) => ({ from, message })),
    )
    this.#behind = closed.participants.map(({ options }, p) => {
      const behind: Ahead[] = []
      for (const local of options.keys()) behind[classOf(p, local)] ??= new Ahead()
      for (let changed = true; changed; ) {
        changed = false
        for (const [local, list] of options.entries()) {
          for (const option of list) {
            const there = behind[classOf(p, option.target)]!
            const before = there.size
            there.addAll(behind[classOf(p, local)]!)
            const told = this.toldOf(option)
            for (const word of restsOn(option)) if (word !== told) there.add(word.message, word.from)
            changed ||= there.size > before
          }
        }
      }
      return behind
    })
  }

  /** The message of the coalition that is noted in a state when an option is taken. */
  toldOf({ trigger }: Option): Numbered | undefined {
    if (!this.#told || !trigger || trigger.from === ANYBODY) return undefined
    return this.#speakers.includes(trigger.from) && this.#said.has(trigger.message) ? trigger : undefined
  }

  /** Has the coalition to prove it before it can be used? */
  needsProof({ from }: Numbered): boolean {
    return !this.#correct.includes(from)
  }

  /** May steps on a way to a class have rested on a message that is not noted? */
  mayBehind(p: number, state: number, { message, from }: Numbered): boolean {
    return this.#behind[p]![state]!.has(message, from)
  }
}
