import type { Offer } from '../../adversary/index.ts'
import { type AnyMessage, canonicalValue, type Effects, type Id, type Program, remembered } from '../../model/index.ts'
import { canBeShown, coalitionSpeaksAs, Sayable, type SentNumber, type Table } from '../../system/index.ts'
import type { SimulationRequest, TimedBehaviour } from '../measure/simulated.ts'
import { type Host, hosted } from '../replica/host.ts'

/** A message of the coalition on its way to somebody: a participant, or a twin. */
export interface CoalitionMail {
  readonly from: Id
  /** The member whose link it travels: Byzantine replicas may sign with other names. */
  readonly by: Id
  readonly to: Id | Host
  readonly message: number
  readonly depth: number
  /** May its sender send the next one only when this has arrived, or is lost? */
  readonly inTurn?: boolean
}

/** Puts a message on its way. */
export type Send = (mail: CoalitionMail) => void

/** The Byzantine ids of one run: they receive what arrives at them, and send what their behaviour answers. */
export class SimulatedCoalition {
  readonly strategyTwins: readonly Host[]
  /** What twins send and arm at once, in the same order. */
  readonly begun: readonly Effects[]
  readonly sayable: Sayable
  /** Steps that correct participants have taken: some messages are held back until there were enough. */
  steps = 0
  readonly #program: Program
  readonly #table: Table
  readonly #behaviour: TimedBehaviour
  readonly #isSequential: boolean
  readonly #post: Send
  readonly #members: ReadonlySet<Id>
  /** What was sent to whom: an offer is sent once. */
  readonly #sent = new Set<string>()
  readonly #heard = new Map<string, readonly Offer[]>()
  readonly #heardBy = new Set<string>()
  /** What cannot be proved yet. */
  #pending: { readonly offer: Offer; readonly by: Id; readonly depth: number }[] = []
  #withheld: { readonly place: Host; readonly until: number; readonly sent: SentNumber; readonly depth: number }[] = []
  readonly #queues = new Map<Id, CoalitionMail[]>()

  constructor(request: SimulationRequest, table: Table, post: Send) {
    const { program, faults } = request
    const { behaviour, sequential = false } = faults
    this.#program = program
    this.#table = table
    this.#behaviour = behaviour
    this.#isSequential = sequential
    this.#post = post
    this.#members = new Set(program.setting.byzantine)
    this.sayable = new Sayable(program)
    const instances = (behaviour.strategyTwins ?? []).map((twin) => hosted(table, twin.member, twin))
    this.strategyTwins = instances.map(({ place }) => place)
    this.begun = instances.map(({ effects }) => effects)
  }

  /** Does anybody here care what arrives? If not, it need not arrive. */
  get listens(): boolean {
    const { hears, receives } = this.#behaviour
    return this.strategyTwins.length > 0 || hears !== undefined || receives !== undefined
  }

  /** Before anything has happened. */
  open(): void {
    const { opening = [] } = this.#behaviour
    for (const offer of opening) this.#offer(offer, this.#identity(offer.from), 1, this.#isSequential)
    for (const member of [...this.#queues.keys()]) this.sendNext(member)
  }

  /** The next of the messages that a member sends one after the other. */
  sendNext(member: Id): void {
    const mail = this.#queues.get(member)?.shift()
    if (mail) this.#post(mail)
  }

  /** A correct participant has sent something, to anybody: what could not be proved before may be provable now. */
  said(from: Id, message: AnyMessage): void {
    if (this.#members.size === 0) return
    this.sayable.said(from, message)
    if (this.#pending.length === 0) return
    const pending = this.#pending
    this.#pending = []
    for (const { offer, by, depth } of pending) this.#offer(offer, by, depth)
  }

  /** A copy arrives at a member. */
  receives(member: Id, from: Id, number: number, depth: number): void {
    const message = this.#table.messages.values[number]!
    for (const offer of this.#behaviour.receives?.(member, from, message) ?? []) {
      this.#send(offer, this.#identity(offer.from, member), depth + 1)
    }
    const { hears } = this.#behaviour
    if (!hears || this.#members.has(from)) return
    const word = `${from} ${number}`
    const isFirst = !this.#heard.has(word)
    if (isFirst) this.#heard.set(word, hears(from, message))
    if (this.#heardBy.has(`${member} ${word}`)) return
    this.#heardBy.add(`${member} ${word}`)
    for (const offer of this.#heard.get(word)!) {
      // Members send under their own ids, each when it has received the message; under another id, the first of them.
      if (this.#members.has(offer.from) ? offer.from !== member : !isFirst) continue
      this.#offer(offer, member, depth + 1)
    }
  }

  /** The link that a message travels. */
  #identity(from: Id, member = this.#program.setting.byzantine[0] ?? from): Id {
    return this.#members.has(from) ? from : member
  }

  /** Messages are sent once to each receiver, and not before they can be proved. */
  #offer(offer: Offer, by: Id, depth: number, inTurn = false): void {
    const number = this.#table.messages.number(canonicalValue(offer.message, 'a strategy'))
    const fresh = offer.to.filter((to) => !this.#sent.has(`${number} ${offer.from} ${to}`))
    if (fresh.length === 0) return
    if (coalitionSpeaksAs(this.#program, offer.from) && !this.sayable.canSay(offer.message)) {
      this.#pending.push({ offer, by, depth })
      return
    }
    for (const to of fresh) this.#sent.add(`${number} ${offer.from} ${to}`)
    this.#send({ ...offer, to: fresh }, by, depth, inTurn)
  }

  #send({ from, to, message }: Offer, by: Id, depth: number, inTurn = false): void {
    if (!coalitionSpeaksAs(this.#program, from) && !canBeShown(this.#program, message)) return
    for (const receiver of to) {
      if (receiver === from && !this.#returns(from)) continue
      const mail = { from, by, to: receiver, message: this.#table.messages.number(message), depth, inTurn }
      if (inTurn) remembered(this.#queues, by, () => []).push(mail)
      else this.#post(mail)
    }
  }

  /** What somebody sent itself triggers nothing there, unless it arrives under a name that anybody can use. */
  #returns(from: Id): boolean {
    return coalitionSpeaksAs(this.#program, from) || this.#program.protocol.definition.selfDelivery === 'network'
  }

  /** A twin sends to its side, and to the twins that share it. */
  twinSays(place: Host, sent: SentNumber, depth: number): void {
    const { withheldUntil = 0 } = place.instance.twin!
    if (this.steps < withheldUntil) this.#withheld.push({ place, until: withheldUntil, sent, depth })
    else this.#speak(place, sent, depth)
  }

  /** Lets go of what was held back long enough; of everything, where nothing else is left to do. */
  release(everything = false): void {
    if (this.#withheld.length === 0) return
    const due = this.#withheld.filter(({ until }) => everything || this.steps >= until)
    this.#withheld = this.#withheld.filter((held) => !due.includes(held))
    for (const { place, sent, depth } of due) this.#speak(place, sent, depth)
  }

  #speak(place: Host, { to, message }: SentNumber, depth: number): void {
    const { side, member, reaches } = place.instance.twin!
    const { n } = this.#program.setting
    const value = this.#table.messages.values[message]!
    const receivers = side.filter((id) => (to === 'all' ? id < n : id === to) && (reaches?.(value, id) ?? true))
    const offer = { from: member, to: receivers, message: value }
    this.#offer(offer, member, depth)
    const hearsItself = to === 'all' && this.#program.protocol.definition.selfDelivery === 'network'
    for (const other of this.strategyTwins) {
      const isAddressed = to === 'all' || to === other.instance.self
      const shares = other.instance.self !== member && other.instance.twin!.side.some((id) => side.includes(id))
      if (other === place ? hearsItself : isAddressed && shares) {
        this.#post({ from: member, by: member, to: other, message, depth })
      }
    }
  }
}
