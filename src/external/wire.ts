/**
 * What is said between Turncoat and a program: one JSON object a line, a request on its standard input, an answer on its
 * standard output. The page docs/your-own-program.md explains it, `wire.schema.json` is its JSON Schema.
 */
import { canonical, type Id, type Json, UsageError } from '../model/index.ts'

export type WireEvent =
  | { readonly event: 'init' }
  | { readonly event: 'message'; readonly rule: string; readonly message: Json }
  | { readonly event: 'timeout'; readonly timer: string }
  | { readonly event: 'input'; readonly value: string }
  | { readonly event: 'coin'; readonly coin: string; readonly value: 0 | 1 }
  | { readonly event: 'summarise'; readonly summary: string; readonly messages: readonly Json[] }

/** Which messages count: of one type, with these values in some fields, from anybody or from one sender. */
export interface WireMatch {
  readonly type: string
  readonly fields?: { readonly [field: string]: Json }
  readonly from?: Id
}

/** Something that a program has to know before it can go on. */
export type ProgramQuestion =
  | { readonly ask: 'self' | 'from' }
  | { readonly ask: 'bound'; readonly bound: string }
  | { readonly ask: 'need'; readonly q: number; readonly match: WireMatch; readonly role?: 'replica' | 'client' }
  | {
      readonly ask: 'take'
      readonly q: number
      readonly match: WireMatch
      readonly role?: 'replica' | 'client'
      readonly summary?: string
    }
  | { readonly ask: 'add' | 'has'; readonly tally: string; readonly key: Json; readonly voter: Id }
  | { readonly ask: 'count'; readonly tally: string; readonly key: Json }
  | { readonly ask: 'voted'; readonly tally: string; readonly voter: Id }

/** Something that a program does besides changing its state. */
export type ProgramAction =
  | { readonly broadcast: Json }
  | { readonly send: Json; readonly to: Id }
  | { readonly output: Json }
  | { readonly note: Json }
  | { readonly timer: string; readonly factor?: number }
  | { readonly cancel: string }
  | { readonly flip: string }

/** What a program does on an event. */
export interface Done {
  /** The state it is in now. Of a program that is given its state; without it, the state is as it was. */
  readonly state?: { readonly [field: string]: Json }
  readonly do?: readonly ProgramAction[]
  /** Of a program that keeps its state: a text that two states share only if nothing can tell them apart. */
  readonly digest?: string
  /** Of a program that keeps its state: what it can be restored from. */
  readonly snapshot?: Json
  /** Of a program that keeps its state: the event has changed nothing. */
  readonly ignored?: boolean
}

/** A program's answer: a question, an exception that it caught, a summary, or what it does. */
export type ProgramAnswer = ProgramQuestion | { readonly error: string } | { readonly summary: Json } | Done

type Test = (value: unknown) => boolean

const text: Test = (value) => typeof value === 'string'
const number: Test = (value) => typeof value === 'number'
const id: Test = (value) => Number.isInteger(value)
const anything: Test = (value) => value !== undefined
const object: Test = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value)
const exactly =
  (shape: { readonly [field: string]: Test }): Test =>
  (value) =>
    object(value) &&
    Object.keys(value as object).every((field) => Object.hasOwn(shape, field)) &&
    Object.entries(shape).every(([field, test]) => test((value as Record<string, unknown>)[field]))
const role = optional((value) => value === 'replica' || value === 'client')
const match = exactly({ type: text, fields: optional(object), from: optional(id) })

const QUESTIONS: { readonly [ask: string]: Test } = {
  self: exactly({ ask: text }),
  from: exactly({ ask: text }),
  bound: exactly({ ask: text, bound: text }),
  need: exactly({ ask: text, q: number, match, role }),
  take: exactly({ ask: text, q: number, match, role, summary: optional(text) }),
  add: exactly({ ask: text, tally: text, key: anything, voter: id }),
  has: exactly({ ask: text, tally: text, key: anything, voter: id }),
  count: exactly({ ask: text, tally: text, key: anything }),
  voted: exactly({ ask: text, tally: text, voter: id }),
}

const ACTIONS: { readonly [kind: string]: Test } = {
  broadcast: exactly({ broadcast: object }),
  send: exactly({ send: object, to: id }),
  output: exactly({ output: anything }),
  note: exactly({ note: anything }),
  timer: exactly({ timer: text, factor: optional(number) }),
  cancel: exactly({ cancel: text }),
  flip: exactly({ flip: text }),
}

const isAction: Test = (value) =>
  object(value) && Object.entries(ACTIONS).some(([kind, test]) => Object.hasOwn(value as object, kind) && test(value))
const isDone = exactly({
  state: optional(object),
  digest: optional(text),
  snapshot: () => true,
  ignored: optional((value) => typeof value === 'boolean'),
  do: optional((list) => Array.isArray(list) && list.every(isAction)),
})

const DONE = ['state', 'do', 'digest', 'snapshot', 'ignored']

/** What is wrong with an answer, in words; nothing where it is one. */
function fault(answer: Record<string, unknown>): string | undefined {
  if ('ask' in answer) {
    const { ask } = answer
    if (typeof ask !== 'string' || !Object.hasOwn(QUESTIONS, ask)) {
      return `\`ask\` is not one of ${Object.keys(QUESTIONS).join(', ')}`
    }
    return QUESTIONS[ask]!(answer) ? undefined : `the question \`${ask}\` lacks a field, or has one too many`
  }
  if ('error' in answer) return exactly({ error: text })(answer) ? undefined : '`error` is a text, and stands alone'
  if ('summary' in answer) return exactly({ summary: anything })(answer) ? undefined : '`summary` stands alone'
  if (isDone(answer)) return undefined
  const actions = answer['do']
  if (actions !== undefined && !Array.isArray(actions)) return '`do` is not a list'
  const odd = (actions as unknown[] | undefined)?.find((one) => !isAction(one))
  if (odd !== undefined) return `\`do\` has ${short(canonical(odd))}, which is not an action`
  const field = Object.keys(answer).find((name) => !DONE.includes(name))
  return field === undefined
    ? '`state` is not an object, `digest` not a text, or `ignored` not true or false'
    : `the field ${field} is not known`
}

const REMEDY =
  'print one JSON object a line for each request and nothing else; logs belong on the standard error stream'
const MOST_SHOWN = 300

export function short(line: string): string {
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line
}

/** Beyond 2^53 two whole numbers may be read as one: two values would be one value. */
export function roundedIn(line: string): string | undefined {
  if (!/\d{16}/.test(line)) return undefined
  const numbers = line.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/(?<![\d.])-?\d{16,}(?![\d.eE])/g) ?? []
  return numbers.find((text) => BigInt(text) !== BigInt(Number(text)))
}

/**
 * Reads the line that a program answered with.
 * @param whose the program, for messages
 * @param asked number of the request that the answer has to repeat
 * @throws UsageError that quotes the line
 */
export function answerIn(line: string, whose: string, asked: number): ProgramAnswer {
  const refuse = (why: string): UsageError =>
    new UsageError(`${whose} printed a line that is not an answer: ${why}: ${short(line)}`, REMEDY)
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw refuse('it is not JSON')
  }
  if (!object(parsed)) throw refuse('it is not an object')
  const rounded = roundedIn(line)
  if (rounded) throw refuse(`${rounded} is read as ${Number(rounded)}; print numbers beyond 2^53 as texts`)
  const { id: given, ...answer } = parsed as Record<string, unknown>
  if (given !== asked) throw refuse(`its \`id\` is ${JSON.stringify(given) ?? 'missing'}, and ${asked} was asked`)
  const wrong = fault(answer)
  if (wrong) throw refuse(wrong)
  return answer as ProgramAnswer
}
