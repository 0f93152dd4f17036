/**
 * A plain breadth-first search of all global states, from the documentation: what `check` should say of a small
 * protocol whose liars say any message of the declared domain.
 */
import type { Circumstances } from './case.ts'
import { audible, type Envelope, reaches, sayable } from './interpreter-coalition.ts'
import { type Claim, evaluate, library, type Message, type Protocol, textOf } from './interpreter-library.ts'
import { type Call, type Effect, effectsOf, type Ground, type Local, rulesOn, TooMuch, type Word } from './interpreter-run.ts'

export interface Verdict {
  readonly claim: string
  readonly verdict: 'holds' | 'vacuous' | 'violated' | 'unknown'
  readonly steps?: number
}

export interface Interpreted {
  readonly verdicts: readonly Verdict[]
  /** How many global states there are, if the search came to its end. */
  readonly states: number | undefined
  /** Did anything throw that should not? Then the protocol is no protocol that a person would write. */
  readonly threw: readonly string[]
  readonly cut: boolean
}

/** Receiver, sender and message, as one text. */
type Pending = string

/** A global state. All parts are numbers of interned texts, or lists of them in one order. */
interface World {
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

type Fresh = readonly (readonly [number, readonly number[]])[]

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

const keyOf = ({ locals, said, pending, outputs }: World): string =>
  `${locals.join()}|${said.join()}|${pending.join()}|${outputs.join(';')}`

const inserted = (list: readonly number[], more: readonly number[]): readonly number[] =>
  more.every((one) => list.includes(one)) ? list : [...new Set([...list, ...more])].sort((a, b) => a - b)

/** Runs of handlers after which a case is too large. */
const CALLS = 6_000

class Interpreter {
  readonly ground: Ground
  readonly claims: readonly Claim[]
  readonly running: readonly number[]
  readonly correct: readonly number[]
  readonly domain: readonly Message[]
  readonly envelopes: Envelope[] = []
  readonly threw = new Set<string>()
  readonly #domain: ReadonlySet<string>
  readonly #locals = new Texts()
  readonly #outputs = new Texts()
  readonly #envelopes = new Texts()
  readonly #inboxes = new Texts()
  readonly #heard = new Map<string, Heard[]>()
  readonly #moves = new Map<string, Move[]>()
  readonly #judged = new Map<string, boolean>()
  cut = false

  constructor(file: string, setting: Circumstances, values: readonly string[]) {
    const { protocol, claims, alphabet } = evaluate<Protocol, Claim>(file, library)
    const { n, clients, byzantine, crash } = setting
    const rules = protocol.rules({ ...setting, values })
    this.ground = { protocol, setting, rules, left: CALLS }
    this.claims = claims
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
      const empty: Local = { state: {}, timers: [], coins: [], stopped: false }
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
        const mine = pending.map((one) => JSON.parse(one)).filter(([to]) => to === at).map(([to, from, message]): Envelope => ({ to, from, message }))
        const words = audible(this.ground, at, all, able, this.#once ? mine : undefined)
        const texts = words.map(({ from, message, triggers, isWaiting }) => `${from}${triggers}${isWaiting}${textOf(message)}`)
        return { words, number: this.#inboxes.number(texts.join()) }
      })
      this.#heard.set(key, found)
    }
    return found
  }

  get #once(): boolean {
    return !this.ground.setting.network.duplicate
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
    if (this.#once && move.said.length > 0) {
      const sent = move.said.flatMap((number) =>
        this.running.filter((to) => reaches(this.ground, this.envelopes[number]!, to)).map((to): Pending => {
          const { from, message } = this.envelopes[number]!
          return textOf([to, from, message])
        }),
      )
      pending = [...pending, ...sent].sort()
    }
    return {
      pending,
      locals: world.locals.with(index, move.local),
      said: inserted(world.said, move.said),
      outputs: move.outputs.length === 0 ? world.outputs : world.outputs.with(index, capped(world.outputs[index]!, move.outputs, (one) => this.#outputs.all[one]!.startsWith('{"note":'))),
    }
  }

  *next(world: World): Generator<{ world: World; fresh: Fresh; threw: boolean }> {
    const hears = this.#hears(world)
    for (const [index, at] of this.running.entries()) {
      const { words, number } = hears[index]!
      const key = `${at} ${world.locals[index]} ${number}`
      let moves = this.#moves.get(key)
      if (!moves) {
        moves = this.#movesOf(at, JSON.parse(this.#locals.all[world.locals[index]!]!), words)
        this.#moves.set(key, moves)
      }
      for (const move of moves) {
        const threw = move.threw && this.correct.includes(at)
        yield { world: this.#after(world, index, move), fresh: [[at, move.outputs]], threw }
      }
    }
  }

  #movesOf(at: number, local: Local, words: readonly Word[]): Move[] {
    if (local.stopped) return []
    const { protocol, setting } = this.ground
    const behaviour = at < setting.n ? protocol : protocol.client!
    const found: Move[] = []
    const take = (from: number, before: Local, calls: readonly Call[], used?: Pending): void => {
      for (const effect of effectsOf(this.ground, at, from, before, words, calls, (state) => this.#isWithin(at, state))) {
        if (effect.threw) this.threw.add(String(effect.threw))
        found.push({ ...this.#moveOf(at, effect), ...(used ? { used } : {}) })
      }
    }
    for (const word of words) {
      if (!word.triggers) continue
      const calls = rulesOn(behaviour, word.message)
      if (!this.#once) for (const call of calls) take(word.from, local, [call])
      else take(word.from, local, calls, word.isWaiting ? textOf([at, word.from, word.message]) : undefined)
    }
    for (const value of setting.inputs[at] ?? []) take(at, local, [(state, ctx) => behaviour.input?.(state, value, ctx)])
    for (const name of local.timers) {
      const rest = { ...local, timers: local.timers.filter((other) => other !== name) }
      take(at, rest, [(state, ctx) => behaviour.timeout?.[name]?.(state, ctx)])
    }
    for (const name of local.coins) {
      const rest = { ...local, coins: local.coins.filter((other) => other !== name) }
      for (const side of [0, 1]) take(at, rest, [(state, ctx) => behaviour.coin?.[name]?.(state, side, ctx)])
    }
    if (setting.crash.includes(at)) {
      found.push(this.#moveOf(at, { local: { ...local, crashed: true, stopped: true } as Local, said: [], outputs: [], threw: undefined }))
    }
    return found
  }

  #isWithin(at: number, state: unknown): boolean {
    const { protocol, setting } = this.ground
    if (at >= setting.n || !protocol.within) return true
    const isWithin = protocol.within(JSON.parse(textOf(state)), setting.bounds)
    if (!isWithin) this.cut = true
    return isWithin
  }

  /** Is the claim broken, or reached, by what a step led to? */
  judges(claim: Claim, world: World, fresh: Fresh): boolean {
    const { setting } = this.ground
    const readsSoup = claim.reads?.includes('soup') === true
    const key = `${claim.name}|${world.outputs.join(';')}${readsSoup ? `|${world.said.join()}|${fresh.join(';')}` : ''}`
    let found = this.#judged.get(key)
    if (found === undefined) {
      const plain = (at: number, list: readonly number[]) => (this.correct.includes(at) ? list : []).map((one) => ({ at, output: JSON.parse(this.#outputs.all[one]!) })).filter(({ output }) => isRead(claim, output))
      const words = new Map(world.said.map((number) => [textOf([this.envelopes[number]!.from, this.envelopes[number]!.message]), this.envelopes[number]!]))
      const sorted = [...words].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { from, message }]) => ({ from, message }))
      const outcome = {
        ...{ setting, correct: this.correct },
        outputs: world.outputs.flatMap((list, index) => plain(this.running[index]!, list)),
        fresh: fresh.flatMap(([at, list]) => plain(at, list)),
        soup: readsSoup ? sorted.filter(({ from, message }) => this.correct.includes(from) && (!claim.words || claim.words.includes(message.type))) : [],
      }
      found = Boolean(claim.judge(outcome))
      this.#judged.set(key, found)
    }
    return found
  }
}

function isRead(claim: Claim, output: any): boolean {
  if (output === null || typeof output !== 'object' || !('note' in output)) return true
  if (!claim.reads?.includes('notes')) return false
  return !claim.notes || claim.notes.some((key) => output.note !== null && typeof output.note === 'object' && key in output.note)
}

/** Outputs are kept in order, and notes in theirs; of equal ones of one participant, two. */
function capped(before: readonly number[], more: readonly number[], isNote: (one: number) => boolean): readonly number[] {
  const all = [...before]
  for (const one of more) if (all.filter((other) => other === one).length < 2) all.push(one)
  return [...all.filter((one) => !isNote(one)), ...all.filter(isNote)]
}

/** Searches everything, or as far as `most` states. */
export function interpret(file: string, setting: Circumstances, values: readonly string[], most: number): Interpreted {
  const model = new Interpreter(file, setting, values)
  const noException: Claim = { kind: 'invariant', name: 'no-exception', judge: () => undefined }
  const open = new Map([...model.claims, noException].filter(({ kind }) => kind !== 'liveness').map((claim) => [claim.name, claim]))
  const found = new Map<string, number>()
  const judge = (world: World, fresh: Fresh, threw: boolean, steps: number): void => {
    for (const claim of open.values()) {
      if (claim === noException ? threw : model.judges(claim, world, fresh)) {
        found.set(claim.name, steps)
        open.delete(claim.name)
      }
    }
  }
  const first = model.start()
  judge(first.world, first.fresh, false, 0)
  const seen = new Set([keyOf(first.world)])
  let level = [first.world]
  let isWhole = true
  const expand = (world: World, steps: number, above: World[]): void => {
    for (const { world: after, fresh, threw } of model.next(world)) {
      judge(after, fresh, threw, steps)
      const key = keyOf(after)
      if (seen.has(key)) continue
      seen.add(key)
      above.push(after)
    }
    if (seen.size > most) throw new TooMuch()
  }
  try {
    for (let steps = 1; level.length > 0; steps++) {
      const above: World[] = []
      for (const world of level) expand(world, steps, above)
      level = above
    }
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error
    isWhole = false
  }
  const guards = model.claims.filter(({ kind }) => kind === 'sometimes')
  const isVacuous = guards.some(({ name }) => !found.has(name))
  const verdicts = [...model.claims, noException].flatMap(({ kind, name }): Verdict[] => {
    if (kind !== 'invariant') return []
    const steps = found.get(name)
    if (steps !== undefined) return [{ claim: name, verdict: 'violated', steps }]
    return [{ claim: name, verdict: isWhole ? (isVacuous ? 'vacuous' : 'holds') : 'unknown' }]
  })
  return { verdicts, states: isWhole ? seen.size : undefined, threw: [...model.threw], cut: model.cut }
}
