/**
 * Programs that keep their state. Whatever is asked of one begins with "reset", so that its answer depends on nothing but
 * the lines; the local state is what has to be said to bring it where it is: a snapshot where the program hands one over,
 * else its history. Histories with one digest are one state.
 */
import { canonical, type Json, UsageError } from '../model/index.ts'
import { type AnyContext, done, head, type Place, replace, type State } from './handler.ts'
import type { Answer, Done, WireEvent } from './wire.ts'

/** A history that leads to a digest, by program, setting, replica and digest. */
const ways = new WeakMap<object, Map<string, readonly Json[]>>()

/** The line with which a replica begins. */
function reset({ role }: Place, ctx: AnyContext): string {
  return `${head(ctx)},"role":"${role}","event":"reset","self":${ctx.self}}`
}

/** The initial state, from what the program says to "reset". */
export function beginStateful(place: Place, ctx: AnyContext): object {
  const line = reset(place, ctx)
  return stateAfter(place, line, [], checked(done(place.program.ask(line), ctx, place), place))
}

/** What a replica does on an event, done by the program after all that led to its state. */
export function reactStateful(place: Place, event: WireEvent, state: State, ctx: AnyContext): void {
  const line = reset(place, ctx)
  const own = (event.event === 'message' ? { ...event, from: ctx.from } : event) as unknown as Json
  const { before, history } = wayTo(place, line, state)
  const answer: Answer = place.program.ask(JSON.stringify(own), [line, ...before])
  const after = checked(done(answer, ctx, place), place)
  if (after.ignored) return
  const next = stateAfter(place, line, [...history, own], after)
  if (canonical(next) !== canonical(state)) replace(state, next as State)
}

function checked(answer: Done, { name }: Place): Done {
  if (answer.state === undefined) return answer
  throw new UsageError(
    `${name}: the program answers with a state, and is declared to keep it`,
    'leave out `stateful: true`, or answer with `digest` or `snapshot`',
  )
}

function stateAfter(place: Place, line: string, history: readonly Json[], { snapshot, digest }: Done): object {
  if (snapshot !== undefined) return { snapshot }
  if (digest === undefined) return { history }
  const known = waysOf(place)
  const key = `${line} ${digest}`
  if (!known.has(key)) known.set(key, history)
  return { digest }
}

function waysOf({ program }: Place): Map<string, readonly Json[]> {
  let known = ways.get(program)
  if (!known) {
    known = new Map()
    ways.set(program, known)
  }
  return known
}

/** What a program has to be told to be where a state says. */
function wayTo(place: Place, line: string, state: State): { before: readonly string[]; history: readonly Json[] } {
  if (state['snapshot'] !== undefined) {
    return { before: [`{"event":"restore","snapshot":${JSON.stringify(state['snapshot'])}}`], history: [] }
  }
  const { digest } = state
  const history = digest === undefined ? (state['history'] as Json[]) : waysOf(place).get(`${line} ${String(digest)}`)
  if (!history) {
    throw new UsageError(`${place.name}: nothing is known that leads to the digest ${String(digest)}`, 'search again')
  }
  return { before: history.map((event) => JSON.stringify(event)), history }
}
