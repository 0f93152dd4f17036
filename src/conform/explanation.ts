/**
 * A model that may only do what a log says: an event is taken if what the replica then says and puts out are its next
 * lines. A search for a state in which all lines are used up is a search for a schedule that explains the log.
 */
import {
  type Claim,
  canonical,
  type Definition,
  defineProtocol,
  headsOf,
  type Id,
  invariant,
  isLockstep,
  type Json,
  type Protocol,
  UsageError,
} from '../model/index.ts'
import { type Deeds, perform } from './deeds.ts'
import { handlersIn, type RecordedHandler, type RecordedRun, type RecordingContext, ran } from './recorder.ts'

/** One line of a log: what a replica said or put out. Lines of one replica are in its own order. */
export interface Logged {
  readonly at: Id
  readonly told: { readonly says: Json } | { readonly outputs: Json }
  /** Its number in the file, from 1. */
  readonly line: number
}

interface State {
  model: Json
  /** Lines of this replica that are used up. */
  used: number
  /** Has it done what its log does not say? Such a step is not taken. */
  isOff: boolean
}

/** Which lines a replica has: the first `within` of them have to be explained, and those after it have not happened yet. */
interface Own {
  readonly texts: readonly string[]
  readonly within: number
}

const kindOf = (told: Logged['told']): string =>
  'outputs' in told ? 'outputs' : `says ${String((told.says as { type?: unknown } | null)?.type)}`

/**
 * @param count lines, from the first, that are to be explained
 * @throws UsageError for a model that goes in rounds
 */
export function explanation(
  model: Protocol,
  lines: readonly Logged[],
  count: number,
): { readonly protocol: Protocol; readonly claims: readonly Claim<any>[] } {
  if (isLockstep(model))
    throw new UsageError(`${model.subject} is a lockstep protocol`, 'logs are explained by rules only')
  const ids = [...new Set(lines.slice(0, count).map(({ at }) => at))]
  const unexplained: Claim<any> = invariant(
    { name: 'unexplained', about: 'No schedule of the model explains the log.', promised: 'always' },
    ({ outputs }) => {
      const done = new Set(outputs.flatMap(({ at, output }) => ((output as any)?.explained === true ? [at] : [])))
      return ids.every((id) => done.has(id)) ? `all ${count} lines are explained` : undefined
    },
  )
  return { protocol: new Explaining(model.definition, lines, count).protocol(), claims: [unexplained] }
}

class Explaining {
  readonly #model: Definition<any>
  readonly #own = new Map<Id, Own>()
  /** What is logged at all: what is of no such kind may happen unseen. */
  readonly #kinds: ReadonlySet<string>

  constructor(model: Definition<any>, lines: readonly Logged[], count: number) {
    this.#model = model
    this.#kinds = new Set(lines.map(({ told }) => kindOf(told)))
    for (const [i, { at, told }] of lines.entries()) {
      const { texts, within } = this.#own.get(at) ?? { texts: [], within: 0 }
      this.#own.set(at, { texts: [...texts, canonical(told)], within: within + (i < count ? 1 : 0) })
    }
  }

  protocol(): Protocol {
    const { within, viewOf, client, abstraction: _, healsWithin: __, expiresFirst: ___, ...rest } = this.#model
    return defineProtocol<any>({
      ...rest,
      ...this.#handlers(this.#model),
      within: (state: State, bounds: any) => !state.isOff && (within?.(state.model as object, bounds) ?? true),
      ...(viewOf && { viewOf: ({ model }: State) => viewOf(model as object) }),
      ...(client && { client: this.#handlers(client) }),
    } as never)
  }

  #handlers(model: any): object {
    const on = (handler: RecordedHandler): RecordedHandler =>
      Object.defineProperty((state: any, given: any, ctx: any) => this.#react(state, handler, given, ctx), 'name', {
        value: handler.name,
      })
    const each = (table: object | undefined, make: (handler: any) => unknown): object =>
      Object.fromEntries(Object.entries(table ?? {}).map(([name, handler]) => [name, make(handler)]))
    return {
      init: (ctx: RecordingContext) => this.#begin(model, ctx),
      ...(model.input && { input: on(model.input) }),
      upon: each(model.upon, (handlers) => handlersIn(handlers).map(on)),
      coin: each(model.coin, on),
      timeout: each(model.timeout, (handler) => {
        const alone = on((state, _, ctx) => handler(state, ctx))
        return (state: any, ctx: any) => alone(state, undefined, ctx)
      }),
    }
  }

  #begin(model: any, ctx: RecordingContext): State {
    const begun = ran((_, __, recorder) => model.init(recorder), null, undefined, ctx, ctx.rules, [])
    if (!('done' in begun)) throw new UsageError(`${this.#model.name}, init: it throws`, 'let it return the state')
    if (begun.done.told.some((told) => this.#kinds.has(kindOf(told as Logged['told'])))) {
      throw new UsageError(
        `${this.#model.name}, init: it sends or outputs what is logged`,
        'do so in the rule on an input',
      )
    }
    perform({ ...begun.done, outputs: [] }, ctx)
    return { model: begun.done.state, used: 0, isOff: false }
  }

  #react(state: State, handler: RecordedHandler, given: unknown, ctx: RecordingContext): void {
    const answers: unknown[] = []
    const run = (): RecordedRun => ran(handler, state.model, given, ctx, ctx.rules, answers)
    let done = run()
    for (; 'asks' in done || 'counts' in done; done = run()) {
      if ('counts' in done) {
        answers.push(done.counts.ask(ctx.tally(done.counts.tally as never)))
        continue
      }
      const { kind, q, match, role, summarise } = done.asks
      if (kind === 'need') ctx.need(q, match, role)
      answers.push(kind === 'need' ? true : ctx.take(headsOf(q), match, summarise as any, role))
    }
    if ('threw' in done) throw new Error(done.threw)
    this.#follow(state, done.done, ctx)
  }

  /** Does what was done, if the log says so. */
  #follow(state: State, deeds: Deeds, ctx: RecordingContext): void {
    const seen = deeds.told.filter((told) => this.#kinds.has(kindOf(told as Logged['told']))).map(canonical)
    perform({ ...deeds, outputs: [] }, ctx)
    state.model = deeds.state
    if (seen.length === 0) return
    const own = this.#own.get(ctx.self)
    // Of whom there is no log, anything may be.
    if (!own) return
    const { texts, within } = own
    const isNext = seen.every((text, i) => state.used + i >= within || texts[state.used + i] === text)
    if (!isNext || state.used >= within) {
      state.isOff = true
      return
    }
    state.used = Math.min(within, state.used + seen.length)
    if (state.used === within) ctx.output({ explained: true } as never)
  }
}
