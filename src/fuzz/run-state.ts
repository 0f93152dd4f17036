import { type Behaviour, type Offer, Provable, type Puppet } from '../adversary/index.ts'
import type { Id, Sent } from '../model/index.ts'
import { inCanonicalOrder, type Leaf, merged, receivers, type System } from '../system/index.ts'
import type { Arena } from './arena.ts'
import { type Heard, type Seat, seat, type Taken } from './seats.ts'

/** A message on its way to a seat. */
export interface Flight extends Heard {
  readonly to: number
}

/** What a run did, by numbers; `recount` turns it into steps. */
export type Entry =
  | {
      readonly kind: 'message'
      readonly at: Id
      readonly rule: string
      readonly word: Heard
      readonly taken: readonly Taken[]
    }
  | { readonly kind: 'timeout' | 'input'; readonly at: Id; readonly name: string; readonly taken: readonly Taken[] }
  | { readonly kind: 'flip'; readonly at: Id; readonly name: string; readonly value: 0 | 1 }
  | { readonly kind: 'lose'; readonly at: Id; readonly word: Heard }
  | { readonly kind: 'crash'; readonly at: Id }

/** A word that the coalition held ready for a receiver, with the number of steps taken before. */
export interface Lie extends Heard {
  readonly to: Id
  readonly step: number
}

/**
 * The mutable state of one run, on the arena's numbers. The same semantics as `apply`, which every reported violation
 * is replayed on.
 */
export class RunState {
  readonly arena: Arena
  readonly seats: Seat[] = []
  /** Seats of correct participants by id; nothing at Byzantine ids. */
  readonly correct: (Seat | undefined)[] = []
  readonly puppets: Seat[] = []
  readonly entries: Entry[] = []
  readonly lies: Lie[] = []
  /** Envelopes said, in order. */
  readonly soup: { readonly from: Id; readonly to: Id | 'all'; readonly message: number }[] = []
  /** On the way, where arrivals are steps: first what correct participants sent, then what the coalition offers. */
  readonly flights: Flight[] = []
  readonly offers: Flight[] = []
  readonly lost: Flight[] = []
  readonly provable: Provable
  readonly heardBy: NonNullable<Behaviour['hears']>[] = []
  cut = false
  readonly #said = new Set<number>()
  readonly #queues = new Map<number, Flight[]>()
  readonly #pending: { offer: Offer; message: number }[] = []
  readonly #knownOffers = new Set<number>()

  constructor(arena: Arena) {
    this.arena = arena
    const { table, origin, setting } = arena
    let coalition = 0
    for (const id of setting.byzantine) coalition |= 1 << id
    this.provable = new Provable(table, arena.proofs, coalition)
    for (const message of arena.universe.messages) this.provable.know(table.messages.number(message))
    for (const [id, local] of origin.locals.entries()) {
      if (!local) continue
      const place = seat(this.seats.length, id, table.locals.number(local as never))
      this.seats.push(place)
      this.correct[id] = place
      for (const output of origin.outputs[id]!) place.outputs.push(table.outputs.number(output as never))
    }
    for (const { from, to, message } of origin.soup) {
      this.say(this.correct[from]!, { to, message: table.messages.number(message) })
    }
  }

  /** Adds a puppet of the coalition. */
  add(puppet: Puppet, local: number, sent: readonly Sent[]): void {
    const place = seat(this.seats.length, puppet.member, local, puppet)
    this.seats.push(place)
    this.puppets.push(place)
    for (const { to, message } of sent) this.puppetSays(place, to, this.arena.table.messages.number(message))
  }

  get steps(): number {
    return this.entries.length
  }

  /** Would the reaction leave everything as it is? Then it is no step. */
  isIdle(place: Seat, leaf: Leaf): boolean {
    if (leaf.local !== place.local) return false
    if (leaf.silent) return true
    for (const { to, message } of leaf.sent) {
      if (this.arena.once && !place.puppet) return false
      if (!this.#said.has(this.#envelope(place.index, to, message))) return false
    }
    const fresh = (list: readonly number[]) => (output: number) => list.filter((other) => other === output).length < 2
    return !leaf.outputs.some(fresh(place.outputs)) && !leaf.notes.some(fresh(place.notes))
  }

  /** Takes over a reaction. */
  absorb(place: Seat, leaf: Leaf): void {
    place.local = leaf.local
    place.dirty = true
    place.firings++
    for (const output of leaf.outputs) append(place.outputs, output)
    for (const note of leaf.notes) append(place.notes, note)
    if (leaf.threw) place.stopped = true
    for (const { to, message } of leaf.sent) {
      if (place.puppet) this.puppetSays(place, to, message)
      else this.say(place, { to, message })
    }
  }

  #envelope(index: number, to: Id | 'all', message: number): number {
    return (message * 128 + index) * 128 + (to === 'all' ? 127 : to & 63)
  }

  say(place: Seat, { to, message }: { readonly to: Id | 'all'; readonly message: number }): void {
    const { arena } = this
    const key = this.#envelope(place.index, to, message)
    const isNew = !this.#said.has(key)
    if (isNew) {
      this.#said.add(key)
      this.soup.push({ from: place.id, to, message })
    }
    if (arena.once) {
      for (const receiver of receivers(arena.program, place.id, to)) {
        const other = this.correct[receiver]
        if (other) this.#send({ to: other.index, from: place.id, message })
      }
    }
    if (!isNew) return
    if (to === 'all' && place.id < arena.setting.n) this.#hearOneself(place, message)
    if (!arena.once) for (const other of this.seats) this.#reach(other, place.id, to, message)
    else for (const other of this.puppets) this.#reach(other, place.id, to, message)
    this.provable.said(place.id, message)
    this.#retry()
    const value = this.arena.table.messages.values[message]!
    for (const hears of this.heardBy) for (const offer of hears(place.id, value)) this.offer(offer)
  }

  #hearOneself(place: Seat, message: number): void {
    if (this.arena.self !== 'inbox' && this.arena.self !== 'at-once') return
    place.own.push(message)
    place.visible.set(message, (place.visible.get(message) ?? 0) | (1 << place.id))
    place.dirty = true
  }

  /** An envelope becomes available to a seat, if it can get it. */
  #reach(place: Seat, from: Id, to: Id | 'all', message: number): void {
    const { arena } = this
    if (place.id === from && arena.self !== 'network') return
    if (place.puppet) {
      if (!place.puppet.side.includes(from)) return
    } else if (to !== place.id && !(to === 'all' && place.id < arena.setting.n) && !this.#canBeShown(message)) return
    if (arena.arrivals && !place.puppet) this.#send({ to: place.index, from, message })
    else this.hear(place, from, message, false)
  }

  #canBeShown(message: number): boolean {
    const { setting, table, program } = this.arena
    if (setting.auth !== 'signatures' || setting.byzantine.length === 0) return false
    const addressed = program.protocol.definition.addressed as readonly string[] | undefined
    return !addressed?.includes(table.messages.values[message]!.type)
  }

  #send(flight: Flight): void {
    if (!this.arena.setting.network.fifo) {
      this.flights.push(flight)
      return
    }
    // Only the first message of a link can arrive; the others wait behind it.
    const link = flight.to * 64 + flight.from
    const queue = this.#queues.get(link)
    if (queue) queue.push(flight)
    else {
      this.#queues.set(link, [])
      this.flights.push(flight)
    }
  }

  /** Takes a flight off the network; on a first-in-first-out link the next one follows. */
  land(index: number): Flight {
    const flight = this.flights[index]!
    const last = this.flights.pop()!
    if (index < this.flights.length) this.flights[index] = last
    if (this.arena.setting.network.fifo) {
      const link = flight.to * 64 + flight.from
      const next = this.#queues.get(link)!.shift()
      if (next) this.flights.push(next)
      else this.#queues.delete(link)
    }
    return flight
  }

  /** A word arrives at a seat for good. Says whether it is new there. */
  hear(place: Seat, from: Id, message: number, lie: boolean): boolean {
    const bit = 1 << from
    const before = place.visible.get(message) ?? 0
    const lies = place.lies.get(message) ?? 0
    const known = place.heard.some((word) => word.message === message && word.from === from)
    if (!lie && lies & bit) place.lies.set(message, lies & ~bit)
    if (known) return false
    if (lie) place.lies.set(message, lies | bit)
    place.visible.set(message, before | bit)
    place.heard.push({ message, from })
    place.dirty = true
    return true
  }

  /** A puppet speaks: to the correct ones on its side if it can prove it, and to the puppets that share its side. */
  puppetSays(place: Seat, to: Id | 'all', message: number): void {
    const key = this.#envelope(place.index, to, message)
    if (this.#said.has(key)) return
    this.#said.add(key)
    this.provable.know(message)
    const { side, member } = place.puppet!
    const receiver = to === 'all' ? side.filter((id) => id < this.arena.setting.n) : side.filter((id) => id === to)
    this.offer({ from: member, to: receiver, message: this.arena.table.messages.values[message]! })
    if (to === 'all') this.#hearOneself(place, message)
    for (const other of this.puppets) {
      if (other === place || !other.puppet!.side.some((id) => side.includes(id))) continue
      if (other.id === place.id || (to !== 'all' && to !== other.id)) continue
      this.hear(other, member, message, false)
    }
  }

  /** The coalition holds words ready; what it cannot prove yet waits until it can. */
  offer(offer: Offer): void {
    const message = this.arena.table.messages.number(offer.message)
    this.provable.know(message)
    const isMember = this.arena.setting.byzantine.includes(offer.from) || this.arena.setting.auth === 'none'
    if (isMember && !this.provable.canSay(message)) {
      this.#pending.push({ offer, message })
      return
    }
    for (const to of offer.to) {
      const place = this.correct[to]
      const key = (message * 64 + offer.from) * 64 + to
      if (!place || this.#knownOffers.has(key)) continue
      this.#knownOffers.add(key)
      this.lies.push({ to, from: offer.from, message, step: this.steps })
      if (this.arena.arrivals) this.offers.push({ to: place.index, from: offer.from, message })
      else this.hear(place, offer.from, message, true)
    }
  }

  /** The coalition shows a word that is itself on its way: the reference takes it for the original, which is used up. */
  overtake({ to, from, message }: Flight): boolean {
    if (!this.arena.once) return false
    const index = this.flights.findIndex(
      (flight) => flight.to === to && flight.from === from && flight.message === message,
    )
    if (index >= 0) this.land(index)
    return index >= 0
  }

  /** An offered word has arrived and is not offered again. */
  withdraw(offer: Flight): void {
    const index = this.offers.indexOf(offer)
    const last = this.offers.pop()!
    if (index < this.offers.length) this.offers[index] = last
  }

  #retry(): void {
    if (this.#pending.length === 0) return
    const waiting = this.#pending.splice(0)
    for (const { offer } of waiting) this.offer(offer)
  }

  /** The same state as a value, for judging what comes after. */
  toSystem(): System {
    const { table, setting, origin } = this.arena
    const count = setting.n + setting.clients
    const message = (number: number) => table.messages.values[number]!
    const byId = <T>(of: (place: Seat) => T, none: T): T[] =>
      Array.from({ length: count }, (_, id) => (this.correct[id] ? of(this.correct[id]!) : none))
    const pending = [...this.flights, ...[...this.#queues.values()].flat()].map((flight) => ({
      from: flight.from,
      message: message(flight.message),
      to: this.seats[flight.to]!.id,
      count: 1,
    }))
    return {
      ...origin,
      locals: byId((place) => table.locals.values[place.local]!, null as never),
      soup: inCanonicalOrder(
        this.soup.map(({ from, to, message: number }) => ({ from, message: message(number), to })),
      ),
      pending: this.arena.once ? merged(this.arena.program, pending) : [],
      inboxes: byId(
        (place) => (this.arena.arrivals ? place.heard.map((w) => ({ from: w.from, message: message(w.message) })) : []),
        [],
      ),
      lost: this.lost.map((word) => ({ from: word.from, message: message(word.message), to: this.seats[word.to]!.id })),
      outputs: byId((place) => place.outputs.map((output) => table.outputs.values[output]!), []),
      notes: byId((place) => place.notes.map((note) => (table.outputs.values[note] as any).note), []),
      crashed: this.entries.flatMap((entry) => (entry.kind === 'crash' ? [entry.at] : [])),
    }
  }
}

function append(list: number[], output: number): void {
  if (list.filter((other) => other === output).length < 2) list.push(output)
}
