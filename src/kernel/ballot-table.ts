/**
 * What handlers do where votes are kept apart from the rest of a local state: the same as a `Table` of whole local
 * states, in which nearly every vote would make a new one. See handlers.ts.
 */
import {
  begin,
  byText,
  type Id,
  type Local,
  type Program,
  type Rule,
  range,
  remembered,
  type Tallies,
  type TallyQuestion,
  withVoters,
} from '../model/index.ts'
import { byArrival, COUNTS_NOTHING, CUT, DEAD, type Dead, type Leaf, type Table } from '../system/index.ts'
import type { Ballot } from './ballot.ts'
import { bits, lowest } from './bits.ts'
import { factOf } from './facts.ts'
import { HandlerTable, type VotesFound } from './handlers.ts'
import type { OfferedEvent, TriedEvent } from './offered-event.ts'

/** What a handler asks of votes, by number of what they are for; and what it does then, by the answer. */
interface Poll {
  readonly kind: 'asks votes'
  readonly fact: number
  /** Bit of the voter who is asked for; 0 where it asks how many there are. */
  readonly voter: number
  readonly next: (Known | undefined)[]
}

type Known = Poll | Leaf | Dead

/** One handler of one participant in one control state, as far as it is known what it does. */
export class Polls {
  readonly kind = 'polls'
  #root: Known | undefined
  readonly #at: Id
  readonly #control: number
  readonly #offeredEvent: OfferedEvent
  readonly #table: BallotTable

  constructor(table: BallotTable, at: Id, control: number, offeredEvent: OfferedEvent) {
    this.#table = table
    this.#at = at
    this.#control = control
    this.#offeredEvent = offeredEvent
  }

  /** Does it do nothing, whatever votes there are? */
  get isDead(): boolean {
    return this.#root === DEAD
  }

  /** What it does on these votes. */
  on(ballot: Ballot): Leaf | Dead {
    let here = this.#root
    while (here?.kind === 'asks votes') here = here.next[answerOf(here, ballot)]
    return here ?? this.#learn(ballot)
  }

  #learn(ballot: Ballot): Leaf | Dead {
    const ran = this.#table.run(this.#at, this.#control, this.#offeredEvent, this.#table.counted(ballot))
    const outcome = this.#table.outcome(ran)
    const { asked } = ran
    const grafted = (known: Known | undefined, i: number): Known => {
      let next = i
      while (next < asked.length && isSettled(asked, next)) next++
      if (next === asked.length) return outcome
      const poll = known?.kind === 'asks votes' ? known : this.#table.poll(asked[next]!)
      const answer = answerOf(poll, ballot)
      poll.next[answer] = grafted(poll.next[answer], next + 1)
      return poll
    }
    this.#root = grafted(this.#root, 0)
    return outcome
  }
}

function answerOf({ fact, voter }: Poll, { votes }: Ballot): number {
  const voters = votes.get(fact)
  if (voter === 0) return bits(voters)
  return (voters & voter) === 0 ? 0 : 1
}

/** Does the answer follow from what the same run of the handler has counted before? */
function isSettled(asked: readonly TallyQuestion[], index: number): boolean {
  const { kind, tally, key, voter } = asked[index]!
  if (kind === 'count') return false
  return asked.some(
    (one, i) =>
      i < index &&
      one.kind === 'add' &&
      one.tally === tally &&
      one.voter === voter &&
      (kind === 'voted' || one.key === key),
  )
}

type Entry = Tallies[string][number]

/** What votes are for: a key of a tally, or any in it. */
interface Counts {
  readonly tally: string
  readonly key: string
  readonly number: number
  /** Sorts as tallies and their keys do. */
  readonly name: string
  /** The votes for a key, by bits of the voters. */
  readonly entries: Map<number, Entry> | undefined
}

function entryOf({ tally, key }: Counts, mask: number): Entry {
  const voters: Id[] = []
  for (let left = mask; left !== 0; left &= left - 1) voters.push(lowest(left))
  return withVoters({}, tally, key, voters)[tally]![0]!
}

export class BallotTable {
  readonly #handlers: HandlerTable
  readonly #facts: Counts[] = []
  readonly #numbers = new Map<string, Map<string, number>>()
  readonly #leaves = new Map<TriedEvent, Leaf>()

  constructor(table: Table) {
    this.#handlers = new HandlerTable(table)
  }

  /**
   * Can votes be kept apart? Not where handlers ask their inbox, too: what they look for there may depend on votes.
   * And not where somebody begins with votes, or where messages fire rules late.
   */
  static suits(program: Program): boolean {
    const { definition } = program.protocol
    if (definition.inbox !== false || Object.keys(definition.tallies ?? {}).length === 0) return false
    const { n, clients, restart = [] } = program.setting
    // Votes that are kept apart are only ever added to.
    return (
      restart.length === 0 && byArrival(program) && range(n + clients).every((id) => !begin(program, id).local.tallies)
    )
  }

  get table(): Table {
    return this.#handlers.table
  }

  /** The number of a local state that has no votes. */
  number(local: Local): number {
    return this.#handlers.separated(local).control
  }

  value(control: number): Local {
    return this.#handlers.control(control)
  }

  /** The number that a local state with these votes has among all. */
  whole(control: number, ballot: Ballot): number {
    const tallies = this.tallies(ballot)
    const local = this.value(control)
    return this.table.locals.number((ballot.facts.length === 0 ? local : { ...local, tallies }) as Local & object)
  }

  tallies(ballot: Ballot): Tallies {
    const tallies: { [tally: string]: Entry[] } = {}
    const facts = [...ballot.facts]
      .map((number) => this.#facts[number]!)
      .sort((one, other) => byText(one.name, other.name))
    for (const fact of facts) {
      if (!fact.entries) continue
      const voters = ballot.votes.get(fact.number)
      const entry = remembered(fact.entries, voters, () => entryOf(fact, voters))
      tallies[fact.tally] ??= []
      tallies[fact.tally]!.push(entry)
    }
    for (const entries of Object.values(tallies)) Object.freeze(entries)
    return Object.freeze(tallies)
  }

  onMessage(at: Id, control: number, { name }: Rule, message: number, from: Id): Polls {
    return new Polls(this, at, control, this.#handlers.word(name, message, from))
  }

  onTimeout(at: Id, control: number, timer: string): Polls {
    return new Polls(this, at, control, this.#handlers.alone({ kind: 'timeout', timer }))
  }

  onInput(at: Id, control: number, value: string): Polls {
    return new Polls(this, at, control, this.#handlers.alone({ kind: 'input', value }))
  }

  onCoin(at: Id, control: number, coin: string, value: 0 | 1): Polls {
    return new Polls(this, at, control, this.#handlers.alone({ kind: 'coin', coin, value }))
  }

  /** Not known before a handler was run on all votes that there can be. */
  anySender(): boolean {
    return false
  }

  run(at: Id, control: number, offeredEvent: OfferedEvent, votes: VotesFound): TriedEvent {
    return this.#handlers.run(at, control, votes, offeredEvent)
  }

  poll(question: TallyQuestion): Poll {
    const { kind, voter } = question
    return { kind: 'asks votes', fact: this.#fact(question), voter: kind === 'count' ? 0 : 1 << voter!, next: [] }
  }

  /** Votes, as handlers find them. */
  counted(ballot: Ballot): VotesFound {
    const tallies = (): Tallies => this.tallies(ballot)
    return {
      get tallies() {
        return tallies()
      },
      answer: (question) => {
        const { kind, voter } = question
        const voters = ballot.votes.get(this.#fact(question))
        if (kind === 'count') return bits(voters)
        return ((voters & (1 << voter!)) !== 0) === (kind !== 'add')
      },
    }
  }

  outcome(ran: TriedEvent): Leaf | Dead {
    if (ran.cut) return CUT
    if (ran.kind === 'dead') return DEAD
    return remembered(this.#leaves, ran, () => this.#leaf(ran))
  }

  #leaf({ control, sent, outputs, notes, factors, threw, added }: TriedEvent): Leaf {
    const counts = added.flatMap((one) => {
      const bit = 1 << one.voter!
      return [this.#fact(one), bit, this.#fact({ tally: one.tally, key: '' }), bit]
    })
    return {
      kind: 'fires',
      local: control,
      ...{ sent, outputs, notes, factors },
      threw: threw !== null,
      silent: sent.length + outputs.length + notes.length === 0,
      counts: counts.length > 0 ? counts : COUNTS_NOTHING,
    }
  }

  #fact({ tally, key }: Pick<TallyQuestion, 'tally' | 'key'>): number {
    const keys = remembered(this.#numbers, tally, () => new Map())
    let number = keys.get(key)
    if (number === undefined) {
      number = this.#facts.length
      const entries = key === '' ? undefined : new Map<number, Entry>()
      this.#facts.push({ tally, key, number, name: factOf({ tally, key }), entries })
      keys.set(key, number)
    }
    return number
  }
}
