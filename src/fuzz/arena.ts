import { Proofs, type Scene, type Universe, universe } from '../adversary/index.ts'
import {
  type Auditor,
  type Claim,
  canonical,
  correctIds,
  FEWEST_COUNTED,
  fieldsReadBy,
  type Id,
  type Invariant,
  program as inSetting,
  type Liveness,
  type Program,
  type Protocol,
  type Setting,
  type Sometimes,
  UsageError,
} from '../model/index.ts'
import {
  byArrival,
  deliversOnce,
  MOST_PARTICIPANTS,
  type System,
  settles,
  start,
  Table,
  unbounded,
} from '../system/index.ts'
import { Inboxes } from './inbox.ts'
import type { Verdict } from './judging.ts'
import { Records } from './records.ts'

/**
 * Reducer calls, and inboxes, after which a ground is given up for a fresh one. A protocol whose local states are few
 * never gets there; one that keeps its votes in its state hardly meets a state twice, and small tables are faster than
 * large ones there. Results do not depend on it.
 */
const MOST_CALLS = 20_000
const MOST_INBOXES = 200_000

/** What settings share that differ only in who is faulty: the protocol's code cannot tell them apart. */
export class Ground {
  readonly table: Table
  readonly proofs: Proofs
  readonly records: Records
  readonly program: Program
  readonly inboxes: Inboxes
  readonly #profiles: string[] = []
  #universe: Universe | undefined
  #healing: Table | undefined
  /** By these fields messages belong to a view: namesakes of those that the state keeps its view in. */
  readonly viewFields: readonly string[]
  /** Asked while the universe is collected; what is collected by then is worth nothing. */
  stop: (() => boolean) | undefined

  constructor(program: Program, known?: Ground) {
    const { viewOf, within } = program.protocol.definition
    const read = fieldsReadBy((state) => (viewOf ? viewOf(state) : within?.(state, program.setting.bounds)))
    this.viewFields = read.length > 0 ? read : ['view']
    this.program = program
    this.records = new Records(program.setting.counts ?? FEWEST_COUNTED)
    this.table = new Table(program)
    this.proofs = new Proofs(this.table)
    this.inboxes = new Inboxes(this.table)
    this.#universe = known?.universe
  }

  /** Settings with the same key share their ground. */
  static key({ byzantine: _, crash: __, inputs: ___, ...rest }: Setting): string {
    return canonical(rest)
  }

  /** Reactions for healed runs, which no bound binds. */
  get healing(): Table {
    this.#healing ??= new Table(unbounded(this.program))
    return this.#healing
  }

  get universe(): Universe {
    const { stop } = this
    this.#universe ??= universe(this.program, stop ? { onProgress: stop } : {})
    return this.#universe
  }

  /** A number below 512 for all that a menu depends on besides local state and inbox. */
  profile(id: Id, inputs: readonly string[], messages: boolean): number {
    const key = `${id} ${messages} ${inputs}`
    const known = this.#profiles.indexOf(key)
    if (known >= 0) return known
    if (this.#profiles.length >= 512) {
      throw new UsageError(
        'inputs are offered in more than 512 ways in one run',
        'choose fewer Byzantine replicas, or fewer --values',
      )
    }
    return this.#profiles.push(key) - 1
  }

  /** Has so much been remembered that it is better to start afresh, with the universe alone? */
  get isFull(): boolean {
    const calls = this.table.calls + (this.#healing?.calls ?? 0)
    return calls > MOST_CALLS || this.inboxes.size > MOST_INBOXES
  }
}

/** All that the runs of one setting share: the tables, the universe and the claims. */
export class Arena {
  readonly program: Program
  readonly ground: Ground
  readonly table: Table
  readonly setting: Setting
  readonly universe: Universe
  readonly proofs: Proofs
  readonly scene: Scene
  readonly origin: System
  readonly invariants: readonly Invariant<any>[]
  readonly liveness: readonly Liveness<any>[]
  readonly sometimes: readonly Sometimes<any>[]
  /** Is a step an arrival, with everything it enables? */
  readonly arrivals: boolean
  /** Does an arrival use the message up? */
  readonly once: boolean
  /** Does an arrival fire whatever it enables, until nothing changes? */
  readonly settles: boolean
  readonly keepsInbox: boolean
  readonly self: 'inbox' | 'at-once' | 'network' | 'none'
  /** Participants that claims speak of. */
  readonly correct: readonly Id[]
  /** The universe by number. */
  readonly universeNumbers: readonly number[]
  /** Broken or not, by the outputs of the correct; for claims that read outputs only. */
  readonly verdicts = new Map<string, Verdict>()
  /** Liveness verdicts by end state. */
  readonly healed = new Map<string, readonly { readonly claim: string; readonly witness: string }[]>()

  /** Are liveness claims judged at the end of a run only, and not after each decision too? */
  readonly healsAtEnd: boolean

  constructor(
    protocol: Protocol,
    setting: Setting,
    claims: readonly Claim<any>[],
    ground?: Ground,
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
    this.ground = ground ?? new Ground(program)
    this.ground.stop = stop
    this.table = this.ground.table
    this.proofs = this.ground.proofs
    const members = [...setting.byzantine]
    this.universe = members.length > 0 ? this.ground.universe : NOTHING
    const correct = Array.from({ length: count }, (_, id) => id).filter((id) => !members.includes(id))
    this.scene = { program, members, correct, universe: this.universe }
    this.origin = start(program)
    this.invariants = claims.filter((claim) => claim.kind === 'invariant')
    this.liveness = claims.filter((claim) => claim.kind === 'liveness')
    this.sometimes = claims.filter((claim) => claim.kind === 'sometimes')
    this.arrivals = byArrival(program)
    this.once = deliversOnce(program) || setting.network.fifo
    this.settles = settles(program)
    this.keepsInbox = protocol.definition.inbox !== false
    this.self = protocol.definition.selfDelivery ?? 'inbox'
    this.correct = correctIds(setting)
    this.universeNumbers = this.universe.messages.map((message) => this.table.messages.number(message))
  }
}

const NOTHING: Universe = { messages: [], said: [], closed: true, extent: new Map(), states: 0 }
