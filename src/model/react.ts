import { createDraft, finishDraft } from 'immer'
import { Collector, type Tree } from './collector.ts'
import type { Context, Inbox } from './context.ts'
import { UsageError } from './errors.ts'
import { HandlerContext, NOT_YET } from './handler-context.ts'
import { assertPlain, copyOf, deepFreeze, isEqual, type Json } from './json.ts'
import type { AnyMessage, Word } from './message.ts'
import type { Proof } from './proof.ts'
import type { Definition, Protocol } from './protocol.ts'
import { type Event, type Local, NO_EFFECTS, type Reaction } from './reaction.ts'
import type { Id, Setting } from './setting.ts'

type AnyHandler = (state: unknown, message: unknown, ctx: Context<any>) => void

/** One rule of one role. */
export interface Rule {
  /** `COMMIT`, or `PREVOTE/L36` where several rules wait for one type. */
  readonly name: string
  readonly type: string
  readonly handler: AnyHandler
}

interface Part {
  readonly definition: {
    init(ctx: Context<any>): object
    input?(state: any, value: string, ctx: Context<any>): void
    readonly timeout?: { readonly [timer: string]: ((state: any, ctx: Context<any>) => void) | undefined }
    readonly coin?: { readonly [coin: string]: ((state: any, value: 0 | 1, ctx: Context<any>) => void) | undefined }
    round?(state: any, inbox: readonly Word[], ctx: Context<any>): void
  }
  readonly rules: readonly Rule[]
  readonly byType: ReadonlyMap<string, readonly Rule[]>
  readonly byName: ReadonlyMap<string, Rule>
}

/** A protocol in one setting: rules computed, handlers named. The unit that every engine runs. */
export interface Program {
  readonly protocol: Protocol
  readonly setting: Setting
  readonly rules: object
  readonly replica: Part
  readonly client: Part | undefined
  /**
   * Run handlers on a plain copy of the state instead of an immer draft: the same result, several times faster for
   * small states. Engines that call reducers by the million set it; a law holds the two against each other.
   */
  readonly copies?: boolean
  /** What must have been said before this can be; nothing where no proof is asked. */
  readonly proofOf: (message: AnyMessage) => Proof<AnyMessage> | undefined
}

function part(definition: Part['definition'] & { upon: object }): Part {
  const rules: Rule[] = []
  for (const [type, handlers] of Object.entries(definition.upon) as [string, AnyHandler | AnyHandler[] | undefined][]) {
    if (!handlers) continue
    if (Array.isArray(handlers) && handlers.length > 1) {
      for (const handler of handlers) rules.push({ name: `${type}/${handler.name}`, type, handler })
    } else {
      rules.push({ name: type, type, handler: Array.isArray(handlers) ? handlers[0]! : handlers })
    }
  }
  const byType = new Map<string, Rule[]>()
  for (const rule of rules) byType.set(rule.type, [...(byType.get(rule.type) ?? []), rule])
  return { definition, rules, byType, byName: new Map(rules.map((rule) => [rule.name, rule])) }
}

/**
 * Puts a protocol into a setting. The named rules are computed without knowing who is faulty: no protocol can.
 */
export function program(protocol: Protocol, setting: Setting): Program {
  const definition = protocol.definition as Definition<any>
  const rules = definition.rules({ ...setting, byzantine: [], crash: [] }) as object
  const known = { n: setting.n, f: setting.f, rules }
  const proofs = setting.auth === 'signatures' ? definition.proofs : undefined
  return {
    protocol,
    setting,
    rules,
    replica: part(definition as never),
    client: definition.client ? part(definition.client as never) : undefined,
    proofOf: (message) =>
      proofs && Object.hasOwn(proofs, message.type) ? (proofs[message.type] as any)(message, known) : undefined,
  }
}

/** The part of the program that runs at a participant. */
export function partAt(program: Program, at: Id): Part {
  const chosen = at < program.setting.n ? program.replica : program.client
  if (!chosen) {
    throw new UsageError(`${program.protocol.subject} has no clients`, 'leave out --clients')
  }
  return chosen
}

/** The initial local state of a participant, and what it says before anything happens. */
export function begin(program: Program, at: Id): Reaction {
  const tree: Tree = { state: null, sent: [], outputs: [], notes: [] }
  const collector = new Collector(undefined, tree)
  const nobody: Inbox = () => false
  tree.state = partAt(program, at).definition.init(new HandlerContext(program, at, at, 0, collector, nobody)) as Json
  assertPlain(tree, () => `${program.protocol.subject}, init`)
  deepFreeze(tree)
  return finish(collector, { state: tree.state, timers: [], coins: [] }, tree)
}

/**
 * What one participant does on one event: a pure function. State and effects are made in one immer tree, so that a
 * piece of the draft put into a message is finalised with it. A handler whose `need` fails changes nothing; one that
 * throws stops its participant, which is a finding and not a failure of the harness.
 *
 * @throws UsageError where what the handler made is not plain JSON
 */
export function react(program: Program, at: Id, local: Local, event: Event, inbox: Inbox): Reaction {
  const nothing = { local, effects: NO_EFFECTS }
  if (local.threw !== undefined) return nothing
  const from = event.kind === 'message' ? event.from : at
  const base: Tree = { state: local.state, sent: [], outputs: [], notes: [] }
  let collector: Collector | undefined
  let tree: Tree
  try {
    // A draft that is left unfinished is not revoked: engines keep the questions of a rule that could not fire yet,
    // and a match may look at the state that the rule saw.
    const draft = program.copies ? { ...base, state: copyOf(base.state) } : (createDraft(base) as Tree)
    collector = new Collector(local, draft)
    const round = event.kind === 'round' ? event.round : 0
    handle(program, at, draft.state, event, new HandlerContext(program, at, from, round, collector, inbox), collector)
    tree = program.copies ? draft : (finishDraft(draft) as Tree)
  } catch (error) {
    if (error === NOT_YET) return { ...nothing, ...sightOf(collector) }
    if (error instanceof UsageError) throw error
    const threw = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { local: { ...local, timers: [], coins: [], threw }, effects: NO_EFFECTS, ...sightOf(undefined) }
  }
  if (tree !== base) {
    if (program.copies) {
      // Nobody but engines sees a state made on a copy, and they only read it. What is said goes to other handlers.
      for (const { message } of tree.sent) deepFreeze(message)
    }
    const where = event.kind === 'message' ? `rule ${event.rule}` : event.kind
    assertPlain(tree, () => `${program.protocol.subject}, ${where}`)
  }
  const { local: after, effects } = finish(collector, local, tree, event)
  return { local: after, effects, sawSender: collector.sawSender, sawSelf: collector.sawSelf }
}

/** What the handler looked at, which its reaction may depend on. Unknown counts as seen. */
function sightOf(collector: Collector | undefined): { readonly sawSender: boolean; readonly sawSelf: boolean } {
  return { sawSender: collector?.sawSender ?? true, sawSelf: collector?.sawSelf ?? true }
}

function handle(program: Program, at: Id, state: any, event: Event, ctx: Context<any>, collector: Collector): void {
  const { definition, byName } = partAt(program, at)
  switch (event.kind) {
    case 'message':
      byName.get(event.rule)?.handler(state, event.message, ctx)
      return
    case 'timeout':
      // An expired timer is no longer armed; the handler may arm it again.
      collector.timers.delete(event.timer)
      definition.timeout?.[event.timer]?.(state, ctx)
      return
    case 'input':
      definition.input?.(state, event.value, ctx)
      return
    case 'coin':
      collector.coins.delete(event.coin)
      definition.coin?.[event.coin]?.(state, event.value, ctx)
      return
    case 'round':
      definition.round?.(state, event.inbox, ctx)
  }
}

/** What an event itself changes, whatever the handler does: a timeout is used up, a round is over. */
function counted(before: Local, event: Event | undefined): Partial<Local> | undefined {
  if (event?.kind === 'round') return { round: event.round }
  if (event?.kind !== 'timeout') return undefined
  return before.timeouts === undefined ? {} : { timeouts: before.timeouts + 1 }
}

function finish(collector: Collector, before: Local, tree: Tree, event?: Event): Reaction {
  const timers = collector.timersAfter(before.timers)
  const coins = collector.coinsAfter(before.coins)
  // A rule that rebuilt an equal state changed nothing: equal states are one state.
  const state = isEqual(tree.state, before.state) ? before.state : tree.state
  const silent = tree.sent.length + tree.outputs.length + tree.notes.length === 0
  const count = counted(before, event)
  const unchanged = state === before.state && timers === before.timers && coins === before.coins && !count
  if (unchanged && silent) return { local: before, effects: NO_EFFECTS }
  const { sent, outputs, notes } = tree
  const effects =
    silent && collector.factors.length === 0 ? NO_EFFECTS : { sent, outputs, notes, factors: collector.factors }
  if (unchanged) return { local: before, effects }
  return { local: { ...before, state, timers, coins, ...count }, effects }
}
