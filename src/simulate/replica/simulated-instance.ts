import type { Twin } from '../../kernel/index.ts'
import { FEWEST_COUNTED, type Id } from '../../model/index.ts'
import { type AloneEvent, deliversOnce, type Leaf, nodeOf, type SentNumber, type Table } from '../../system/index.ts'
import { type EnabledFiring, EnabledRules } from './enabled-rules.ts'
import { type Arrived, InstanceInbox } from './instance-inbox.ts'

/** One place where the protocol's code runs: a participant, or a twin under a Byzantine id. */
export class SimulatedInstance {
  readonly self: Id
  readonly twin: Twin | undefined
  readonly inbox: InstanceInbox
  local: number
  /** Messages one after the other up to its present state. */
  depth = 0
  /** By number, as the global state keeps them. */
  readonly outputs: number[] = []
  readonly notes: number[] = []
  readonly #table: Table
  readonly #enabledRules: EnabledRules
  readonly #once: boolean
  readonly #everybody: number
  readonly #said = new Set<number>()
  readonly #counts = new Map<number, number>()
  /** Equal outputs that are distinguished. */
  readonly #most: number
  readonly #isStep = (leaf: Leaf): boolean => !this.#isIdle(leaf)

  constructor(table: Table, self: Id, local: number, twin?: Twin) {
    const { program } = table
    this.#table = table
    this.self = self
    this.twin = twin
    this.local = local
    this.inbox = new InstanceInbox(program, self, table.messages.values)
    this.#enabledRules = new EnabledRules(table, this.inbox, local)
    this.#once = deliversOnce(program)
    this.#most = program.setting.counts ?? FEWEST_COUNTED
    this.#everybody = program.setting.n + program.setting.clients
  }

  /** Has a bound forbidden a step? */
  get cut(): boolean {
    return this.#enabledRules.cut
  }

  /** The next step by what has come. `word` is what came since there was none; without it everything counts as new. */
  next(word?: Arrived): EnabledFiring | undefined {
    return word ? this.#enabledRules.firstAfter(word, this.#isStep) : this.#enabledRules.first(this.#isStep)
  }

  /** What an event without a message does here; nothing where that changes nothing. */
  alone(event: AloneEvent): EnabledFiring | undefined {
    const firing = this.#enabledRules.walk(nodeOf(this.#table, this.self, this.local, event), 0)
    return firing && this.#isStep(firing.leaf) ? firing : undefined
  }

  /**
   * Every rule on a message runs once, in declared order, as where messages are delivered once. A bound that forbids
   * one forbids them all: then nothing has happened, and the answer is nothing.
   */
  once(message: number, from: Id, depth: number): EnabledFiring[] | undefined {
    const { local, depth: before } = this
    const owned = this.inbox.own.length
    const firings: EnabledFiring[] = []
    for (const rule of this.#table.rulesFor(this.self, message)) {
      const node = this.#table.onMessage(this.self, this.local, rule, message, from)
      if (node.kind === 'dead' && !node.cut) continue
      const wasCut = this.#enabledRules.cut
      this.#enabledRules.cut = false
      const firing = this.#enabledRules.walk(node, depth)
      if (this.#enabledRules.cut) {
        this.inbox.own.length = owned
        this.#become(local, before)
        this.#enabledRules.countAgain()
        return undefined
      }
      this.#enabledRules.cut = wasCut
      if (!firing) continue
      firings.push(firing)
      this.take(firing)
    }
    return firings
  }

  /** The step in which the last word came is not taken. */
  forgetLast(): void {
    this.inbox.forgetLast()
    this.#enabledRules.countAgain()
  }

  /** Takes over a firing. */
  take({ leaf, depth }: EnabledFiring): void {
    this.#become(leaf.local, depth)
    for (const sent of leaf.sent) this.hearOneself(sent)
  }

  #become(local: number, depth: number): void {
    this.#enabledRules.become(local, depth)
    this.local = local
    this.depth = depth
  }

  /** Its own broadcast counts as evidence where it receives its own messages. */
  hearOneself({ to, message }: SentNumber): void {
    if (to === 'all') this.inbox.hearOneself(message)
  }

  /** Notes that an envelope was sent. Was it new? */
  says(sent: SentNumber): boolean {
    if (this.hasSaid(sent)) return false
    this.#said.add(this.#envelope(sent))
    return true
  }

  hasSaid(sent: SentNumber): boolean {
    return this.#said.has(this.#envelope(sent))
  }

  #envelope({ to, message }: SentNumber): number {
    return message * (this.#everybody + 1) + (to === 'all' ? this.#everybody : to)
  }

  /** Keeps an output or a note, if it distinguishes so many equal ones. Was it kept? */
  keeps(list: number[], output: number): boolean {
    const count = this.#counts.get(output) ?? 0
    if (count === this.#most) return false
    this.#counts.set(output, count + 1)
    list.push(output)
    return true
  }

  /** Would the firing leave everything as it is? Then it is no step. */
  #isIdle(leaf: Leaf): boolean {
    if (leaf.local !== this.local) return false
    if (leaf.silent) return true
    if (leaf.sent.length > 0 && this.#once && !this.twin) return false
    if (leaf.sent.some((sent) => !this.hasSaid(sent))) return false
    return [...leaf.outputs, ...leaf.notes].every((output) => this.#counts.get(output) === this.#most)
  }
}
