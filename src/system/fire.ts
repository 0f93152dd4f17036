import {
  areWithin,
  describeError,
  type Event,
  type Fired,
  type Id,
  type Inbox,
  isEqual,
  type Json,
  kindOf,
  type Local,
  NO_EFFECTS,
  type Program,
  partAt,
  type Reaction,
  react,
  type Sent,
  type SentMessage,
  UsageError,
} from '../model/index.ts'
import { firstOfEach, ownWords } from './sent-messages.ts'
import { absorb, byArrival, type System } from './system.ts'

/** Rules that may fire within one step before we call it endless. */
export const MOST_FIRINGS = 10_000

/** A reducer call, in messages that are looked at. */
const PER_CALL = 300

/** The message about rules that fire at one replica, one after another, without end. */
export function endless({ protocol }: Program): UsageError {
  return new UsageError(
    `${protocol.subject}: after ${MOST_FIRINGS} firings the rules of one replica still change its state`,
    'a rule must become disabled by what it does, or repeat nothing new',
  )
}

/** Answers `need` and `take` from a list of messages: enough distinct senders of matching messages. */
export function inboxOf(program: Program, words: readonly SentMessage[]): Inbox {
  return (ask) => {
    program.effort?.spend(words.length)
    const first = firstOfEach(program, ask, words)
    return ask.kind === 'take' && first ? first.map(({ message }) => message) : first !== undefined
  }
}

/** May a participant be in this local state, as far as the bounds go? */
export function isWithin({ protocol, setting }: Program, at: Id, local: Local): boolean {
  const { timeouts } = setting.bounds
  if (timeouts !== undefined && (local.timeouts ?? 0) > timeouts) return false
  if (at >= setting.n || local.threw !== undefined) return true
  if (local.tallies && !areWithin(local.tallies, protocol, setting.bounds)) return false
  if (!protocol.definition.within) return true
  let is: unknown
  try {
    is = protocol.definition.within(local.state, setting.bounds)
  } catch (error) {
    throw new UsageError(
      `${protocol.subject}, within: it throws ${describeError(error)}`,
      'let it return true or false',
    )
  }
  if (typeof is === 'boolean') return is
  throw new UsageError(`${protocol.subject}, within: it returns ${kindOf(is)}`, 'let it return true or false')
}

/**
 * One event at one participant. Where its own broadcasts are delivered at once, its rules run on them within the same
 * step, recursively. A step that leaves the bounds is not taken.
 */
export function fire(program: Program, at: Id, local: Local, event: Event, inbox: Inbox): Fired {
  program.effort?.spend(PER_CALL)
  const { audit } = program
  return audit ? audit.take(program, at, local, event, inbox, taken) : taken(program, at, local, event, inbox)
}

function taken(program: Program, at: Id, local: Local, event: Event, inbox: Inbox): Fired {
  const first = react(program, at, local, event, inbox)
  const isRestart = event.kind === 'restart'
  if (isRestart && isIdle(program, local, first)) return { reaction: { local, effects: NO_EFFECTS }, cut: false }
  if (first.local === local && first.effects === NO_EFFECTS) return { reaction: first, cut: false }
  let { local: after, effects, sawSender = true, sawSelf = true, asked = [] } = first
  // What a participant sends when it begins runs no rules.
  if (program.protocol.definition.selfDelivery === 'at-once' && !isRestart) {
    const queue: Sent[] = [...effects.sent]
    for (let i = 0; i < queue.length; i++) {
      if (i === MOST_FIRINGS) throw endless(program)
      const { to, message } = queue[i]!
      if (to !== 'all' && to !== at) continue
      for (const { name } of partAt(program, at).byType.get(message.type) ?? []) {
        const more = react(program, at, after, { kind: 'message', rule: name, from: at, message }, notAsked(program))
        after = more.local
        sawSender ||= more.sawSender ?? true
        // It receives its own messages: who it is makes a difference.
        sawSelf = true
        asked = [...asked, ...(more.asked ?? [])]
        queue.push(...more.effects.sent)
        effects = {
          sent: [...effects.sent, ...more.effects.sent],
          outputs: [...effects.outputs, ...more.effects.outputs],
          notes: [...effects.notes, ...more.effects.notes],
          factors: [...effects.factors, ...more.effects.factors],
        }
      }
    }
  }
  const saw = { sawSender, sawSelf, asked }
  if (!isWithin(program, at, after)) return { reaction: { local, effects: NO_EFFECTS, ...saw }, cut: true }
  return { reaction: { local: after, effects, ...saw }, cut: false }
}

/**
 * Would a restart leave everything as it is? What `init` sends was sent when the replica began; only where arrivals are
 * steps does it lose what has arrived.
 */
function isIdle(program: Program, before: Local, { local, effects }: Reaction): boolean {
  const { restarts: _, ...now } = local
  const { restarts: __, ...old } = before
  return !byArrival(program) && effects.outputs.length === 0 && isEqual(now as Json, old as Json)
}

/** A rule that runs on its own replica's broadcast would need to know what is absent, which no search may build on. */
function notAsked({ protocol }: Program): Inbox {
  return () => {
    throw new UsageError(
      `${protocol.subject}: a rule that runs at once on its own replica's broadcast asks the inbox`,
      "keep the votes in the state, or set selfDelivery: 'inbox'",
    )
  }
}

/**
 * Everything that an arrival enables at one participant: rules in declared order, for each the messages in order of
 * arrival, until nothing changes. The eager reading of `upon`.
 */
export function settle(program: Program, system: System, at: Id): System {
  let after = system
  for (let fired = 0; fired < MOST_FIRINGS; fired++) {
    const next = firstChange(program, after, at)
    if (!next) return after
    after = next
  }
  throw endless(program)
}

function firstChange(program: Program, system: System, at: Id): System | undefined {
  const local = system.locals[at]!
  const inbox = inboxOf(program, heard(program, system, at))
  for (const { name, type } of partAt(program, at).rules) {
    for (const { from, message } of system.inboxes[at]!) {
      if (message.type !== type) continue
      const { reaction } = fire(program, at, local, { kind: 'message', rule: name, from, message }, inbox)
      const after = absorb(program, system, at, reaction)
      if (after !== system) return after
    }
  }
  return undefined
}

/** What has arrived at a participant, its own broadcasts included where it receives them. */
export function heard(program: Program, system: System, at: Id): readonly SentMessage[] {
  return [...system.inboxes[at]!, ...ownWords(program, system, at)]
}
