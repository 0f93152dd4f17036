import type { Puppet } from '../adversary/index.ts'
import type { Id } from '../model/index.ts'
import { type AskTable, IDS, type Leaf, type Node, packed, satisfied, type Table } from '../system/index.ts'
import type { Arena } from './arena.ts'
import type { Choices } from './choices.ts'
import { type Heard, type Inbox, OWN } from './inbox.ts'
import type { Menu } from './menu.ts'
import type { Record } from './records.ts'

/** One place where the protocol's code runs: a correct participant, or a puppet under a Byzantine id. */
export interface Seat {
  readonly index: number
  readonly id: Id
  readonly puppet: Puppet | undefined
  readonly inputs: readonly string[]
  /** Do messages fire rules here whenever they can? Not where arrivals are steps, but at puppets. */
  readonly fires: boolean
  /** A number for all of the above that decides what can be done. */
  readonly profile: number
  local: number
  /** What is available as evidence. Where arrivals are steps, what has arrived. */
  inbox: Inbox
  /** What has arrived, in order of arrival; kept only where arrivals are steps. */
  readonly arrived: Heard[]
  /** What it has put out. */
  record: Record
  menu: Menu | undefined
  stopped: boolean
  firings: number
}

/** What a participant has heard, in whatever order it may be asked for. */
type Mail = { readonly [part in 'inbox' | 'arrived']: Seat[part] }

/** The words chosen for one `take`. */
export type Taken = readonly Heard[]

/** Can the rule fire here? `maybe` where that depends on the choice for a `take`. */
export type Prospect = Leaf | 'maybe' | 'cut' | undefined

/** How far a rule gets on what an inbox holds, without choosing anything. */
export function prospect(inbox: Inbox, node: Node): Prospect {
  let here = node
  for (;;) {
    if (here.kind === 'fires') return here
    if (here.kind === 'dead') return here.cut ? 'cut' : undefined
    if (!inbox.satisfies(here.ask)) return undefined
    if (here.ask.ask.kind === 'take') return 'maybe'
    here = satisfied(here)
  }
}

/** Picks the words for a `take` from the matching ones, which come by sender. */
export type Pick = (lists: readonly (readonly Heard[])[], q: number) => Taken

/** Fires the rule, choosing what each `take` gets. Nothing where the choice makes it no step, `cut` where a bound does. */
export function resolve(
  table: Table,
  place: Mail,
  node: Node,
  pick: Pick,
): { readonly leaf: Leaf; readonly taken: readonly Taken[] } | 'cut' | undefined {
  const taken: Taken[] = []
  let here = node
  for (;;) {
    if (here.kind === 'fires') return { leaf: here, taken }
    if (here.kind === 'dead') return here.cut ? 'cut' : undefined
    const { ask } = here.ask
    if (!place.inbox.satisfies(here.ask)) return undefined
    if (ask.kind === 'need') {
      here = satisfied(here)
      continue
    }
    const chosen = pick(wordsFor(place, here.ask), ask.q)
    taken.push(chosen)
    here = table.take(
      here,
      chosen.map(({ message }) => message),
    )
  }
}

/**
 * What the rules on a message do where each runs once, in declared order. A bound that forbids one of them forbids all:
 * what the others do is not done either.
 */
export function onceThrough(
  { table, ground, self, setting }: Arena,
  { id, arrived, ...start }: Seat,
  { message, from }: Heard,
): readonly { readonly rule: string; readonly leaf: Leaf }[] | 'cut' {
  let { local, inbox } = start
  const done: { rule: string; leaf: Leaf }[] = []
  for (const rule of table.rulesFor(id, message)) {
    const node = table.onMessage(id, local, rule, message, from)
    const fired = resolve(table, { inbox, arrived }, node, firstToArrive)
    if (fired === 'cut') return 'cut'
    if (!fired) continue
    const { leaf } = fired
    done.push({ rule: rule.name, leaf })
    local = leaf.local
    // One's own broadcast may be evidence for the next rule.
    if (self === 'none' || self === 'network' || id >= setting.n) continue
    for (const { to, message: own } of leaf.sent) if (to === 'all') inbox = ground.inboxes.add(inbox, own, id, OWN)
  }
  return done
}

/**
 * Matching words by sender. Where arrivals are steps, in the order in which they came, own words last; elsewhere by
 * content.
 */
function wordsFor(place: Mail, ask: AskTable): Heard[][] {
  const bySender = new Map<Id, Heard[]>()
  const add = (word: Heard): void => {
    const { message, from } = word
    if ((ask.mask(message) & (1 << from)) === 0) return
    const list = bySender.get(from)
    if (list) list.push(word)
    else bySender.set(from, [word])
  }
  const arrived = place.arrived
  for (const word of arrived) add(word)
  const isLate = ({ message, from }: Heard): boolean =>
    !arrived.some((word) => word.message === message && word.from === from)
  for (const word of place.inbox.words) if (isLate(word)) add(word)
  return [...bySender.values()]
}

/** The first q senders to arrive, with the first word of each: what eager steps take. */
export const firstToArrive: Pick = (lists, q) => lists.slice(0, q).map((list) => list[0]!)

/** Any q senders, and any word of each. */
export function drawnBy(choices: Choices): Pick {
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

/** Seats of one run: those of the correct, and one for each part that the coalition plays. */
export const MOST_SEATS = 1_024

/** A number for an envelope said at a seat. */
export function envelope(index: number, to: Id | 'all', message: number): number {
  return packed(packed(message, index, MOST_SEATS), to === 'all' ? IDS : to, IDS + 1)
}
