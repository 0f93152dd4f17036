import { type Id, type Json, type Local, runningIds, type Sent } from '../../model/index.ts'
import type { SentNumber } from '../../system/index.ts'
import type { Count, Simulated, SimulationRequest } from '../measure/simulated.ts'
import { total } from '../measure/summary.ts'
import { MICROSECONDS } from '../network/delay-model.ts'
import { type Host, hosted } from '../replica/host.ts'
import { ItemHandling } from './item-handling.ts'
import { Machines } from './machines.ts'
import { SimulatedWorld, type TimedEvent } from './simulated-world.ts'

/** One run: a function of the request. */
export class Simulation {
  readonly #request: SimulationRequest
  readonly #world: SimulatedWorld
  readonly #handling: ItemHandling
  readonly #machines: Machines
  #events = 0
  /** Requests of the load that were made. */
  #asked = 0

  constructor(request: SimulationRequest) {
    this.#request = request
    this.#world = new SimulatedWorld(request)
    this.#handling = new ItemHandling(this.#world)
    this.#machines = new Machines(this.#world, this.#handling)
  }

  run(): Simulated {
    const { queue, coalition, measurements } = this.#world
    const { until } = this.#request
    const latest = until.ms * MICROSECONDS
    this.#open()
    let ended: Simulated['ended'] | undefined
    while (ended === undefined) {
      // Nothing is left to do but what the coalition holds back: it lets go of it.
      if (queue.size === 0) coalition.release(true)
      if (measurements.isAllDecided && !until.goOn) ended = 'decided'
      else if (queue.size === 0) ended = 'quiet'
      else if (queue.time > latest) ended = 'time'
      else if (this.#events >= until.events) ended = 'events'
      else this.#next()
    }
    return this.#result(ended)
  }

  /** Where everybody is: what the global state says of each participant. */
  get whereabouts(): { readonly at: Id; readonly local: Local; readonly outputs: Json[]; readonly notes: Json[] }[] {
    const { table } = this.#world
    return this.#world.places.flatMap((place) => {
      if (!place) return []
      const { self, local, outputs, notes } = place.instance
      return {
        at: self,
        local: table.locals.values[local]!,
        outputs: outputs.map((output) => table.outputs.values[output]!),
        notes: notes.map((note) => (table.outputs.values[note] as { note: Json }).note),
      }
    })
  }

  #next(): void {
    const { queue, coalition } = this.#world
    this.#world.now = queue.time
    this.#events++
    const event = queue.take()!
    switch (event.kind) {
      case 'item':
        this.#machines.deliver(event.place, event.item)
        break
      case 'heard':
        this.#hear(event)
        break
      case 'finish':
        this.#machines.finish(event.place, event.item)
        if (!event.place.isBusy) this.#machines.ready(event.place)
        break
      case 'ready':
        this.#machines.ready(event.place)
        break
      case 'crash':
        this.#crash(event.place)
        break
      case 'turn':
        coalition.sendNext(event.member)
        break
      case 'request':
        this.#askNext()
    }
  }

  #open(): void {
    const { places, table, coalition, queue, judge } = this.#world
    const { program, faults } = this.#request
    const begun = runningIds(program.setting).map((id) => hosted(table, id))
    for (const { place } of begun) places[place.instance.self] = place
    for (const { place, effects } of begun) {
      for (const output of effects.outputs) this.#handling.put(place, table.outputs.number(output as never), 0)
      this.#handling.arm(place, effects.factors)
      for (const sent of this.#opening(place, effects.sent)) this.#world.say(place, sent, 1, true)
    }
    judge.closeStep()
    coalition.strategyTwins.forEach((place, i) => {
      const { factors, sent } = coalition.begun[i]!
      this.#handling.arm(place, factors)
      for (const one of this.#opening(place, sent)) coalition.twinSays(place, one, 1)
      for (const value of place.instance.twin!.inputs) this.#offer(place, value)
    })
    coalition.open()
    for (const { at, time } of faults.crashes ?? []) {
      const place = places[at]
      if (place) queue.put(Math.round(time * MICROSECONDS), { kind: 'crash', place })
    }
    this.#load()
  }

  #crash(place: Host): void {
    if (place.hasStopped) return
    place.hasStopped = true
    this.#world.observe({ at: place.instance.self, crash: true })
  }

  /** What is sent before anything happens, by number. */
  #opening(place: Host, sent: readonly Sent[]): SentNumber[] {
    const numbered = sent.map(({ to, message }) => ({ to, message: this.#world.table.messages.number(message) }))
    for (const one of numbered) place.instance.hearOneself(one)
    return numbered
  }

  #offer(place: Host, value: string): void {
    const { queue, now } = this.#world
    queue.put(now, { kind: 'item', place, item: { kind: 'input', asked: { value, time: now } } })
  }

  #load(): void {
    const { load, program } = this.#request
    if (load.kind === 'inputs') {
      for (const place of this.#world.places) {
        if (place) for (const value of program.setting.inputs[place.instance.self] ?? []) this.#offer(place, value)
      }
    } else if (load.kind === 'open') this.#askNext()
    else for (let i = 0; i < load.outstanding; i++) this.#askNext()
  }

  /** The next request of the load: to one client in turn, or to every replica where there are no clients. */
  #askNext(): void {
    const { load, program } = this.#request
    const { measurements, places, queue, now } = this.#world
    if (load.kind === 'inputs' || this.#asked >= load.requests) return
    const index = this.#asked++
    const { n, clients } = program.setting
    const name = nameOfRequest(index)
    measurements.ask(name, now)
    for (const place of places) {
      if (place && (clients === 0 || place.instance.self === n + (index % clients))) this.#offer(place, name)
    }
    if (load.kind === 'open') queue.put(now + Math.round(load.everyMs * MICROSECONDS), { kind: 'request' })
  }

  #hear({ member, copy }: TimedEvent & { kind: 'heard' }): void {
    const { coalition } = this.#world
    const { from, message, depth } = copy
    for (const place of coalition.strategyTwins) {
      const { self, twin } = place.instance
      if (self === member && twin!.side.includes(from)) this.#machines.deliver(place, copy)
    }
    coalition.receives(member, from, message, depth)
  }

  #result(ended: Simulated['ended']): Simulated {
    const { measurements, judge, byzantineMessages, lost, taken, timeouts, places, ms } = this.#world
    const correct = measurements.correct.map((id) => places[id]!)
    return {
      decisions: measurements.decisions,
      decided: measurements.decided,
      of: measurements.correct.length,
      slots: measurements.slots,
      violated: judge.violations(),
      messages: this.#messages(),
      byzantineMessages,
      lost,
      taken,
      timeouts,
      viewChanges: Math.max(0, ...correct.map(({ viewChanges }) => viewChanges)),
      cut: places.some((place) => place?.instance.cut),
      time: ms,
      events: this.#events,
      ended,
    }
  }

  #messages(): Count[] {
    const { copies, table } = this.#world
    const { values } = table.messages
    return total(copies.map((count, message) => [{ type: values[message]!.type, count }]))
  }
}

/** `q0`, `q1`, … */
export function nameOfRequest(index: number): string {
  return `q${index}`
}
