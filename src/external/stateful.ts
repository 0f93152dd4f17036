/**
 * Programs that keep their state. Whatever is asked of one begins with "reset", so that its answer depends on nothing but
 * the lines; the local state is what has to be said to bring it where it is: a snapshot where the program hands one over,
 * else its history. Histories with one digest are one state.
 */
import { canonical, type Json, remembered, UsageError } from '../model/index.ts'
import { type AnyContext, done, type HandlerOf, head, replace, type State } from './handler.ts'
import { Histories, type History, historyFrom, linesOf, onward, timesOfLast } from './histories.ts'
import type { Before } from './program-of.ts'
import type { Done, WireEvent } from './wire.ts'

/**
 * Histories by program. Of histories, those that engines have long forgotten go; a digest is one of the local states that an
 * engine keeps, and none may be missing.
 */
const known = new WeakMap<object, Ways>()

interface Ways {
  readonly histories: Histories
  readonly digests: Histories
  /** By digest or snapshot, a second way to it; and what was asked there before a second way was known. */
  readonly seconds: Histories
  readonly asked: Map<string, { readonly request: string; readonly before: Before }[]>
}

/** States of which it is remembered what was asked there, and how much. */
const MOST_STATES = 2_000
const MOST_ASKED = 2

/** The line with which a replica begins. */
function reset({ role }: HandlerOf, ctx: AnyContext): string {
  return `${head(ctx)},"role":"${role}","event":"reset","self":${ctx.self}}`
}

/** The initial state, from what the program says to "reset". */
export function beginStateful(place: HandlerOf, ctx: AnyContext): object {
  const line = reset(place, ctx)
  const answer = checked(done(place.program.ask(line), ctx, place), place)
  return stateAfter(place, line, historyFrom(line), [], answer)
}

/** What a replica does on an event, done by the program after all that led to its state. */
export function reactStateful(place: HandlerOf, event: WireEvent, state: State, ctx: AnyContext): void {
  const line = reset(place, ctx)
  const own = (event.event === 'message' ? { ...event, from: ctx.from } : event) as unknown as Json
  const isRestored = state['snapshot'] !== undefined
  const way = isRestored ? waysOf(place).seconds.at(nameOf(line, state)) : wayTo(place, line, state)
  const after = way && onward(way, own)
  if (after && state['history'] !== undefined && isBeyond(after, ctx, place)) {
    replace(state, { ...state, isBeyond: true })
    return
  }
  const before: Before = isRestored
    ? restored(line, state['snapshot']!)
    : { key: way!.id, lines: () => linesOf(way!), after: after!.id }
  const request = JSON.stringify(own)
  const answer = checked(done(place.program.ask(request, before), ctx, place), place)
  if (state['history'] === undefined) heldAgainst(place, nameOf(line, state), request, before)
  if (answer.ignored) return
  // A program that hands out snapshots always does.
  const next = stateAfter(place, line, after, (state['did'] ?? []) as Json[], answer)
  if (canonical(next) !== canonical(state)) replace(state, next as State)
}

/** A state by its digest or snapshot. */
function nameOf(line: string, { digest, snapshot }: { readonly digest?: Json; readonly snapshot?: Json }): string {
  return `${line} ${snapshot === undefined ? String(digest) : canonical(snapshot)}`
}

/**
 * Does the program answer the same wherever its state looks the same? A digest that leaves something out, or a snapshot, makes
 * one state of two.
 */
function heldAgainst(place: HandlerOf, name: string, request: string, before: Before): void {
  const { seconds, asked } = waysOf(place)
  const second = seconds.at(name)
  if (second) {
    place.program.holdAgainst(request, before, { key: second.id, lines: () => linesOf(second) })
    return
  }
  if (asked.size >= MOST_STATES && !asked.has(name)) return
  const there = remembered(asked, name, () => [])
  if (there.length < MOST_ASKED) there.push({ request, before })
}

/** Here is another way to a state: what was asked there is asked again. */
function secondWay(place: HandlerOf, name: string, way: History): void {
  const { seconds, asked } = waysOf(place)
  if (seconds.at(name)) return
  seconds.add(name, way)
  const there = asked.get(name) ?? []
  asked.delete(name)
  for (const { request, before } of there) heldAgainst(place, name, request, before)
}

/**
 * Is somebody told the same more often than the bounds allow? Nothing else makes a history end: an event that is told
 * once more makes another one. Timeouts have a bound of their own.
 */
function isBeyond(after: History, ctx: AnyContext, { name }: HandlerOf): boolean {
  const { repeats } = ctx.bounds
  if (repeats === undefined) {
    throw new UsageError(
      `${name}: the program gives neither a digest nor a snapshot, so that every event makes a new state, without end`,
      'limit how often a replica gets the same event: `bounds: { repeats: 1 }` in `defaults`',
    )
  }
  const { event } = JSON.parse(after.line) as { event: string }
  return (event === 'message' || event === 'input') && timesOfLast(after) > repeats
}

/** Has the replica not been told the same too often? */
export function isWithinRepeats(state: object): boolean {
  return !('isBeyond' in state)
}

/**
 * What tells a fuzzer that a state is new. Every history is another one; what a program has said and put out so far, in
 * any order and any number of times, is all that can be told of where it is.
 */
export function whatItDid(state: { readonly did?: Json }): Json {
  return state.did ?? (state as Json)
}

function restored(line: string, snapshot: Json): Before {
  const restore = `{"event":"restore","snapshot":${JSON.stringify(snapshot)}}`
  return { key: `${line}\n${restore}`, lines: () => [line, restore] }
}

function checked(answer: Done, { name }: HandlerOf): Done {
  if (answer.state === undefined) return answer
  throw new UsageError(
    `${name}: the program answers with a state, and is declared to keep it`,
    'leave out `stateful: true`, or answer with `digest` or `snapshot`',
  )
}

/** @param known what has led here; of a snapshot that may be forgotten */
function stateAfter(
  place: HandlerOf,
  line: string,
  known: History | undefined,
  did: readonly Json[],
  answer: Done,
): object {
  const { snapshot, digest, do: actions = [] } = answer
  const { histories, digests } = waysOf(place)
  if (snapshot !== undefined) {
    if (known) secondWay(place, nameOf(line, { snapshot }), known)
    return { snapshot }
  }
  const way = known ?? historyFrom(line)
  if (digest !== undefined) {
    const name = nameOf(line, { digest })
    const first = digests.at(name)
    if (first && first.id !== way.id) secondWay(place, name, way)
    digests.add(name, way)
    return { digest }
  }
  const history = `${way.events} events, ${way.id}`
  histories.add(history, way)
  const all = new Map([...did, ...(actions as unknown as Json[])].map((one) => [canonical(one), one]))
  return { history, did: [...all.keys()].sort().map((text) => all.get(text)!) }
}

function waysOf({ program }: HandlerOf): Ways {
  return remembered(known, program, () => ({
    ...{ histories: new Histories(), seconds: new Histories(), asked: new Map() },
    digests: new Histories(Number.POSITIVE_INFINITY),
  }))
}

/** What a program has to be told to be where a state says. */
function wayTo(place: HandlerOf, line: string, { history, digest }: State): History {
  const { histories, digests } = waysOf(place)
  const way = digest === undefined ? histories.at(String(history)) : digests.at(nameOf(line, { digest }))
  if (way) return way
  const what = digest === undefined ? `history of ${String(history)}` : `digest ${String(digest)}`
  throw new UsageError(`${place.name}: nothing is known that leads to the ${what}`, 'search again')
}
