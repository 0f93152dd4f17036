import type { Id } from '../model/index.ts'
import { DEAD, type Leaf, type Node } from '../system/index.ts'
import { Ballot } from './ballot.ts'
import type { Polls } from './ballot-table.ts'
import { BitSet, SENDERS } from './bits.ts'
import { COALITION, CORRECT, type Edge, KINDS } from './edge.ts'
import { HeardSoFar } from './heard-so-far.ts'
import { Arrivals, type Flight } from './network.ts'
import { progressOf } from './progress-of.ts'
import type { Record } from './records.ts'
import type { Profile, Row } from './row.ts'
import type { Twin } from './twin.ts'

/** How a message has come: only the coalition stands for it, or it was really sent to this participant. */
type Standing = 'byzantine' | 'true'

/** Would a reaction, which leaves the local state as it is, be no step? */
type IsIdle = (instance: Instance, leaf: Leaf, says: Int32Array) => boolean

/** One running copy of the protocol: a correct participant, or a twin under a Byzantine id. */
export class Instance extends HeardSoFar {
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
  /** Has something happened to it since its enabled edges were worked out? */
  isStale = true
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
  /** May something have come that was not tried in its local state? */
  #isUntried = true
  readonly #isSaid = new BitSet()
  /** Edges that were chosen and were no step, until it moves. */
  readonly #spoiled: Edge[] = []

  constructor(index: number) {
    super()
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
    this.#isUntried = true
    this.#countNothing()
  }

  /** Forgets all that came and was sent. */
  override forget(): void {
    super.forget()
    this.#ballot.clear()
    this.mail.clear()
    this.#come.clear()
    this.#isSaid.clear()
    if (this.#spoiled.length > 0) this.#spoiled.length = 0
    this.drawn = 0
  }

  #countNothing(): void {
    const { counts } = this
    for (let kind = 0; kind < counts.length; kind++) counts[kind] = 0
  }

  /** All that came and was sent. */
  save() {
    return { heard: this.saveHeard(), come: this.#come.save(), said: this.#isSaid.save() }
  }

  restore({ heard, come, said }: ReturnType<Instance['save']>): void {
    this.restoreHeard(heard)
    this.#come.restore(come)
    this.#isSaid.restore(said)
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
      if (this.profile.fires) this.#comes(word)
    }
    if (!this.isStale) this.isStale = this.row.minds(message, bit)
    return isNew
  }

  #comes(word: number): void {
    const index = this.profile.indexOf(word)
    this.#come.add(index)
    if (!this.#isUntried) this.#isUntried = !this.row.hasTried(index)
  }

  /** Its own broadcast is evidence, and never comes. */
  hearItself(message: number): void {
    const bit = 1 << this.id
    if ((this.evidence.get(message) & bit) === 0 && !this.isStale) this.isStale = this.row.minds(message, bit)
    this.evidence.or(message, bit)
    this.ownWords.push(message * SENDERS + this.id)
  }

  /** Takes back what came last. */
  unhear(message: number, before: ReturnType<Instance['standing']>, wasNew: boolean): void {
    this.truths.clear(message, before[0])
    this.byzantine.clear(message, before[1])
    this.evidence.clear(message, before[2])
    if (wasNew) this.words.length--
    this.isStale = true
  }

  /** The edge was chosen and was no step: it is not offered again until the instance moves. */
  spoil(edge: Edge): void {
    this.#spoiled.push(edge)
    this.isStale = true
  }

  /** It goes to another row. */
  move(row: Row, record: Record, counts: Leaf['counts']): void {
    if (row !== this.row) this.#isUntried = true
    this.row = row
    if (counts.length > 0) this.#ballot.count(counts)
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
    this.#countNothing()
  }

  /**
   * Works out what can be done.
   * @param isIdle would the edge, which leaves the local state as it is, be no step?
   * @returns whether a bound forbids something
   */
  refresh(isIdle: IsIdle): boolean {
    this.isStale = false
    this.#countNothing()
    if (this.stopped || (this.twin?.stopsAfter !== undefined && this.firings >= this.twin.stopsAfter)) return false
    const { row, counts, enabled } = this
    if (this.#isUntried && this.profile.fires) row.fill(this.#come)
    this.#isUntried = false
    let isCut = false
    const { edges, cuts } = row
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i]!
      const kind = this.#kindOf(edge)
      if (kind < 0) continue
      if (!edge.isPlain) {
        const ready = this.#progressOf(edge, isIdle)
        if (ready === 'cut') isCut = true
        if (ready !== 'ready') continue
      }
      if (this.#spoiled.length > 0 && this.#spoiled.includes(edge)) continue
      const list = this.twin ? COALITION : kind
      enabled[list]![counts[list]!++] = edge
    }
    for (let i = 0; i < cuts.length && !isCut; i++) isCut = this.#kindOf(cuts[i]!) >= 0 && this.#isReady(cuts[i]!)
    return isCut
  }

  /** Can an edge be taken whose message has come? */
  #progressOf(edge: Edge, isIdle: IsIdle): 'ready' | 'cut' | 'not yet' {
    if (!this.#isReady(edge)) return 'not yet'
    if (edge.leaf !== undefined) return edge.isEcho && isIdle(this, edge.leaf, edge.says) ? 'not yet' : 'ready'
    if (this.#spoiled.length > 0 && this.#spoiled.includes(edge)) return 'not yet'
    const found = progressOf(this, edge.node)
    if (found === 'cut') return 'cut'
    if (found === undefined) return 'not yet'
    if (found === 'maybe' || !this.stays(found)) return 'ready'
    const isNothing = found.silent || isIdle(this, found, this.profile.envelopes.numbers(found.sent))
    return isNothing ? 'not yet' : 'ready'
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

  /** Would a message come to nothing, as things are? Whether that is known already must make no difference. */
  readonly #isIdle = (flight: Flight): boolean => {
    if (this.twin || !this.profile.ballots) return false
    if (flight.deadIn === this.row) return true
    const handlers = this.row.on(flight.message, flight.from)
    let isDead = true
    for (let i = 0; i < handlers.length; i++) {
      const { node } = handlers[i]!
      if (this.polled(node) !== DEAD) return false
      if (node.kind !== 'polls' || !node.isDead) isDead = false
    }
    if (isDead) flight.deadIn = this.row
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
