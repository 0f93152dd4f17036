import {
  type AnyMessage,
  appended,
  begin,
  byText,
  deepFreeze,
  FEWEST_COUNTED,
  type Id,
  isLockstep,
  type Json,
  type Local,
  type Program,
  type Reaction,
  range,
  runningIds,
  type SentMessage,
  textOf,
  textOfOutput,
} from '../model/index.ts'
import { assertListed } from './alphabet.ts'
import { sameWord } from './step.ts'

/** A message that a correct participant has sent: to one receiver, or to all replicas. */
export interface Envelope extends SentMessage {
  readonly to: Id | 'all'
  /** The round in which it was sent, in lockstep protocols only; it arrives in the next. */
  readonly round?: number
}

/** A message on its way, where the network delivers each message once. */
export interface Pending extends SentMessage {
  readonly to: Id
  readonly count: number
}

/**
 * The global state: a value. No step counter, log or path is in it, so equal states are equal.
 * Every list is in one canonical order, except where order is meaning: an inbox is in order of arrival, the pending
 * messages of a first-in-first-out link are in sending order, outputs are in the order they were made.
 */
export interface System {
  /** By participant; null for a Byzantine one. */
  readonly locals: readonly (Local | null)[]
  /** Every envelope that a correct participant ever sent. */
  readonly soup: readonly Envelope[]
  /** Messages on their way. Empty, and unused, where messages may be duplicated. */
  readonly pending: readonly Pending[]
  /** What has arrived, by participant. Used under eager steps and where messages are delivered once. */
  readonly inboxes: readonly (readonly SentMessage[])[]
  /** Messages lost for good, with the receiver that will not get them. */
  readonly lost: readonly (SentMessage & { readonly to: Id })[]
  /** By participant, in the order in which each made them. */
  readonly outputs: readonly (readonly Json[])[]
  readonly notes: readonly (readonly Json[])[]
  readonly crashed: readonly Id[]
}

/** Does the network deliver each message once? Then an arrival is a step, and what it does not use is gone. */
export function deliversOnce({ setting }: Program): boolean {
  return !setting.network.duplicate
}

/** Is an arrival one step with everything that it enables? */
export function byArrival(program: Program): boolean {
  const { network, steps } = program.setting
  return steps === 'eager' || network.fifo || !network.duplicate
}

/**
 * Does an arrival fire whatever it enables, until nothing changes? Where messages are delivered once, or nobody keeps
 * what has arrived, the rules on the arrived message run once instead.
 */
export function settles(program: Program): boolean {
  return !deliversOnce(program) && program.protocol.definition.inbox !== false
}

/** Participants that a sent message is on its way to. */
export function receivers(program: Program, from: Id, to: Id | 'all'): Id[] {
  const { setting, protocol } = program
  const self = protocol.definition.selfDelivery ?? 'inbox'
  const ids = to === 'all' ? range(setting.n) : to >= 0 && to < setting.n + setting.clients ? [to] : []
  return ids.filter((id) => id !== from || self === 'network')
}

/** Inserts into a list that is kept in canonical order without repetition; the same list where it is there already. */
export function inserted<T extends object>(list: readonly T[], item: T): readonly T[] {
  const text = textOf(item)
  const at = list.findIndex((other) => textOf(other) >= text)
  if (at >= 0 && textOf(list[at]!) === text) return list
  return at < 0 ? [...list, item] : [...list.slice(0, at), item, ...list.slice(at)]
}

/** What is on its way, as the global state keeps it, made of single copies. */
export function merged(program: Program, words: readonly (SentMessage & { readonly to: Id })[]): readonly Pending[] {
  return words.reduce<readonly Pending[]>((pending, word) => added(program, pending, word), [])
}

/**
 * What participants send in one step goes into the soup, and on its way.
 *
 * @throws UsageError where the protocol's alphabet does not list it
 */
export function say(program: Program, system: System, from: Id, to: Id | 'all', message: AnyMessage): System {
  assertListed(program, from, message)
  const round = system.locals[from]?.round
  program.effort?.spend(system.soup.length)
  const soup = inserted(system.soup, Object.freeze({ from, message, to, ...(round === undefined ? {} : { round }) }))
  // Where a message may arrive any number of times, sending it again changes nothing.
  if (!deliversOnce(program) && soup === system.soup) return system
  if (!deliversOnce(program) && !program.setting.network.fifo) return { ...system, soup }
  let { pending } = system
  for (const receiver of receivers(program, from, to)) {
    if (program.setting.byzantine.includes(receiver)) continue
    pending = added(program, pending, { from, message, to: receiver })
  }
  return { ...system, soup, pending }
}

function added(program: Program, pending: readonly Pending[], word: SentMessage & { to: Id }): readonly Pending[] {
  const { from, message, to } = word
  program.effort?.spend(5 * pending.length)
  // All are made in one way: the engine of the language is several times as quick with such objects.
  if (program.setting.network.fifo) return linked(pending, { from, message, to, count: 1 })
  const at = pending.findIndex((one) => one.to === to && sameWord(one, word))
  if (at < 0) return [...pending, { from, message, to, count: 1 }].sort(byContentButCount)
  return pending.map((p, i) => (i === at ? { ...p, count: p.count + 1 } : p))
}

/** What is on its way without one copy of the message in a place. */
export function withoutCopy(pending: readonly Pending[], place: number): readonly Pending[] {
  return pending.flatMap((word, i) => {
    if (i !== place) return [word]
    return word.count > 1 ? [{ ...word, count: word.count - 1 }] : []
  })
}

/** Links in one order, the messages of a link in sending order: what was sent on different links has no order. */
function linked(pending: readonly Pending[], last: Pending): readonly Pending[] {
  const next = pending.findIndex(({ to, from }) => (to - last.to || from - last.from) > 0)
  return next < 0 ? [...pending, last] : [...pending.slice(0, next), last, ...pending.slice(next)]
}

function byContentButCount(a: Pending, b: Pending): number {
  return a.to - b.to || a.from - b.from || byText(textOf(a.message), textOf(b.message))
}

/**
 * What a participant has output, or noted, after some more of it: no more equal ones than the setting distinguishes.
 */
export function putOut({ setting }: Program, list: readonly Json[], items: readonly Json[]): readonly Json[] {
  return items.length === 0 ? list : appended(list, items, setting.counts ?? FEWEST_COUNTED, isSame)
}

const isSame = (one: Json, other: Json): boolean => textOfOutput(one) === textOfOutput(other)

/** The same list with one item replaced; the very list where the item is the same. */
function replaced<T>(list: readonly T[], at: number, item: T): readonly T[] {
  return list[at] === item ? list : list.map((other, id) => (id === at ? item : other))
}

/** The global state after one participant's reaction; the very state where the reaction changes nothing. */
export function absorb(program: Program, system: System, at: Id, { local, effects }: Reaction): System {
  program.effort?.spend(system.locals.length)
  const locals = replaced(system.locals, at, local)
  const outputs = replaced(system.outputs, at, putOut(program, system.outputs[at]!, effects.outputs))
  const notes = replaced(system.notes, at, putOut(program, system.notes[at]!, effects.notes))
  const unchanged = locals === system.locals && outputs === system.outputs && notes === system.notes
  let after = unchanged ? system : { ...system, locals, outputs, notes }
  for (const { to, message } of effects.sent) after = say(program, after, at, to, message)
  return after
}

/** How a participant begins. What a bound counts, and rounds, are counted from there. */
export function begun(program: Program, id: Id): ReturnType<typeof begin> {
  const { local, effects } = begin(program, id)
  const counted = program.setting.bounds['timeouts'] === undefined ? {} : { timeouts: 0 }
  return { local: { ...local, ...counted, ...(isLockstep(program.protocol) ? { round: 0 } : {}) }, effects }
}

/** The state in which nothing has happened yet. */
export function start(program: Program): System {
  const { setting } = program
  const count = setting.n + setting.clients
  const none = range(count).map(() => [])
  let system: System = {
    locals: range(count).map(() => null),
    soup: [],
    pending: [],
    inboxes: none,
    lost: [],
    outputs: none,
    notes: none,
    crashed: [],
  }
  for (const id of runningIds(setting)) system = absorb(program, system, id, begun(program, id))
  return deepFreeze(system)
}
