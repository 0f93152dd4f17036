import type { Id } from '../model/index.ts'
import { type AskTable, DEAD, type Leaf, type Node } from '../system/index.ts'
import { Ballot } from './ballot.ts'
import type { Polls } from './ballot-table.ts'
import { BitSet, bits, lowest, Masks, Numbers, SENDERS } from './bits.ts'
import { COALITION, CORRECT, type Edge, KINDS } from './edge.ts'
import { Arrivals, type Flight } from './network.ts'
import { progressOf } from './progress-of.ts'
import type { Record } from './records.ts'
import type { Profile, Row } from './row.ts'
import type { Twin } from './twin.ts'

/** How a message has come: only the coalition stands for it, or it was really said to this participant. */
type Standing = 'byzantine' | 'true'

/** One running copy of the protocol: a correct participant, or a twin under a Byzantine id. */
export class Instance {
  readonly index: number
  id: Id = 0
  twin: Twin | undefined
  profile!: Profile
  row!: Row
  record!: Record
  stopped = false
  firings = 0
  /** Steps before which a twin does not move. */
  silentUntil = 0
  /** Times that a chooser has chosen it: what is drawn for its steps holds until then. */
  turns = 0
  /** Has anything come that only the coalition stood for? */
  hasByzantine = false
  /** Has something happened to it since its enabled edges were worked out? */
  isStale = true
  /** By message: bits of the senders who have really said it, for whom the coalition stands, and all that is evidence. */
  readonly truths = new Masks()
  readonly byzantine = new Masks()
  readonly evidence = new Masks()
  /** What has come, in order, and what it has said itself that never comes; each message with its sender. */
  readonly words = new Numbers()
  readonly ownWords = new Numbers()
  /** By receiver's message: senders as whom the coalition has offered it. */
  readonly offered = new Masks()
  readonly #masks: readonly Masks[] = [this.truths, this.byzantine, this.evidence, this.offered]
  /** What can be done now, by kind: the first so many of each list. */
  readonly enabled: readonly Edge[][] = KINDS.map(() => [])
  readonly counts = new Int32Array(KINDS.length)
  /** What a chooser keeps for an edge, by its slot in the row: valid below `drawn`, until the instance moves. */
  readonly priorities: number[] = []
  drawn = 0
  /** Votes that are kept apart from the local state. */
  readonly #ballot = new Ballot()
  readonly mail = new Arrivals()
  readonly #come = new BitSet()
  readonly #isSaid = new BitSet()
  /** Edges that were chosen and were no step, until it moves. */
  readonly #spoiled: Edge[] = []

  constructor(index: number) {
    this.index = index
  }

  /** Begins a run. */
  begin(row: Row, record: Record, twin: Twin | undefined): void {
    const { profile } = row
    this.id = profile.id
    this.twin = twin
    this.profile = profile
    this.row = row
    this.record = record
    this.stopped = false
    this.firings = 0
    this.turns = 0
    this.silentUntil = twin?.withheldUntil ?? 0
    this.isStale = true
    this.counts.fill(0)
  }

  /** Forgets all that came and was said. */
  forget(): void {
    for (let i = 0; i < this.#masks.length; i++) this.#masks[i]!.reset()
    this.words.clear()
    this.ownWords.clear()
    this.#ballot.clear()
    this.mail.clear()
    this.#come.clear()
    this.#isSaid.clear()
    this.hasByzantine = false
    if (this.#spoiled.length > 0) this.#spoiled.length = 0
    this.drawn = 0
  }

  /** All that came and was said. */
  save() {
    return {
      masks: this.#masks.map((masks) => masks.save()),
      words: this.words.save(),
      ownWords: this.ownWords.save(),
      come: this.#come.save(),
      said: this.#isSaid.save(),
      hasByzantine: this.hasByzantine,
    }
  }

  restore({ masks, words, ownWords, come, said, hasByzantine }: ReturnType<Instance['save']>): void {
    for (let i = 0; i < masks.length; i++) this.#masks[i]!.restore(masks[i]!)
    this.words.restore(words)
    this.ownWords.restore(ownWords)
    this.#come.restore(come)
    this.#isSaid.restore(said)
    this.hasByzantine = hasByzantine
  }

  /** Number of its local state, votes and all. */
  get local(): number {
    const { ballots } = this.profile
    return ballots ? ballots.whole(this.row.local, this.#ballot) : this.row.local
  }

  /** Does a reaction leave its local state as it is? */
  stays(leaf: Leaf): boolean {
    return leaf.local === this.row.local && leaf.counts.length === 0
  }

  hasSaid(envelope: number): boolean {
    return this.#isSaid.has(envelope)
  }

  say(envelope: number): void {
    this.#isSaid.add(envelope)
  }

  /** A message comes, for good. Says whether it is new here. */
  hear(message: number, from: Id, standing: Standing): boolean {
    const bit = 1 << from
    const isNew = ((this.truths.get(message) | this.byzantine.get(message)) & bit) === 0
    const into = standing === 'byzantine' ? this.byzantine : this.truths
    if ((into.get(message) & bit) !== 0) return false
    into.or(message, bit)
    if (standing === 'byzantine') this.hasByzantine = true
    this.evidence.or(message, bit)
    if (this.mail.idle.length > 0) this.mail.wake()
    if (isNew) {
      const word = message * SENDERS + from
      this.words.push(word)
      if (this.profile.fires) this.#come.add(this.profile.indexOf(word))
    }
    if (!this.isStale) this.isStale = this.row.minds(message, bit)
    return isNew
  }

  /** Its own broadcast is evidence, and never comes. */
  hearItself(message: number): void {
    const bit = 1 << this.id
    if ((this.evidence.get(message) & bit) === 0 && !this.isStale) this.isStale = this.row.minds(message, bit)
    this.evidence.or(message, bit)
    this.ownWords.push(message * SENDERS + this.id)
  }

  /** What is known of a message, to be put back by `unhear`. */
  standing(message: number): readonly [truths: number, byzantine: number, evidence: number] {
    return [this.truths.get(message), this.byzantine.get(message), this.evidence.get(message)]
  }

  /** Takes back what came last. */
  unhear(message: number, before: ReturnType<Instance['standing']>, wasNew: boolean): void {
    this.truths.clear(message, before[0])
    this.byzantine.clear(message, before[1])
    this.evidence.clear(message, before[2])
    if (wasNew) this.words.length--
    this.isStale = true
  }

  /** Is it evidence here, with nobody but the coalition standing for it? */
  isFromByzantine(message: number, from: Id): boolean {
    return (this.byzantine.get(message) & ~this.truths.get(message) & (1 << from)) !== 0
  }

  /** Are there enough senders? */
  satisfies(ask: AskTable): boolean {
    return bits(ask.answeredBy(this.evidence.values)) >= ask.ask.q
  }

  /** The edge was chosen and was no step: it is not offered again until the instance moves. */
  spoil(edge: Edge): void {
    this.#spoiled.push(edge)
    this.isStale = true
  }

  /** It goes to another row. */
  move(row: Row, record: Record, counts: Leaf['counts']): void {
    this.row = row
    this.#ballot.count(counts)
    if (this.mail.idle.length > 0) this.mail.wake(this.#isIdle)
    this.record = record
    this.firings++
    this.isStale = true
    if (this.#spoiled.length > 0) this.#spoiled.length = 0
    this.drawn = 0
  }

  /** Nothing can be done for now. */
  rest(): void {
    this.isStale = false
    this.counts.fill(0)
  }

  /**
   * Works out what can be done.
   * @param isIdle would the edge, which leaves the local state as it is, be no step?
   * @returns whether a bound forbids something
   */
  refresh(isIdle: (instance: Instance, leaf: Leaf, says: Int32Array) => boolean): boolean {
    this.isStale = false
    this.counts.fill(0)
    if (this.stopped || (this.twin?.stopsAfter !== undefined && this.firings >= this.twin.stopsAfter)) return false
    const { row } = this
    if (this.profile.fires) row.fill(this.#come)
    let isCut = false
    for (let i = 0; i < row.edges.length; i++) {
      const edge = row.edges[i]!
      const kind = this.#kindOf(edge)
      if (kind < 0 || !this.#isReady(edge)) continue
      if (edge.isEcho && isIdle(this, edge.leaf!, edge.says)) continue
      if (this.#spoiled.length > 0 && this.#spoiled.includes(edge)) continue
      if (edge.leaf === undefined) {
        const found = progressOf(this, edge.node)
        if (found === 'cut') isCut = true
        if (found === 'cut' || found === undefined) continue
        if (found !== 'maybe' && this.stays(found)) {
          if (found.silent || isIdle(this, found, this.profile.envelopes.numbers(found.sent))) continue
        }
      }
      const list = this.twin ? COALITION : kind
      this.enabled[list]![this.counts[list]!++] = edge
    }
    for (let i = 0; i < row.cuts.length && !isCut; i++) {
      isCut = this.#kindOf(row.cuts[i]!) >= 0 && this.#isReady(row.cuts[i]!)
    }
    return isCut
  }

  /** Its kind now; -1 where its message has not come. */
  #kindOf({ kind, message, senders }: Edge): number {
    if (message < 0) return kind
    if ((this.truths.get(message) & senders) !== 0) return CORRECT
    return (this.byzantine.get(message) & senders) !== 0 ? COALITION : -1
  }

  #isReady({ needs }: Edge): boolean {
    for (let i = 0; i < needs.length; i++) if (!this.satisfies(needs[i]!)) return false
    return true
  }

  /** Who says the message of an edge: the lowest correct one, if there is one. */
  senderOf({ message, senders }: Edge): Id {
    const correct = this.truths.get(message) & senders
    return lowest(correct !== 0 ? correct : this.byzantine.get(message) & senders)
  }

  /** Would a message come to nothing, as things are? Whether that is known already must make no difference. */
  readonly #isIdle = ({ message, from }: Flight): boolean => {
    if (this.twin || !this.profile.ballots) return false
    const handlers = this.row.on(message, from)
    for (let i = 0; i < handlers.length; i++) {
      const { node } = handlers[i]!
      if (this.polled(node) !== DEAD) return false
    }
    return true
  }

  /** What a handler does, as far as votes decide it. */
  polled(node: Node | Polls): Node {
    return node.kind === 'polls' ? node.on(this.#ballot) : node
  }

  /** Supposes that a rule has fired, as far as the rules after it can see. */
  suppose({ local, counts, sent }: Leaf, hearsItself: boolean): void {
    this.row = this.profile.row(local)
    this.#ballot.count(counts)
    if (hearsItself) for (const { to, message } of sent) if (to === 'all') this.hearItself(message)
  }

  /** Ends with everything as it was before, whatever was supposed. */
  supposing<T>(act: () => T): T {
    const [row, spoken, votes] = [this.row, this.ownWords.length, this.#ballot.save()]
    const result = act()
    this.row = row
    this.#ballot.clear()
    this.#ballot.count(votes)
    while (this.ownWords.length > spoken) this.#unsay(this.ownWords.pop())
    this.isStale = true
    return result
  }

  #unsay(word: number): void {
    const [message, bit] = [Math.floor(word / SENDERS), 1 << this.id]
    if (((this.truths.get(message) | this.byzantine.get(message)) & bit) !== 0 || this.ownWords.includes(word)) return
    this.evidence.clear(message, this.evidence.get(message) & ~bit)
  }
}
