/** What can happen in a state where the coalition may say anything: the steps that the reference search takes. */
import {
  type AnyMessage,
  canonical,
  deepFreeze,
  type Id,
  type Program,
  range,
  runningIds,
  type SentMessage,
  textOf,
} from '../../src/model/index.ts'
import {
  apply,
  candidates,
  coalitionSpeaksAs,
  type Envelope,
  enabled,
  type Offered,
  type ProvedMessage,
  prove,
  type Step,
  type System,
} from '../../src/system/index.ts'

/**
 * A global state, and the numbers that it is known by: one for each participant, of all that only this participant's
 * steps see and change, and a last one for what all share. Equal states have equal numbers.
 */
export interface State {
  readonly system: System
  readonly parts: readonly number[]
}

/** A step and where it leads. */
export interface Taken {
  readonly step: Step
  readonly after: State
  /** Did it put out nothing, and throw nothing? */
  readonly isSilent: boolean
}

/** Gives equal texts equal numbers. */
export class Numbers {
  readonly #known = new Map<string, number>()

  of(text: string): number {
    const number = this.#known.get(text) ?? this.#known.size
    this.#known.set(text, number)
    return number
  }

  own({ locals, inboxes, outputs, notes, crashed }: System, at: Id, crashes = crashed.includes(at)): number {
    const local = locals[at]
    return this.of(
      `${local ? textOf(local) : ''}\n${[inboxes, outputs, notes].map((list) => textOf(list[at]!))}\n${crashes}`,
    )
  }

  shared({ soup, pending, lost }: System): number {
    return this.of([soup, pending, lost].map(textOf).join('\n'))
  }

  state(system: System): State {
    return { system, parts: [...system.locals.map((_, at) => this.own(system, at)), this.shared(system)] }
  }
}

/** Whatever the coalition can say in a state, to everybody: every word of the universe whose proof holds by now. */
export class Offers {
  readonly #program: Program
  readonly #words: readonly SentMessage[]
  readonly #known = new WeakMap<readonly Envelope[], readonly Offered[]>()

  constructor(program: Program, messages: readonly AnyMessage[]) {
    const { n, clients } = program.setting
    this.#program = program
    const identities = range(n + clients).filter((id) => coalitionSpeaksAs(program, id))
    this.#words = identities.flatMap((from) => messages.map((message) => ({ from, message })))
  }

  in({ soup }: System): readonly Offered[] {
    let offered = this.#known.get(soup)
    if (!offered) {
      const said = this.#proved(soup)
      offered = runningIds(this.#program.setting).flatMap((to) => said.map((word) => ({ ...word, to })))
      this.#known.set(soup, offered)
    }
    return offered
  }

  /**
   * A least fixpoint: a proof may rest on messages of the coalition that need proofs themselves. Messages of the
   * correct come first, so that as few Byzantine messages as possible count as used.
   */
  #proved(soup: readonly Envelope[]): ProvedMessage[] {
    const program = this.#program
    const addressed = (program.protocol.definition.addressed ?? []) as readonly string[]
    const shown = soup.filter(({ message }) => !addressed.includes(message.type))
    const proved = new Map<SentMessage, ProvedMessage>()
    for (let before = -1; before < proved.size; ) {
      before = proved.size
      for (const word of this.#words) {
        if (proved.has(word)) continue
        const proof = program.proofOf(word.message)
        if (!proof) {
          proved.set(word, word)
          continue
        }
        const witness =
          prove(program, proof, candidates(shown, [])) ?? prove(program, proof, candidates(shown, [...proved.values()]))
        if (witness) proved.set(word, { ...word, proof: witness })
      }
    }
    return [...proved.values()]
  }
}

/** What one step of one participant made of its own part of the state, and of what all share. */
interface Change {
  readonly step: Step
  readonly after: System
  readonly own: number
  readonly shared: number
  readonly isSilent: boolean
}

/**
 * `enabled` and `apply`, participant by participant. For equal parts the answer of `apply` is remembered, and put into
 * the state at hand.
 */
export class Successors {
  readonly #program: Program
  readonly #offers: Offers
  readonly #numbers: Numbers
  readonly #known = new Map<string, readonly Change[]>()

  constructor(program: Program, offers: Offers, numbers: Numbers) {
    this.#program = program
    this.#offers = offers
    this.#numbers = numbers
  }

  of(state: State): Taken[] {
    const { system, parts } = state
    const ids = runningIds(this.#program.setting).filter((at) => !system.crashed.includes(at))
    return ids.flatMap((at) => {
      const key = `${at} ${parts[at]} ${parts.at(-1)}`
      let changes = this.#known.get(key)
      if (!changes) {
        changes = this.#changes(system, at)
        this.#known.set(key, changes)
      }
      return changes.map((change) => ({ step: change.step, after: put(state, at, change), isSilent: change.isSilent }))
    })
  }

  #changes(system: System, at: Id): Change[] {
    // Where all others stand still, the steps that are possible are those of this participant.
    const others = runningIds(this.#program.setting).filter((id) => id !== at)
    const alone = deepFreeze({ ...system, crashed: others })
    return enabled(this.#program, alone, this.#offers.in(system)).map((step) => {
      const after = apply(this.#program, alone, step)
      const own = this.#numbers.own(after, at, 'crash' in step)
      const isSilent = heard(system, at) === heard(after, at)
      return { step, after, own, shared: this.#numbers.shared(after), isSilent }
    })
  }
}

/** What claims may see of a participant, and what stopped it. */
function heard({ locals, outputs, notes }: System, at: Id): string {
  return canonical([outputs[at], notes[at], locals[at]!.threw])
}

/** The state with one participant's part as the step left it, and what all share. */
function put({ system, parts }: State, at: Id, { step, after, own, shared }: Change): State {
  const replaced = <T>(list: readonly T[], by: readonly T[]): readonly T[] =>
    list[at] === by[at] ? list : list.map((other, id) => (id === at ? by[at]! : other))
  return {
    parts: parts.map((part, id) => (id === at ? own : id === parts.length - 1 ? shared : part)),
    system: {
      soup: after.soup,
      pending: after.pending,
      lost: after.lost,
      locals: replaced(system.locals, after.locals),
      inboxes: replaced(system.inboxes, after.inboxes),
      outputs: replaced(system.outputs, after.outputs),
      notes: replaced(system.notes, after.notes),
      crashed: 'crash' in step ? [...system.crashed, at].sort((a, b) => a - b) : system.crashed,
    },
  }
}
