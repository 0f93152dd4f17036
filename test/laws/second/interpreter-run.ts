/** Runs one handler of one participant: on a deep copy, with a context of its own, once for each choice of a `take`. */

import type { Circumstances } from './case.ts'
import { type Matches, type Message, type Protocol, textOf } from './interpreter-library.ts'

/** Something that a participant has heard, or can hear. */
export interface Word {
  readonly from: number
  readonly message: Message
  /** Does it trigger rules? One's own broadcasts are evidence only. */
  readonly triggers: boolean
  /** Is it used up when it arrives? */
  readonly isWaiting: boolean
}

/** A participant, apart from what has been said and put out. */
export interface Local {
  readonly state: unknown
  readonly timers: readonly string[]
  readonly coins: readonly string[]
  /** A handler threw, or it crashed. */
  readonly stopped: boolean
  readonly restarts?: number
  /** What has arrived, in order, where an arrival is a step and rules ask for it. */
  readonly inbox?: readonly string[] | undefined
}

/** What came of a run. */
export interface Effect {
  readonly local: Local
  readonly said: readonly { readonly to: number | 'all'; readonly message: string }[]
  readonly outputs: readonly string[]
  readonly threw: unknown
}

/** A handler, with its arguments but the state and the context. */
export type Call = (state: any, ctx: any) => void

export interface Ground {
  readonly protocol: Protocol
  readonly setting: Circumstances
  readonly rules: object
  /** How many handlers may still be run; when none is left, the case is given up. */
  left: number
}

/** There is too much of it. */
export class TooMuch extends Error {}

/** Handlers within one step, beyond which they run in a circle. */
const MOST_RUNS = 50

class Unanswered extends Error {}

/** Every way in which the calls, one after the other in one step, can go. Undefined ones are no step. */
export function effectsOf(
  sharedTables: Ground,
  self: number,
  from: number,
  local: Local,
  words: readonly Word[],
  calls: readonly Call[],
  isWithin: (state: unknown) => boolean,
  isInit = false,
  isOrdered = false,
): Effect[] {
  const effects = new Map<string, Effect>()
  // Each script says which choice the first, second … `take` gets; longer ones are found on the way.
  const scripts: number[][] = [[]]
  for (let script = scripts.pop(); script; script = scripts.pop()) {
    const effect = attempt(sharedTables, self, from, local, words, calls, script, isWithin, isInit, isOrdered, (more) =>
      scripts.push(...more),
    )
    if (effect) effects.set(textOf({ ...effect, threw: effect.threw !== undefined }), effect)
  }
  return [...effects.values()]
}

function attempt(
  sharedTables: Ground,
  self: number,
  from: number,
  local: Local,
  words: readonly Word[],
  calls: readonly Call[],
  script: readonly number[],
  isWithin: (state: unknown) => boolean,
  isInit: boolean,
  isOrdered: boolean,
  fork: (more: number[][]) => void,
): Effect | undefined {
  const { protocol, setting, rules } = sharedTables
  const { n, f, clients, bounds } = setting
  let after = local
  let run = 0
  let [said, outputs]: [Effect['said'], Effect['outputs']] = [[], []]
  let taken = 0
  const isAtOnce = protocol.selfDelivery === 'at-once' && self < n && !isInit
  const [queue, later]: [[number, Call][], [number, Call][]] = [[], calls.map((call) => [from, call])]
  const isCounted = (role: string) => (word: Word) => word.from < n === (role === 'replica')
  for (let next = later.shift(); next; next = queue.shift() ?? later.shift()) {
    const [sender, call] = next
    if (--sharedTables.left < 0 || ++run > MOST_RUNS) throw new TooMuch()
    const state = JSON.parse(textOf(after.state))
    const [timers, coins] = [new Set(after.timers), new Set(after.coins)]
    const [more, made]: [{ to: number | 'all'; message: string }[], string[]] = [[], []]
    const context = {
      ...{ self, from: sender, n, f, clients, bounds, round: 0, rules },
      broadcast: (message: object) => void more.push({ to: 'all', message: textOf(message) }),
      send: (to: number, message: object) => void more.push({ to, message: textOf(message) }),
      output: (output: unknown) => void made.push(textOf(output)),
      note: (note: unknown) => void made.push(textOf({ note })),
      setTimer: (name: string) => void timers.add(name),
      cancelTimer: (name: string) => void timers.delete(name),
      flip: (name: string) => void coins.add(name),
      need: (q: number, match: Matches, role = 'replica') => {
        const matching = words.filter(isCounted(role)).filter((word) => match(word.message, word.from))
        if (new Set(matching.map((word) => word.from)).size < q) throw new Unanswered()
      },
      take: (q: number, match: Matches, summarise: (chosen: Message[]) => unknown, role = 'replica') => {
        const matching = words.filter(isCounted(role)).filter((word) => match(word.message, word.from))
        const choices = isOrdered ? firstOf(matching, q) : choicesOf(matching, q)
        const index = isOrdered && choices.length > 0 ? 0 : script[taken++]
        if (index === undefined || choices.length === 0) {
          if (index === undefined) fork(choices.map((_, i) => [...script, i]))
          throw new Unanswered()
        }
        return JSON.parse(textOf(summarise(choices[index]!.map((text) => JSON.parse(text)))))
      },
      takeHighest: (q: number, match: Matches, rank: (message: Message) => number, role?: string) => {
        const highest = (all: Message[]) => all.reduce((best, next) => (rank(next) > rank(best) ? next : best))
        return context.take(q, match, highest, role)
      },
    }
    try {
      call(state, context)
    } catch (error) {
      if (error instanceof Unanswered) return undefined
      if (error instanceof TooMuch) throw error
      return { local: { ...after, timers: [], coins: [], stopped: true }, said, outputs, threw: error }
    }
    after = { ...after, state, timers: [...timers].sort(), coins: [...coins].sort() }
    ;[said, outputs] = [
      [...said, ...more],
      [...outputs, ...made],
    ]
    // With `at-once`, own broadcasts wait until the handler is through.
    for (const { to, message } of isAtOnce ? more : []) {
      if (to === 'all') queue.push(...rulesOn(protocol, JSON.parse(message)).map((one): [number, Call] => [self, one]))
    }
    if (queue.length === 0 && !isWithin(after.state)) return undefined
  }
  return { local: after, said, outputs, threw: undefined }
}

/** Where words have an order: the first message of each of the first q senders. */
function firstOf(words: readonly Word[], q: number): string[][] {
  const senders = [...new Set(words.map(({ from }) => from))].slice(0, q)
  if (senders.length < q) return []
  const texts = senders.map((id) => textOf(words.find(({ from }) => from === id)!.message))
  return [texts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))]
}

/** The rules of a participant on a message, in declared order. */
export function rulesOn(behaviour: Pick<Protocol, 'upon'>, message: Message): Call[] {
  const rules = behaviour.upon[message.type] ?? []
  const list = Array.isArray(rules) ? rules : [rules]
  return list.map(
    (rule): Call =>
      (state, ctx) =>
        rule(state, JSON.parse(textOf(message)), ctx),
  )
}

/** All choices of messages of q distinct senders, each sorted by content; those of equal content once. */
export function choicesOf(words: readonly Pick<Word, 'from' | 'message'>[], q: number): string[][] {
  const bySender = new Map<number, string[]>()
  for (const { from, message } of words) bySender.set(from, [...(bySender.get(from) ?? []), textOf(message)])
  const senders = [...bySender.values()]
  if (senders.reduce((product, { length }) => product * (length + 1), 1) > 3_000) throw new TooMuch()
  const found = new Map<string, string[]>()
  const choose = (index: number, chosen: string[]): void => {
    if (chosen.length === q) {
      const sorted = [...chosen].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      found.set(sorted.join(), sorted)
    } else if (index < senders.length) {
      for (const text of senders[index]!) choose(index + 1, [...chosen, text])
      choose(index + 1, chosen)
    }
  }
  choose(0, [])
  return [...found.values()]
}
