import { type Behaviour, type Offer, Provable, type Puppet } from '../adversary/index.ts'
import { canonicalValue, type Id, type Sent, UsageError } from '../model/index.ts'
import {
  IDS,
  inCanonicalOrder,
  type Leaf,
  merged,
  packed,
  receivers,
  type SentNumber,
  type System,
} from '../system/index.ts'
import type { Arena } from './arena.ts'
import { type Heard, LIE, OWN, TRUE } from './inbox.ts'
import { type Flight, Network, removeAt } from './network.ts'
import { envelope, MOST_SEATS, type Seat, type Taken } from './seats.ts'

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
  | {
      readonly kind: 'flip'
      readonly at: Id
      readonly name: string
      readonly value: 0 | 1
      readonly taken: readonly Taken[]
    }
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
  readonly network: Network
  /** What the coalition holds ready, where arrivals are steps. */
  readonly offers: Flight[] = []
  readonly lost: Flight[] = []
  readonly provable: Provable
  readonly heardBy: NonNullable<Behaviour['hears']>[] = []
  cut = false
  readonly #said = new Set<number>()
  readonly #pending: Offer[] = []
  readonly #knownOffers = new Set<number>()

  constructor(arena: Arena) {
    this.arena = arena
    const { table, origin, setting } = arena
    let coalition = 0
    for (const id of setting.byzantine) coalition |= 1 << id
    this.network = new Network(setting.network.fifo)
    this.provable = new Provable(table, arena.proofs, coalition)
    for (const message of arena.universeNumbers) this.provable.know(message)
    for (const [id, local] of origin.locals.entries()) {
      if (!local) continue
      const place = this.#sit(id, table.locals.number(local as never))
      this.correct[id] = place
      const outputs = origin.outputs[id]!.map((output) => table.outputs.number(output as never))
      place.record = arena.ground.records.after(place.record, { outputs, notes: [] })
    }
    for (const { from, to, message } of origin.soup) {
      this.#told(this.correct[from]!, { to, message: table.messages.number(message) })
    }
    // The soup has lost the order in which things were said; on its way each link has kept it.
    for (const { from, to, message, count } of origin.pending) {
      const flight = { to: this.correct[to]!.index, from, message: table.messages.number(message) }
      for (let copy = 0; copy < count; copy++) this.network.send(flight)
    }
  }

  #sit(id: Id, local: number, puppet?: Puppet): Seat {
    const { ground, setting, arrivals } = this.arena
    const { inboxes, records } = ground
    if (this.seats.length >= MOST_SEATS) {
      throw new UsageError(
        `the coalition plays more than ${MOST_SEATS} parts in one run`,
        'choose fewer Byzantine replicas, fewer --values or another --strategy',
      )
    }
    const inputs = puppet ? puppet.inputs : setting.inputs[id]!
    const fires = !arrivals || (puppet !== undefined && !this.arena.once)
    const fixed = { index: this.seats.length, id, puppet, inputs, fires, profile: ground.profile(id, inputs, fires) }
    const fresh = { arrived: [], record: records.empty, menu: undefined, stopped: false, firings: 0 }
    const place: Seat = { ...fixed, local, inbox: inboxes.empty, ...fresh }
    this.seats.push(place)
    return place
  }

  /** Adds a puppet of the coalition. */
  add(puppet: Puppet, local: number, sent: readonly Sent[]): void {
    const place = this.#sit(puppet.member, local, puppet)
    this.puppets.push(place)
    for (const { to, message } of sent)
      this.#puppetSays(place, { to, message: this.arena.table.messages.number(message) })
  }

  /** Room for the number of a seat in a key. */
  get room(): number {
    return Math.max(IDS, this.seats.length)
  }

  get steps(): number {
    return this.entries.length
  }

  /** Would the reaction leave everything as it is? Then it is no step. */
  isIdle(place: Seat, leaf: Leaf): boolean {
    if (leaf.local !== place.local) return false
    if (leaf.silent) return true
    for (const { to, message } of leaf.sent) {
      if (!this.arena.setting.network.duplicate && !place.puppet) return false
      if (!this.#said.has(envelope(place.index, to, message))) return false
    }
    return this.arena.ground.records.after(place.record, leaf) === place.record
  }

  /** Takes over a reaction. */
  absorb(place: Seat, leaf: Leaf): void {
    place.local = leaf.local
    place.menu = undefined
    place.firings++
    place.record = this.arena.ground.records.after(place.record, leaf)
    if (leaf.threw) place.stopped = true
    for (const sent of leaf.sent) {
      if (place.puppet) this.#puppetSays(place, sent)
      else this.say(place, sent)
    }
  }

  say(place: Seat, { to, message }: SentNumber): void {
    const { arena } = this
    const key = envelope(place.index, to, message)
    const isNew = !this.#said.has(key)
    if (arena.once && (isNew || !arena.setting.network.duplicate)) {
      for (const receiver of receivers(arena.program, place.id, to)) {
        const other = this.correct[receiver]
        if (other) this.network.send({ to: other.index, from: place.id, message })
      }
    }
    if (isNew) this.#told(place, { to, message })
  }

  /** What somebody has said for the first time is there for all who can get it. */
  #told(place: Seat, { to, message }: SentNumber): void {
    const { arena } = this
    this.#said.add(envelope(place.index, to, message))
    this.soup.push({ from: place.id, to, message })
    if (to === 'all' && place.id < arena.setting.n) this.#hearOneself(place, message)
    for (const other of arena.once ? this.puppets : this.seats) this.#reach(other, place.id, to, message)
    if (arena.setting.byzantine.length === 0) return
    this.provable.said(place.id, message)
    if (this.#pending.length > 0) for (const offer of this.#pending.splice(0)) this.offer(offer)
    const value = arena.table.messages.values[message]!
    for (const hears of this.heardBy) for (const offer of hears(place.id, value)) this.offer(offer)
  }

  #hearOneself(place: Seat, message: number): void {
    if (this.arena.self !== 'inbox' && this.arena.self !== 'at-once') return
    this.#hold(place, message, place.id, OWN)
  }

  #hold(place: Seat, message: number, from: Id, standing: 0 | 1 | 2): boolean {
    const inbox = this.arena.ground.inboxes.add(place.inbox, message, from, standing)
    if (inbox === place.inbox) return false
    place.inbox = inbox
    place.menu = undefined
    return true
  }

  /** An envelope becomes available to a seat, if it can get it. */
  #reach(place: Seat, from: Id, to: Id | 'all', message: number): void {
    const { arena } = this
    if (place.id === from && arena.self !== 'network') return
    if (place.puppet) {
      if (!place.puppet.side.includes(from)) return
    } else if (to !== place.id && !(to === 'all' && place.id < arena.setting.n) && !this.#canBeShown(message)) return
    if (place.puppet) this.#mail(place, from, message)
    else if (arena.arrivals) this.network.send({ to: place.index, from, message })
    else this.hear(place, from, message, false)
  }

  /** A word for a puppet. Where arrivals are steps it waits among what the coalition may do. */
  #mail(place: Seat, from: Id, message: number): void {
    if (this.arena.once) this.offers.push({ to: place.index, from, message })
    else this.hear(place, from, message, false)
  }

  #canBeShown(message: number): boolean {
    const { setting, table, program } = this.arena
    if (setting.auth !== 'signatures' || setting.byzantine.length === 0) return false
    const addressed = program.protocol.definition.addressed as readonly string[] | undefined
    return !addressed?.includes(table.messages.values[message]!.type)
  }

  /** A word arrives at a seat for good. Says whether it is new there. */
  hear(place: Seat, from: Id, message: number, lie: boolean): boolean {
    // One's own broadcast is evidence before it ever arrives.
    const isOwn = from === place.id && this.arena.arrivals
    const isNew = isOwn
      ? !place.arrived.some((word) => word.message === message && word.from === from)
      : !place.inbox.has(message, from)
    this.#hold(place, message, from, lie ? LIE : TRUE)
    if (isNew && this.arena.arrivals) place.arrived.push({ message, from })
    return isNew
  }

  /** A puppet speaks: to the correct ones on its side if it can prove it, and to the puppets that share its side. */
  #puppetSays(place: Seat, { to, message }: SentNumber): void {
    const key = envelope(place.index, to, message)
    if (this.#said.has(key)) return
    this.#said.add(key)
    this.provable.know(message)
    const { side, member } = place.puppet!
    const receiver = to === 'all' ? side.filter((id) => id < this.arena.setting.n) : side.filter((id) => id === to)
    this.offer({ from: member, to: receiver, message: this.arena.table.messages.values[message]! })
    if (to === 'all') this.#hearOneself(place, message)
    if (to === 'all' && this.arena.self === 'network') this.#mail(place, member, message)
    for (const other of this.puppets) {
      if (other === place || !other.puppet!.side.some((id) => side.includes(id))) continue
      if (other.id === place.id || (to !== 'all' && to !== other.id)) continue
      this.#mail(other, member, message)
    }
  }

  /** The coalition holds words ready; what it cannot prove yet waits until it can. */
  offer(offer: Offer): void {
    const message = this.arena.table.messages.number(canonicalValue(offer.message, 'a strategy'))
    this.provable.know(message)
    const isMember = this.arena.setting.byzantine.includes(offer.from) || this.arena.setting.auth === 'none'
    if (isMember && !this.provable.canSay(message)) {
      this.#pending.push(offer)
      return
    }
    // What somebody said itself triggers nothing there, unless it arrives under a name that anybody can use.
    const returns = this.arena.self === 'network' || isMember
    for (const to of offer.to) {
      if (to === offer.from && !returns) continue
      const place = this.correct[to]
      const key = packed(packed(message, offer.from, IDS), to, IDS)
      if (!place || this.#knownOffers.has(key)) continue
      this.#knownOffers.add(key)
      this.lies.push({ to, from: offer.from, message, step: this.steps })
      if (this.arena.arrivals) this.offers.push({ to: place.index, from: offer.from, message })
      else this.hear(place, offer.from, message, true)
    }
  }

  /** An offered word has arrived and is not offered again. */
  withdraw(offer: Flight): void {
    removeAt(this.offers, this.offers.indexOf(offer))
  }

  /** The same state as a value: what `apply` would have made of the same steps. */
  toSystem(): System {
    const { table, setting, origin, program } = this.arena
    const count = setting.n + setting.clients
    const value = (number: number) => table.messages.values[number]!
    const byId = <T>(of: (place: Seat) => T, none: T): T[] =>
      Array.from({ length: count }, (_, id) => (this.correct[id] ? of(this.correct[id]!) : none))
    const flight = ({ from, message, to }: Flight) => ({ from, message: value(message), to: this.seats[to]!.id })
    const heard = ({ from, message }: Heard) => ({ from, message: value(message) })
    return {
      ...origin,
      locals: byId((place) => table.locals.values[place.local]!, null as never),
      soup: inCanonicalOrder(this.soup.map(({ from, to, message }) => ({ from, message: value(message), to }))),
      pending: this.arena.once ? merged(program, this.network.all().map(flight)) : [],
      inboxes: byId((place) => (this.arena.arrivals && this.arena.keepsInbox ? place.arrived.map(heard) : []), []),
      lost: inCanonicalOrder(this.lost.map(flight)),
      outputs: byId((place) => place.record.outputs.map((output) => table.outputs.values[output]!), []),
      notes: byId((place) => place.record.notes.map((note) => (table.outputs.values[note] as any).note), []),
      crashed: this.entries.flatMap((entry) => (entry.kind === 'crash' ? [entry.at] : [])).sort((a, b) => a - b),
    }
  }
}
