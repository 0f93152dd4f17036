import { createDraft, finishDraft } from 'immer'
import { Collector, NOT_YET } from './collector.ts'
import type { Context, Inbox } from './context.ts'
import type { Definition } from './declaration.ts'
import { PROTOCOL, SETTING } from './definition.ts'
import { blamed, describeError, isNoFinding, kindOf, UsageError } from './errors.ts'
import { HandlerContext } from './handler-context.ts'
import { canonical, copyOf, deepFreeze, isEqual, type Json } from './json.ts'
import type { AnyMessage } from './message.ts'
import { canonicalCopy, canonicalValue } from './plain.ts'
import type { AnyHandler, Part, Program, Rule } from './program.ts'
import { assertSameProof, guarded, PROOF_REMEDY, type Proof } from './proof.ts'
import type { Protocol } from './protocol.ts'
import { type Event, type Local, NO_EFFECTS, type Reaction } from './reaction.ts'
import { grouped, remembered } from './remembered.ts'
import { type Id, range, type Setting } from './setting.ts'
import { assertKind, assertKnown } from './shape.ts'
import { thrown } from './thrown.ts'
import { type Vocabulary, vocabularyOf } from './vocabulary.ts'

function part(definition: Part['definition'] & { upon: object }): Part {
  const rules: Rule[] = []
  for (const [type, handlers] of Object.entries(definition.upon) as [string, AnyHandler | AnyHandler[] | undefined][]) {
    if (!handlers) continue
    const list = Array.isArray(handlers) ? handlers : [handlers]
    for (const handler of list) rules.push({ name: list.length > 1 ? `${type}/${handler.name}` : type, type, handler })
  }
  return {
    definition,
    rules,
    byType: grouped(rules, ({ type }) => type),
    byName: new Map(rules.map((rule) => [rule.name, rule])),
  }
}

/** Proofs that are made twice, to see that they are functions of their message: the first ones, then a share. */
const PROOFS_FIRST = 64
const PROOFS_EVERY = 64

/**
 * Puts a protocol into a setting. The named rules are computed without knowing who is faulty: no protocol can.
 */
export function program(protocol: Protocol, setting: Setting): Program {
  assertKind('the protocol', PROTOCOL, protocol)
  assertKind('the setting', SETTING, setting)
  const definition = protocol.definition as Definition<any>
  const rules = Object.freeze(
    definition.rules(deepFreeze({ ...setting, byzantine: [], crash: [], restart: [] })) as object,
  )
  const known = { n: setting.n, f: setting.f, rules }
  const proofs = setting.auth === 'signatures' ? definition.proofs : undefined
  const vocabulary = vocabularyOf(definition, setting)
  let asked = 0
  return {
    protocol,
    setting,
    rules,
    replica: part(definition as never),
    client: definition.client ? part(definition.client as never) : undefined,
    vocabulary,
    proofOf: (message) => {
      if (!proofs || !Object.hasOwn(proofs, message.type)) return undefined
      const proof = proofs[message.type] as ((message: AnyMessage, known: object) => Proof<AnyMessage>) | undefined
      if (!proof) return undefined
      const made = proved(proof, message, known, vocabulary)
      const isHeld = asked++ < PROOFS_FIRST || asked % PROOFS_EVERY === 0
      if (isHeld) assertSameProof(made, proved(proof, message, known, vocabulary), message)
      return made
    },
  }
}

function proved(
  proof: (message: AnyMessage, known: object) => Proof<AnyMessage>,
  message: AnyMessage,
  known: object,
  { asked }: Vocabulary,
): Proof<AnyMessage> {
  let made: Proof<AnyMessage>
  try {
    made = proof(message, known)
  } catch (error) {
    const place = `the proof of ${message.type}`
    if (error instanceof UsageError) throw new UsageError(`${place}: ${error.message}`, error.suggestion)
    throw blamed(place, error, `it was given ${canonical(message)}`, PROOF_REMEDY)
  }
  return guarded(made, message.type, (type) => void asked.add(type))
}

/** The part of the program that runs at a participant. */
export function partAt(program: Program, at: Id): Part {
  const chosen = at < program.setting.n ? program.replica : program.client
  if (!chosen) {
    throw new UsageError(`${program.protocol.subject} has no clients`, 'leave out --clients')
  }
  return chosen
}

const begun = new WeakMap<Program, Set<Id>>()

/**
 * The initial local state of a participant, and what it sends before anything happens.
 *
 * @throws UsageError where `init` throws, waits, or does not do the same every time
 */
export function begin(program: Program, at: Id): Reaction {
  const reaction = started(program, at)
  const known = remembered(begun, program, () => new Set())
  if (known.has(at)) return reaction
  known.add(at)
  const [one, other] = [reaction, started(program, at)].map(({ local, effects }) => canonical([local, effects]))
  if (one === other) return reaction
  throw new UsageError(`${placeOf(program, 'init')}: called twice, it did two different things`, IMPURE)
}

/** The message about a function that does not do the same every time. */
export const IMPURE =
  'it may look at nothing but what it is given: no Math.random, no clock, no variable outside that it or another changes'

function started(program: Program, at: Id): Reaction {
  const place = () => placeOf(program, 'init')
  const nobody: Inbox = () => {
    throw new UsageError(
      `${place()}: it calls need or take`,
      'nothing has been sent yet: call it in a rule on a message',
    )
  }
  const collector = new Collector(undefined, place, program.vocabulary, nobody)
  let state: unknown
  try {
    state = partAt(program, at).definition.init(new HandlerContext(program, at, at, 0, collector))
  } catch (error) {
    collector.rethrow()
    if (isNoFinding(error)) throw error
    throw new UsageError(`${place()}: it throws ${describeError(error)}`, 'let it return the initial state')
  }
  collector.rethrow()
  if (typeof state !== 'object' || state === null || kindOf(state) === 'a promise') {
    throw new UsageError(`${place()}: it returns ${kindOf(state)}`, 'let it return the initial state, an object')
  }
  if (collector.notes.length > 0) {
    throw new UsageError(
      `${place()}: what it notes is seen by no claim, for nothing has happened yet`,
      'note it in the handler that acts on it',
    )
  }
  const before: Local = { state: canonicalCopy(state as Json, place, 'state'), timers: [], coins: [] }
  return finish(collector, before, before.state)
}

/**
 * A replica that begins anew with what it has kept of its state. What it has counted of votes, its timers and its coins
 * are gone; what bounds count goes on.
 */
function restarted(program: Program, at: Id, { state: before, timeouts, restarts = 0 }: Local): Reaction {
  const { local, effects } = begin(program, at)
  const kept = durable(program).filter((name) => Object.hasOwn(before as object, name))
  const old = Object.fromEntries(kept.map((name) => [name, (before as Record<string, Json>)[name]]))
  const state = canonicalCopy({ ...(local.state as object), ...old } as Json, () => placeOf(program, 'init'), 'state')
  const counted = { ...(timeouts === undefined ? {} : { timeouts }), restarts: restarts + 1 }
  return { local: { ...local, state, ...counted }, effects }
}

const durables = new WeakMap<Program, readonly string[]>()

/** The fields that survive a restart. A name that no replica begins with is a mistake, not a field that comes later. */
function durable(program: Program): readonly string[] {
  return remembered(durables, program, () => {
    const names = (program.protocol.definition as Definition<any>).durable?.(program.rules) ?? []
    const known = range(program.setting.n).flatMap((id) => Object.keys(begin(program, id).local.state as object))
    assertKnown(`field of the state among the durable ones of ${program.protocol.subject}`, names, known)
    return names
  })
}

/** Where a handler stands, for messages: `my-protocol, rule V`. */
export function placeOf({ protocol }: Program, event: Event | 'init'): string {
  if (event === 'init') return `${protocol.subject}, init`
  if (event.kind === 'message') return `${protocol.subject}, rule ${event.rule}`
  if (event.kind === 'timeout') return `${protocol.subject}, timeout ${event.timer}`
  return `${protocol.subject}, ${event.kind === 'coin' ? `coin ${event.coin}` : event.kind}`
}

/**
 * What one participant does on one event: a pure function. State and message are canonical before the handler sees
 * them, and what it makes of them is canonical before anybody else does. A handler whose `need` fails changes nothing;
 * one that throws stops its participant, which is a finding and not a failure of the harness.
 *
 * @throws UsageError where what the handler made is not plain JSON, or it used its context in a way that it does not have
 */
export function react(program: Program, at: Id, local: Local, event: Event, inbox: Inbox): Reaction {
  const nothing = { local, effects: NO_EFFECTS }
  if (local.threw !== undefined) return nothing
  if (event.kind === 'restart') return restarted(program, at, local)
  const place = () => placeOf(program, event)
  const from = event.kind === 'message' ? event.from : at
  const collector = new Collector(local, place, program.vocabulary, inbox)
  const context = new HandlerContext(program, at, from, event.kind === 'round' ? event.round : 0, collector)
  // A draft that is left unfinished is not revoked: engines keep the questions of a rule that could not fire yet,
  // and a match may look at the state that the rule saw.
  const draft = program.copies ? copyOf(local.state) : createDraft(local.state as object)
  let returned: unknown
  try {
    returned = handle(program, at, draft, event, context, collector)
  } catch (error) {
    collector.rethrow()
    if (error === NOT_YET) return { ...nothing, ...readSetOf(collector) }
    collector.finish(undefined)
    if (isNoFinding(error)) throw error
    const threw = error instanceof Error ? thrown(`${error.name}: ${error.message}`, error) : describeError(error)
    return { local: { ...local, timers: [], coins: [], threw }, effects: NO_EFFECTS, ...readSetOf(collector, true) }
  }
  collector.finish(returned)
  const state = program.copies ? draft : finished(draft, place)
  const { local: after, effects } = finish(collector, local, stateAfter(local.state, state as Json, place), event)
  return { local: after, effects, ...readSetOf(collector) }
}

function finished(draft: unknown, place: () => string): unknown {
  try {
    return finishDraft(draft as object)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UsageError(`${place()}: state contains itself`, 'keep plain JSON in the state')
  }
}

/** A rule that rebuilt an equal state changed nothing: equal states are one state. */
function stateAfter(before: Json, after: Json, place: () => string): Json {
  return isEqual(after, before) ? before : canonicalCopy(after, place, 'state')
}

/** What the handler looked at, which its reaction may depend on. Unknown counts as seen. */
function readSetOf({ sawSender, sawSelf, votes }: Collector, isUnknown = false): Omit<Reaction, 'local' | 'effects'> {
  return { sawSender: sawSender || isUnknown, sawSelf: sawSelf || isUnknown, asked: votes.asked }
}

function handle(program: Program, at: Id, state: any, event: Event, ctx: Context<any>, collector: Collector): unknown {
  const { definition, byName } = partAt(program, at)
  switch (event.kind) {
    case 'message':
      return byName.get(event.rule)?.handler(state, canonicalValue(event.message, 'a message'), ctx)
    case 'timeout':
      // An expired timer is no longer armed; the handler may arm it again.
      collector.timers.delete(event.timer)
      return definition.timeout?.[event.timer]?.(state, ctx)
    case 'input':
      return definition.input?.(state, event.value, ctx)
    case 'coin':
      collector.coins.delete(event.coin)
      return definition.coin?.[event.coin]?.(state, event.value, ctx)
    case 'round':
      return definition.round?.(state, canonicalValue(event.inbox, 'a round'), ctx)
  }
}

/** What an event itself changes, whatever the handler does: a timeout is used up, a round is over. */
function counted(before: Local, event: Event | undefined): Partial<Local> | undefined {
  if (event?.kind === 'round') return { round: event.round }
  if (event?.kind !== 'timeout') return undefined
  return before.timeouts === undefined ? {} : { timeouts: before.timeouts + 1 }
}

function finish(collector: Collector, before: Local, state: Json, event?: Event): Reaction {
  const timers = collector.timersAfter(before.timers)
  const coins = collector.coinsAfter(before.coins)
  const { sent, outputs, notes, factors, votes } = collector
  const tallies = votes.now
  const silent = sent.length + outputs.length + notes.length === 0
  const count = counted(before, event)
  const kept = state === before.state && tallies === before.tallies
  const unchanged = kept && timers === before.timers && coins === before.coins && !count
  if (unchanged && silent) return { local: before, effects: NO_EFFECTS }
  const effects = silent && factors.length === 0 ? NO_EFFECTS : { sent, outputs, notes, factors }
  if (unchanged) return { local: before, effects }
  return { local: { ...before, state, timers, coins, ...(tallies && { tallies }), ...count }, effects }
}
