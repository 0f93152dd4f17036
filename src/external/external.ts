import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Definition, defineProtocol, Protocol, type Types, UsageError } from '../model/index.ts'
import { assertKind, assertShape, FLAG, type Kind, listOf, OBJECT, optional, type Shape, TEXT } from '../model/shape.ts'
import type { Command, Limits } from './child.ts'
import { beginThere, type HandlerOf, reactThere } from './handler.ts'
import { programOf } from './program-of.ts'
import { beginStateful, isWithinRepeats, reactStateful, whatItDid } from './stateful.ts'

/** The events that a participant of one role handles. Each name is put to the program with the events that carry it. */
export interface Listening {
  /** Types of messages; `PREVOTE/lock` and `PREVOTE/skip` are two rules on one type. */
  readonly messages: readonly string[]
  /** Does it take inputs? */
  readonly input?: boolean
  readonly timers?: readonly string[]
  readonly coins?: readonly string[]
}

type Written = 'upon' | 'init' | 'input' | 'timeout' | 'coin' | 'client' | 'round' | 'rounds'

/** A protocol whose handlers are a program; everything else is declared as in any protocol. */
export interface External<T extends Types> extends Omit<Definition<T>, Written>, Listening {
  /** The program and its arguments. No shell looks at them. */
  readonly command: readonly string[]
  /** The folder to start it in: a path, or `import.meta.url` for that of the file. Default: the current folder. */
  readonly cwd?: string
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly limits?: Limits
  /** Does the program keep its state, and is started anew by "reset"? It then counts its votes itself. */
  readonly stateful?: boolean
  readonly client?: Listening
  /** Makes it a variant under this name of the protocol of the same name. */
  readonly variant?: string
}

const SECONDS: Kind = { words: 'a number above 0', is: (value) => typeof value === 'number' && value > 0 }
const NAMES = listOf(TEXT)
const LISTENING: Shape = {
  messages: NAMES,
  input: optional(FLAG),
  timers: optional(NAMES),
  coins: optional(NAMES),
}
const OWN: Shape = {
  ...LISTENING,
  command: {
    words: 'a list: the program, then its arguments',
    is: (value) => NAMES.is(value) && (value as []).length > 0,
  },
  cwd: optional(TEXT),
  env: optional(OBJECT),
  limits: optional(OBJECT),
  client: optional(OBJECT),
  variant: optional(TEXT),
  stateful: optional(FLAG),
}
const LIMITS: Shape = { answer: optional(SECONDS), start: optional(SECONDS), memory: optional(SECONDS) }

/**
 * Declares a protocol whose replicas are a program in any language. For every event the program is given the state and
 * answers with the next one: see docs/your-own-program.md for what is said.
 *
 * @throws UsageError for a declaration that makes no sense; the program is started when it is first asked something
 */
export function external<T extends Types>(declared: External<T>): Protocol<T> {
  assertKind('the declaration', OBJECT, declared)
  const {
    command,
    cwd,
    env,
    limits,
    messages,
    input,
    timers,
    coins,
    client,
    variant,
    stateful = false,
    ...rest
  } = declared
  const { name, about } = rest
  assertShape(`external ${String(name)}`, OWN, {
    ...{ command, cwd, env, limits, messages, input, timers, coins, client, variant, stateful },
  })
  if (limits) assertShape(`external ${name}, limits`, LIMITS, limits)
  if (client) assertShape(`external ${name}, client`, LISTENING, client)
  if (process.platform === 'win32') {
    throw new UsageError(`${name}: programs are run on Linux and macOS only`, 'use the Windows Subsystem for Linux')
  }
  const spec: Command = {
    command,
    cwd: folderIn(cwd),
    env: env ?? {},
    answer: limits?.answer ?? 5,
    start: limits?.start ?? 60,
    memory: limits?.memory ?? 1_024,
  }
  const listening = { messages, input, timers, coins } as Listening
  const place = (role: HandlerOf['role']): HandlerOf => ({ role, name, stateful, program: programOf(spec) })
  const protocol = defineProtocol<T>({
    ...rest,
    ...(stateful && {
      inbox: false,
      abstraction: rest.abstraction ?? whatItDid,
      within: (state: T['state'], bounds: Readonly<Record<string, number>>) =>
        isWithinRepeats(state as object) && (rest.within?.(state, bounds) ?? true),
    }),
    ...handlers(() => place('replica'), listening),
    ...(client && { client: handlers(() => place('client'), client) }),
  } as never)
  if (variant === undefined) return protocol
  return new Protocol<T>(protocol.definition, variant, about)
}

function folderIn(cwd: string | undefined): string {
  if (!cwd?.startsWith('file:')) return resolve(cwd ?? '.')
  return fileURLToPath(new URL('.', cwd))
}

const answer: typeof reactThere = (place, event, state, ctx) =>
  place.stateful ? reactStateful(place, event, state as never, ctx) : reactThere(place, event, state, ctx)

const start: typeof beginThere = (place, ctx) => (place.stateful ? beginStateful(place, ctx) : beginThere(place, ctx))

function handlers(place: () => HandlerOf, { messages, input, timers = [], coins = [] }: Listening): object {
  const upon: Record<string, unknown[]> = {}
  for (const rule of messages) {
    const [type, own] = rule.split('/') as [string, string?]
    const handler = (state: object, message: any, ctx: any): void =>
      answer(place(), { event: 'message', rule, message }, state, ctx)
    upon[type] = [...(upon[type] ?? []), Object.defineProperty(handler, 'name', { value: own ?? type })]
  }
  return {
    upon,
    init: (ctx: any) => start(place(), ctx),
    ...(input && {
      input: (state: object, value: string, ctx: any) => answer(place(), { event: 'input', value }, state, ctx),
    }),
    timeout: Object.fromEntries(
      timers.map((timer) => [
        timer,
        (state: object, ctx: any) => answer(place(), { event: 'timeout', timer }, state, ctx),
      ]),
    ),
    coin: Object.fromEntries(
      coins.map((coin) => [
        coin,
        (state: object, value: 0 | 1, ctx: any) => answer(place(), { event: 'coin', coin, value }, state, ctx),
      ]),
    ),
  }
}
