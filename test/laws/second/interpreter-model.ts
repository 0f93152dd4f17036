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
import {
  type Call,
  type Effect,
  effectsOf,
  type Ground,
  type Local,
  rulesOn,
  TooMuch,
  type Word,
} from './interpreter-run.ts'

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
interface Move {
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
    if (number === undefined) this.#numbers.set(text, (number = this.all.push(text) - 1))
    return number
  }
}

export const keyOf = ({ locals, said, pending, outputs }: World): string =>
  `${locals.join()}|${said.join()}|${pending.join()}|${outputs.join(';')}`

const inserted = (list: readonly number[], more: readonly number[]): readonly number[] =>
  more.every((one) => list.includes(one)) ? list : [...new Set([...list, ...more])].sort((a, b) => a - b)

/** Runs of handlers after which a case is too large. */
const CALLS = 6_000

export class Interpreter {
  readonly ground: Ground
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
  readonly #outputs = new Texts()
  readonly #envelopes = new Texts()
  readonly #inboxes = new Texts()
  readonly #heard = new Map<string, Heard[]>()
  readonly #moves = new Map<string, Move[]>()
  readonly #judged = new Map<string, boolean>()
  /** Did a bound forbid anything, ever, or just now? */
  cut = false
  #isCut = false

  constructor(file: string, setting: Circumstances, values: readonly string[]) {
    const { protocol, claims, alphabet } = evaluate<Protocol, Claim>(file, library)
    const { n, clients, byzantine, crash } = setting
    const rules = protocol.rules({ ...setting, values })
    this.ground = { protocol, setting, rules, left: CALLS }
    this.claims = claims
    this.counts = Math.max(2, ...claims.map((claim) => claim.counts ?? 2))
    const everybody = Array.from({ length: n + clients }, (_, id) => id)
    this.running = everybody.filter((id) => !byzantine.includes(id))
    this.correct = this.running.filter((id) => !crash.includes(id))
    this.domain = byzantine.length > 0 ? alphabet : []
    this.#domain = new Set(this.domain.map(textOf))
  }

  start(): { world: World; fresh: Fresh } {
    const { protocol, setting } = this.ground
    let world: World = { locals: [], said: [], pending: [], outputs: this.running.map(() => []) }
    const fresh: [number, readonly number[]][] = []
    for (const [index, at] of this.running.entries()) {
      const behaviour = at < setting.n ? protocol : protocol.client!
      const empty: Local = {
        state: {},
        timers: [],
        coins: [],
        stopped: false,
        ...(this.#byArrival && protocol.inbox !== false ? { inbox: [] } : {}),
      }
      const call: Call = (state, ctx) => void Object.assign(state, behaviour.init(ctx))
      const [effect] = effectsOf(this.ground, at, at, empty, [], [call], () => true, true)
      if (!effect || effect.threw) throw new Error(`init of ${at} failed: ${effect?.threw}`)
      const move = this.#moveOf(at, effect)
      world = this.#after({ ...world, locals: [...world.locals, 0] }, index, move)
      fresh.push([at, move.outputs])
    }
    return { world, fresh }
  }

  /** What the participants can hear, by their place in `running`. */
  #hears({ said, pending }: World): Heard[] {
    const key = `${said.join()}|${pending.join()}`
    let found = this.#heard.get(key)
    if (!found) {
      const all = said.map((number) => this.envelopes[number]!)
      const able = sayable(this.ground, all, this.domain)
      found = this.running.map((at) => {
        const mine = pending
          .map((one) => JSON.parse(one))
          .filter(([to]) => to === at)
          .map(([to, from, message]): Envelope => ({ to, from, message }))
        const words = audible(this.ground, at, all, able, this.#queues ? this.#first(mine) : undefined)
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
  get #queues(): boolean {
    const { duplicate, fifo } = this.ground.setting.network
    return !duplicate || fifo
  }

  get #byArrival(): boolean {
    return this.#queues || this.ground.setting.steps === 'eager'
  }

  /** In order of arrival, only the first of each link can be next. */
  #first(mine: readonly Envelope[]): readonly Envelope[] {
    if (!this.ground.setting.network.fifo) return mine
    return mine.filter(({ from }, i) => mine.findIndex((other) => other.from === from) === i)
  }

  #inOrder(pending: readonly Pending[]): readonly Pending[] {
    if (!this.ground.setting.network.fifo) return [...pending].sort()
    const link = (one: Pending): string => JSON.stringify(JSON.parse(one).slice(0, 2))
    return pending
      .map((one) => [link(one), one] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, one]) => one)
  }

  #moveOf(at: number, { local, said, outputs, threw }: Effect): Move {
    const numbers = said.map(({ to, message }) => {
      if (this.domain.length > 0 && !this.#domain.has(message)) throw new Error(`${message} is not in the domain`)
      const number = this.#envelopes.number(`${at} ${to} ${message}`)
      this.envelopes[number] ??= { from: at, to, message: JSON.parse(message) }
      return number
    })
    return {
      local: this.#locals.number(textOf(local)),
      said: numbers,
      outputs: outputs.map((text) => this.#outputs.number(text)),
      threw: threw !== undefined,
    }
  }

  #after(world: World, index: number, move: Move): World {
    let { pending } = world
    if (move.used) pending = pending.toSpliced(pending.indexOf(move.used), 1)
    if (this.#queues && move.said.length > 0) {
      // Where a message may come again, to say it again says nothing new.
      const isNews = (number: number): boolean => !this.ground.setting.network.duplicate || !world.said.includes(number)
      const sent = [...move.said].filter(isNews).flatMap((number) =>
        this.running
          .filter((to) => reaches(this.ground, this.envelopes[number]!, to))
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
                this.#outputs.all[one]!.startsWith('{"note":'),
              ),
            ),
    }
  }

  *next(world: World): Generator<Step> {
    const hears = this.#hears(world)
    for (const [index, at] of this.running.entries()) {
      const { words, number } = hears[index]!
      if (this.#byArrival) {
        yield* this.#arrivals(world, index, words)
        continue
      }
      const key = `${at} ${world.locals[index]} ${number}`
      let moves = this.#moves.get(key)
      if (!moves) {
        moves = this.#movesOf(at, this.#local(world, index), words)
        this.#moves.set(key, moves)
      }
      for (const move of moves) yield this.#step(world, index, move)
    }
  }

  #local(world: World, index: number): Local {
    return JSON.parse(this.#locals.all[world.locals[index]!]!)
  }

  #step(world: World, index: number, move: Move): Step {
    const at = this.running[index]!
    return {
      world: this.#after(world, index, move),
      fresh: [[at, move.outputs]],
      threw: move.threw && this.correct.includes(at),
    }
  }

  #behaviour(at: number): Behaviour {
    return at < this.ground.setting.n ? this.ground.protocol : this.ground.protocol.client!
  }

  /** What can happen at a participant without a message: the local state before the handler, and the handler. */
  #alone(at: number, local: Local): [Local, Call][] {
    const behaviour = this.#behaviour(at)
    const without = (list: readonly string[], name: string): string[] => list.filter((other) => other !== name)
    return [
      ...(this.ground.setting.inputs[at] ?? []).map((value): [Local, Call] => [
        local,
        (state, ctx) => behaviour.input?.(state, value, ctx),
      ]),
      ...local.timers.map((name): [Local, Call] => [
        { ...local, timers: without(local.timers, name) },
        (state, ctx) => behaviour.timeout?.[name]?.(state, ctx),
      ]),
      ...local.coins.flatMap((name) =>
        [0, 1].map((side): [Local, Call] => [
          { ...local, coins: without(local.coins, name) },
          (state, ctx) => behaviour.coin?.[name]?.(state, side, ctx),
        ]),
      ),
    ]
  }

  #effects(at: number, from: number, local: Local, words: readonly Word[], call: Call): Effect[] {
    const within = (state: unknown): boolean => this.#isWithin(at, state)
    const found = effectsOf(this.ground, at, from, local, words, [call], within, false, this.#byArrival)
    for (const { threw } of found) if (threw) this.threw.add(String(threw))
    return found
  }

  #movesOf(at: number, local: Local, words: readonly Word[]): Move[] {
    if (local.stopped) return []
    const found: Effect[] = []
    for (const word of words) {
      if (!word.triggers) continue
      for (const call of rulesOn(this.#behaviour(at), word.message))
        found.push(...this.#effects(at, word.from, local, words, call))
    }
    for (const [before, call] of this.#alone(at, local)) found.push(...this.#effects(at, at, before, words, call))
    if (this.ground.setting.crash.includes(at)) found.push(crashed(local))
    return found.map((effect) => this.#moveOf(at, effect))
  }

  /** Where an arrival is a step: what a participant can do. Whatever it enables fires, or what it triggers runs once. */
  *#arrivals(world: World, index: number, words: readonly Word[]): Generator<Step> {
    const at = this.running[index]!
    const local = this.#local(world, index)
    if (local.stopped) return
    const { protocol, setting } = this.ground
    const isKept = protocol.inbox !== false
    const settles = isKept && setting.network.duplicate
    for (const { from, message, triggers, isWaiting } of words) {
      if (!triggers) continue
      const entry = textOf([from, message])
      const inbox = isKept && !local.inbox!.includes(entry) ? [...local.inbox!, entry] : local.inbox
      const used = isWaiting ? { used: textOf([at, from, message]) } : {}
      const arrived = {
        ...this.#moveOf(at, { local: { ...local, inbox }, said: [], outputs: [], threw: undefined }),
        ...used,
      }
      const step = this.#step(world, index, arrived)
      const after = settles ? this.#settled(step, index) : this.#once(step, index, from, message)
      if (after) yield after
    }
    const heard = this.#inbox(world, index)
    for (const [before, call] of this.#alone(at, local)) {
      const [effect] = this.#effects(at, at, before, heard, call)
      if (!effect) continue
      const step = this.#step(world, index, this.#moveOf(at, effect))
      yield settles ? this.#settled(step, index) : step
    }
    if (setting.crash.includes(at)) yield this.#step(world, index, this.#moveOf(at, crashed(local)))
  }

  /** What has arrived, in order, and own broadcasts where they are evidence. */
  #inbox(world: World, index: number): Word[] {
    const at = this.running[index]!
    const own = this.ground.protocol.selfDelivery ?? 'inbox'
    const arrived = (this.#local(world, index).inbox ?? []).map((entry) => JSON.parse(entry))
    const isOwn = ({ from, to }: Envelope): boolean => from === at && to === 'all' && at < this.ground.setting.n
    const mine =
      own === 'none' || own === 'network' ? [] : world.said.map((number) => this.envelopes[number]!).filter(isOwn)
    const sorted = mine.map(({ message }) => textOf(message)).sort()
    const all = [...arrived, ...sorted.map((text) => [at, JSON.parse(text)])]
    return all.map(([from, message]): Word => ({ from, message, triggers: true, isWaiting: false }))
  }

  /** One more handler within a step. */
  #more(step: Step, index: number, from: number, call: Call): Step | undefined {
    const at = this.running[index]!
    const [effect] = this.#effects(at, from, this.#local(step.world, index), this.#inbox(step.world, index), call)
    if (!effect) return undefined
    const next = this.#step(step.world, index, this.#moveOf(at, effect))
    return { ...next, fresh: [[at, [...step.fresh[0]![1], ...next.fresh[0]![1]]]], threw: step.threw || next.threw }
  }

  #once(first: Step, index: number, from: number, message: Message): Step | undefined {
    let step = first
    for (const call of rulesOn(this.#behaviour(this.running[index]!), message)) {
      if (this.#local(step.world, index).stopped) break
      this.#isCut = false
      const next = this.#more(step, index, from, call)
      if (this.#isCut) return undefined
      step = next ?? step
    }
    return step
  }

  #settled(first: Step, index: number): Step {
    let step = first
    for (let fired = 0; fired < 100; fired++) {
      const next = this.#fired(step, index)
      if (!next) return step
      step = next
    }
    throw new TooMuch()
  }

  /** The first rule, in declared order, that changes something on the first message to arrive. */
  #fired(step: Step, index: number): Step | undefined {
    const at = this.running[index]!
    const behaviour = this.#behaviour(at)
    const local = this.#local(step.world, index)
    if (local.stopped) return undefined
    const before = keyOf(step.world)
    const words = (local.inbox ?? []).map((entry): [number, Message] => JSON.parse(entry))
    for (const type of Object.keys(behaviour.upon)) {
      const rules = behaviour.upon[type]!
      for (const rule of Array.isArray(rules) ? rules : [rules]) {
        for (const [from, message] of words) {
          if (message.type !== type) continue
          const next = this.#more(step, index, from, (state, ctx) => rule(state, message, ctx))
          if (next && keyOf(next.world) !== before) return next
        }
      }
    }
    return undefined
  }

  #isWithin(at: number, state: unknown): boolean {
    const { protocol, setting } = this.ground
    if (at >= setting.n || !protocol.within) return true
    const isWithin = protocol.within(JSON.parse(textOf(state)), setting.bounds)
    if (!isWithin) {
      this.cut = true
      this.#isCut = true
    }
    return isWithin
  }

  /** Is the claim broken, or reached, by what a step led to? */
  judges(claim: Claim, world: World, fresh: Fresh): boolean {
    const { setting } = this.ground
    const readsSoup = claim.reads?.includes('soup') === true
    const key = `${claim.name}|${world.outputs.join(';')}${readsSoup ? `|${world.said.join()}|${fresh.join(';')}` : ''}`
    let found = this.#judged.get(key)
    if (found === undefined) {
      const plain = (at: number, list: readonly number[]) =>
        (this.correct.includes(at) ? list : [])
          .map((one) => ({ at, output: JSON.parse(this.#outputs.all[one]!) }))
          .filter(({ output }) => isRead(claim, output))
      const words = new Map(
        world.said.map((number) => [
          textOf([this.envelopes[number]!.from, this.envelopes[number]!.message]),
          this.envelopes[number]!,
        ]),
      )
      const sorted = [...words].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { from, message }]) => ({ from, message }))
      const outcome = {
        ...{ setting, correct: this.correct },
        outputs: world.outputs.flatMap((list, index) => plain(this.running[index]!, list)),
        fresh: fresh.flatMap(([at, list]) => plain(at, list)),
        soup: readsSoup
          ? sorted.filter(
              ({ from, message }) =>
                this.correct.includes(from) && (!claim.words || claim.words.includes(message.type)),
            )
          : [],
      }
      found = Boolean(claim.judge(outcome))
      this.#judged.set(key, found)
    }
    return found
  }
}

const crashed = (local: Local): Effect => ({
  local: { ...local, crashed: true, stopped: true } as Local,
  said: [],
  outputs: [],
  threw: undefined,
})

function isRead(claim: Claim, output: any): boolean {
  if (output === null || typeof output !== 'object' || !('note' in output)) return true
  if (!claim.reads?.includes('notes')) return false
  return (
    !claim.notes ||
    claim.notes.some((key) => output.note !== null && typeof output.note === 'object' && key in output.note)
  )
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
