import { Proofs, type Scene, type Universe, universe } from '../adversary/index.ts'
import {
  type Claim,
  canonical,
  correctIds,
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
import { byArrival, deliversOnce, MOST_PARTICIPANTS, type System, start, Table } from '../system/index.ts'

/** Reducer calls after which an arena forgets its transitions, to bound memory. Results do not depend on it. */
const MOST_CALLS = 2_000_000

/** What settings share that differ only in who is faulty: the protocol's code cannot tell them apart. */
export class Ground {
  readonly table: Table
  readonly proofs: Proofs
  readonly #program: Program
  #universe: Universe | undefined
  #callsBefore = 0

  constructor(program: Program) {
    this.#program = program
    this.table = new Table(program)
    this.proofs = new Proofs(this.table)
  }

  /** Settings with the same key share their ground. */
  static key({ byzantine: _, crash: __, inputs: ___, ...rest }: Setting): string {
    return canonical(rest)
  }

  get universe(): Universe {
    this.#universe ??= universe(this.#program)
    return this.#universe
  }

  /** Called between runs. */
  tidy(): void {
    if (this.table.calls - this.#callsBefore < MOST_CALLS) return
    this.#callsBefore = this.table.calls
    this.table.forget()
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
  readonly once: boolean
  readonly keepsInbox: boolean
  readonly self: 'inbox' | 'at-once' | 'network' | 'none'
  readonly readsNotes: boolean
  /** Broken or not, by the outputs of the correct; for claims that read outputs only. */
  readonly verdicts = new Map<string, string | undefined>()
  /** Liveness verdicts by end state. */
  readonly healed = new Map<string, readonly { readonly claim: string; readonly witness: string }[]>()

  constructor(protocol: Protocol, setting: Setting, claims: readonly Claim<any>[], ground?: Ground) {
    const count = setting.n + setting.clients
    if (count > MOST_PARTICIPANTS) {
      throw new UsageError(
        `fuzz handles at most ${MOST_PARTICIPANTS} replicas and clients, not ${count}`,
        'choose a smaller n: quorum arithmetic repeats itself every three replicas',
      )
    }
    const program = inSetting(protocol, setting)
    this.setting = setting
    this.program = program
    this.ground = ground ?? new Ground(program)
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
    this.keepsInbox = protocol.definition.inbox !== false
    this.self = protocol.definition.selfDelivery ?? 'inbox'
    this.readsNotes = claims.some((claim) => claim.reads.includes('notes'))
  }

  /** Participants that claims speak of. */
  get correct(): readonly Id[] {
    return correctIds(this.setting)
  }
}

const NOTHING: Universe = { messages: [], closed: true, extent: new Map(), states: 0 }
