/**
 * FaB Paxos: a value is decided in two steps, with n > 5f. A new leader asks n − f acceptors what they have accepted, and
 * proposes what they vouch for.
 *
 * Jean-Philippe Martin and Lorenzo Alvisi, "Fast Byzantine Consensus", IEEE Transactions on Dependable and Secure
 * Computing 3(3), 2006, section 5 and Figures 4 and 5. Every replica is proposer, acceptor and learner. As an acceptor it
 * goes on when it has learned a value, which is a learner's business: who has missed it learns it with a later number. That
 * learners ask each other is left out. The first proposal number needs no certificate; entries of a certificate are not
 * compared by number.
 *
 * Bounded are proposal numbers, here called views. Two show the recovery.
 */
import { all, type Context, defineProtocol, every, match, range, type Setting, said } from '../model/index.ts'

interface State {
  view: number
  /** What it accepted last, and where. */
  accepted: string | null
  acceptedIn: number
  decided: boolean
}

type Message =
  /** Beyond the first view with a progress certificate. */
  | { type: 'PROPOSE'; view: number; value: string }
  | { type: 'ACCEPTED'; view: number; value: string }
  | { type: 'REPORT'; view: number; accepted: string | null }

export interface Fab {
  state: State
  message: Message
  output: { decided: string }
  timer: 'view'
  rules: typeof rules
}

type Ctx = Context<Fab>

const NONE = -1

const rules = ({ n, f }: Setting) => ({
  leader: (view: number): number => view % n,
  /** All that can be waited for: f may be silent. */
  reports: n - f,
  /** Of so many that accepted a value, every n − f include a majority of correct ones that did. */
  learnQuorum: Math.ceil((n + 3 * f + 1) / 2),
  /** Does an acceptor go on that has learned a value? */
  goesOn: true,
  /** So many entries for one value forbid every other one. */
  forbids: Math.ceil((n - f + 1) / 2),
})

const reportsOf = (view: number) => match<Message>('REPORT', { view })

/** The value that forbids all others, or null: then any value is vouched for. */
function bound(reports: readonly Message[], forbids: number): string | null {
  const values = reports.flatMap((one) => (one.type === 'REPORT' && one.accepted !== null ? [one.accepted] : []))
  return values.find((value) => values.filter((other) => other === value).length >= forbids) ?? null
}

/** Is nothing else than this value forbidden? */
const vouchesFor = (reports: readonly Message[], value: string, forbids: number): boolean =>
  [null, value].includes(bound(reports, forbids))

function accept(state: State, view: number, value: string, ctx: Ctx): void {
  Object.assign(state, { view, accepted: value, acceptedIn: view })
  ctx.broadcast({ type: 'ACCEPTED', view, value })
}

const isDone = ({ decided }: State, { rules }: Ctx): boolean => decided && !rules.goesOn

export const fab = defineProtocol<Fab>({
  name: 'fab',
  about: 'FaB Paxos (Martin and Alvisi, 2006): two steps, n > 5f.',
  rules,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 5))
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: { views: 2 } }
  },
  within: ({ view }, { views }) => view < views!,
  viewOf: ({ view }) => view,

  init(ctx) {
    ctx.setTimer('view')
    return { view: 0, accepted: null, acceptedIn: NONE, decided: false }
  },

  /** The leader proposes its own value unless the acceptors forbid it. */
  input(state, value, ctx) {
    const { rules, self } = ctx
    const { view } = state
    if (rules.leader(view) !== self || state.acceptedIn === view || isDone(state, ctx)) return
    const must = view === 0 ? null : ctx.take(rules.reports, reportsOf(view), (all) => bound(all, rules.forbids))
    const proposed = must ?? value
    ctx.broadcast({ type: 'PROPOSE', view, value: proposed })
    accept(state, view, proposed, ctx)
  },

  timeout: {
    /** The election of another leader; whoever takes part accepts nothing of earlier ones. */
    view(state, ctx) {
      if (isDone(state, ctx)) return
      state.view += 1
      ctx.broadcast({ type: 'REPORT', view: state.view, accepted: state.accepted })
      ctx.setTimer('view')
    },
  },

  upon: {
    PROPOSE(state, { view, value }, ctx) {
      if (ctx.from !== ctx.rules.leader(view) || view < state.view || state.acceptedIn >= view || isDone(state, ctx))
        return
      accept(state, view, value, ctx)
    },

    ACCEPTED(state, { view, value }, ctx) {
      if (state.decided) return
      ctx.need(ctx.rules.learnQuorum, match('ACCEPTED', { view, value }))
      state.decided = true
      if (!ctx.rules.goesOn) ctx.cancelTimer('view')
      ctx.output({ decided: value })
    },

    /** What a leader waits for before it proposes: `input` asks for it. */
    REPORT() {},
  },

  proofs: {
    PROPOSE: ({ view, value }, { rules }) =>
      view === 0 ? all([]) : said(rules.reports, reportsOf(view), (chosen) => vouchesFor(chosen, value, rules.forbids)),
  },

  alphabet({ values, bounds: { views } }) {
    const view = range(views!)
    return [
      ...every({ type: ['PROPOSE', 'ACCEPTED'], view, value: values }),
      ...every({ type: ['REPORT'], view: view.slice(1), accepted: [null, ...values] }),
    ]
  },
})

/** Five replicas cannot wait for five ACCEPTEDs: it learns from those that it can wait for. */
export const learnFromAvailable = fab.variant('learn-from-available', ({ n, f }) => ({ learnQuorum: n - f }))
/** Who has learned a value neither reports nor accepts any more: the others are too few. */
export const learnedSilent = fab.variant('learned-silent', () => ({ goesOn: false }))
