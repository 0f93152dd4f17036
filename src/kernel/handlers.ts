/**
 * What handlers do, each worked out once: in one control state (all of a local state but its votes) a handler is a
 * small tree of the questions that it asks of its tallies, with what it does at the leaves. A tally can be asked
 * nothing else, so nothing else of the votes can make a difference.
 */
import {
  answerOf,
  canonical,
  type Id,
  IMPURE,
  type Local,
  NO_EFFECTS,
  placeOf,
  remembered,
  type Tallies,
  type TallyQuestion,
  UsageError,
} from '../model/index.ts'
import {
  type AloneEvent,
  assertListed,
  fire,
  Interner,
  keyOfEvent,
  localText,
  MOST_PARTICIPANTS,
  type Table,
} from '../system/index.ts'
import { Ballots } from './ballots.ts'
import type { HandledMessage, OfferedEvent, TriedEvent } from './offered-event.ts'

/** A local state, taken apart. */
interface Split {
  readonly control: number
  /** Number of its votes. */
  readonly votes: number
  readonly tallies: Tallies
}

/** Votes as a handler finds them. */
export interface VotesFound {
  readonly tallies: Tallies
  answer(question: TallyQuestion): TallyQuestion['answer']
}

/** The same, of votes that are there as they are. */
export function countedAs(tallies: Tallies): VotesFound {
  return { tallies, answer: (question) => answerOf(tallies, question) }
}

/** What a handler asks, and what comes then, by the answer; at the end, what it does. */
type Node =
  | { readonly question: TallyQuestion; readonly next: Map<TallyQuestion['answer'], Node> }
  | { readonly ran: TriedEvent }

/** Every so many times that it is known what a handler does, it is run all the same. */
const TRIED_EVERY = 256

export class HandlerTable {
  readonly table: Table
  readonly #controls = new Interner<Local & object>(localText)
  readonly ballots = new Ballots()
  /** By control state, then by number of the votes. */
  readonly #locals: Map<number, number>[] = []
  readonly #split: Split[] = []
  readonly #numbers = new Map<string, number>()
  readonly #common: Map<string, number>[] = []
  readonly #words = new Map<number, HandledMessage>()
  /** By role, or by participant, where a handler looks at whose it is; then by control state and event. */
  readonly #roots: Map<number, Node>[][] = []
  #recalls = 0

  constructor(table: Table) {
    this.table = table
  }

  /** The number of what may happen. */
  numberOf(key: string): number {
    return remembered(this.#numbers, key, () => this.#numbers.size)
  }

  /** A message to be handled by a rule. */
  word(rule: string, message: number, from: Id): HandledMessage {
    this.#common[message] ??= new Map()
    const common = remembered(this.#common[message], rule, () => this.numberOf(`m${rule} ${message}`))
    const key = common * MOST_PARTICIPANTS + from
    return remembered(this.#words, key, () => {
      const event = { kind: 'message', rule, from, message: this.table.messages.values[message]! } as const
      const number = this.numberOf(`m${rule} ${message} ${from}`)
      return { number, common, about: common, event, trigger: { message, from } }
    })
  }

  /** An event that needs no message. */
  alone(event: AloneEvent): OfferedEvent {
    const number = this.numberOf(keyOfEvent(event))
    return { number, common: number, about: number, event }
  }

  /** The same message to the same rule, from a certain sender. */
  wordFrom(
    { about, event }: OfferedEvent & { readonly event: { readonly kind: 'message' } },
    from: Id,
  ): HandledMessage {
    const known = this.#words.get(about * MOST_PARTICIPANTS + from)
    return known ?? this.word(event.rule, this.table.messages.number(event.message), from)
  }

  /** A local state without its votes, and these. */
  split(local: number): Split {
    return this.#split[local]!
  }

  separated({ tallies = {}, ...control }: Local): { readonly control: number; readonly tallies: Tallies } {
    return { control: this.#controls.number(control), tallies }
  }

  control(number: number): Local {
    return this.#controls.values[number]!
  }

  /** The number of a local state. */
  joined(control: number, votes: number): number {
    this.#locals[control] ??= new Map()
    let local = this.#locals[control].get(votes)
    if (local === undefined) {
      const tallies = this.ballots.values[votes]!
      local = this.table.locals.number(this.#whole(control, tallies) as Local & object, `${control} ${votes}`)
      this.#split[local] = { control, votes, tallies }
      this.#locals[control].set(votes, local)
    }
    return local
  }

  #whole(control: number, tallies: Tallies): Local {
    const known = this.control(control)
    return Object.keys(tallies).length === 0 ? known : { ...known, tallies }
  }

  /**
   * What a handler does.
   *
   * @throws UsageError where it does not do what it did before on the same answers
   */
  run(at: Id, control: number, votes: VotesFound, offeredEvent: OfferedEvent): TriedEvent {
    const role = at < this.table.program.setting.n ? 0 : 1
    const known = this.#known(role, control, votes, offeredEvent) ?? this.#known(2 + at, control, votes, offeredEvent)
    if (known) {
      if (this.#recalls++ % TRIED_EVERY === 0)
        this.#compare(known, this.#fired(at, control, votes.tallies, offeredEvent), offeredEvent)
      return known
    }
    const ran = this.#fired(at, control, votes.tallies, offeredEvent)
    const key = ran.sawSender ? offeredEvent.number : offeredEvent.common
    const root = this.#root(ran.sawSelf ? 2 + at : role, control)
    root.set(key, this.#learned(root.get(key), ran, 0, offeredEvent))
    return ran
  }

  #known(whose: number, control: number, votes: VotesFound, { common, number }: OfferedEvent): TriedEvent | undefined {
    const root = this.#roots[whose]?.[control]
    return root && (this.#recall(root.get(common), votes) ?? this.#recall(root.get(number), votes))
  }

  #root(whose: number, control: number): Map<number, Node> {
    this.#roots[whose] ??= []
    this.#roots[whose][control] ??= new Map()
    return this.#roots[whose][control]
  }

  #recall(root: Node | undefined, votes: VotesFound): TriedEvent | undefined {
    let added = NOTHING
    let node = root
    while (node && 'next' in node) {
      const { question, next } = node
      const answer = answered(votes, added, question)
      if (question.kind === 'add' && answer) added = [...added, question]
      node = next.get(answer)
    }
    return node?.ran
  }

  #learned(node: Node | undefined, ran: TriedEvent, index: number, offeredEvent: OfferedEvent): Node {
    const asked = ran.asked[index]
    if (!asked) {
      if (node) this.#isImpure(offeredEvent)
      return { ran }
    }
    const known = node ?? { question: asked, next: new Map<TallyQuestion['answer'], Node>() }
    if ('ran' in known || !isSameQuestion(known.question, asked)) return this.#isImpure(offeredEvent)
    known.next.set(asked.answer, this.#learned(known.next.get(asked.answer), ran, index + 1, offeredEvent))
    return known
  }

  #compare(one: TriedEvent, other: TriedEvent, offeredEvent: OfferedEvent): void {
    if (canonical(one) !== canonical(other)) this.#isImpure(offeredEvent)
  }

  #isImpure({ event }: OfferedEvent): never {
    const place = placeOf(this.table.program, event)
    throw new UsageError(`${place}: in one state, on the same votes, it did two different things`, IMPURE)
  }

  #fired(at: Id, control: number, tallies: Tallies, { event }: OfferedEvent): TriedEvent {
    const { table } = this
    const before = this.#whole(control, tallies)
    table.calls++
    // What is absent from an inbox is no part of any state: nobody asks one here.
    const { reaction, cut } = fire(table.program, at, before, event, () => false)
    const { local, effects, sawSender = true, sawSelf = true, asked = [] } = reaction
    if (local === before && effects === NO_EFFECTS) {
      return { ...NOTHING_DONE, asked, cut, control, sawSender, sawSelf }
    }
    for (const { message } of effects.sent) assertListed(table.program, at, message)
    const effect = {
      sent: effects.sent.map(({ to, message }) => ({ to, message: table.messages.number(message) })),
      outputs: effects.outputs.map((output) => table.outputs.number(output as never)),
      notes: effects.notes.map((note) => table.outputs.number({ note } as never)),
    }
    const threw = local.threw !== before.threw ? local.threw! : null
    // A handler that throws has counted nothing.
    const isCounted = (one: TallyQuestion): boolean => answerOf(local.tallies, { ...one, kind: 'has' }) === true
    const added = asked.filter((one) => one.kind === 'add' && one.answer === true && isCounted(one))
    const after = this.separated(local).control
    const moves = after !== control
    const isSaid = effect.sent.length + effect.outputs.length + effect.notes.length > 0
    return {
      ...effect,
      ...{ asked, added, cut, control: after, moves, threw, sawSender, sawSelf, factors: effects.factors },
      kind: moves || isSaid ? 'visible' : added.length > 0 ? 'silent' : 'dead',
    }
  }
}

/** What a question is answered after some votes were added. */
function answered(
  votes: VotesFound,
  added: readonly TallyQuestion[],
  question: TallyQuestion,
): TallyQuestion['answer'] {
  const { kind, tally, key, voter } = question
  const before = votes.answer(question)
  if (added.length === 0) return before
  const more = added.filter((one) => one.tally === tally && (kind === 'voted' || one.key === key))
  if (kind === 'count') return Number(before) + more.length
  return more.some((one) => one.voter === voter) ? kind !== 'add' : before
}

const NOTHING: readonly TallyQuestion[] = []
const NOTHING_DONE = {
  ...{ sent: [], outputs: [], notes: [], factors: [], added: NOTHING },
  ...{ threw: null, moves: false },
  kind: 'dead' as const,
}

function isSameQuestion(one: TallyQuestion, other: TallyQuestion): boolean {
  return one.kind === other.kind && one.tally === other.tally && one.key === other.key && one.voter === other.voter
}
