import { type HeldMessage as Held, SENDERS } from '../../kernel/index.ts'
import { HarnessError, type Id } from '../../model/index.ts'
import {
  type Acting,
  absorb,
  apply,
  enough,
  eventOf,
  evidenceOf,
  fire,
  type Handed,
  Impossible,
  type Offered,
  ownWords,
  type ProvedMessage,
  type Step,
  type System,
  sayableAfter,
  start,
  triggerOf,
  triggers,
  withEvidence,
  wordsOf,
} from '../../system/index.ts'
import type { RunEntry } from './entry.ts'
import type { SettingContext } from './setting-context.ts'

/**
 * Writes a run as steps, with evidence and proofs, and takes every step on `apply`: no result of the fast engine is
 * reported without this.
 * @throws HarnessError where the two do not agree
 */
export function replayOnReference(
  settingContext: SettingContext,
  entries: readonly RunEntry[],
  held: readonly Held[],
): { steps: Step[]; system: System } {
  return new ReferenceReplay(settingContext, held).tell(entries)
}

class ReferenceReplay {
  readonly #settingContext: SettingContext
  readonly #byzantineMessages: readonly Held[]
  readonly #used: ProvedMessage[] = []
  #system: System

  constructor(settingContext: SettingContext, byzantineMessages: readonly Held[]) {
    this.#settingContext = settingContext
    this.#byzantineMessages = byzantineMessages
    this.#system = start(settingContext.program)
  }

  tell(entries: readonly RunEntry[]): { steps: Step[]; system: System } {
    const { program } = this.#settingContext
    const steps: Step[] = []
    for (const [index, entry] of entries.entries()) {
      const offered = this.#byzantineMessages.filter((byzantineMessage) => byzantineMessage.step <= index)
      const step = this.#step(entry, offered)
      try {
        this.#system = apply(program, this.#system, step, this.#used)
      } catch (error) {
        if (!(error instanceof Impossible)) throw error
        throw new HarnessError(
          `step ${index + 1} of a run, ${JSON.stringify(step)}, is refused by the reference: ${error.message}`,
        )
      }
      this.#used.push(...wordsOf(program, step))
      steps.push(step)
    }
    return { steps, system: this.#system }
  }

  #word({ from, message }: { readonly from: Id; readonly message: number }): ProvedMessage {
    return { from, message: this.#settingContext.table.messages.values[message]! }
  }

  #step(entry: RunEntry, byzantineMessages: readonly Held[]): Step {
    const { at } = entry
    switch (entry.kind) {
      case 'crash':
        return { at, crash: true }
      case 'restart':
        return { at, restart: true }
      case 'lose':
        return { at, lose: this.#word(entry) }
      case 'flip':
        return this.#acting({ at, flip: entry.name, value: entry.value }, entry.taken, byzantineMessages)
      case 'timeout':
        return this.#acting({ at, timeout: entry.name }, entry.taken, byzantineMessages)
      case 'input':
        return this.#acting({ at, input: entry.name }, entry.taken, byzantineMessages)
      case 'message': {
        const on = this.#proved(this.#word(entry), byzantineMessages)
        if (this.#settingContext.world.arrivals) return { at, on }
        return this.#acting({ at, rule: entry.name, on }, entry.taken, byzantineMessages)
      }
    }
  }

  /**
   * The step on the messages that its handler's questions were answered with, one sufficient choice for each `need`.
   */
  #acting(step: Acting, taken: readonly (readonly number[])[], byzantineMessages: readonly Held[]): Step {
    const { program, world } = this.#settingContext
    if (world.arrivals) return step
    const { at } = step
    const offered: Offered[] = byzantineMessages
      .filter((byzantineMessage) => byzantineMessage.to === at)
      .map((byzantineMessage) => ({ ...this.#word(byzantineMessage), to: at }))
    const own = ownWords(program, this.#system, at).map(({ from, message }) => ({ from, message }))
    const known = [...own, ...triggers(program, this.#system, at, offered)]
    const used: ProvedMessage[] = []
    const takes: Handed[] = []
    const { reaction } = fire(program, at, this.#system.locals[at]!, eventOf(step), (ask) => {
      if (ask.kind === 'take') {
        const chosen = (taken[takes.length] ?? []).map((word) =>
          this.#word({ from: word % SENDERS, message: Math.floor(word / SENDERS) }),
        )
        used.unshift(...chosen)
        takes.push({ ask, chosen })
        return chosen.map(({ message }) => message)
      }
      const words = enough(program, ask, known, triggerOf(step))
      if (!words) return false
      used.push(...words)
      return true
    })
    if (absorb(program, this.#system, at, reaction) === this.#system) {
      throw new HarnessError(`${JSON.stringify(step)} cannot be taken where a run took it`)
    }
    const evidence = evidenceOf(program, this.#system, step, used, takes)
    return withEvidence(
      step,
      evidence.map((one) => (typeof one === 'number' ? one : this.#proved(one, byzantineMessages))),
    )
  }

  /** A message of the coalition with the witness of its proof, and those of the messages inside it. */
  #proved(word: ProvedMessage, byzantineMessages: readonly Held[]): ProvedMessage {
    const { program, table, universe } = this.#settingContext
    if (!program.proofOf(word.message) || !program.setting.byzantine.includes(word.from)) return word
    const sayable = sayableAfter(program, this.#system.soup)
    const told = [
      word.message,
      ...byzantineMessages.map((byzantineMessage) => table.messages.values[byzantineMessage.message]!),
    ]
    // Mostly what was sent is enough; else a proof may rest on messages that the coalition has kept to itself.
    for (const message of [...universe.messages.filter((one) => !program.proofOf(one)), ...told]) sayable.know(message)
    if (!sayable.canSay(word.message)) for (const message of universe.messages) sayable.know(message)
    if (!sayable.canSay(word.message)) {
      throw new HarnessError(`the coalition was offered ${JSON.stringify(word.message)}, for which there is no proof`)
    }
    return { ...word, proof: sayable.witness(word.message)! }
  }
}
