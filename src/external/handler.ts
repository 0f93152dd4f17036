import { type AnyMessage, type Context, type Json, match, remembered, type Tally, UsageError } from '../model/index.ts'
import { type ExternalProgram, ProgramError } from './program-of.ts'
import type { Done, ProgramAction, ProgramAnswer, ProgramQuestion, WireEvent, WireMatch } from './wire.ts'

/** Whose handlers they are. */
export interface HandlerOf {
  readonly program: ExternalProgram
  readonly role: 'replica' | 'client'
  /** The protocol, for messages. */
  readonly name: string
  /** Does the program keep its state? */
  readonly stateful: boolean
}

export type AnyContext = Context<any>
export type State = Record<string, Json>

/** Questions in one event beyond which we take it that they never end. */
const MOST_QUESTIONS = 250

const heads = new WeakMap<object, string>()

/** What is the same in every request of one setting. A rule that is no plain JSON is for proofs and claims only. */
export function head({ n, f, clients, rules }: AnyContext): string {
  return remembered(heads, rules as object, () => JSON.stringify({ n, f, clients, rules }).slice(0, -1))
}

/**
 * Puts an event to the program, answers its questions, and does in the context what it says.
 *
 * @param state as the handler is given it; undefined before there is one
 * @returns what the program answered last
 */
function run(place: HandlerOf, event: WireEvent, state: State | undefined, ctx: AnyContext): ProgramAnswer {
  const { program, role, name } = place
  const answers: Json[] = []
  const given = state === undefined ? '' : `,"state":${JSON.stringify(state)}`
  const begun = `${head(ctx)},"role":"${role}",${JSON.stringify(event).slice(1, -1)}${given}`
  while (answers.length < MOST_QUESTIONS) {
    const answer = program.ask(`${begun},"answers":${JSON.stringify(answers)}}`)
    if (!('ask' in answer)) return answer
    answers.push(put(answer, ctx, place))
  }
  throw new UsageError(
    `${name}: the program asks ${MOST_QUESTIONS} questions and is not done`,
    'each request has the answers so far in `answers`, in the order of the questions: use them before you ask on',
  )
}

function put(question: ProgramQuestion, ctx: AnyContext, place: HandlerOf): Json {
  switch (question.ask) {
    case 'self':
      return ctx.self
    case 'from':
      return ctx.from
    case 'bound':
      return ctx.bounds[question.bound] ?? null
    case 'need':
      ctx.need(question.q, matching(question.match), question.role)
      return true
    case 'take': {
      const summarise = summariser(question.summary, ctx, place)
      return ctx.take(question.q, matching(question.match), summarise, question.role) as Json
    }
    default:
      return counted(question, ctx.tally(question.tally as never))
  }
}

function counted(question: Extract<ProgramQuestion, { tally: string }>, tally: Tally<any>): Json {
  switch (question.ask) {
    case 'add':
      return tally.add(question.key, question.voter)
    case 'has':
      return tally.has(question.key, question.voter)
    case 'count':
      return tally.count(question.key)
    case 'voted':
      return tally.voted(question.voter)
  }
}

function matching({ type, fields, from }: WireMatch): ReturnType<typeof match<AnyMessage>> {
  return match<any>(type, fields, from)
}

/** Without a summary of its own, a program gets the messages: each choice of them is then another one. */
function summariser(summary: string | undefined, ctx: AnyContext, place: HandlerOf) {
  const { program, role, name } = place
  return (messages: readonly AnyMessage[]): Json => {
    if (summary === undefined) return messages as unknown as Json
    const event = { event: 'summarise', summary, messages: messages as unknown as Json[] }
    const answer = program.ask(`${head(ctx)},"role":"${role}",${JSON.stringify(event).slice(1)}`)
    if ('summary' in answer) return answer.summary as Json
    throw new UsageError(
      `${name}: the program gives no summary ${summary} of the messages`,
      'answer a request with "event": "summarise" by { "id": …, "summary": … }',
    )
  }
}

function perform(action: ProgramAction, ctx: AnyContext): void {
  if ('broadcast' in action) ctx.broadcast(action.broadcast)
  else if ('send' in action) ctx.send(action.to, action.send)
  else if ('output' in action) ctx.output(action.output as never)
  else if ('note' in action) ctx.note(action.note as never)
  else if ('timer' in action) ctx.setTimer(action.timer as never, action.factor)
  else if ('cancel' in action) ctx.cancelTimer(action.cancel as never)
  else ctx.flip(action.flip as never)
}

/** Makes the state what the program says it is now. What it does not mention stays as it is only if it names no state. */
export function replace(state: State, next: { readonly [field: string]: Json }): void {
  for (const field of Object.keys(state)) if (!Object.hasOwn(next, field)) delete state[field]
  Object.assign(state, next)
}

export function done(answer: ProgramAnswer, ctx: AnyContext, { name }: HandlerOf): Done {
  if ('error' in answer) throw new ProgramError(answer.error)
  if ('summary' in answer || 'ask' in answer) {
    throw new UsageError(
      `${name}: the program answers with a summary, and the request was for none`,
      'answer with `do`',
    )
  }
  for (const action of answer.do ?? []) perform(action, ctx)
  return answer
}

/** What a replica does on an event, done by the program. */
export function reactThere(place: HandlerOf, event: WireEvent, state: object, ctx: AnyContext): void {
  const { state: next } = done(run(place, event, state as State, ctx), ctx, place)
  if (next) replace(state as State, next)
}

/** The initial state, as the program says it. */
export function beginThere(place: HandlerOf, ctx: AnyContext): object {
  const { state } = done(run(place, { event: 'init' }, undefined, ctx), ctx, place)
  if (state) return state
  throw new UsageError(`${place.name}: the program answers "init" without a state`, 'answer with { "state": { … } }')
}
