/** The steps of participants: rules that fire when they like, and arrivals that fire what they enable. */
import type { Envelope } from './interpreter-coalition.ts'
import { type Message, textOf } from './interpreter-library.ts'
import { type Call, type Effect, effectsOf, type Local, rulesOn, TooMuch, type Word } from './interpreter-run.ts'
import { keyOf, type Move, type Space, type Step, type World } from './interpreter-space.ts'

const crashed = (local: Local): Effect => ({
  local: { ...local, crashed: true, stopped: true } as Local,
  said: [],
  outputs: [],
  threw: undefined,
})

export class Steps {
  readonly space: Space
  readonly #moves = new Map<string, Move[]>()

  constructor(space: Space) {
    this.space = space
  }

  *next(world: World): Generator<Step> {
    const hears = this.space.hears(world)
    for (const [index, at] of this.space.running.entries()) {
      const { words, number } = hears[index]!
      if (this.space.isByArrival) {
        yield* this.#arrivals(world, index, words)
        continue
      }
      const key = `${at} ${world.locals[index]} ${number}`
      let moves = this.#moves.get(key)
      if (!moves) {
        moves = this.#movesOf(at, this.space.local(world, index), words)
        this.#moves.set(key, moves)
      }
      for (const move of moves) yield this.space.step(world, index, move)
    }
  }

  /** What can happen at a participant without a message: the local state before the handler, and the handler. */
  #alone(at: number, local: Local): [Local, Call][] {
    const behaviour = this.space.behaviour(at)
    const without = (list: readonly string[], name: string): string[] => list.filter((other) => other !== name)
    return [
      ...(this.space.sharedTables.setting.inputs[at] ?? []).map((value): [Local, Call] => [
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
    const within = (state: unknown): boolean => this.space.isWithin(at, state)
    const found = effectsOf(
      this.space.sharedTables,
      at,
      from,
      local,
      words,
      [call],
      within,
      false,
      this.space.isByArrival,
    )
    for (const { threw } of found) if (threw) this.space.threw.add(String(threw))
    return found
  }

  #movesOf(at: number, local: Local, words: readonly Word[]): Move[] {
    if (local.stopped) return []
    const found: Effect[] = []
    for (const word of words) {
      if (!word.triggers) continue
      for (const call of rulesOn(this.space.behaviour(at), word.message))
        found.push(...this.#effects(at, word.from, local, words, call))
    }
    for (const [before, call] of this.#alone(at, local)) found.push(...this.#effects(at, at, before, words, call))
    if (this.space.sharedTables.setting.crash.includes(at)) found.push(crashed(local))
    found.push(...this.space.restarted(at, local))
    return found.map((effect) => this.space.moveOf(at, effect))
  }

  /** Where an arrival is a step: what a participant can do. Whatever it enables fires, or what it triggers runs once. */
  *#arrivals(world: World, index: number, words: readonly Word[]): Generator<Step> {
    const at = this.space.running[index]!
    const local = this.space.local(world, index)
    if (local.stopped) return
    const { protocol, setting } = this.space.sharedTables
    const isKept = protocol.inbox !== false
    const settles = isKept && setting.network.duplicate
    for (const { from, message, triggers, isWaiting } of words) {
      if (!triggers) continue
      const entry = textOf([from, message])
      const inbox = isKept && !local.inbox!.includes(entry) ? [...local.inbox!, entry] : local.inbox
      const used = isWaiting ? { used: textOf([at, from, message]) } : {}
      const using = (after: Local): Move => ({
        ...this.space.moveOf(at, { local: after, said: [], outputs: [], threw: undefined }),
        ...used,
      })
      // Elsewhere, what is lost is late for ever; in order of arrival, it makes room for the next one.
      if (isWaiting && setting.network.fifo && setting.network.lose) yield this.space.step(world, index, using(local))
      const arrived = using({ ...local, inbox })
      const step = this.space.step(world, index, arrived)
      const after = settles ? this.#settled(step, index) : this.#once(step, index, from, message)
      if (after) yield after
    }
    const heard = this.#inbox(world, index)
    for (const [before, call] of this.#alone(at, local)) {
      const [effect] = this.#effects(at, at, before, heard, call)
      if (!effect) continue
      const step = this.space.step(world, index, this.space.moveOf(at, effect))
      yield settles ? this.#settled(step, index) : step
    }
    const others = [...(setting.crash.includes(at) ? [crashed(local)] : []), ...this.space.restarted(at, local)]
    for (const effect of others) yield this.space.step(world, index, this.space.moveOf(at, effect))
  }

  /** What has arrived, in order, and own broadcasts where they are evidence. */
  #inbox(world: World, index: number): Word[] {
    const at = this.space.running[index]!
    const own = this.space.sharedTables.protocol.selfDelivery ?? 'inbox'
    const arrived = (this.space.local(world, index).inbox ?? []).map((entry) => JSON.parse(entry))
    const isOwn = ({ from, to }: Envelope): boolean =>
      from === at && to === 'all' && at < this.space.sharedTables.setting.n
    const mine =
      own === 'none' || own === 'network' ? [] : world.said.map((number) => this.space.envelopes[number]!).filter(isOwn)
    const sorted = mine.map(({ message }) => textOf(message)).sort()
    const all = [...arrived, ...sorted.map((text) => [at, JSON.parse(text)])]
    return all.map(([from, message]): Word => ({ from, message, triggers: true, isWaiting: false }))
  }

  /** One more handler within a step. */
  #more(step: Step, index: number, from: number, call: Call): Step | undefined {
    const at = this.space.running[index]!
    const [effect] = this.#effects(at, from, this.space.local(step.world, index), this.#inbox(step.world, index), call)
    if (!effect) return undefined
    const next = this.space.step(step.world, index, this.space.moveOf(at, effect))
    return { ...next, fresh: [[at, [...step.fresh[0]![1], ...next.fresh[0]![1]]]], threw: step.threw || next.threw }
  }

  #once(first: Step, index: number, from: number, message: Message): Step | undefined {
    let step = first
    for (const call of rulesOn(this.space.behaviour(this.space.running[index]!), message)) {
      if (this.space.local(step.world, index).stopped) break
      this.space.isCut = false
      const next = this.#more(step, index, from, call)
      if (this.space.isCut) return undefined
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
    const at = this.space.running[index]!
    const behaviour = this.space.behaviour(at)
    const local = this.space.local(step.world, index)
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
}
