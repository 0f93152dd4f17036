/**
 * A program and its model as one protocol: each replica is both, and gets the same events. Where one of them does what
 * the other does not, the replica puts out the difference and stops. So every engine can look for a difference: `fuzz`
 * searches and shrinks one, `check` proves within bounds that there is none, and `replay` shows it again.
 */
import {
  type AnyMessage,
  type Claim,
  canonical,
  type Definition,
  defineProtocol,
  isLockstep,
  type Json,
  type Protocol,
  type Setting,
  UsageError,
} from '../model/index.ts'
import { compared, conforms } from './claims.ts'
import { type Deeds, perform } from './deeds.ts'
import { goesOn, InboxQuestions } from './inbox-questions.ts'
import type { Mapping } from './mapping.ts'
import { answerOfTally, OF_MODEL, OF_PROGRAM, renamed } from './own-tallies.ts'
import {
  actsWithoutAsking,
  handlersIn,
  lesser,
  type Pair,
  type RecordedHandler,
  type RecordedRun,
  type RecordingContext,
  ran,
} from './recorder.ts'

type AnyDefinition = Definition<any>

const same = <T>(value: T): T => value

/** What is put to both: the handlers, and what each of them is given. */
interface Both {
  readonly event: string
  readonly model: RecordedHandler
  readonly program: RecordedHandler
  readonly given: unknown
  readonly givenToProgram: unknown
}

/** A protocol whose replicas run a model and a program, with the claim that these never differ. Throws UsageError. */
export function conformance(
  model: Protocol,
  program: Protocol,
  mapping: Mapping = {},
): { readonly protocol: Protocol; readonly claims: readonly Claim<any>[] } {
  for (const one of [model, program]) {
    if (isLockstep(one))
      throw new UsageError(`${one.subject} is a lockstep protocol`, '`conform` knows rules on messages only')
  }
  if (mapping.message && !mapping.back) {
    throw new UsageError('the mapping has `message` without `back`', 'write `back`, from the model to the program')
  }
  return { protocol: new Pairing(model, program, mapping).protocol(), claims: [conforms, compared] }
}

class Pairing {
  readonly #model: AnyDefinition
  readonly #program: AnyDefinition
  readonly #names: string
  readonly #message: (message: any) => AnyMessage
  readonly #back: (message: any) => AnyMessage
  readonly #questions: InboxQuestions
  readonly #state: (state: any) => Json | undefined
  readonly #output: (output: any) => Json

  constructor(model: Protocol, program: Protocol, mapping: Mapping) {
    this.#model = model.definition
    this.#program = program.definition
    this.#names = `${model.subject} and its program`
    this.#message = mapping.message ?? same
    this.#back = mapping.back ?? same
    this.#questions = new InboxQuestions(mapping.back)
    this.#state = mapping.state ?? same
    this.#output = mapping.output ?? same
  }

  protocol(): Protocol {
    const { proofs, viewOf, alphabet, client, tallies: _, within: __, ...kept } = this.#model
    const { abstraction: ___, durable: ____, healsWithin: _____, expiresFirst: ______, ...rest } = kept
    const proved = Object.entries(proofs ?? {}).map(([type, proof]) => [
      type,
      (message: any, known: any) => (proof as any)(message, { ...known, rules: known.rules.model }),
    ])
    return defineProtocol<any>({
      ...rest,
      about: `${this.#names}, event by event.`,
      rules: (setting: Setting) => ({ model: this.#model.rules(setting), program: this.#program.rules(setting) }),
      ...this.#handlers(this.#model, this.#program),
      ...(proofs && { proofs: Object.fromEntries(proved) }),
      within: ({ model, program }: Pair, bounds: any) =>
        model === null ||
        [this.#model.within?.(model as object, bounds), this.#program.within?.(program as object, bounds)].every(
          (is) => is !== false,
        ),
      defaults: (n: number) => {
        const [own, other] = [this.#model.defaults(n), this.#program.defaults(n)]
        return { ...own, bounds: { ...other.bounds, ...own.bounds } }
      },
      tallies: { ...renamed(this.#model.tallies, OF_MODEL), ...renamed(this.#program.tallies, OF_PROGRAM) },
      ...(viewOf && { viewOf: ({ model }: Pair) => (model === null ? 0 : viewOf(model as object)) }),
      ...(alphabet && { alphabet: (known: any) => alphabet({ ...known, rules: known.rules.model }) }),
      ...(client && { client: this.#handlers(client, this.#program.client ?? missing(this.#names, 'client')) }),
    } as never)
  }

  #handlers(model: any, program: any): object {
    const both = (event: string, one: RecordedHandler, other: RecordedHandler | undefined): RecordedHandler => {
      if (!other) throw missing(this.#names, event)
      return (state, given, ctx) =>
        this.#react(state, { event, model: one, program: other, given, givenToProgram: given }, ctx)
    }
    const table = (kind: 'timeout' | 'coin'): object => {
      const arity: (handler: any) => RecordedHandler = (handler) => (state, given, ctx) =>
        kind === 'coin' ? handler(state, given, ctx) : handler(state, ctx)
      const entries = Object.entries(model[kind] ?? {}).map(([name, handler]) => {
        const run = both(`${kind} ${name}`, arity(handler), program[kind]?.[name] && arity(program[kind][name]))
        return [name, kind === 'coin' ? run : (state: any, ctx: any) => run(state, undefined, ctx)]
      })
      return Object.fromEntries(entries)
    }
    return {
      init: (ctx: RecordingContext) => this.#begin(model, program, ctx),
      ...(model.input && { input: both('input', model.input, program.input) }),
      timeout: table('timeout'),
      coin: table('coin'),
      upon: this.#rules(model, program),
    }
  }

  #rules(model: any, program: any): object {
    const entries = Object.entries(model.upon).map(([type, handlers]) => {
      const rules = handlersIn(handlers).map((one) => {
        const event = `rule ${type}${handlersIn(handlers).length > 1 ? `/${one.name}` : ''}`
        const run: RecordedHandler = (state, given, ctx) => {
          const message = this.#back(given)
          const others = handlersIn(program.upon[message.type])
          const other = others.length === 1 ? others[0] : others.find(({ name }) => name === one.name)
          if (!other) throw missing(this.#names, event)
          this.#react(state, { event, model: one, program: other, given, givenToProgram: message }, ctx)
        }
        return Object.defineProperty(run, 'name', { value: one.name })
      })
      return [type, rules]
    })
    return Object.fromEntries(entries)
  }

  #begin(model: any, program: any, ctx: RecordingContext): Pair {
    const begin: (definition: any) => RecordedHandler = (definition) => (_, __, recorder) => definition.init(recorder)
    const both: Both = {
      event: 'init',
      model: begin(model),
      program: begin(program),
      given: null,
      givenToProgram: null,
    }
    const [one, other] = this.#runs(both, { model: null, program: null }, [[], []], ctx)
    if (!('done' in one && 'done' in other)) {
      const threw = [one, other].find((run) => 'threw' in run)
      const what = threw ? `throws ${threw.threw}` : 'waits for messages'
      throw new UsageError(`${this.#names}: init ${what}`, 'let it return the state')
    }
    const differs = this.#difference(one.done, other.done)
    if (differs) throw new UsageError(`${this.#names} begin differently: ${differs}`, 'let both begin in the same way')
    perform(one.done, ctx)
    return { model: one.done.state, program: other.done.state }
  }

  /** How far both come on the answers that there are. Each counts for itself: what they make of it is compared. */
  #runs(both: Both, pair: Pair, answers: [unknown[], unknown[]], ctx: RecordingContext): [RecordedRun, RecordedRun] {
    for (;;) {
      const one = ran(both.model, pair.model, both.given, ctx, ctx.rules.model, answers[0])
      const other = ran(both.program, pair.program, both.givenToProgram, ctx, ctx.rules.program, answers[1])
      if ('counts' in one) answers[0].push(answerOfTally(one.counts, OF_MODEL, ctx))
      if ('counts' in other) answers[1].push(answerOfTally(other.counts, OF_PROGRAM, ctx))
      if (!('counts' in one || 'counts' in other)) return [one, other]
    }
  }

  #react(pair: Pair, both: Both, ctx: RecordingContext): void {
    if (pair.model === null) return
    const answers: [unknown[], unknown[]] = [[], []]
    let [one, other] = this.#runs(both, pair, answers, ctx)
    while ('asks' in one || 'asks' in other) {
      if (this.#leaves(one, other, pair, ctx)) return
      const asked = [one, other].map((run) => ('asks' in run ? run.asks : undefined))
      const alone = actsWithoutAsking(one, other, pair)
      if (alone) {
        stop(pair, `${both.event}: ${alone}`, ctx)
        return
      }
      const differs = asked[0] && asked[1] && this.#questions.differ(asked[0], asked[1])
      if (differs) {
        // Whoever needs less goes on where the other waits: so much is there in some run.
        const least = lesser(asked[0]!, asked[1]!)
        this.#questions.need(least, least === asked[1], ctx)
        stop(pair, `${both.event}: ${differs}`, ctx)
        return
      }
      const alike = this.#questions.answer(asked[0], asked[1], answers, ctx)
      if (alike === 'neither') return
      if (alike !== 'both') {
        stop(pair, `${both.event}: ${goesOn(alike, (asked[0] ?? asked[1])!)}`, ctx)
        return
      }
      ;[one, other] = this.#runs(both, pair, answers, ctx)
    }
    if (this.#leaves(one, other, pair, ctx)) return
    const differs = this.#divergence(one, other)
    if (differs) {
      stop(pair, `${both.event}: ${differs}`, ctx)
      return
    }
    if (!('done' in one && 'done' in other)) throw new Error((one as { threw: string }).threw)
    perform(one.done, ctx)
    pair.model = one.done.state
    pair.program = other.done.state
  }

  /** Does one of them leave its own bounds? Then there is no step, and nothing to compare. */
  #leaves(one: RecordedRun, other: RecordedRun, pair: Pair, ctx: RecordingContext): boolean {
    if (ctx.self >= ctx.n) return false
    const leaves = (run: RecordedRun, { within }: AnyDefinition): run is { done: Deeds } =>
      'done' in run && within?.(run.done.state as object, ctx.bounds) === false
    if (leaves(one, this.#model)) pair.model = one.done.state
    else if (leaves(other, this.#program)) pair.program = other.done.state
    else return false
    return true
  }

  #divergence(one: RecordedRun, other: RecordedRun): string | undefined {
    if ('threw' in one && 'threw' in other) return undefined
    if ('threw' in other) return `the program fails, and the model does not: ${other.threw}`
    if ('threw' in one) return `the model fails, and the program does not: ${one.threw}`
    return this.#difference((one as { done: Deeds }).done, (other as { done: Deeds }).done)
  }

  /** The first thing in which they differ, in words. What is sent has no order. */
  #difference(one: Deeds, other: Deeds): string | undefined {
    const texts = (list: readonly unknown[]): string => [...list].map(canonical).sort().join(' and ') || 'nothing'
    const sent = other.sent.map(({ to, message }) => ({ to, message: this.#message(message) }))
    const state = this.#state(other.state)
    const parts: readonly (readonly [string, string, string])[] = [
      ['sends', texts(one.sent.map(inShort)), texts(sent.map(inShort))],
      ['outputs', texts(one.outputs), texts(other.outputs.map(this.#output))],
      ['notes', texts(one.notes), texts(other.notes)],
      ['does with its timers', canonical(one.timers), canonical(other.timers)],
      ...(state === undefined ? [] : [['is in state', canonical(one.state), canonical(state)] as const]),
    ]
    const found = parts.find(([, model, program]) => model !== program)
    return found && `the model ${found[0]} ${found[1]}, the program ${found[2]}`
  }
}

const inShort = ({ to, message }: Deeds['sent'][number]): unknown => (to === 'all' ? message : { to, message })

function missing(names: string, event: string): UsageError {
  return new UsageError(`${names}: the program has nothing for ${event}`, 'let both listen to the same events')
}

/** The difference is put out, and nothing is compared at this replica any more. */
function stop(pair: Pair, differs: string, ctx: RecordingContext): void {
  pair.model = null
  pair.program = null
  ctx.output({ differs })
}
