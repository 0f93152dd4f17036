import { type Id, type Program, rememberedAmong, UsageError } from '../model/index.ts'
import { byArrival, deliversOnce, type Leaf, type System, settles, type Table } from '../system/index.ts'
import { Audience } from './audience.ts'
import { Numbers } from './bits.ts'
import { Coalition, NOTHING_KNOWN, type Offers } from './coalition.ts'
import type { Edge } from './edge.ts'
import { Instance } from './instance.ts'
import type { Kernel } from './kernel.ts'
import { loseInbox } from './lose-inbox.ts'
import { type Flight, Flights, flight } from './network.ts'
import type { Row } from './row.ts'
import { type Beginning, beginningOf, type Start } from './start.ts'
import { startOf, type Twin, type TwinStart } from './twin.ts'

/** Instances of one run: those of correct participants, and one for each part that the coalition plays. */
const MOST_INSTANCES = 1_024

/** Ways to begin, and beginnings of twins, that are remembered. */
const MOST_STARTS = 256
const MOST_TWINS = 10_000

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
  readonly network: Flights
  readonly lost: Flight[] = []
  readonly coalition: Coalition
  /** Envelopes of correct participants, in the order of sending: instance and envelope, one after another. */
  readonly soup = new Numbers()
  /** Has a bound forbidden something? */
  isCut = false
  /** Runs begun so far. */
  runs = 0
  /** Is a step an arrival, with everything it enables? */
  readonly arrivals: boolean
  /** Does an arrival use the message up? */
  readonly once: boolean
  /** Does an arrival fire whatever it enables, until nothing changes? */
  readonly settles: boolean
  readonly keepsInbox: boolean
  /** Does what somebody sends come back to it? */
  readonly #returns: boolean
  readonly #duplicates: boolean
  readonly origin: System
  readonly #pool: Instance[] = []
  /** How runs begin, by what the coalition holds ready from the start. */
  readonly #starts = new Map<Offers, Start>()
  readonly #universe: readonly number[]
  readonly #beginning: Beginning
  readonly #audience: Audience
  /** How twins begin, each worked out once. */
  readonly #twinStarts = new Map<Twin, TwinStart>()

  /** @param universe messages that proofs may build on from the start, by number */
  constructor(kernel: Kernel, program: Program, origin: System, universe: readonly number[]) {
    const { setting, protocol } = program
    const { table } = kernel
    this.kernel = kernel
    this.program = program
    this.table = table
    this.origin = origin
    this.#universe = universe
    this.arrivals = byArrival(program)
    this.once = deliversOnce(program) || setting.network.fifo
    this.settles = settles(program)
    this.keepsInbox = protocol.definition.inbox !== false
    this.#returns = protocol.definition.selfDelivery === 'network'
    this.#duplicates = setting.network.duplicate
    this.network = new Flights(setting.network.fifo, this.instances)
    this.coalition = new Coalition(kernel.proofs, program, this.arrivals, this.correct)
    this.#beginning = beginningOf(kernel, program, origin)
    const correct = this.#beginning.instances.map(({ row }) => row.profile.id)
    this.#audience = new Audience(kernel, program, correct)
  }

  /**
   * Begins a run. How it begins is worked out once.
   * @param opening what the coalition holds ready from the start; `NOTHING_KNOWN`: nothing, and nothing to prove it with
   */
  begin(opening: Offers = NO_OFFERS): void {
    this.runs++
    this.#forget()
    const known = this.#starts.get(opening)
    if (known) {
      this.#restore(known)
      return
    }
    if (opening !== NOTHING_KNOWN) for (const message of this.#universe) this.coalition.know(message)
    this.#start()
    this.coalition.offerAll(opening)
    // What is on its way is made anew for each run.
    if (this.arrivals) return
    if (this.#starts.size >= MOST_STARTS) this.#starts.clear()
    this.#starts.set(opening, this.#save())
  }

  #start(): void {
    for (const { row, outputs } of this.#beginning.instances) {
      const instance = this.#add(row, undefined)
      this.correct[instance.id] = instance
      instance.record = this.kernel.records.after(instance.record, { outputs, notes: [] })
    }
    for (const { from, envelope } of this.#beginning.said) this.#told(this.correct[from]!, envelope)
    // The soup has lost the order in which things were sent; on its way each link has kept it.
    for (const { from, to, message, count } of this.origin.pending) {
      for (let copy = 0; copy < count; copy++) {
        this.network.send(flight(this.correct[to]!.index, from, this.table.messages.number(message)))
      }
    }
  }

  #save(): Start {
    return {
      instances: this.instances.map((instance) => ({ record: instance.record, come: instance.save() })),
      coalition: this.coalition.save(),
      soup: this.soup.save(),
    }
  }

  #restore({ instances, coalition, soup }: Start): void {
    for (let i = 0; i < instances.length; i++) {
      const instance = this.#add(this.#beginning.instances[i]!.row, undefined)
      this.correct[instance.id] = instance
      instance.record = instances[i]!.record
      instance.restore(instances[i]!.come)
    }
    this.soup.restore(soup)
    this.coalition.restore(coalition)
  }

  #forget(): void {
    const { instances, twins, lost } = this
    for (let i = 0; i < instances.length; i++) instances[i]!.forget()
    while (instances.length > 0) instances.pop()
    while (twins.length > 0) twins.pop()
    if (lost.length > 0) lost.length = 0
    this.soup.clear()
    this.network.clear()
    this.coalition.clear()
    this.isCut = false
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

  /** Steps taken so far. */
  get steps(): number {
    return this.coalition.step
  }

  set steps(steps: number) {
    this.coalition.step = steps
  }

  /** Adds a twin of a member of the coalition. */
  twin(twin: Twin): void {
    const { row, says } = rememberedAmong(this.#twinStarts, MOST_TWINS, twin, () =>
      startOf(twin, this.kernel, this.program, !this.arrivals || !this.once),
    )
    const instance = this.#add(row, twin)
    this.twins.push(instance)
    for (const envelope of says) this.#twinSays(instance, envelope)
  }

  /** Works out what can be done where something has changed. */
  refresh(): void {
    for (let i = 0; i < this.instances.length; i++) {
      const instance = this.instances[i]!
      if (!instance.isStale) continue
      if (instance.silentUntil > this.steps) instance.rest()
      else if (instance.refresh(this.isIdle)) this.isCut = true
    }
  }

  /** Would the reaction, which leaves everything as it is there, be no step? */
  readonly isIdle = (instance: Instance, leaf: Leaf, says: Int32Array): boolean => {
    if (!instance.stays(leaf)) return false
    if (leaf.silent) return true
    if (says.length > 0 && !this.#duplicates && !instance.twin) return false
    for (let i = 0; i < says.length; i++) if (!instance.hasSaid(says[i]!)) return false
    return this.kernel.records.after(instance.record, leaf) === instance.record
  }

  /** Takes an edge whose outcome is known. */
  take(instance: Instance, edge: Edge): void {
    // Elsewhere all that was sent may come again at any time.
    if (this.arrivals && edge.event?.kind === 'restart') loseInbox(instance)
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
      const message = this.kernel.envelopes.messages[envelope]!
      const ids = this.#audience.receivers(instance.id, envelope)
      for (let i = 0; i < ids.length; i++) {
        this.network.send(flight(this.correct[ids[i]!]!.index, instance.id, message))
      }
    }
    if (isNew) this.#told(instance, envelope)
  }

  /** What somebody has sent for the first time is there for all who can get it. */
  #told(instance: Instance, envelope: number): void {
    const { setting } = this.program
    const message = this.kernel.envelopes.messages[envelope]!
    const to = this.kernel.envelopes.receivers[envelope]!
    instance.say(envelope)
    this.soup.push(instance.index)
    this.soup.push(envelope)
    if (to === 'all' && this.#audience.hearsItself[instance.id]) instance.hearItself(message)
    if (!this.once) this.#reachCorrect(instance.id, envelope, message)
    for (let i = 0; i < this.twins.length; i++) this.#reachTwin(this.twins[i]!, instance.id, message)
    if (setting.byzantine.length === 0) return
    this.coalition.hear(instance.id, message)
  }

  /** An envelope becomes available to all who can get it. */
  #reachCorrect(from: Id, envelope: number, message: number): void {
    const ids = this.#audience.of(from, envelope)
    for (let i = 0; i < ids.length; i++) {
      const instance = this.correct[ids[i]!]!
      if (this.arrivals) this.network.send(flight(instance.index, from, message))
      else instance.hear(message, from, 'true')
    }
  }

  #reachTwin(instance: Instance, from: Id, message: number): void {
    if (instance.id === from && !this.#returns) return
    if (instance.twin!.side.includes(from)) this.#mail(instance, from, message)
  }

  /** A message for a twin. Where arrivals are steps it waits among what the coalition may do. */
  #mail(instance: Instance, from: Id, message: number): void {
    if (this.once) instance.mail.offer(flight(instance.index, from, message))
    else instance.hear(message, from, 'true')
  }

  /** A twin sends: to the correct ones on its side if it can prove it, and to the twins that share its side. */
  #twinSays(instance: Instance, envelope: number): void {
    if (instance.hasSaid(envelope)) return
    instance.say(envelope)
    const message = this.kernel.envelopes.messages[envelope]!
    const to = this.kernel.envelopes.receivers[envelope]!
    const { side, member, reaches } = instance.twin!
    if (!this.coalition.permits) this.coalition.know(message)
    for (const id of side) {
      if (to === 'all' ? id >= this.program.setting.n : id !== to) continue
      if (!reaches || reaches(this.table.messages.values[message]!, id)) this.coalition.offer(member, id, message)
    }
    if (to === 'all' && this.#audience.hearsItself[instance.id]) instance.hearItself(message)
    if (to === 'all' && this.#returns) this.#mail(instance, member, message)
    for (const other of this.twins) {
      if (other === instance || !other.twin!.side.some((id) => side.includes(id))) continue
      if (other.id === instance.id || (to !== 'all' && to !== other.id)) continue
      this.#mail(other, member, message)
    }
  }
}

const NOTHING_SAID = new Int32Array(0)
const NO_OFFERS: Offers = []
