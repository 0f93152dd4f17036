import { type Offered as Held, SENDERS } from '../kernel/index.ts'
import { HarnessError, type Id } from '../model/index.ts'
import {
  type Acting,
  absorb,
  apply,
  enough,
  eventOf,
  evidenceOf,
  fire,
  Impossible,
  type Offered,
  ownWords,
  type Spoken,
  type Step,
  type System,
  sayableAfter,
  start,
  triggerOf,
  triggers,
  withEvidence,
  wordsOf,
} from '../system/index.ts'
import type { Arena } from './arena.ts'
import type { Entry } from './entry.ts'

/**
 * Tells a run again as steps, with evidence and proofs written out, and takes every step on `apply`: the fast engine
 * is never believed.
 * @throws HarnessError where the two do not agree
 */
export function recount(
  arena: Arena,
  entries: readonly Entry[],
  held: readonly Held[],
): { steps: Step[]; system: System } {
  return new Recount(arena, held).tell(entries)
}

class Recount {
  readonly #arena: Arena
  readonly #lies: readonly Held[]
  readonly #used: Spoken[] = []
  #system: System

  constructor(arena: Arena, lies: readonly Held[]) {
    this.#arena = arena
    this.#lies = lies
    this.#system = start(arena.program)
  }

  tell(entries: readonly Entry[]): { steps: Step[]; system: System } {
    const { program } = this.#arena
    const steps: Step[] = []
    for (const [index, entry] of entries.entries()) {
      const offered = this.#lies.filter((lie) => lie.step <= index)
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

  #word({ from, message }: { readonly from: Id; readonly message: number }): Spoken {
    return { from, message: this.#arena.table.messages.values[message]! }
  }

  #step(entry: Entry, lies: readonly Held[]): Step {
    const { at } = entry
    switch (entry.kind) {
      case 'crash':
        return { at, crash: true }
      case 'lose':
        return { at, lose: this.#word(entry) }
      case 'flip':
        return this.#acting({ at, flip: entry.name, value: entry.value }, entry.taken, lies)
      case 'timeout':
        return this.#acting({ at, timeout: entry.name }, entry.taken, lies)
      case 'input':
        return this.#acting({ at, input: entry.name }, entry.taken, lies)
      case 'message': {
        const on = this.#proved(this.#word(entry), lies)
        if (this.#arena.world.arrivals) return { at, on }
        return this.#acting({ at, rule: entry.name, on }, entry.taken, lies)
      }
    }
  }

  /** The step on the words that its handler's questions were answered with, one sufficient choice for each `need`. */
  #acting(step: Acting, taken: readonly (readonly number[])[], lies: readonly Held[]): Step {
    const { program, world } = this.#arena
    if (world.arrivals) return step
    const { at } = step
    const offered: Offered[] = lies.filter((lie) => lie.to === at).map((lie) => ({ ...this.#word(lie), to: at }))
    const own = ownWords(program, this.#system, at).map(({ from, message }) => ({ from, message }))
    const known = [...own, ...triggers(program, this.#system, at, offered)]
    const used: Spoken[] = []
    let takes = 0
    const { reaction } = fire(program, at, this.#system.locals[at]!, eventOf(step), (ask) => {
      if (ask.kind === 'take') {
        const chosen = (taken[takes++] ?? []).map((word) =>
          this.#word({ from: word % SENDERS, message: Math.floor(word / SENDERS) }),
        )
        used.unshift(...chosen)
        return chosen.map(({ message }) => message)
      }
      const [words] = enough(program, ask, known, triggerOf(step))
      if (!words) return false
      used.push(...words)
      return true
    })
    if (absorb(program, this.#system, at, reaction) === this.#system) {
      throw new HarnessError(`${JSON.stringify(step)} cannot be taken where a run took it`)
    }
    const evidence = evidenceOf(program, this.#system, step, used)
    return withEvidence(
      step,
      evidence.map((one) => (typeof one === 'number' ? one : this.#proved(one, lies))),
    )
  }

  /** A word of the coalition with the witness of its proof, and those of the words inside it. */
  #proved(word: Spoken, lies: readonly Held[]): Spoken {
    const { program, table, universe } = this.#arena
    if (!program.proofOf(word.message) || !program.setting.byzantine.includes(word.from)) return word
    const sayable = sayableAfter(program, this.#system.soup)
    const told = [word.message, ...lies.map((lie) => table.messages.values[lie.message]!)]
    // Mostly what was told is enough; else a proof may rest on words that the coalition has kept to itself.
    for (const message of [...universe.messages.filter((one) => !program.proofOf(one)), ...told]) sayable.know(message)
    if (!sayable.canSay(word.message)) for (const message of universe.messages) sayable.know(message)
    if (!sayable.canSay(word.message)) {
      throw new HarnessError(`the coalition was offered ${JSON.stringify(word.message)}, for which there is no proof`)
    }
    return { ...word, proof: sayable.witness(word.message)! }
  }
}
