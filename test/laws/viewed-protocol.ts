import { universe } from '../../src/adversary/index.ts'
import {
  type Claim,
  defineProtocol,
  program as inSetting,
  invariant,
  type Match,
  type Program,
  type Protocol,
  said,
  sometimes,
} from '../../src/model/index.ts'
import { configure, noException } from '../../src/system/index.ts'
import type { Of, Put, Type, Viewed, ViewedRule } from './viewed-protocols.ts'

interface Message {
  readonly type: Type
  readonly view: number
  readonly value: string
}
interface State {
  view: number
  started: boolean
  fired: boolean[]
}
interface Types {
  state: State
  message: Message
  output: { view: number; decided: string }
  timer: 'T'
}

const like = (on: Type, of: Of, own: number, { view, value }: Message, same: boolean): Match<Message> => {
  const fits = { own: (v: number) => v === own, same: (v: number) => v === view, 'not-below': (v: number) => v >= view }
  return (message) =>
    message.type === on && (!same || message.value === value) && (of === 'any' || fits[of](message.view))
}

const highest = (chosen: readonly Message[]): string =>
  chosen.reduce((best, one) => (one.view > best.view ? one : best)).value

/** The view that a rule leads to; nothing where it does not fire. */
function led(one: Viewed, rule: ViewedRule, index: number, state: State, message: Message): number | undefined {
  if (state.fired[index]) return undefined
  if (rule.after !== null && rule.after < one.rules.length && !state.fired[rule.after]) return undefined
  if (rule.not !== null && state.fired[rule.not]) return undefined
  const { view } = state
  const fits = { now: message.view === view, later: message.view > view, earlier: message.view < view, always: true }
  if (!fits[rule.when] || message.view < 0 || message.view > one.views) return undefined
  return { stays: view, next: view + 1, follows: message.view, back: Math.max(0, view - 1) }[rule.moves]
}

function handlers(one: Viewed, type: Type) {
  const made = one.rules.flatMap((rule, index) => {
    if (rule.on !== type) return []
    const handler = (state: State, message: Message, ctx: any): void => {
      if (rule.self !== null && ctx.self !== rule.self) return
      const to = led(one, rule, index, state, message)
      if (to === undefined) return
      let { value } = message
      if (rule.asks) {
        const match = like(type, rule.asks.of, state.view, message, rule.asks.value)
        const q = Math.min(rule.asks.q, one.n)
        if (rule.asks.takes) value = ctx.take(q, match, highest)
        else ctx.need(q, match)
      }
      move(one, state, to)
      state.fired[index] = true
      if (rule.says) {
        const view = rule.says.view === 'own' ? to : message.view
        const values = { same: value, x: 'x', 'by-self': ctx.self === 0 ? 'x' : 'y' }
        ctx.broadcast({ type: rule.says.type, view, value: values[rule.says.value] })
      }
      if (rule.outputs) ctx.output({ view: to, decided: value })
    }
    return [Object.defineProperty(handler, 'name', { value: `rule${index}` })]
  })
  return made.length > 0 ? made : [() => {}]
}

function move(one: Viewed, state: State, to: number): void {
  if (to !== state.view && one.afresh) state.fired = one.rules.map(() => false)
  state.view = to
}

const viewsBy: Record<Viewed['viewOf'], (state: State) => number> = {
  view: ({ view }) => view,
  parity: ({ view }) => view % 2,
  down: ({ view }) => -view,
  fired: ({ fired }) => fired.filter((is) => is).length,
}

function viewedProtocol(one: Viewed): Protocol {
  const { proof } = one
  const proofs = proof && {
    C: ({ view, value }: Message) =>
      said<Message>(
        Math.min(proof.q, one.n),
        (m) => m.type === 'A' && m.value === value && (proof.of === 'same' ? m.view === view : m.view <= view),
      ),
  }
  return defineProtocol<Types>({
    name: 'viewed',
    about: 'A random small protocol with views.',
    rules: () => ({}),
    auth: one.auth,
    selfDelivery: one.selfDelivery,
    defaults: () => ({ f: 0, b: 0, values: ['x', 'y'], inputs: { ...one.inputs }, bounds: { views: one.views } }),
    within: ({ view }, { views }) => view < views!,
    viewOf: viewsBy[one.viewOf],
    durable: () => one.durable ?? [],
    init(ctx) {
      if (one.timers.includes(ctx.self)) ctx.setTimer('T')
      if (one.opens.includes(ctx.self)) ctx.broadcast({ type: 'A', view: 0, value: 'y' })
      return { view: 0, started: false, fired: one.rules.map(() => false) }
    },
    input(state, value, ctx) {
      if (state.started) return
      state.started = true
      ctx.broadcast({ type: 'A', view: state.view, value })
    },
    timeout: {
      T(state, ctx) {
        move(one, state, state.view + 1)
        if (one.says) ctx.broadcast({ type: one.says, view: state.view, value: ctx.self === 1 ? 'y' : 'x' })
        if (one.rearms) ctx.setTimer('T')
      },
    },
    upon: { A: handlers(one, 'A'), B: handlers(one, 'B'), C: handlers(one, 'C') },
    ...(proofs && { proofs: proofs as never }),
  }) as Protocol
}

type Output = Types['output']

function claimsOf({ pairs }: Viewed): Claim<any>[] {
  const distinct = [...new Map(pairs.map((puts) => [JSON.stringify(puts), puts])).values()]
  const forbidden = distinct.map((puts, i) =>
    invariant<Output>(
      // Some say how many outputs decide them, and some do not.
      {
        name: `pair-${i}`,
        about: 'These are not put out.',
        ...(i % 3 === 2 ? {} : { decidedBy: puts.length as 1 | 2 }),
      },
      ({ outputs }) => {
        const isPut = ({ at, view, value }: Put): boolean =>
          outputs.some((one) => one.at === at && one.output.view === view && one.output.decided === value)
        return puts.every(isPut) ? `${JSON.stringify(puts)} were put out` : undefined
      },
    ),
  )
  const some = sometimes<Output>({ name: 'some', about: 'Something is put out.', decidedBy: 1 }, ({ outputs }) => {
    return outputs.some(({ output }) => output.view > 0)
  })
  return [...forbidden, noException, some]
}

export interface ViewedCase {
  readonly program: Program
  readonly claims: readonly Claim<any>[]
  /** What the coalition can say; nothing where that has no end. */
  readonly words: ReturnType<typeof universe>['messages'] | undefined
}

export function caseOf(one: Viewed): ViewedCase {
  const { n, byzantine, crash, restart = [] } = one
  const protocol = viewedProtocol(one)
  const program = { ...inSetting(protocol, configure(protocol, { n, byzantine, crash, restart })[0]!), copies: true }
  if (byzantine.length === 0) return { program, claims: claimsOf(one), words: [] }
  const { messages, closed } = universe(program)
  return { program, claims: claimsOf(one), words: closed ? messages : undefined }
}
