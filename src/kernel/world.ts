import { begin, type Id, type Program, UsageError } from '../model/index.ts'
import {
  byArrival,
  deliversOnce,
  inCanonicalOrder,
  type Leaf,
  merged,
  receivers,
  type SentNumber,
  type System,
  settles,
  type Table,
} from '../system/index.ts'
import { Numbers, SENDERS } from './bits.ts'
import type { Edge } from './edge.ts'
import { Instance } from './instance.ts'
import type { Kernel } from './kernel.ts'
import { type Flight, flight, Network } from './network.ts'
import { Provable } from './provable.ts'
import type { Row } from './row.ts'
import type { Twin } from './twin.ts'

/** Instances of one run: those of the correct, and one for each part that the coalition plays. */
const MOST_INSTANCES = 1_024

/** Twins whose beginning is remembered. */
const MOST_TWINS = 10_000

/** Ways to begin that are remembered. */
const MOST_STARTS = 256

/** How a run begins. */
interface Start {
  readonly instances: readonly { readonly record: Instance['record']; readonly come: ReturnType<Instance['save']> }[]
  readonly provable: ReturnType<Provable['save']>
  /** Offers by message that cannot be proved yet. */
  readonly pending: ReadonlyMap<number, readonly number[]>
  readonly soup: Int32Array
  readonly offered: Int32Array
}

/** A message of the coalition that is held ready for a receiver, with the number of steps taken before. */
export interface Offered {
  readonly to: Id
  readonly from: Id
  readonly message: number
  readonly step: number
}

/** What the coalition holds ready: from whom, for whom, what, as numbers one after another. */
export type Offers = readonly number[]

/** Tells what is offered once a correct participant has said something. */
export type Hears = (from: Id, message: number) => Offers

/**
 * The mutable state of one run, on the kernel's numbers. The same semantics as `apply`, which every reported violation
 * is replayed on. A world is used for one run after another: `begin` forgets the run before.
 */
export class World {
  readonly kernel: Kernel
  readonly program: Program
  readonly table: Table
  /** All that run now: first the correct participants, in order, then twins. */
  readonly instances: Instance[] = []
  /** Correct participants by id; nothing at Byzantine ids. */
  readonly correct: (Instance | undefined)[] = []
  readonly twins: Instance[] = []
  readonly network: Network
  readonly lost: Flight[] = []
  readonly provable: Provable
  readonly hears: Hears[] = []
  /** Envelopes of the correct, in the order in which they were said: instance and envelope, one after another. */
  readonly soup = new Numbers()
  /** What the coalition has offered: to, from, message and step, one after another. */
  readonly #offered = new Numbers()
  /** Has a bound forbidden something? */
  isCut = false
  /** Steps taken so far. */
  steps = 0
  /** Runs begun so far. */
  runs = 0
  /** Is a step an arrival, with everything it enables? */
  readonly arrivals: boolean
  /** Does an arrival use the message up? */
  readonly once: boolean
  /** Does an arrival fire whatever it enables, until nothing changes? */
  readonly settles: boolean
  readonly keepsInbox: boolean
  readonly #self: 'inbox' | 'at-once' | 'network' | 'none'
  readonly #duplicates: boolean
  readonly #origin: System
  readonly #pool: Instance[] = []
  /** Offers by message that cannot be proved yet: from and to, one after another. */
  readonly #pending = new Map<number, number[]>()
  /** The same, of what was there when the run began. */
  #waiting: ReadonlyMap<number, readonly number[]> = NOTHING_WAITS
  /** How runs begin, by what the coalition holds ready from the start. */
  readonly #starts = new Map<Offers, Start>()
  readonly #universe: readonly number[]
  readonly #addressed: readonly string[]
  /** What is said when a run begins, by number. */
  readonly #opening: { readonly from: Id; readonly sent: SentNumber }[]
  readonly #beginning: readonly { readonly row: Row; readonly outputs: readonly number[] }[]
  readonly #twins = new Map<Twin, { readonly row: Row; readonly says: Int32Array }>()

  /** @param universe messages that proofs may build on from the start, by number */
  constructor(kernel: Kernel, program: Program, origin: System, universe: readonly number[]) {
    const { setting, protocol } = program
    const { table } = kernel
    this.kernel = kernel
    this.program = program
    this.table = table
    this.#origin = origin
    this.#universe = universe
    this.arrivals = byArrival(program)
    this.once = deliversOnce(program) || setting.network.fifo
    this.settles = settles(program)
    this.keepsInbox = protocol.definition.inbox !== false
    this.#self = protocol.definition.selfDelivery ?? 'inbox'
    this.#duplicates = setting.network.duplicate
    this.#addressed = (protocol.definition.addressed ?? []) as readonly string[]
    this.network = new Network(setting.network.fifo, this.instances)
    let coalition = 0
    for (const id of setting.byzantine) coalition |= 1 << id
    this.provable = new Provable(kernel.proofs, coalition)
    this.#beginning = origin.locals.flatMap((local, id) => {
      const outputs = origin.outputs[id]!.map((output) => table.outputs.number(output as never))
      if (!local) return []
      const profile = kernel.profile(id, setting.inputs[id]!, !this.arrivals)
      return [{ row: profile.start(local), outputs }]
    })
    this.#opening = origin.soup.map(({ from, to, message }) => ({
      from,
      sent: { to, message: table.messages.number(message) },
    }))
  }

  /**
   * Begins a run. How it begins is worked out once.
   * @param opening what the coalition holds ready from the start
   */
  begin(opening: Offers = NO_OFFERS): void {
    this.runs++
    this.#forget()
    const known = this.#starts.get(opening)
    if (known) {
      this.#restore(known)
      return
    }
    this.#start()
    this.offerAll(opening)
    // What is on its way is made anew for each run.
    if (this.arrivals) return
    if (this.#starts.size >= MOST_STARTS) this.#starts.clear()
    this.#starts.set(opening, this.#save())
  }

  #start(): void {
    for (const message of this.#universe) this.provable.know(message)
    this.provable.drain(() => {})
    for (const { row, outputs } of this.#beginning) {
      const instance = this.#add(row, undefined)
      this.correct[instance.id] = instance
      instance.record = this.kernel.records.after(instance.record, { outputs, notes: [] })
    }
    for (const { from, sent } of this.#opening) this.#told(this.correct[from]!, this.kernel.envelopes.number(sent))
    // The soup has lost the order in which things were said; on its way each link has kept it.
    for (const { from, to, message, count } of this.#origin.pending) {
      for (let copy = 0; copy < count; copy++) {
        this.network.send(flight(this.correct[to]!.index, from, this.table.messages.number(message)))
      }
    }
  }

  #save(): Start {
    return {
      instances: this.instances.map((instance) => ({ record: instance.record, come: instance.save() })),
      provable: this.provable.save(),
      pending: new Map([...this.#pending].map(([message, offers]) => [message, [...offers]])),
      soup: this.soup.save(),
      offered: this.#offered.save(),
    }
  }

  #restore({ instances, provable, pending, soup, offered }: Start): void {
    for (let i = 0; i < instances.length; i++) {
      const instance = this.#add(this.#beginning[i]!.row, undefined)
      this.correct[instance.id] = instance
      instance.record = instances[i]!.record
      instance.restore(instances[i]!.come)
    }
    this.provable.restore(provable)
    this.#waiting = pending
    this.soup.restore(soup)
    this.#offered.restore(offered)
    this.#release()
  }

  #forget(): void {
    for (const instance of this.instances) instance.forget()
    for (const list of [this.instances, this.twins, this.lost, this.hears]) list.length = 0
    this.#waiting = NOTHING_WAITS
    this.soup.clear()
    this.#offered.clear()
    this.network.clear()
    this.provable.clear()
    if (this.#pending.size > 0) this.#pending.clear()
    this.isCut = false
    this.steps = 0
  }

  #add(row: Row, twin: Twin | undefined): Instance {
    const index = this.instances.length
    if (index >= MOST_INSTANCES) {
      throw new UsageError(
        `the coalition plays more than ${MOST_INSTANCES} parts in one run`,
        'choose fewer Byzantine replicas, fewer --values or another --strategy',
      )
    }
    this.#pool[index] ??= new Instance(index)
    const instance = this.#pool[index]!
    instance.begin(row, this.kernel.records.empty, twin)
    this.instances.push(instance)
    return instance
  }

  /** Adds a twin of a member of the coalition. */
  twin(twin: Twin): void {
    let prepared = this.#twins.get(twin)
    if (!prepared) {
      if (this.#twins.size >= MOST_TWINS) this.#twins.clear()
      prepared = this.#prepare(twin)
      this.#twins.set(twin, prepared)
    }
    const instance = this.#add(prepared.row, twin)
    this.twins.push(instance)
    for (const envelope of prepared.says) this.#twinSays(instance, envelope)
  }

  #prepare({ member, inputs }: Twin): { readonly row: Row; readonly says: Int32Array } {
    const { local, effects } = begin(this.program, member)
    const { messages } = this.table
    const sent = effects.sent.map(({ to, message }) => ({ to, message: messages.number(message) }))
    return {
      row: this.kernel.profile(member, inputs, !this.arrivals || !this.once).start(local),
      says: this.kernel.envelopes.numbers(sent),
    }
  }

  /** Works out what can be done where something has changed. */
  refresh(): void {
    for (let i = 0; i < this.instances.length; i++) {
      const instance = this.instances[i]!
      if (!instance.isStale) continue
      if (instance.silentUntil > this.steps) instance.rest()
      else if (instance.refresh(this.#isIdle)) this.isCut = true
    }
  }

  readonly #isIdle = (instance: Instance, leaf: Leaf, says: Int32Array): boolean => this.isIdle(instance, leaf, says)

  /** Would the reaction, which leaves everything as it is there, be no step? */
  isIdle(instance: Instance, leaf: Leaf, says: Int32Array): boolean {
    if (!instance.stays(leaf)) return false
    if (leaf.silent) return true
    if (says.length > 0 && !this.#duplicates && !instance.twin) return false
    for (let i = 0; i < says.length; i++) if (!instance.hasSaid(says[i]!)) return false
    return this.kernel.records.after(instance.record, leaf) === instance.record
  }

  /** Takes an edge whose outcome is known. */
  take(instance: Instance, edge: Edge): void {
    edge.target ??= instance.profile.row(edge.leaf!.local)
    this.#absorb(instance, edge.leaf!, edge.says, edge.target)
  }

  /** Takes over a reaction. */
  absorb(instance: Instance, leaf: Leaf): void {
    const says = leaf.sent.length > 0 ? this.kernel.saysOf(leaf) : NOTHING_SAID
    this.#absorb(instance, leaf, says, instance.profile.row(leaf.local))
  }

  #absorb(instance: Instance, leaf: Leaf, says: Int32Array, row: Row): void {
    instance.move(row, this.kernel.records.after(instance.record, leaf), leaf.counts)
    if (leaf.threw) instance.stopped = true
    for (let i = 0; i < says.length; i++) {
      if (instance.twin) this.#twinSays(instance, says[i]!)
      else this.#say(instance, says[i]!)
    }
  }

  #say(instance: Instance, envelope: number): void {
    const isNew = !instance.hasSaid(envelope)
    if (this.once && (isNew || !this.#duplicates)) {
      const { messages, receivers: to } = this.kernel.envelopes
      for (const receiver of receivers(this.program, instance.id, to[envelope]!)) {
        const other = this.correct[receiver]
        if (other) this.network.send(flight(other.index, instance.id, messages[envelope]!))
      }
    }
    if (isNew) this.#told(instance, envelope)
  }

  /** What somebody has said for the first time is there for all who can get it. */
  #told(instance: Instance, envelope: number): void {
    const { setting } = this.program
    const message = this.kernel.envelopes.messages[envelope]!
    const to = this.kernel.envelopes.receivers[envelope]!
    instance.say(envelope)
    this.soup.push(instance.index)
    this.soup.push(envelope)
    if (to === 'all' && this.hearsItself(instance.id)) instance.hearItself(message)
    const others = this.once ? this.twins : this.instances
    for (let i = 0; i < others.length; i++) this.#reach(others[i]!, instance.id, to, message)
    if (setting.byzantine.length === 0) return
    this.provable.said(instance.id, message)
    this.#release()
    for (const hears of this.hears) this.offerAll(hears(instance.id, message))
  }

  /** Is what a participant says to all evidence for itself? */
  hearsItself(id: Id): boolean {
    return id < this.program.setting.n && (this.#self === 'inbox' || this.#self === 'at-once')
  }

  /** An envelope becomes available to an instance, if it can get it. */
  #reach(instance: Instance, from: Id, to: Id | 'all', message: number): void {
    if (instance.id === from && this.#self !== 'network') return
    if (instance.twin) {
      if (!instance.twin.side.includes(from)) return
      this.#mail(instance, from, message)
      return
    }
    const isMeant = to === instance.id || (to === 'all' && instance.id < this.program.setting.n)
    if (!isMeant && !this.#canBeShown(message)) return
    if (this.arrivals) this.network.send(flight(instance.index, from, message))
    else instance.hear(message, from, 'true')
  }

  /** A message for a twin. Where arrivals are steps it waits among what the coalition may do. */
  #mail(instance: Instance, from: Id, message: number): void {
    if (this.once) instance.mail.offer(flight(instance.index, from, message))
    else instance.hear(message, from, 'true')
  }

  #canBeShown(message: number): boolean {
    const { setting } = this.program
    if (setting.auth !== 'signatures' || setting.byzantine.length === 0) return false
    return this.#addressed.length === 0 || !this.#addressed.includes(this.table.messages.values[message]!.type)
  }

  /** A twin speaks: to the correct ones on its side if it can prove it, and to the twins that share its side. */
  #twinSays(instance: Instance, envelope: number): void {
    if (instance.hasSaid(envelope)) return
    instance.say(envelope)
    const message = this.kernel.envelopes.messages[envelope]!
    const to = this.kernel.envelopes.receivers[envelope]!
    this.#know(message)
    const { side, member } = instance.twin!
    for (const id of side) {
      if (to === 'all' ? id < this.program.setting.n : id === to) this.offer(member, id, message)
    }
    if (to === 'all' && this.hearsItself(instance.id)) instance.hearItself(message)
    if (to === 'all' && this.#self === 'network') this.#mail(instance, member, message)
    for (const other of this.twins) {
      if (other === instance || !other.twin!.side.some((id) => side.includes(id))) continue
      if (other.id === instance.id || (to !== 'all' && to !== other.id)) continue
      this.#mail(other, member, message)
    }
  }

  #know(message: number): void {
    this.provable.know(message)
    this.#release()
  }

  /** What waited for a proof and can be said now. */
  #release(): void {
    this.provable.drain(this.#handOver)
  }

  readonly #handOver = (message: number): void => {
    const before = this.#waiting.get(message)
    if (before) for (let i = 0; i < before.length; i += 2) this.#hand(before[i]!, before[i + 1]!, message)
    const waiting = this.#pending.get(message)
    if (!waiting) return
    this.#pending.delete(message)
    for (let i = 0; i < waiting.length; i += 2) this.#hand(waiting[i]!, waiting[i + 1]!, message)
  }

  offerAll(offers: Offers): void {
    for (let i = 0; i < offers.length; i += 3) this.offer(offers[i]!, offers[i + 1]!, offers[i + 2]!)
  }

  /** The coalition holds a message ready for somebody; what it cannot prove yet waits until it can. */
  offer(from: Id, to: Id, message: number): void {
    this.#know(message)
    if (this.#owns(from) && !this.provable.canSay(message)) {
      const waiting = this.#pending.get(message)
      if (waiting) waiting.push(from, to)
      else this.#pending.set(message, [from, to])
      return
    }
    this.#hand(from, to, message)
  }

  #owns(from: Id): boolean {
    const { byzantine, auth } = this.program.setting
    return byzantine.includes(from) || auth === 'none'
  }

  #hand(from: Id, to: Id, message: number): void {
    // What somebody said itself triggers nothing there, unless it arrives under a name that anybody can use.
    if (to === from && this.#self !== 'network' && !this.#owns(from)) return
    const instance = this.correct[to]
    const bit = 1 << from
    if (!instance || (instance.offered.get(message) & bit) !== 0) return
    instance.offered.or(message, bit)
    this.#offered.push(to)
    this.#offered.push(from)
    this.#offered.push(message)
    this.#offered.push(this.steps)
    if (this.arrivals) instance.mail.offer(flight(instance.index, from, message))
    else instance.hear(message, from, 'lie')
  }

  /** All that the coalition has held ready, in order. */
  offered(): Offered[] {
    const list: Offered[] = []
    for (let i = 0; i < this.#offered.length; i += 4) {
      const [to, from, message, step] = this.#offered.values.subarray(i, i + 4)
      list.push({ to: to!, from: from!, message: message!, step: step! })
    }
    return list
  }

  /** The same state as a value: what `apply` would have made of the same steps. */
  toSystem(crashed: readonly Id[]): System {
    const { table, program } = this
    const { setting } = program
    const { messages: said, receivers: to } = this.kernel.envelopes
    const value = (number: number) => table.messages.values[number]!
    const byId = <T>(of: (instance: Instance) => T, none: T): T[] =>
      Array.from({ length: setting.n + setting.clients }, (_, id) => (this.correct[id] ? of(this.correct[id]!) : none))
    const spoken = (one: Flight) => ({ from: one.from, message: value(one.message), to: this.instances[one.to]!.id })
    const heard = (word: number) => ({ from: word % SENDERS, message: value(Math.floor(word / SENDERS)) })
    const soup = []
    for (let i = 0; i < this.soup.length; i += 2) {
      const [instance, envelope] = [this.instances[this.soup.values[i]!]!, this.soup.values[i + 1]!]
      soup.push({ from: instance.id, message: value(said[envelope]!), to: to[envelope]! })
    }
    return {
      ...this.#origin,
      locals: byId((instance) => table.locals.values[instance.local]!, null as never),
      soup: inCanonicalOrder(soup),
      pending: this.once ? merged(program, this.network.all().map(spoken)) : [],
      inboxes: byId((instance) => (this.arrivals && this.keepsInbox ? [...instance.words].map(heard) : []), []),
      lost: inCanonicalOrder(this.lost.map(spoken)),
      outputs: byId(({ record }) => record.outputs.map((output) => table.outputs.values[output]!), []),
      notes: byId(({ record }) => record.notes.map((note) => (table.outputs.values[note] as any).note), []),
      crashed: [...crashed].sort((a, b) => a - b),
    }
  }
}

const NOTHING_SAID = new Int32Array(0)
const NO_OFFERS: Offers = []
const NOTHING_WAITS: ReadonlyMap<number, readonly number[]> = new Map()
