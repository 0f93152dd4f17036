import type { Effects, Id } from '../model/index.ts'
import { deliversOnce, endless, MOST_FIRINGS, nameOfThrown, type Spoken, settles } from '../system/index.ts'
import type { Asked, Item, Place } from './place.ts'
import type { Firing } from './prospects.ts'
import { MICROSECONDS } from './road.ts'
import type { World } from './world.ts'

/**
 * What a participant does with what comes to it. An arrival fills the inbox, then enabled rules fire in declared order
 * until none changes anything: the eager steps of `apply`. Where messages are handed over once, or nobody keeps what has
 * arrived, each rule on the message runs once.
 */
export class Handling {
  readonly #world: World
  readonly #settles: boolean
  readonly #isFifo: boolean
  readonly #once: boolean
  readonly #keepsInbox: boolean
  readonly #viewOf: ((state: never) => number) | undefined
  #started = 0
  /** What was put out, noted or sent for the first time: more than nothing has happened. */
  #changes = 0

  constructor(world: World) {
    const { program } = world
    this.#world = world
    this.#settles = settles(program)
    this.#isFifo = program.setting.network.fifo
    this.#once = deliversOnce(program)
    this.#keepsInbox = program.protocol.definition.inbox !== false
    this.#viewOf = program.protocol.definition.viewOf as never
  }

  /** @returns until when copies of what was said are being put on their way */
  handle(place: Place, item: Item): number {
    const { now } = this.#world
    if (place.hasStopped || place.firings >= (place.seat.puppet?.stopsAfter ?? Number.POSITIVE_INFINITY)) return now
    const until = this.#dispatch(place, item)
    this.#world.judge.closeStep()
    this.#world.coalition.release()
    // What is said on an input goes out beside the replica's work.
    return item.kind === 'input' ? now : until
  }

  #dispatch(place: Place, item: Item): number {
    switch (item.kind) {
      case 'copy':
        return this.#arrival(place, item)
      case 'timeout':
        return this.#timeout(place, item.timer, item.started)
      case 'coin':
        return this.#coin(place, item.coin)
      case 'input':
        place.offered.push(item.asked)
        return this.#inputs(place)
    }
  }

  #arrival(place: Place, { message, from, depth, isLie }: Item & { kind: 'copy' }): number {
    const { seat } = place
    if (place.blocked.has(from) && !isLie) return this.#world.now
    const word = this.#keepsInbox ? seat.inbox.hear(message, from, depth) : undefined
    const isUsedUp = this.#world.usesUp(seat.self, from, message)
    if (this.#settles) {
      if (word || isUsedUp) this.#observeArrival(place, from, message)
      return word ? this.#settle(place, seat.next(word)) : this.#world.now
    }
    const before = seat.local
    const firings = seat.once(message, from, depth)
    if (!firings) {
      if (word) seat.forgetLast()
      // A bound forbids the step: the message stays on its way, and on such a link nothing passes it.
      if (this.#isFifo && !isLie) place.blocked.add(from)
      return this.#world.now
    }
    const changes = this.#changes
    let until = this.#world.now
    for (const firing of firings) until = Math.max(until, this.#effects(place, firing, false))
    const isChanged = seat.local !== before
    if (word || isUsedUp || isChanged || this.#changes > changes) this.#observeArrival(place, from, message)
    return isChanged ? Math.max(until, this.#changed(place)) : until
  }

  /** Takes steps until nothing changes any more. */
  #settle(place: Place, first: Firing | undefined): number {
    let until = this.#world.now
    let count = 0
    for (let firing = first; firing; firing = place.seat.next()) {
      if (++count > MOST_FIRINGS) throw endless(this.#world.program)
      place.seat.take(firing)
      until = Math.max(until, this.#effects(place, firing, false))
      if (place.hasStopped) break
    }
    return count > 0 ? Math.max(until, this.#changed(place)) : until
  }

  /** An event without a message; whatever it enables fires too. */
  #alone(place: Place, firing: Firing): number {
    place.seat.take(firing)
    let until = this.#effects(place, firing, true)
    if (this.#settles && !place.hasStopped) until = Math.max(until, this.#settle(place, place.seat.next()))
    return until
  }

  /** The local state has changed: what was of no use before may be now. */
  #changed(place: Place): number {
    this.#countViews(place)
    return place.offered.length > 0 && !place.hasStopped ? this.#inputs(place) : this.#world.now
  }

  #countViews(place: Place): void {
    const { seat } = place
    if (!this.#viewOf || seat.puppet || seat.self >= this.#world.program.setting.n) return
    const view = this.#viewOf(this.#world.table.locals.values[seat.local]!.state as never)
    if (view > place.view) place.viewChanges++
    place.view = Math.max(place.view, view)
  }

  #timeout(place: Place, timer: string, started: number): number {
    const { seat } = place
    if (place.timers.get(timer) !== started) return this.#world.now
    place.timers.delete(timer)
    const firing = seat.alone('timeout', timer)
    if (!firing) return this.#world.now
    if (!seat.puppet) {
      this.#world.timeouts++
      this.#world.observe({ at: seat.self, timeout: timer })
    }
    return Math.max(this.#alone(place, firing), this.#changed(place))
  }

  #coin(place: Place, coin: string): number {
    const { seat } = place
    place.coins.delete(coin)
    if (!this.#world.table.locals.values[seat.local]!.coins.includes(coin)) return this.#world.now
    const value = this.#world.dice.unit() < 0.5 ? 0 : 1
    const firing = seat.alone('coin', coin, value)
    if (!firing) return this.#world.now
    if (!seat.puppet) this.#world.observe({ at: seat.self, flip: coin, value })
    return Math.max(this.#alone(place, firing), this.#changed(place))
  }

  /** Inputs stay offered until they are of use; each that is may make another one useful. */
  #inputs(place: Place): number {
    let until = this.#world.now
    for (let i = 0; i < place.offered.length && !place.hasStopped; ) {
      const asked = place.offered[i]!
      const firing = place.seat.alone('input', asked.value)
      if (firing) {
        place.offered.splice(i, 1)
        until = Math.max(until, this.#input(place, asked, firing))
        i = 0
      } else i++
    }
    return until
  }

  #input(place: Place, { value }: Asked, firing: Firing): number {
    const { seat } = place
    const { taken, accounts } = this.#world
    if (!seat.puppet) {
      this.#world.observe({ at: seat.self, input: value })
      accounts.taken(value, seat.depth)
    }
    const before = seat.local
    const until = this.#alone(place, firing)
    if (seat.local !== before) this.#countViews(place)
    if (!seat.puppet) taken.push({ at: seat.self, input: value, time: this.#world.ms, sent: until / MICROSECONDS })
    return until
  }

  /** What a firing says, puts out, and arms. */
  #effects(place: Place, { leaf, depth }: Firing, isMeant: boolean): number {
    const { seat } = place
    const { table, coalition } = this.#world
    place.firings++
    if (!seat.puppet) coalition.steps++
    for (const output of leaf.outputs) this.put(place, output, depth)
    for (const note of leaf.notes) {
      const value = table.outputs.values[note] as never as { note: never }
      if (!seat.keeps(seat.notes, note)) continue
      this.#changes++
      if (!seat.puppet) this.#world.judge.note(seat.self, value.note)
    }
    let until = this.#world.now
    for (const sent of leaf.sent) {
      if (this.#once || !seat.hasSaid(sent)) this.#changes++
      if (!seat.puppet) until = Math.max(until, this.#world.say(place, sent, depth + 1, isMeant))
      else if (seat.says(sent)) coalition.puppetSays(place, sent, depth + 1)
    }
    this.arm(place, leaf.factors)
    if (leaf.threw) this.#stop(place)
    return until
  }

  put(place: Place, output: number, depth: number): void {
    const { seat } = place
    if (!seat.keeps(seat.outputs, output)) return
    this.#changes++
    if (seat.puppet) return
    const value = this.#world.table.outputs.values[output]!
    this.#world.judge.put(seat.self, value)
    this.#world.accounts.put(seat.self, value, this.#world.now, depth)
  }

  #stop(place: Place): void {
    place.hasStopped = true
    const { seat } = place
    const local = this.#world.table.locals.values[seat.local]!
    if (!seat.puppet) this.#world.judge.threw(nameOfThrown(local, seat.self, this.#world.program.setting.n)!)
  }

  /** Starts and stops clocks as the local state has it; coins fall at once. */
  arm(place: Place, factors: Effects['factors']): void {
    const { queue, table, now, request } = this.#world
    const { timers, coins } = table.locals.values[place.seat.local]!
    for (const timer of place.timers.keys()) if (!timers.includes(timer)) place.timers.delete(timer)
    for (const [timer, factor] of factors) {
      if (!timers.includes(timer)) continue
      const started = ++this.#started
      place.timers.set(timer, started)
      const time = now + Math.round(request.conditions.timeout * factor * MICROSECONDS)
      queue.put(time, { kind: 'item', place, item: { kind: 'timeout', timer, started } })
    }
    for (const coin of coins) {
      if (place.coins.has(coin)) continue
      place.coins.add(coin)
      queue.put(now, { kind: 'item', place, item: { kind: 'coin', coin } })
    }
  }

  #observeArrival(place: Place, from: Id, message: number): void {
    const { request, table, coalition, program } = this.#world
    if (!request.observe || place.seat.puppet) return
    const value = table.messages.values[message]!
    const isLie = program.setting.byzantine.includes(from)
    const proof = isLie ? coalition.sayable.witness(value) : undefined
    const on: Spoken = { from, message: value, ...(proof ? { proof } : {}) }
    this.#world.observe({ at: place.seat.self, on })
  }
}
