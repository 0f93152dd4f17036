import { type Scene, type Strategy, type Universe, universe } from '../../adversary/index.ts'
import { type Hears, Kernel, type Offers, SENDERS, type Twin, World } from '../../kernel/index.ts'
import {
  type AnyMessage,
  type Auditor,
  type Claim,
  canonicalValue,
  correctIds,
  fieldsReadBy,
  type Id,
  type Invariant,
  program as inSetting,
  type Liveness,
  type Program,
  type Protocol,
  readsHeld,
  remembered,
  rememberedAmong,
  runningIds,
  type Setting,
  type Sometimes,
  UsageError,
} from '../../model/index.ts'
import {
  forHealing,
  MOST_PARTICIPANTS,
  noException,
  type System,
  start,
  Table,
  type Violation,
} from '../../system/index.ts'
import type { Choices } from '../schedule/choices.ts'
import { ClaimGroup, Memory } from './claim-group.ts'
import { Healing } from './healing.ts'

/**
 * Reducer calls, and what is known of local states, after which a kernel is given up for a fresh one. A protocol whose
 * local states are few never gets there; of one that keeps its votes in its state, where they cannot be kept apart,
 * hardly a state is met twice, and small tables are faster than large ones. Results do not depend on it.
 */
const MOST_CALLS = 20_000
const MOST_CALLS_APART = 150_000
const MOST_ROWS = 150_000
/** Behaviours, and verdicts, that are remembered. */
export const MOST_REMEMBERED = 20_000

/** What settings share that differ only in who is faulty: the protocol's code cannot distinguish them. */
export class SharedTables {
  readonly kernel: Kernel
  readonly program: Program
  readonly memory = new Memory()
  #universe: Universe | undefined
  #healing: Table | undefined
  /** By these fields messages belong to a view: namesakes of those that the state keeps its view in. */
  readonly viewFields: readonly string[]
  /** Asked while the universe is collected; what is collected by then is worth nothing. */
  stop: (() => boolean) | undefined

  constructor(program: Program, known?: SharedTables) {
    const { viewOf, within } = program.protocol.definition
    const read = fieldsReadBy((state) => (viewOf ? viewOf(state) : within?.(state, program.setting.bounds)))
    this.viewFields = read.length > 0 ? read : ['view']
    this.program = program
    this.kernel = new Kernel(program)
    this.#universe = known?.universe
  }

  /** Reactions for healed runs, which no bound binds. */
  get healing(): Table {
    this.#healing ??= new Table(forHealing(this.program))
    return this.#healing
  }

  get universe(): Universe {
    const { stop } = this
    this.#universe ??= universe(this.program, stop ? { onProgress: stop } : {})
    return this.#universe
  }

  /** Has so much been remembered that it is better to start afresh, with the universe alone? */
  get isFull(): boolean {
    const calls = this.kernel.table.calls + (this.#healing?.calls ?? 0)
    const keepsVotes = this.program.protocol.definition.inbox === false && !this.kernel.ballots
    const most = keepsVotes ? MOST_CALLS : MOST_CALLS_APART
    return calls > most || this.kernel.rows > MOST_ROWS
  }
}

/** One strategy, in the numbers of the kernel. */
export interface Compiled {
  readonly twins: readonly Twin[]
  readonly opening: Offers
  readonly hears: Hears | undefined
}

/** The plans of a strategy in a setting, and those of them that were asked for. */
interface Plans {
  readonly count: number
  readonly compiled: Map<number, Compiled>
}

/** All that the runs of one setting share: the tables, the universe and the claims. */
export class SettingContext {
  readonly program: Program
  readonly sharedTables: SharedTables
  readonly table: Table
  readonly world: World
  readonly setting: Setting
  readonly universe: Universe
  readonly scene: Scene
  readonly invariants: readonly Invariant<any>[]
  readonly liveness: readonly Liveness<any>[]
  readonly sometimes: readonly Sometimes<any>[]
  /** Participants that claims speak of. */
  readonly correct: readonly Id[]
  /** Liveness verdicts by end state. */
  readonly healed = new Map<string, readonly Violation[]>()
  /** Healed runs on numbers; nothing where they are for the reference. */
  readonly healing: readonly Healing[] | undefined
  /** Claims on states, by what they look at. */
  readonly groups: readonly ClaimGroup[]
  readonly #groups = new Map<string, number>()
  readonly #groupOf: number[] = []
  readonly #suitable = new Map<readonly Strategy[], readonly Strategy[]>()
  readonly #plans = new Map<Strategy, Plans>()
  /** Of the messages of the universe, which strategies offer again and again. */
  readonly #numbers = new Map<AnyMessage, number>()

  /** Are liveness claims judged at the end of a run only, and not after each decision too? */
  readonly healsAtEnd: boolean

  constructor(
    protocol: Protocol,
    setting: Setting,
    claims: readonly Claim<any>[],
    sharedTables?: SharedTables,
    healsAtEnd = false,
    audit?: Auditor,
    stop?: () => boolean,
  ) {
    this.healsAtEnd = healsAtEnd
    const count = setting.n + setting.clients
    if (count > MOST_PARTICIPANTS) {
      throw new UsageError(
        `fuzz handles at most ${MOST_PARTICIPANTS} replicas and clients, not ${count}`,
        'choose a smaller n: quorum arithmetic repeats itself every three replicas',
      )
    }
    const plain = inSetting(protocol, setting)
    const program = audit ? { ...plain, audit } : plain
    this.setting = setting
    this.program = program
    this.sharedTables = sharedTables ?? new SharedTables(program)
    this.sharedTables.stop = stop
    const { kernel } = this.sharedTables
    this.table = kernel.table
    const members = [...setting.byzantine]
    this.universe = members.length > 0 ? this.sharedTables.universe : NOTHING
    this.scene = { program, members, correct: runningIds(setting), universe: this.universe }
    this.invariants = claims.filter((claim) => claim.kind === 'invariant')
    this.liveness = claims.filter((claim) => claim.kind === 'liveness')
    this.sometimes = claims.filter((claim) => claim.kind === 'sometimes')
    this.correct = correctIds(setting)
    const numbers = this.universe.messages.map((message) => this.table.messages.number(message))
    for (const [i, message] of this.universe.messages.entries()) this.#numbers.set(message, numbers[i]!)
    const origin: System = start(program)
    this.world = new World(kernel, program, origin, numbers)
    // What is held is judged on the steps, once they are written out.
    const onNumbers = this.liveness.filter((claim) => !readsHeld(claim))
    this.healing = Healing.of(this.world, onNumbers)
    const judged = [...this.invariants, ...this.sometimes].filter(({ name }) => name !== noException.name)
    this.groups = ClaimGroup.of(this.world, judged, kernel.views, this.sharedTables.memory)
    kernel.views += this.groups.length
  }

  /** A number for the messages of one type and view, which are held back together. */
  groupOf(message: number): number {
    let group = this.#groupOf[message]
    if (group === undefined) {
      const value = this.table.messages.values[message]! as { readonly type: string; readonly [field: string]: unknown }
      const name = [value.type, ...this.sharedTables.viewFields.map((field) => value[field])].join(' ')
      group = remembered(this.#groups, name, () => this.#groups.size)
      this.#groupOf[message] = group
    }
    return group
  }

  /** Those that make sense here. */
  suitable(strategies: readonly Strategy[]): readonly Strategy[] {
    let suitable = this.#suitable.get(strategies)
    if (!suitable) {
      suitable = strategies.filter((strategy) => strategy.suits?.(this.scene) ?? true)
      this.#suitable.set(strategies, suitable)
    }
    return suitable
  }

  /** A plan of a strategy, on the kernel's numbers. */
  drawBehaviour(strategy: Strategy, choices: Choices): Compiled {
    let plans = this.#plans.get(strategy)
    if (!plans) {
      plans = { count: Math.max(1, strategy.plans(this.scene)), compiled: new Map() }
      this.#plans.set(strategy, plans)
    }
    const plan = choices.below(plans.count)
    return plans.compiled.get(plan) ?? this.#compiled(plans.compiled, strategy, plan)
  }

  #compiled(known: Map<number, Compiled>, strategy: Strategy, plan: number): Compiled {
    return rememberedAmong(known, MOST_REMEMBERED, plan, () => this.#compile(strategy, plan))
  }

  #compile(strategy: Strategy, plan: number): Compiled {
    const { strategyTwins = [], opening = [], hears } = strategy.behave(this.scene, plan)
    const numbers = (offers: typeof opening): number[] =>
      offers.flatMap(({ from, to, message }) => {
        const number = this.#numbers.get(message) ?? this.table.messages.number(canonicalValue(message, 'a strategy'))
        return to.flatMap((id) => [from, id, number])
      })
    const answers = new Map<number, Offers>()
    const answer = (from: Id, message: number): Offers => {
      const key = message * SENDERS + from
      return remembered(answers, key, () => numbers(hears!(from, this.table.messages.values[message]!)))
    }
    return { twins: strategyTwins, opening: numbers(opening), hears: hears && answer }
  }
}

const NOTHING: Universe = { messages: [], said: [], closed: true, extent: new Map(), states: 0 }
