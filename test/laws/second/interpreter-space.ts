/** The global states of a protocol in one setting, and the steps between them, from the documentation alone. */
import type { Circumstances } from './case.ts'
import { audible, type Envelope, reaches, sayable } from './interpreter-coalition.ts'
import {
  type Behaviour,
  type Claim,
  evaluate,
  library,
  type Message,
  type Protocol,
  textOf,
} from './interpreter-library.ts'
import { type Call, type Effect, effectsOf, type Ground, type Local, TooMuch, type Word } from './interpreter-run.ts'

/** Receiver, sender and message, as one text. */
type Pending = string

/** A global state. All parts are numbers of interned texts, or lists of them in one order. */
export interface World {
  readonly locals: readonly number[]
  readonly said: readonly number[]
  /** What is on its way, with repetition, where each message arrives once. */
  readonly pending: readonly Pending[]
  /** By participant: what it has put out, in order. */
  readonly outputs: readonly (readonly number[])[]
}

/** One thing that a participant can do, whatever the others are. */
export interface Move {
  readonly local: number
  readonly said: readonly number[]
  readonly outputs: readonly number[]
  readonly threw: boolean
  /** The envelope that the step has used up. */
  readonly used?: Pending
}

/** What was said, and what each participant can hear then; the numbers tell what is heard apart. */
interface Heard {
  readonly words: readonly Word[]
  readonly number: number
}

export type Fresh = readonly (readonly [number, readonly number[]])[]

export interface Step {
  readonly world: World
  readonly fresh: Fresh
  readonly threw: boolean
}

/** Texts as numbers. */
class Texts {
  readonly all: string[] = []
  readonly #numbers = new Map<string, number>()

  number(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.all.push(text) - 1
      this.#numbers.set(text, number)
    }
    return number
  }
}

export const keyOf = ({ locals, said, pending, outputs }: World): string =>
  `${locals.join()}|${said.join()}|${pending.join()}|${outputs.join(';')}`

const inserted = (list: readonly number[], more: readonly number[]): readonly number[] =>
  more.every((one) => list.includes(one)) ? list : [...new Set([...list, ...more])].sort((a, b) => a - b)

/** Runs of handlers after which a case is too large. */
const CALLS = 6_000

export class Space {
  readonly sharedTables: Ground
  readonly claims: readonly Claim[]
  readonly running: readonly number[]
  readonly correct: readonly number[]
  readonly domain: readonly Message[]
  readonly envelopes: Envelope[] = []
  readonly threw = new Set<string>()
  /** How many equal outputs of one participant some claim tells apart. */
  readonly counts: number
  readonly #domain: ReadonlySet<string>
  readonly #locals = new Texts()
  readonly outputs = new Texts()
  readonly #envelopes = new Texts()
  readonly #inboxes = new Texts()
  readonly #heard = new Map<string, Heard[]>()
  /** Did a bound forbid anything, ever, or just now? */
  cut = false
  isCut = false

  constructor(file: string, setting: Circumstances, values: readonly string[]) {
    const { protocol, claims, alphabet } = evaluate<Protocol, Claim>(file, library)
    const { n, clients, byzantine, crash } = setting
    const rules = protocol.rules({ ...setting, values })
    this.sharedTables = { protocol, setting, rules, left: CALLS }
    this.claims = claims
    this.counts = Math.max(2, ...claims.map((claim) => claim.counts ?? 2))
    const everybody = Array.from({ length: n + clients }, (_, id) => id)
    this.running = everybody.filter((id) => !byzantine.includes(id))
    this.correct = this.running.filter((id) => !crash.includes(id))
    this.domain = byzantine.length > 0 ? alphabet : []
    this.#domain = new Set(this.domain.map(textOf))
  }

  start(): { world: World; fresh: Fresh } {
    let world: World = { locals: [], said: [], pending: [], outputs: this.running.map(() => []) }
    const fresh: [number, readonly number[]][] = []
    for (const [index, at] of this.running.entries()) {
      const move = this.moveOf(at, this.begun(at))
      world = this.#after({ ...world, locals: [...world.locals, 0] }, index, move)
      fresh.push([at, move.outputs])
    }
    return { world, fresh }
  }

  /** How a participant begins. */
  begun(at: number): Effect {
    const behaviour = this.behaviour(at)
    const empty: Local = {
      state: {},
      timers: [],
      coins: [],
      stopped: false,
      ...(this.isByArrival && this.sharedTables.protocol.inbox !== false ? { inbox: [] } : {}),
    }
    const call: Call = (state, ctx) => void Object.assign(state, behaviour.init(ctx))
    const [effect] = effectsOf(this.sharedTables, at, at, empty, [], [call], () => true, true)
    if (!effect || effect.threw) throw new Error(`init of ${at} failed: ${effect?.threw}`)
    return effect
  }

  /** How it begins anew with what it has kept; nothing where it may not, or where that would change nothing. */
  restarted(at: number, local: Local): Effect[] {
    const { protocol, setting, rules } = this.sharedTables
    const { restarts = 0 } = local
    if (local.stopped || !setting.restart?.includes(at) || restarts >= setting.bounds['restarts']!) return []
    const first = this.begun(at)
    const names = protocol.durable!(rules)
    const old = Object.entries(local.state as object).filter(([name]) => names.includes(name))
    const after = { ...first.local, state: { ...(first.local.state as object), ...Object.fromEntries(old) } }
    const isIdle = !this.isByArrival && textOf({ ...after, restarts }) === textOf({ ...local, restarts })
    if (!this.isWithin(at, after.state)) return []
    return isIdle && first.outputs.length === 0 ? [] : [{ ...first, local: { ...after, restarts: restarts + 1 } }]
  }

  /** What the participants can hear, by their place in `running`. */
  hears({ said, pending }: World): Heard[] {
    const key = `${said.join()}|${pending.join()}`
    let found = this.#heard.get(key)
    if (!found) {
      const all = said.map((number) => this.envelopes[number]!)
      const able = sayable(this.sharedTables, all, this.domain)
      found = this.running.map((at) => {
        const mine = pending
          .map((one) => JSON.parse(one))
          .filter(([to]) => to === at)
          .map(([to, from, message]): Envelope => ({ to, from, message }))
        const words = audible(this.sharedTables, at, all, able, this.isQueued ? this.#first(mine) : undefined)
        const texts = words.map(
          ({ from, message, triggers, isWaiting }) => `${from}${triggers}${isWaiting}${textOf(message)}`,
        )
        return { words, number: this.#inboxes.number(texts.join()) }
      })
      this.#heard.set(key, found)
    }
    return found
  }

  /** Is what was said used up when it arrives? */
  get isQueued(): boolean {
    const { duplicate, fifo } = this.sharedTables.setting.network
    return !duplicate || fifo
  }

  get isByArrival(): boolean {
    return this.isQueued || this.sharedTables.setting.steps === 'eager'
  }

  /** In order of arrival, only the first of each link can be next. */
  #first(mine: readonly Envelope[]): readonly Envelope[] {
    if (!this.sharedTables.setting.network.fifo) return mine
    return mine.filter(({ from }, i) => mine.findIndex((other) => other.from === from) === i)
  }

  #inOrder(pending: readonly Pending[]): readonly Pending[] {
    if (!this.sharedTables.setting.network.fifo) return [...pending].sort()
    const link = (one: Pending): string => JSON.stringify(JSON.parse(one).slice(0, 2))
    return pending
      .map((one) => [link(one), one] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, one]) => one)
  }

  moveOf(at: number, { local, said, outputs, threw }: Effect): Move {
    const numbers = said.map(({ to, message }) => {
      // Somebody says what nobody should be able to: that happens rarely, and the case is left out.
      if (this.domain.length > 0 && !this.#domain.has(message)) throw new TooMuch()
      const number = this.#envelopes.number(`${at} ${to} ${message}`)
      this.envelopes[number] ??= { from: at, to, message: JSON.parse(message) }
      return number
    })
    return {
      local: this.#locals.number(textOf(local)),
      said: numbers,
      outputs: outputs.map((text) => this.outputs.number(text)),
      threw: threw !== undefined,
    }
  }

  #after(world: World, index: number, move: Move): World {
    let { pending } = world
    if (move.used) pending = pending.toSpliced(pending.indexOf(move.used), 1)
    if (this.isQueued && move.said.length > 0) {
      // Where a message may come again, to say it again says nothing new.
      const isNews = (number: number, i: number): boolean =>
        !this.sharedTables.setting.network.duplicate ||
        (!world.said.includes(number) && move.said.indexOf(number) === i)
      const sent = [...move.said].filter(isNews).flatMap((number) =>
        this.running
          .filter((to) => reaches(this.sharedTables, this.envelopes[number]!, to))
          .map((to): Pending => {
            const { from, message } = this.envelopes[number]!
            return textOf([to, from, message])
          }),
      )
      pending = this.#inOrder([...pending, ...sent])
    }
    return {
      pending,
      locals: world.locals.with(index, move.local),
      said: inserted(world.said, move.said),
      outputs:
        move.outputs.length === 0
          ? world.outputs
          : world.outputs.with(
              index,
              capped(world.outputs[index]!, move.outputs, this.counts, (one) =>
                this.outputs.all[one]!.startsWith('{"note":'),
              ),
            ),
    }
  }

  local(world: World, index: number): Local {
    return JSON.parse(this.#locals.all[world.locals[index]!]!)
  }

  step(world: World, index: number, move: Move): Step {
    const at = this.running[index]!
    return {
      world: this.#after(world, index, move),
      fresh: [[at, move.outputs]],
      threw: move.threw && this.correct.includes(at),
    }
  }

  behaviour(at: number): Behaviour {
    return at < this.sharedTables.setting.n ? this.sharedTables.protocol : this.sharedTables.protocol.client!
  }

  isWithin(at: number, state: unknown): boolean {
    const { protocol, setting } = this.sharedTables
    if (at >= setting.n || !protocol.within) return true
    const isWithin = protocol.within(JSON.parse(textOf(state)), setting.bounds)
    if (!isWithin) {
      this.cut = true
      this.isCut = true
    }
    return isWithin
  }
}

/** Outputs are kept in order, and notes in theirs; of equal ones of one participant, as many as claims count. */
function capped(
  before: readonly number[],
  more: readonly number[],
  counts: number,
  isNote: (one: number) => boolean,
): readonly number[] {
  const all = [...before]
  for (const one of more) if (all.filter((other) => other === one).length < counts) all.push(one)
  return [...all.filter((one) => !isNote(one)), ...all.filter(isNote)]
}
