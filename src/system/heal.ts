import {
  type AnyMessage,
  brokenAfter,
  type Claim,
  correctIds,
  type Event,
  type Facts,
  type Id,
  type Inbox,
  isLockstep,
  type Liveness,
  type Program,
  partAt,
  type SentMessage,
} from '../model/index.ts'
import { leafOf, nodeOf, reactionOf } from './answering.ts'
import { expireLowest, mostExpirations } from './expire-lowest.ts'
import { inboxOf } from './fire.ts'
import { HealedInboxes, type Used } from './healed-inboxes.ts'
import { factsOf, type Violation } from './judge.ts'
import type { Node } from './nodes.ts'
import { Rest } from './rest.ts'
import { correctWords, reactionTo, takesInputs, turnIn } from './round.ts'
import { absorb, deliversOnce, type System, withoutCopy } from './system.ts'
import { Table } from './table.ts'
import { forHealing } from './unbounded.ts'

/** One event of the healed run at one participant, on the messages that it has there. */
export interface HealedStep {
  readonly at: Id
  readonly event: Event
  readonly words: readonly SentMessage[]
  readonly before: System
  readonly after: System
}

/** Looks on while a run is healed. */
export type Watch = (step: HealedStep) => void

/**
 * The canonical healed run: the coalition is silent; pending inputs are offered; each correct participant gets every
 * message of the correct that is not lost, and the coalition's messages that it has used. Enabled rules fire in
 * declared order, participants by id, until nothing changes; then the timers of the lowest view fire, by id; for up to
 * n + 1 view changes. In a lockstep protocol the rounds simply go on: what the coalition has sent has arrived.
 *
 * @param table remembers reactions from one healed run to the next; made of the `unbounded` program
 * @param watch is called with everything that changes the state
 * @throws UsageError where the rules never come to rest
 */
export function heal(
  program: Program,
  system: System,
  used: readonly Used[],
  healing: Liveness['healing'],
  table = new Table(forHealing(program)),
  watch?: Watch,
): { readonly system: System; readonly rounds: number } {
  const run = new Healing({ ...forHealing(program), copies: true }, system, used, healing, table, watch)
  if (isLockstep(program.protocol)) return { system: run.goOn(), rounds: 0 }
  const most = healing === 'full' ? mostExpirations(program) : 0
  let rounds = 0
  run.settle()
  while (rounds < most && run.expire()) {
    rounds++
    run.rest.reached()
    run.settle()
  }
  return { system: run.system, rounds }
}

class Healing {
  system: System
  readonly rest: Rest
  readonly #program: Program
  readonly #healing: Liveness['healing']
  readonly #ids: readonly Id[]
  readonly #table: Table
  readonly #heard: HealedInboxes
  readonly #watch: Watch | undefined
  #sent: readonly AnyMessage[] = []
  #what = ''

  constructor(
    program: Program,
    system: System,
    used: readonly Used[],
    healing: Liveness['healing'],
    table: Table,
    watch?: Watch,
  ) {
    this.rest = new Rest(program)
    this.#watch = watch
    this.#table = table
    this.#program = program
    this.system = system
    this.#healing = healing
    this.#ids = correctIds(program.setting)
    this.#heard = new HealedInboxes(program, this.#ids, used)
  }

  /** Deliveries, inputs and coins, until nothing changes. */
  settle(): void {
    settleInTurn(this.#ids, (at) => {
      const isTaken = this.#once(at)
      if (isTaken) this.rest.fired(at, this.#made(at), () => this.#what)
      return isTaken
    })
  }

  readonly #made = (at: Id) => () => ({
    local: this.system.locals[at]!,
    sent: this.#sent,
    said: this.system.soup.length,
  })

  /** The rounds that are left of a lockstep protocol, with a silent coalition; inputs that are still missing first. */
  goOn(): System {
    if (this.#healing === 'full' && takesInputs(this.#program, this.system)) {
      for (const at of this.#ids) {
        for (const value of this.#program.setting.inputs[at] ?? []) this.#take(at, { kind: 'input', value })
      }
    }
    for (let turn = turnIn(this.#program, this.system); turn; turn = turnIn(this.#program, this.system)) {
      const before = this.system
      this.system = absorb(this.#program, before, turn.at, reactionTo(this.#program, before, turn, []))
      const inbox = correctWords(this.#program, before, turn)
      const event: Event = { kind: 'round', round: turn.round, inbox }
      this.#watch?.({ at: turn.at, event, words: inbox, before, after: this.system })
    }
    return this.system
  }

  /** Says whether a timer did anything. */
  expire(): boolean {
    const take = (at: Id, timer: string): boolean => this.#take(at, { kind: 'timeout', timer })
    return expireLowest(this.#program, this.#ids, (at) => this.system.locals[at]!, take)
  }

  #once(at: Id): boolean {
    const local = this.system.locals[at]!
    if (this.#healing === 'full') {
      for (const value of this.#program.setting.inputs[at] ?? []) {
        if (this.#take(at, { kind: 'input', value })) return true
      }
      for (const coin of local.coins) if (this.#take(at, { kind: 'coin', coin, value: 0 })) return true
    }
    return deliversOnce(this.#program) ? this.#arrival(at) : this.#firing(at)
  }

  #firing(at: Id): boolean {
    const { words, byType } = this.#heard.by(this.system, at)
    const local = this.#table.locals.number(this.system.locals[at] as never)
    for (const rule of partAt(this.#program, at).rules) {
      this.#program.effort?.spend(byType.get(rule.type)?.length ?? 0)
      for (const { from, message } of byType.get(rule.type) ?? []) {
        // Most messages do nothing any more: that is found out without further ado.
        const node = this.#table.onMessage(at, local, rule, this.#table.messages.number(message), from)
        if (node.kind === 'dead') continue
        const event: Event = { kind: 'message', rule: rule.name, from, message }
        if (!this.#follow(at, event, node, words)) continue
        this.#what = `rule ${rule.name}`
        return true
      }
    }
    return false
  }

  /** The next message on its way arrives: it is used up, whether or not it changes anything. */
  #arrival(at: Id): boolean {
    this.#program.effort?.spend(2 * this.system.pending.length)
    const index = this.system.pending.findIndex((word) => word.to === at)
    const found = this.system.pending[index]
    if (!found) return false
    const { from, message } = found
    const pending = withoutCopy(this.system.pending, index)
    const inboxes = this.system.inboxes.map((list, id) =>
      id === at && this.#program.protocol.definition.inbox !== false ? [...list, { from, message }] : list,
    )
    this.system = { ...this.system, pending, inboxes }
    for (const { name } of partAt(this.#program, at).byType.get(message.type) ?? []) {
      this.#take(at, { kind: 'message', rule: name, from, message })
    }
    return true
  }

  /** Takes the step if it is one. Most are not, and that is known from an earlier look. */
  #take(at: Id, event: Event): boolean {
    const local = this.#table.locals.number(this.system.locals[at] as never)
    const isTaken = this.#follow(at, event, nodeOf(this.#table, at, local, event))
    if (isTaken) this.#what = nameOfEvent(event)
    return isTaken
  }

  /** Answers what a rule asks; takes the step that comes of it, if one does. */
  #follow(at: Id, event: Event, node: Node, words?: readonly SentMessage[]): boolean {
    const inbox: Inbox = (ask) => inboxOf(this.#program, words ?? this.#everything(at))(ask)
    const leaf = leafOf(this.#table, node, inbox)
    if (!leaf) return false
    const reaction = reactionOf(this.#table, leaf, this.system.locals[at]!)
    const after = absorb(this.#program, this.system, at, reaction)
    if (after === this.system) return false
    this.#watch?.({ at, event, words: words ?? this.#everything(at), before: this.system, after })
    this.system = after
    this.#sent = reaction.effects.sent.map(({ message }) => message)
    return true
  }

  #everything(at: Id): readonly SentMessage[] {
    return [...this.#heard.by(this.system, at).words, ...this.system.inboxes[at]!]
  }
}

/** Each in turn takes all the steps that it can, until nobody can take one. `once` says whether it took one. */
export function settleInTurn(ids: readonly Id[], once: (at: Id) => boolean): void {
  for (let changed = true; changed; ) {
    changed = false
    for (const at of ids) while (once(at)) changed = true
  }
}

function nameOfEvent(event: Event): string {
  if (event.kind === 'message') return `rule ${event.rule}`
  if (event.kind === 'timeout') return `timer ${event.timer}`
  return event.kind === 'coin' ? `coin ${event.coin}` : `input ${event.kind === 'input' ? event.value : ''}`
}

/** The liveness claims that fail in the healed runs from a state. */
export function brokenAfterHealing(
  program: Program,
  claims: readonly Claim<any>[],
  system: System,
  used: readonly Used[],
  table = new Table(forHealing(program)),
): Violation[] {
  const violations: Violation[] = []
  for (const claim of claims) {
    if (claim.kind !== 'liveness') continue
    const witness = brokenAfter(claim, factsOfHealed(program, claim, system, used, table), factsOf(program, system))
    if (witness) violations.push({ claim: claim.name, witness })
  }
  return violations
}

/** What a liveness claim sees of the end of the healed run from a state. */
export function factsOfHealed(
  program: Program,
  { healing, reads }: Liveness<any>,
  from: System,
  used: readonly Used[],
  table = new Table(forHealing(program)),
): Facts {
  const { system } = heal(program, from, used, healing, table)
  const facts = factsOf(program, system)
  return reads.includes('held') ? { ...facts, held: heldIn(program, system, used) } : facts
}

/** What correct participants hold: their own messages, and what they have acted on of the coalition's. */
function heldIn(program: Program, { soup }: System, used: readonly Used[]): readonly SentMessage[] {
  const correct = correctIds(program.setting)
  const theirs = used.filter(({ at }) => correct.some((id) => id === at || program.setting.network.gossip))
  return [...soup.filter(({ from }) => correct.includes(from)), ...theirs.map(({ word }) => word)]
}
