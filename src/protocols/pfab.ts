/**
 * Parametrised FaB Paxos: two steps where at most t replicas fail, three where f do, with n = 3f + 2t + 1. Beside the two
 * steps of FaB, acceptors that see enough others accept a value make a commit proof of that, and broadcast it.
 *
 * Jean-Philippe Martin and Lorenzo Alvisi, "Fast Byzantine Consensus", IEEE Transactions on Dependable and Secure
 * Computing 3(3), 2006, section 6 and Figures 7 and 8. Ittai Abraham et al., "Revisiting Fast Practical Byzantine Fault
 * Tolerance", arXiv 1712.01367, section on FaB: as published it gets stuck. A commit proof forbids all other values and so do
 * enough entries of a progress certificate, and nobody compares the proposal numbers of the two. Where they name two
 * values, no value is left.
 *
 * Every replica is proposer, acceptor and learner. The first proposal number needs no certificate. Bounded are proposal
 * numbers, here called views. Two show a recovery; the proof and the entries that contradict it take three.
 */
import { all, type Context, defineProtocol, every, match, range, type Setting, said } from '../model/index.ts'

interface State {
  view: number
  /** What it accepted last, and where. */
  accepted: string | null
  acceptedIn: number
  /** The value of its last commit proof, and the view. */
  proved: string | null
  provedIn: number
  decided: boolean
}

type Message =
  /** Beyond the first view with a progress certificate. */
  | { type: 'PROPOSE'; view: number; value: string }
  | { type: 'ACCEPTED'; view: number; value: string }
  /** With a commit proof: a quorum has accepted the value. */
  | { type: 'COMMIT_PROOF'; view: number; value: string }
  /** What the sender accepted last, with the proposal, and its last commit proof; null and −1 if there is none. */
  | Report

type Report = { type: 'REPORT'; view: number } & Entry

/** An entry of a progress certificate. */
export interface Entry {
  accepted: string | null
  acceptedIn: number
  proved: string | null
  provedIn: number
}

export interface Pfab {
  state: State
  message: Message
  output: { decided: string }
  note: { reported: number } & Entry & Pick<Counting, 'comparesViews' | 'oneBinds'>
  timer: 'view'
  rules: typeof rules
}

type Ctx = Context<Pfab>
type Rules = ReturnType<typeof rules>

const NONE = -1

const rules = ({ n, f }: Setting) => ({
  leader: (view: number): number => view % n,
  /** All that can be waited for: f may be silent. */
  reports: n - f,
  /** Of so many that accepted a value, every n − f include a majority of correct ones that did. It is n − t. */
  fastQuorum: Math.ceil((n + 3 * f + 1) / 2),
  /** Two such quorums share a correct replica: there is one commit proof at most in a view. */
  slowQuorum: Math.ceil((n + f + 1) / 2),
  /** So many entries for one value forbid every other one. */
  forbids: Math.ceil((n - f + 1) / 2),
  /** Do only entries and proofs of the last view count that has some? */
  comparesViews: false,
  /** Does one entry forbid every other value if nothing else is said in its view? */
  oneBinds: false,
})

const acceptances = (view: number, value: string) => match<Message>('ACCEPTED', { view, value })
const proofsOf = (view: number, value: string) => match<Message>('COMMIT_PROOF', { view, value })
const reportsOf = (view: number) => match<Message>('REPORT', { view })

/** By which rule entries are judged. */
export interface Counting {
  readonly forbids: number
  readonly comparesViews: boolean
  readonly oneBinds: boolean
}

/**
 * Figure 8: the values that forbid all others, in order. As published, they are those of commit proofs, and those that
 * enough entries have. If there are two, no value is left, not even a fresh one.
 */
export function binding(entries: readonly Entry[], { forbids, comparesViews, oneBinds }: Counting): string[] {
  const last = Math.max(NONE, ...entries.flatMap(({ acceptedIn, provedIn }) => [acceptedIn, provedIn]))
  const counts = (view: number): boolean => view !== NONE && (!comparesViews || view === last)
  const proved = entries.filter(({ provedIn }) => counts(provedIn)).map(({ proved }) => proved!)
  const held = entries.filter(({ acceptedIn }) => counts(acceptedIn)).map(({ accepted }) => accepted!)
  const many = held.filter((value) => held.filter((other) => other === value).length >= forbids)
  // Whoever proposed the only value of the last view was bound to whatever is decided in an earlier one.
  const only = oneBinds && new Set(held).size === 1 ? held : []
  return [...new Set([...proved, ...many, ...only])].sort()
}

const bindingIn = (reports: readonly Message[], rules: Rules): string[] =>
  binding(
    reports.filter((report) => report.type === 'REPORT'),
    rules,
  )

function accept(state: State, view: number, value: string, ctx: Ctx): void {
  Object.assign(state, { view, accepted: value, acceptedIn: view })
  ctx.broadcast({ type: 'ACCEPTED', view, value })
}

function learn(state: State, value: string, ctx: Ctx): void {
  state.decided = true
  ctx.cancelTimer('view')
  ctx.output({ decided: value })
}

export const pfab = defineProtocol<Pfab>({
  name: 'pfab',
  about: 'Parametrised FaB Paxos (Martin and Alvisi, 2006), n = 3f + 2t + 1.',
  rules,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: { views: 2 } }
  },
  within: ({ view }, { views }) => view < views!,
  viewOf: ({ view }) => view,

  init(ctx) {
    ctx.setTimer('view')
    return { view: 0, accepted: null, acceptedIn: NONE, proved: null, provedIn: NONE, decided: false }
  },

  /** The leader proposes its own value unless the acceptors forbid it; if they forbid all, it waits for other reports. */
  input(state, value, ctx) {
    const { rules, self } = ctx
    const { view } = state
    if (rules.leader(view) !== self || state.acceptedIn === view || state.decided) return
    const bound = view === 0 ? [] : ctx.take(rules.reports, reportsOf(view), (all) => bindingIn(all, rules))
    if (bound.length > 1) return
    const proposed = bound[0] ?? value
    ctx.broadcast({ type: 'PROPOSE', view, value: proposed })
    accept(state, view, proposed, ctx)
  },

  timeout: {
    /** The election of another leader; whoever takes part accepts nothing of earlier ones. */
    view(state, ctx) {
      if (state.decided) return
      state.view += 1
      const { view, accepted, acceptedIn, proved, provedIn } = state
      const { comparesViews, oneBinds } = ctx.rules
      ctx.broadcast({ type: 'REPORT', view, accepted, acceptedIn, proved, provedIn })
      ctx.note({ reported: view, accepted, acceptedIn, proved, provedIn, comparesViews, oneBinds })
      ctx.setTimer('view')
    },
  },

  upon: {
    PROPOSE(state, { view, value }, ctx) {
      if (ctx.from !== ctx.rules.leader(view) || view < state.view || state.acceptedIn >= view || state.decided) return
      accept(state, view, value, ctx)
    },

    ACCEPTED: [
      function learnFast(state, { view, value }, ctx) {
        if (state.decided) return
        ctx.need(ctx.rules.fastQuorum, acceptances(view, value))
        learn(state, value, ctx)
      },
      /** Of the view that it is in. */
      function prove(state, { view, value }, ctx) {
        if (state.decided || view !== state.view || state.acceptedIn !== view || state.provedIn >= view) return
        if (state.accepted !== value) return
        ctx.need(ctx.rules.slowQuorum, acceptances(view, value))
        Object.assign(state, { proved: value, provedIn: view })
        ctx.broadcast({ type: 'COMMIT_PROOF', view, value })
      },
    ],

    COMMIT_PROOF(state, { view, value }, ctx) {
      if (state.decided) return
      ctx.need(ctx.rules.slowQuorum, proofsOf(view, value))
      learn(state, value, ctx)
    },

    /** What a leader waits for before it proposes: `input` asks for it. */
    REPORT() {},
  },

  proofs: {
    PROPOSE: ({ view, value }, { rules }) =>
      view === 0
        ? all([])
        : said(rules.reports, reportsOf(view), (reports) =>
            bindingIn(reports, rules).every((other) => other === value),
          ),
    COMMIT_PROOF: ({ view, value }, { rules }) => said(rules.slowQuorum, acceptances(view, value)),
    REPORT: ({ accepted, acceptedIn, proved, provedIn }, { rules }) => {
      const proposed = (value: string) =>
        said<Message>(1, match('PROPOSE', { view: acceptedIn, value }, rules.leader(acceptedIn)))
      return all([
        ...(accepted === null ? [] : [proposed(accepted)]),
        ...(proved === null ? [] : [said<Message>(rules.slowQuorum, acceptances(provedIn, proved))]),
      ])
    },
  },

  alphabet({ values, bounds: { views } }) {
    const view = range(views!)
    const later = view.slice(1)
    const nothing = { accepted: null, acceptedIn: NONE }
    const unproved = { proved: null, provedIn: NONE }
    const accepted = [nothing, ...every({ accepted: values, acceptedIn: view })]
    const proved = [unproved, ...every({ proved: values, provedIn: view })]
    return [
      ...every({ type: ['PROPOSE', 'ACCEPTED', 'COMMIT_PROOF'], view, value: values }),
      ...later
        .flatMap((view) =>
          accepted.flatMap((one) => proved.map((other) => ({ type: 'REPORT' as const, view, ...one, ...other }))),
        )
        .filter(({ view, acceptedIn, provedIn }) => acceptedIn < view && provedIn < view),
    ]
  },
})

/** Among accepted values and proofs those of the highest proposal number say what is vouched for: the repair. */
export const viewOrdered = pfab.variant('view-ordered', () => ({ comparesViews: true, oneBinds: true }))
/** Not the repair: there a majority of entries has to have the highest number, as if nothing had been decided before. */
export const lastMajority = pfab.variant('last-majority', () => ({ comparesViews: true }))
