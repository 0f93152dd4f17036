import type { Effects, Id } from '../../model/index.ts'
import { deliversOnce, endless, MOST_FIRINGS, nameOfThrown, type ProvedMessage, settles } from '../../system/index.ts'
import { MICROSECONDS } from '../network/delay-model.ts'
import type { EnabledFiring } from '../replica/enabled-rules.ts'
import type { Host, Item, OfferedInput } from '../replica/host.ts'
import type { SimulatedWorld } from './simulated-world.ts'

/**
 * What a participant does with what comes to it. An arrival fills the inbox, then enabled rules fire in declared order
 * until none changes anything: the eager steps of `apply`. Where messages are delivered once, or nobody keeps what has
 * arrived, each rule on the message runs once.
 */
export class ItemHandling {
  readonly #world: SimulatedWorld
  readonly #settles: boolean
  readonly #isFifo: boolean
  readonly #once: boolean
  readonly #keepsInbox: boolean
  readonly #viewOf: ((state: never) => number) | undefined
  #started = 0
  /** What was output, noted or sent for the first time: more than nothing has happened. */
  #changes = 0

  constructor(world: SimulatedWorld) {
    const { program } = world
    this.#world = world
    this.#settles = settles(program)
    this.#isFifo = program.setting.network.fifo
    this.#once = deliversOnce(program)
    this.#keepsInbox = program.protocol.definition.inbox !== false
    this.#viewOf = program.protocol.definition.viewOf as never
  }

  /** @returns until when copies of what was sent are being put on their way */
  handle(place: Host, item: Item): number {
    const { now } = this.#world
    if (place.hasStopped || place.firings >= (place.instance.twin?.stopsAfter ?? Number.POSITIVE_INFINITY)) return now
    const until = this.#dispatch(place, item)
    this.#world.judge.closeStep()
    this.#world.coalition.release()
    // What is sent on an input goes out beside the replica's work.
    return item.kind === 'input' ? now : until
  }

  #dispatch(place: Host, item: Item): number {
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

  #arrival(place: Host, { message, from, depth, isFromByzantine }: Item & { kind: 'copy' }): number {
    const { instance } = place
    if (place.blocked.has(from) && !isFromByzantine) return this.#world.now
    const word = this.#keepsInbox ? instance.inbox.hear(message, from, depth) : undefined
    const isUsedUp = this.#world.usesUp(instance.self, from, message)
    if (this.#settles) {
      if (word || isUsedUp) this.#observeArrival(place, from, message)
      return word ? this.#settle(place, instance.next(word)) : this.#world.now
    }
    const before = instance.local
    const firings = instance.once(message, from, depth)
    if (!firings) {
      if (word) instance.forgetLast()
      // A bound forbids the step: the message stays on its way, and on such a link nothing passes it.
      if (this.#isFifo && !isFromByzantine) place.blocked.add(from)
      return this.#world.now
    }
    const changes = this.#changes
    let until = this.#world.now
    for (const firing of firings) until = Math.max(until, this.#effects(place, firing, false))
    const isChanged = instance.local !== before
    if (word || isUsedUp || isChanged || this.#changes > changes) this.#observeArrival(place, from, message)
    return isChanged ? Math.max(until, this.#changed(place)) : until
  }

  /** Takes steps until nothing changes any more. */
  #settle(place: Host, first: EnabledFiring | undefined): number {
    let until = this.#world.now
    let count = 0
    for (let firing = first; firing; firing = place.instance.next()) {
      if (++count > MOST_FIRINGS) throw endless(this.#world.program)
      place.instance.take(firing)
      until = Math.max(until, this.#effects(place, firing, false))
      if (place.hasStopped) break
    }
    return count > 0 ? Math.max(until, this.#changed(place)) : until
  }

  /** An event without a message; whatever it enables fires too. */
  #alone(place: Host, firing: EnabledFiring): number {
    place.instance.take(firing)
    let until = this.#effects(place, firing, true)
    if (this.#settles && !place.hasStopped) until = Math.max(until, this.#settle(place, place.instance.next()))
    return until
  }

  /** The local state has changed: what was of no use before may be now. */
  #changed(place: Host): number {
    this.#countViews(place)
    return place.offered.length > 0 && !place.hasStopped ? this.#inputs(place) : this.#world.now
  }

  #countViews(place: Host): void {
    const { instance } = place
    if (!this.#viewOf || instance.twin || instance.self >= this.#world.program.setting.n) return
    const view = this.#viewOf(this.#world.table.locals.values[instance.local]!.state as never)
    if (view > place.view) place.viewChanges++
    place.view = Math.max(place.view, view)
  }

  #timeout(place: Host, timer: string, started: number): number {
    const { instance } = place
    if (place.timers.get(timer) !== started) return this.#world.now
    place.timers.delete(timer)
    const firing = instance.alone({ kind: 'timeout', timer })
    if (!firing) return this.#world.now
    if (!instance.twin) {
      this.#world.timeouts++
      this.#world.observe({ at: instance.self, timeout: timer })
    }
    return Math.max(this.#alone(place, firing), this.#changed(place))
  }

  #coin(place: Host, coin: string): number {
    const { instance } = place
    place.coins.delete(coin)
    if (!this.#world.table.locals.values[instance.local]!.coins.includes(coin)) return this.#world.now
    const value = this.#world.dice.unit() < 0.5 ? 0 : 1
    const firing = instance.alone({ kind: 'coin', coin, value })
    if (!firing) return this.#world.now
    if (!instance.twin) this.#world.observe({ at: instance.self, flip: coin, value })
    return Math.max(this.#alone(place, firing), this.#changed(place))
  }

  /** Inputs stay offered until they are of use; each that is may make another one useful. */
  #inputs(place: Host): number {
    let until = this.#world.now
    for (let i = 0; i < place.offered.length && !place.hasStopped; ) {
      const asked = place.offered[i]!
      const firing = place.instance.alone({ kind: 'input', value: asked.value })
      if (firing) {
        place.offered.splice(i, 1)
        until = Math.max(until, this.#input(place, asked, firing))
        i = 0
      } else i++
    }
    return until
  }

  #input(place: Host, { value }: OfferedInput, firing: EnabledFiring): number {
    const { instance } = place
    const { taken, measurements } = this.#world
    if (!instance.twin) {
      this.#world.observe({ at: instance.self, input: value })
      measurements.taken(value, instance.depth)
    }
    const before = instance.local
    const until = this.#alone(place, firing)
    if (instance.local !== before) this.#countViews(place)
    if (!instance.twin)
      taken.push({ at: instance.self, input: value, time: this.#world.ms, sent: until / MICROSECONDS })
    return until
  }

  /** What a firing sends, outputs, and arms. */
  #effects(place: Host, { leaf, depth }: EnabledFiring, isMeant: boolean): number {
    const { instance } = place
    const { table, coalition } = this.#world
    place.firings++
    if (!instance.twin) coalition.steps++
    for (const output of leaf.outputs) this.put(place, output, depth)
    for (const note of leaf.notes) {
      const value = table.outputs.values[note] as never as { note: never }
      if (!instance.keeps(instance.notes, note)) continue
      this.#changes++
      if (!instance.twin) this.#world.judge.note(instance.self, value.note)
    }
    let until = this.#world.now
    for (const sent of leaf.sent) {
      if (this.#once || !instance.hasSaid(sent)) this.#changes++
      if (!instance.twin) until = Math.max(until, this.#world.say(place, sent, depth + 1, isMeant))
      else if (instance.says(sent)) coalition.twinSays(place, sent, depth + 1)
    }
    this.arm(place, leaf.factors)
    if (leaf.threw) this.#stop(place)
    return until
  }

  put(place: Host, output: number, depth: number): void {
    const { instance } = place
    if (!instance.keeps(instance.outputs, output)) return
    this.#changes++
    if (instance.twin) return
    const value = this.#world.table.outputs.values[output]!
    this.#world.judge.put(instance.self, value)
    this.#world.measurements.put(instance.self, value, this.#world.now, depth)
  }

  #stop(place: Host): void {
    place.hasStopped = true
    const { instance } = place
    const local = this.#world.table.locals.values[instance.local]!
    if (!instance.twin) this.#world.judge.threw(nameOfThrown(local, instance.self, this.#world.program.setting.n)!)
  }

  /** Starts and stops clocks as the local state has it; coins fall at once. */
  arm(place: Host, factors: Effects['factors']): void {
    const { queue, table, now, request } = this.#world
    const { timers, coins } = table.locals.values[place.instance.local]!
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

  #observeArrival(place: Host, from: Id, message: number): void {
    const { request, table, coalition, program } = this.#world
    if (!request.observe || place.instance.twin) return
    const value = table.messages.values[message]!
    const isFromByzantine = program.setting.byzantine.includes(from)
    const proof = isFromByzantine ? coalition.sayable.witness(value) : undefined
    const on: ProvedMessage = { from, message: value, ...(proof ? { proof } : {}) }
    this.#world.observe({ at: place.instance.self, on })
  }
}
