import { bits, type Puppet } from '../adversary/index.ts'
import { type AnyMessage, type Id, textOf } from '../model/index.ts'
import { type AskTable, type Leaf, type Node, YES } from '../system/index.ts'
import type { Arena } from './arena.ts'
import type { Choices } from './choices.ts'

/** A word by number. */
export interface Heard {
  readonly message: number
  readonly from: Id
}

/** One place where the protocol's code runs: a correct participant, or a puppet under a Byzantine id. */
export interface Seat {
  readonly index: number
  readonly id: Id
  readonly puppet: Puppet | undefined
  local: number
  /** By message number: bits of the senders whose word counts as evidence here. */
  readonly visible: Map<number, number>
  /** By message number: bits of the senders whose word only the coalition stands for. */
  readonly lies: Map<number, number>
  /** What can trigger something here, in the order in which it came. */
  readonly heard: Heard[]
  /** Numbers of one's own broadcasts, where they count as evidence. */
  readonly own: number[]
  readonly outputs: number[]
  readonly notes: number[]
  /** Have its options changed? */
  dirty: boolean
  stopped: boolean
  firings: number
}

export function seat(index: number, id: Id, local: number, puppet?: Puppet): Seat {
  return {
    index,
    id,
    puppet,
    local,
    visible: new Map(),
    lies: new Map(),
    heard: [],
    own: [],
    outputs: [],
    notes: [],
    dirty: true,
    stopped: false,
    firings: 0,
  }
}

/** The words chosen for one `take`. */
export type Taken = readonly Heard[]

/** Can the rule fire here? `maybe` where that depends on the choice for a `take`. */
export type Prospect = Leaf | 'maybe' | 'cut' | undefined

function senders(place: Seat, ask: AskTable): number {
  let mask = 0
  for (const message of ask.matching()) {
    const from = place.visible.get(message)
    if (from !== undefined) mask |= from & ask.mask(message)
  }
  return mask
}

/** How far a rule gets on what is visible at a seat, without choosing anything. */
export function prospect(place: Seat, node: Node): Prospect {
  let here = node
  for (;;) {
    if (here.kind === 'fires') return here
    if (here.kind === 'dead') return here.cut ? 'cut' : undefined
    const { ask } = here.ask
    if (bits(senders(place, here.ask)) < ask.q) return undefined
    if (ask.kind === 'take') return 'maybe'
    here = yes(here)
  }
}

function yes(question: Node & { kind: 'asks' }): Node {
  let next = question.answers.get(YES)
  if (!next) {
    next = question.resume(true)
    question.answers.set(YES, next)
  }
  return next
}

/** Fires the rule, drawing what each `take` gets. Nothing where the choice makes it no step. */
export function resolve(
  arena: Arena,
  place: Seat,
  node: Node,
  choose: (lists: readonly (readonly Heard[])[], q: number) => Taken,
): { readonly leaf: Leaf; readonly taken: readonly Taken[] } | undefined {
  const taken: Taken[] = []
  let here = node
  for (;;) {
    if (here.kind === 'fires') return { leaf: here, taken }
    if (here.kind === 'dead') return undefined
    const { ask } = here.ask
    if (ask.kind === 'need') {
      if (bits(senders(place, here.ask)) < ask.q) return undefined
      here = yes(here)
      continue
    }
    const lists = wordsFor(arena, place, here.ask)
    if (lists.length < ask.q) return undefined
    const chosen = choose(lists, ask.q)
    taken.push(chosen)
    here = answered(arena, here, chosen)
  }
}

function answered(arena: Arena, question: Node & { kind: 'asks' }, chosen: Taken): Node {
  const messages = inOrder(chosen.map(({ message }) => arena.table.messages.values[message]!))
  const key = JSON.stringify(question.ask.ask.summarise?.(messages) ?? null)
  let next = question.answers.get(key)
  if (!next) {
    next = question.resume(messages)
    question.answers.set(key, next)
  }
  return next
}

function inOrder(messages: AnyMessage[]): AnyMessage[] {
  return messages.sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1))
}

/** Matching words by sender; senders, and the words of each, in the order in which they came, own words last. */
function wordsFor(arena: Arena, place: Seat, ask: AskTable): Heard[][] {
  const bySender = new Map<Id, Heard[]>()
  const add = (word: Heard): void => {
    const { message, from } = word
    if ((ask.mask(message) & (1 << from)) === 0) return
    const list = bySender.get(from)
    if (list) list.push(word)
    else bySender.set(from, [word])
  }
  for (const word of place.heard) add(word)
  const text = (message: number): string => textOf(arena.table.messages.values[message]!)
  for (const message of [...place.own].sort((a, b) => (text(a) < text(b) ? -1 : 1))) add({ message, from: place.id })
  return [...bySender.values()]
}

/** The first q senders to arrive, with the first word of each: what eager steps take. */
export function firstToArrive(lists: readonly (readonly Heard[])[], q: number): Taken {
  return lists.slice(0, q).map((list) => list[0]!)
}

/** Any q senders, and any word of each. */
export function drawnBy(choices: Choices): (lists: readonly (readonly Heard[])[], q: number) => Taken {
  return (lists, q) => {
    const left = [...lists]
    const taken: Heard[] = []
    for (let i = 0; i < q; i++) {
      const [list] = left.splice(choices.below(left.length), 1)
      taken.push(list![choices.below(list!.length)]!)
    }
    return taken
  }
}
