import type { Commitments } from '../../adversary/index.ts'
import {
  type Edge,
  type Flight,
  firstToArrive,
  type Instance,
  NOTHING_TAKEN,
  type Pick,
  resolve,
  type Taken,
  type World,
} from '../../kernel/index.ts'
import type { Id } from '../../model/index.ts'
import type { Actions, Chosen } from '../schedule/actions.ts'
import type { Choices } from '../schedule/choices.ts'
import { type Chooser, drawnBy } from '../schedule/chooser.ts'
import type { RunEntry } from './entry.ts'
import type { Features } from './features.ts'
import type { Broken, Judging } from './judging.ts'
import { beginBound, offerInAnyOrder } from './restrained.ts'
import { RunParts } from './run-parts.ts'
import type { RunReactions } from './run-reactions.ts'
import type { Compiled, SettingContext } from './setting-context.ts'

export interface RunResult {
  readonly entries: readonly RunEntry[]
  readonly broken: readonly Broken[]
  readonly reached: boolean
  readonly cut: boolean
  readonly unfinished: boolean
  /** Was it ended from outside? Then it reports only what it has broken. */
  readonly stopped: boolean
  /** What was switched on. */
  readonly features: Features
}

/** Firings of twins, and choices that come to nothing, for each step that a run may take. */
const MOST_FREE = 20

/** One run: a function of its setting context, features and choices. It uses the context's world until the next begins. */
export class Run {
  readonly #settingContext: SettingContext
  readonly #world: World
  readonly #actions: Actions
  readonly #choices: Choices
  readonly #features: Features
  readonly #next: ReturnType<Chooser['begin']>
  readonly #judging: Judging
  readonly #fired: Set<string>
  readonly #reactions: RunReactions
  readonly #entries: RunEntry[] = []
  readonly #anyChoice: Pick
  #free = 0

  constructor(
    settingContext: SettingContext,
    features: Features,
    choices: Choices,
    fired: Set<string>,
    settled: ReadonlySet<string> = new Set(),
    commitments?: Commitments,
  ) {
    this.#settingContext = settingContext
    this.#features = features
    this.#choices = choices
    this.#fired = fired
    this.#anyChoice = drawnBy(choices)
    const { world } = settingContext
    this.#world = world
    const behaviours: Compiled[] = []
    let first: Compiled | undefined
    for (let i = 0; i < features.strategies.length; i++) {
      const behaviour = settingContext.drawBehaviour(features.strategies[i]!, choices)
      behaviours.push(behaviour)
      if (!first && behaviour.opening.length > 0) first = behaviour
    }
    if (commitments) beginBound(world, commitments)
    else world.begin(first?.opening)
    const { actions, judging, reactions } = RunParts.of(settingContext)
    this.#reactions = reactions
    this.#judging = judging
    this.#actions = actions
    reactions.begin(fired)
    this.#judging.begin(this.#entries, settled, features.healsOften)
    this.#actions.begin(features.starved)
    for (let i = 0; i < behaviours.length; i++) this.#follow(behaviours[i]!, behaviours[i] === first)
    this.#next = features.chooser.begin(choices, features.weights, features.known)
  }

  /** Takes up what a strategy does in this run. */
  #follow({ twins, opening, hears }: Compiled, isBegun: boolean): void {
    const { coalition } = this.#world
    for (let i = 0; i < twins.length; i++) this.#world.twin(twins[i]!)
    if (coalition.permits) offerInAnyOrder(this.#world, opening, this.#choices)
    else if (!isBegun) coalition.offerAll(opening)
    if (hears) coalition.hears.push(hears)
  }

  /** Takes steps until nothing is left to do, every claim is broken, or the limit is reached. */
  go(maxSteps: number, stop?: () => boolean): RunResult {
    let unfinished = false
    let stopped = false
    while (!this.#judging.isDone && this.#world.steps < this.#features.horizon) {
      stopped = stop?.() ?? false
      if (stopped) break
      if (this.#world.steps >= maxSteps || this.#free > MOST_FREE * maxSteps) {
        unfinished = true
        break
      }
      if (!this.#step()) break
    }
    if (!stopped) this.#judging.judgeHealing()
    return {
      entries: this.#entries,
      broken: this.#judging.broken,
      reached: this.#judging.reached(),
      cut: this.#world.isCut,
      unfinished,
      stopped,
      features: this.#features,
    }
  }

  #step(): boolean {
    const { twins, steps } = this.#world
    if (this.#features.crashes.size > 0) this.#crash()
    for (let i = 0; i < twins.length; i++) if (twins[i]!.silentUntil === steps) rouse(twins[i]!)
    this.#world.refresh()
    if (this.#actions.refresh() === 0) return this.#release()
    const chosen = this.#next(this.#actions)
    if (!chosen) return false
    if (chosen.flight) this.#arrive(chosen.flight, !this.#world.network.land(chosen.flight))
    else this.#fire(chosen)
    return true
  }

  /** Nothing is left to do but what the coalition holds back: it lets go of it. */
  #release(): boolean {
    const { twins, steps } = this.#world
    const held = twins.filter(({ silentUntil }) => silentUntil > steps)
    for (const instance of held) rouse(instance)
    return held.length > 0
  }

  #crash(): void {
    for (const [at, step] of this.#features.crashes) {
      const instance = this.#world.correct[at]!
      if (instance.stopped || this.#world.steps < step) continue
      instance.stopped = true
      instance.isStale = true
      this.#enter({ kind: 'crash', at, name: '', value: 0, message: -1, from: -1, taken: NOTHING_TAKEN })
    }
  }

  #fire({ instance, edge, taken }: Chosen): void {
    const before = instance.record
    const { leaf } = edge!
    if (leaf) {
      if (instance.twin) this.#free++
      else {
        this.#judging.used.use(instance, edge!, NOTHING_TAKEN)
        this.#enterEdge(instance, edge!, NOTHING_TAKEN)
      }
      this.#world.take(instance, edge!)
    } else if (!this.#resolve(instance, edge!, taken)) return
    if (instance.twin) return
    if (this.#world.arrivals && this.#world.settles) this.#reactions.settle(instance)
    this.#judging.judge(instance, before)
  }

  /** Fires what has to choose first. Says whether it was possible. */
  #resolve(instance: Instance, edge: Edge, taken: readonly Taken[] | undefined): boolean {
    const free = taken ? inTurn(taken) : this.#anyChoice
    const pick = this.#world.arrivals && !instance.twin ? firstToArrive : free
    const done = resolve(instance, this.#settingContext.table, edge.node, pick)
    if (!done || done === 'cut' || this.#reactions.isIdle(instance, done.leaf)) {
      instance.spoil(edge)
      this.#free++
      return false
    }
    if (instance.twin) this.#free++
    else {
      this.#judging.used.use(instance, edge, done.taken)
      this.#enterEdge(instance, edge, done.taken)
    }
    this.#world.absorb(instance, done.leaf)
    return true
  }

  #enterEdge(instance: Instance, edge: Edge, taken: readonly Taken[]): void {
    const { rule, event, message, label } = edge
    const at = instance.id
    if (label !== '' && edge.firedIn !== this.#fired) {
      edge.firedIn = this.#fired
      this.#fired.add(label)
    }
    if (rule) {
      this.#enter({ kind: 'message', at, name: rule.name, value: 0, message, from: instance.senderOf(edge), taken })
      return
    }
    const { kind, name, value } = event!
    this.#enter({ kind, at, name, value, message: -1, from: -1, taken })
  }

  #enter(entry: RunEntry): void {
    this.#entries.push(entry)
    this.#world.steps++
  }

  /** A message arrives, and whatever it enables fires. */
  #arrive(flight: Flight, offered: boolean): void {
    const world = this.#world
    const instance = world.instances[flight.to]!
    const { message, from } = flight
    if (instance.twin) {
      this.#deliver(instance, flight)
      return
    }
    // What the coalition shows while it is on its way is taken for the original, which is used up.
    const byzantineMessage = offered && !(world.once && world.network.overtake(flight))
    if (instance.stopped) {
      this.#free++
      if (!byzantineMessage) world.network.strand(flight)
      if (offered) instance.mail.withdraw(flight)
      return
    }
    const isLossy = this.#settingContext.setting.network.lose
    if (!byzantineMessage && isLossy && this.#choices.below(64) < this.#features.losses) {
      this.#enter(arrival('lose', instance.id, message, from))
      if (!world.once) world.lost.push(flight)
      return
    }
    const { record } = instance
    const before = world.keepsInbox ? instance.standing(message) : undefined
    const isNew = world.keepsInbox && instance.hear(message, from, byzantineMessage ? 'byzantine' : 'true')
    const arrives = isNew || (!byzantineMessage && world.once)
    const steps = this.#entries.length
    if (arrives) this.#enter(arrival('message', instance.id, message, from))
    const changed = world.settles ? this.#reactions.settle(instance) : this.#reactions.onceThrough(instance, flight)
    if (changed === 'cut') {
      // The bound forbids the whole step: the message stays on its way, and this run leaves it there.
      this.#entries.length = steps
      world.steps = steps
      if (before) instance.unhear(message, before, isNew)
      if (!byzantineMessage && world.once) world.network.strand(flight)
      world.isCut = true
      if (offered) instance.mail.park(flight)
      this.#free++
      return
    }
    if (!arrives) {
      if (changed) this.#enter(arrival('message', instance.id, message, from))
      else this.#free++
    }
    const isStep = changed || arrives
    if (byzantineMessage && isStep) this.#judging.used.useMessage(instance, message, from)
    if (offered) this.#put(instance, flight, isStep)
    this.#judging.judge(instance, record)
  }

  /** What becomes of an offer that has arrived. */
  #put({ mail }: Instance, offer: Flight, isStep: boolean): void {
    if (!isStep) mail.park(offer)
    else if (!this.#features.repeats) mail.withdraw(offer)
  }

  /** A twin gets its mail: no step of the system. */
  #deliver(instance: Instance, flight: Flight): void {
    const world = this.#world
    const { stopsAfter = Number.POSITIVE_INFINITY } = instance.twin!
    this.#free++
    if (world.steps < instance.silentUntil) {
      instance.mail.park(flight)
      return
    }
    instance.mail.withdraw(flight)
    if (instance.stopped || instance.firings >= stopsAfter) return
    if (world.keepsInbox) instance.hear(flight.message, flight.from, 'true')
    if (world.settles) this.#reactions.settle(instance)
    else this.#reactions.onceThrough(instance, flight)
  }
}

function arrival(kind: 'message' | 'lose', at: Id, message: number, from: Id): RunEntry {
  return { kind, at, name: '', value: 0, message, from, taken: NOTHING_TAKEN }
}

/** A twin that was silent may send. */
function rouse(instance: Instance): void {
  instance.silentUntil = 0
  instance.isStale = true
  instance.mail.wake()
}

/** What was chosen before, one `take` after the other. */
function inTurn(taken: readonly Taken[]): Pick {
  let next = 0
  return () => taken[next++]!
}
