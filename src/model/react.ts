import { createDraft, finishDraft } from 'immer'
import type { Context, Inbox } from './context.ts'
import { UsageError } from './errors.ts'
import { assertPlain, byContent, byText, canonical, deepFreeze, type Json, rememberText, textOf } from './json.ts'
import type { AnyMessage } from './message.ts'
import type { Proof } from './proof.ts'
import type { Definition, Protocol } from './protocol.ts'
import type { Id, Setting } from './setting.ts'

/** What a participant is between steps: its state, what it waits for, and the exception that stopped it, if any. */
export interface Local {
  readonly state: Json
  readonly timers: readonly string[]
  readonly coins: readonly string[]
  /** Timeouts so far; counted only where a bound on them is set. */
  readonly timeouts?: number
  /** Present after a handler threw: the participant takes no further step. */
  readonly threw?: string
}

/** A message that was sent: to one participant, or to all replicas. */
export interface Sent {
  readonly to: Id | 'all'
  readonly message: AnyMessage
}

export interface Effects {
  readonly sent: readonly Sent[]
  readonly outputs: readonly Json[]
  readonly notes: readonly Json[]
  /** Timers set in this step with the factor of the base timeout: of interest only where there is a clock. */
  readonly factors: readonly (readonly [timer: string, factor: number])[]
}

export const NO_EFFECTS: Effects = deepFreeze({ sent: [], outputs: [], notes: [], factors: [] })

export type Event =
  | { readonly kind: 'message'; readonly rule: string; readonly from: Id; readonly message: AnyMessage }
  | { readonly kind: 'timeout'; readonly timer: string }
  | { readonly kind: 'input'; readonly value: string }
  | { readonly kind: 'coin'; readonly coin: string; readonly value: 0 | 1 }

/** `local` and `effects` are the very objects that went in (and NO_EFFECTS) where nothing changed: that is no step. */
export interface Reaction {
  readonly local: Local
  readonly effects: Effects
  /** Did the rule look at who sent the message? If not, the reaction is the same whoever did. */
  readonly sawSender?: boolean
}

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

/** Thrown by `need` and `take` to leave a handler that cannot fire yet. */
const NOT_YET = Symbol('not yet')

interface Tree {
  state: Json
  sent: Sent[]
  outputs: Json[]
  notes: Json[]
}

class Collector {
  sawSender = false
  readonly timers: Set<string>
  readonly coins: Set<string>
  readonly factors: [string, number][] = []
  readonly tree: Tree
  constructor(local: Local | undefined, tree: Tree) {
    this.timers = new Set(local?.timers)
    this.coins = new Set(local?.coins)
    this.tree = tree
  }
}

function contextOf(program: Program, self: Id, from: Id, collector: Collector, inbox: Inbox): Context<any> {
  const { n, f, clients, bounds } = program.setting
  const { tree } = collector
  return {
    self,
    get from() {
      collector.sawSender = true
      return from
    },
    n,
    f,
    clients,
    bounds,
    rules: program.rules,
    broadcast: (message) => void tree.sent.push({ to: 'all', message }),
    send: (to, message) => void tree.sent.push({ to, message }),
    output: (output) => void tree.outputs.push(output as Json),
    note: (note) => void tree.notes.push(note as Json),
    setTimer(timer: string, factor = 1) {
      collector.timers.add(timer)
      collector.factors.push([timer, factor])
    },
    cancelTimer: (timer: string) => void collector.timers.delete(timer),
    flip: (coin: string) => void collector.coins.add(coin),
    need(q, match, role = 'replica') {
      if (q > 0 && inbox({ kind: 'need', q, match, role }) === false) throw NOT_YET
    },
    take(q, match, summarise, role = 'replica') {
      const answer = inbox({ kind: 'take', q, match, role, summarise })
      if (typeof answer === 'boolean') throw NOT_YET
      return summarise([...answer].sort(byContent))
    },
  }
}

/** The initial local state of a participant, and what it says before anything happens. */
export function begin(program: Program, at: Id): Reaction {
  const tree: Tree = { state: null, sent: [], outputs: [], notes: [] }
  const collector = new Collector(undefined, tree)
  const nobody: Inbox = () => false
  tree.state = partAt(program, at).definition.init(contextOf(program, at, at, collector, nobody)) as Json
  assertPlain(tree, `${program.protocol.subject}, init`)
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
    handle(program, at, draft.state, event, contextOf(program, at, from, collector, inbox), collector)
    tree = program.copies ? draft : (finishDraft(draft) as Tree)
  } catch (error) {
    if (error === NOT_YET) return { ...nothing, sawSender: collector?.sawSender ?? true }
    if (error instanceof UsageError) throw error
    const threw = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { local: { ...local, timers: [], coins: [], threw }, effects: NO_EFFECTS, sawSender: true }
  }
  if (tree !== base) {
    if (program.copies) {
      // Nobody but engines sees a state made on a copy, and they only read it. What is said goes to other handlers.
      for (const { message } of tree.sent) deepFreeze(message)
      if (typeof tree.state === 'object' && tree.state !== null) rememberText(tree.state, canonical(tree.state))
    }
    const where = event.kind === 'message' ? `rule ${event.rule}` : event.kind
    assertPlain(tree, `${program.protocol.subject}, ${where}`)
  }
  return { ...finish(collector!, local, tree, event.kind === 'timeout'), sawSender: collector!.sawSender }
}

/** A copy that shares nothing with the original. */
function copyOf<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(copyOf) as T
  const copy: Record<string, unknown> = {}
  for (const key in value) copy[key] = copyOf(value[key])
  return copy as T
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
  }
}

function listed(set: ReadonlySet<string>, before: readonly string[]): readonly string[] {
  if (set.size === before.length && before.every((name) => set.has(name))) return before
  return deepFreeze([...set].sort(byText))
}

function isSame(a: Json, b: Json): boolean {
  if (a === b) return true
  return typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && textOf(a) === textOf(b)
}

function finish(collector: Collector, before: Local, tree: Tree, timeout = false): Reaction {
  const timers = listed(collector.timers, before.timers)
  const coins = listed(collector.coins, before.coins)
  // A rule that rebuilt an equal state changed nothing: equal states are one state.
  const state = isSame(tree.state, before.state) ? before.state : tree.state
  const silent = tree.sent.length + tree.outputs.length + tree.notes.length === 0
  const unchanged = state === before.state && timers === before.timers && coins === before.coins && !timeout
  if (unchanged && silent) return { local: before, effects: NO_EFFECTS }
  const { sent, outputs, notes } = tree
  const effects =
    silent && collector.factors.length === 0 ? NO_EFFECTS : { sent, outputs, notes, factors: collector.factors }
  if (unchanged) return { local: before, effects }
  const counted = timeout && before.timeouts !== undefined ? { timeouts: before.timeouts + 1 } : {}
  return { local: { ...before, state, timers, coins, ...counted }, effects }
}
