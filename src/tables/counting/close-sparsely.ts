/**
 * Passes 5 and 6 while closing: the local states that silent steps lead to are gone through only as far as a visible
 * step asks for them.
 *
 * Tallies that a protocol declares make a local state of every subset of those that may have voted, for each key: the
 * product of all these subsets. Steps that count a vote and do nothing else are silent, and could as well be taken
 * later. So from a root (the initial state, and whatever any other step leads to) silent steps are gone through
 * component by component (components.ts), which is a sum and not a product, and kept are those on the way to a visible
 * step that could not have come earlier (persistent.ts). What comes out is a part of the full closure: every run of it
 * is a run of the model, and every run of the model has one here that others cannot distinguish, of no more steps, with
 * the same visible steps in the same order.
 *
 * Sound where passes 5 and 6 are: for safety, and only together with them. Conditions: no rule may ask its inbox, and
 * nobody crashes. What handlers know of votes is what they have asked (handlers.ts), and is not guessed.
 */
import { type AnyMessage, type Id, type Program, runningIds } from '../../model/index.ts'
import { begun, canBeShown, coalitionSpeaksAs, reaches, Table, triggersItself } from '../../system/index.ts'
import { ANYBODY, type Closed, type CloseLimits, Stopped, TooLarge } from '../closure/closed.ts'
import { inputsAt } from '../closure/closing.ts'
import { EnvelopeTable } from '../closure/envelope-table.ts'
import { saidTwice } from '../closure/said-once.ts'
import { type Component, silence } from './components.ts'
import { EventReactions } from './event-reactions.ts'
import type { LocalEvent, LocalOutcome } from './local-event.ts'
import { Persistence, type Persistent } from './persistent.ts'
import { SparsePart } from './sparse-part.ts'
import { Stale } from './tallies.ts'

/** What it is made of. Tests put unsound ones in their place, to see that the laws notice. */
export interface Means {
  readonly reactions: typeof EventReactions
  readonly persistence: typeof Persistence
  readonly saidTwice: typeof saidTwice
}

const MEANS: Means = { reactions: EventReactions, persistence: Persistence, saidTwice }

export function closeSparsely(
  program: Program,
  words: readonly AnyMessage[],
  limits: CloseLimits,
  means: Means = MEANS,
): Closed {
  if (program.setting.crash.length > 0) throw new TooLarge('some replica may crash')
  if (program.setting.restart) throw new TooLarge('some replica may restart')
  const comesAgain = new Set<number>()
  for (;;) {
    const closed = closedOnce(program, words, limits, means, comesAgain)
    const more = [...means.saidTwice(closed)].filter((message) => !comesAgain.has(message))
    if (!limits.once || more.length === 0) return closed
    for (const message of more) comesAgain.add(message)
  }
}

/** From the beginning again, whenever a tally has to keep its ids. */
function closedOnce(...given: ConstructorParameters<typeof SparseClosure>): Closed {
  for (;;) {
    try {
      return new SparseClosure(...given).run()
    } catch (error) {
      if (!(error instanceof Stale)) throw error
    }
  }
}

const known = new WeakMap<Program, EventReactions>()

/** A universe is closed in several rounds: what was worked out in one counts in the next. */
function reactionsOf(program: Program, { reactions }: Means): EventReactions {
  const found = known.get(program)
  if (found?.constructor === reactions) return found
  const made = new reactions(new Table(program))
  known.set(program, made)
  return made
}

/** Roots looked at between two calls of `onProgress`. */
const PROGRESS_EVERY = 16

class SparseClosure {
  readonly #program: Program
  readonly #means: Means
  readonly #reactions: EventReactions
  readonly #limits: CloseLimits
  readonly #parts: SparsePart[]
  readonly #running: number
  readonly #universe: number[]
  readonly #byzantineMessages: ReadonlySet<number>
  readonly #comesAgain: ReadonlySet<number>
  readonly #initial: { says: number[]; outputs: number[] }[] = []
  readonly #envelopes = new EnvelopeTable()
  readonly #fired = new Set<string>()
  #cut = false
  #news = 0
  #lookups = 0
  #looks = 0

  /** @param comesAgain what is sent more than once, as far as that is known */
  constructor(
    program: Program,
    words: readonly AnyMessage[],
    limits: CloseLimits,
    means: Means,
    comesAgain: ReadonlySet<number>,
  ) {
    this.#comesAgain = comesAgain
    this.#reactions = reactionsOf(program, means)
    const { table } = this.#reactions
    this.#program = program
    this.#means = means
    this.#limits = limits
    const { n, clients } = program.setting
    const running = runningIds(program.setting)
    const ids = Array.from({ length: n + clients }, (_, id) => id)
    const instances = limits.instances ? ids.filter((id) => !running.includes(id)) : []
    this.#running = running.length
    this.#universe = words.map((message) => table.messages.number(message))
    this.#parts = [...running, ...instances].map((at) => this.#begun(at))
    this.#byzantineMessages = new Set(this.#universe)
    const identities = ids.filter((id) => limits.anybodyIsByzantine === true || coalitionSpeaksAs(program, id))
    for (const message of this.#universe) {
      for (const from of identities) for (const part of this.#parts) this.#hear(part, message, from)
    }
    for (const part of this.#parts) {
      const { effects } = begun(program, part.at)
      this.#initial.push({
        says: effects.sent.map(({ to, message }) => this.#say(part.at, table.messages.number(message), to)),
        outputs: effects.outputs.map((output) => table.outputs.number(output as never)),
      })
    }
  }

  #begun(at: Id): SparsePart {
    const { local } = begun(this.#program, at)
    this.#reactions.names.start(local.tallies ?? {})
    const root = this.#reactions.number(local, at)
    return new SparsePart(at, root, inputsAt(this.#program.setting, at), this.#limits.maxLocals)
  }

  /** Over and over, until nothing more is received. */
  run(): Closed {
    for (let before = -1; before !== this.#news; ) {
      before = this.#news
      for (const part of this.#parts) this.#close(part)
    }
    return {
      table: this.#reactions.table,
      numberOf: (local, at) => this.#reactions.number(local, at),
      participants: this.#parts.slice(0, this.#running).map(({ at, locals, options }) => ({ at, locals, options })),
      envelopes: this.#envelopes.list,
      initial: this.#initial.slice(0, this.#running),
      universe: this.#universe,
      cut: this.#cut,
      fired: this.#fired,
      lookups: this.#lookups,
      states: this.#parts.reduce((sum, { locals }) => sum + locals.length, 0),
    }
  }

  /** One participant, as far as it can get on what can be received by now. */
  #close(part: SparsePart): void {
    if (part.isClosed || this.#copies(part)) return
    part.restart()
    this.#reactions.sawSelf = false
    this.#fromRoots(part)
    part.sawSelf = this.#reactions.sawSelf
  }

  /** Where nothing looks at whom it happens to, those who receive the same are closed once. */
  #copies(part: SparsePart): boolean {
    const { n } = this.#program.setting
    const twin = this.#parts.find((other) => {
      if (other === part || other.sawSelf || !other.isClosed || !part.isLike(other)) return false
      return this.#runs(other) === this.#runs(part) && other.at < n === part.at < n
    })
    if (!twin) return false
    part.copy(twin)
    const said = new Set(twin.options.flat().flatMap(({ says }) => says))
    for (const { message, to } of [...said].map((envelope) => this.#envelopes.list[envelope]!)) {
      this.#say(part.at, message, to)
    }
    return true
  }

  #fromRoots(part: SparsePart): void {
    for (const root of part.roots) {
      if (this.#looks++ % PROGRESS_EVERY === 0 && this.#limits.onProgress?.(part.locals.length)) {
        throw new Stopped('stopped while the local states were collected')
      }
      const localEvents = part.localEvents(this.#reactions.handlers, root)
      const found = silence(this.#reactions, part.at, root, localEvents)
      for (const { outcomes, members } of found.components) {
        for (const list of outcomes) for (const [i, outcome] of list.entries()) this.#met(part, members[i]!, outcome)
      }
      for (const { localEvent, outcome } of found.idle) this.#met(part, localEvent, outcome)
      const persistence = new this.#means.persistence(this.#reactions, part.at, found)
      for (const persistent of persistence.all()) this.#keep(part, root, persistence, persistent)
    }
  }

  #runs({ at }: SparsePart): boolean {
    return !this.#program.setting.byzantine.includes(at)
  }

  #met(part: SparsePart, { event }: LocalEvent, { kind, cut }: LocalOutcome): void {
    this.#lookups++
    if (!this.#runs(part)) return
    this.#cut ||= cut
    if (kind !== 'dead') this.#fired.add(event.kind === 'message' ? event.rule : event.kind)
  }

  #keep(part: SparsePart, root: number, persistence: Persistence, { localEvent, own, others }: Persistent): void {
    const local = own ? own.component.nodes[own.node]! : root
    if (own) this.#lead(part, own.component, own.component.nodes, [own.node])
    this.#before(part, persistence, localEvent, local, others)
  }

  /**
   * Goes to every choice of nodes of the other components, one component after the other; then comes the visible step.
   */
  #before(
    part: SparsePart,
    persistence: Persistence,
    localEvent: LocalEvent,
    local: number,
    others: Persistent['others'],
  ): void {
    const [first, ...rest] = others
    if (!first) {
      this.#record(part, local, localEvent)
      return
    }
    const locals = persistence.shifted(first.component, local)
    this.#lead(part, first.component, locals, first.nodes)
    for (const node of [0, ...first.nodes]) this.#before(part, persistence, localEvent, locals[node]!, rest)
  }

  /** Keeps all silent ways to some nodes. */
  #lead(part: SparsePart, component: Component, locals: readonly number[], nodes: readonly number[]): void {
    const wanted = new Set<number>(nodes)
    for (const node of wanted) {
      for (const { from, member } of component.ins[node]!) {
        this.#record(part, locals[from]!, component.members[member]!)
        wanted.add(from)
      }
    }
  }

  #record(part: SparsePart, local: number, localEvent: LocalEvent): void {
    const outcome = this.#reactions.on(part.at, local, localEvent)
    const { trigger, event } = localEvent
    const from = outcome.sawSender ? trigger?.from : ANYBODY
    const isAnybody = trigger !== null && from === ANYBODY
    if (!part.isNew(local, isAnybody ? localEvent.common : localEvent.number)) return
    part.add(local, {
      event,
      trigger: trigger && { message: trigger.message, from: from! },
      conditions: [],
      ...(outcome.senders ? { senders: outcome.senders } : {}),
      target: part.state(outcome.target),
      says: outcome.sent.map(({ to, message }) => this.#say(part.at, message, to)),
      outputs: outcome.outputs,
      notes: outcome.notes,
      threw: outcome.threw,
    })
    if (outcome.kind === 'visible') part.roots.add(outcome.target)
  }

  #say(from: Id, message: number, to: Id | 'all'): number {
    const envelope = this.#envelopes.number(message, to)
    const value = this.#reactions.table.messages.values[message]!
    for (const part of this.#parts) {
      if (reaches(this.#program, { from, message: value, to }, part.at)) this.#hear(part, message, from)
    }
    return envelope
  }

  #hear(part: SparsePart, message: number, from: Id): void {
    if (from === part.at && !triggersItself(this.#program, from)) return
    if (part.hear(this.#reactions.handlers, message, from, this.#comesOnce(message))) this.#news++
  }

  /** Does a message come at most once from each sender? */
  #comesOnce(message: number): boolean {
    if (this.#limits.once !== true || this.#byzantineMessages.has(message) || this.#comesAgain.has(message))
      return false
    return !canBeShown(this.#program, this.#reactions.table.messages.values[message]!)
  }
}
