/**
 * Two-step commit: one proposal, one vote. A new leader asks n − f replicas what they have accepted, and proposes what may
 * have been decided. Whoever leads and signs two proposals of one view is known to be Byzantine: its report is left out,
 * another one awaited, and n ≥ 5f − 1 is enough. Where nobody is left out, as in FaB, n ≥ 5f + 1 is needed.
 *
 * Ittai Abraham, Kartik Nayak, Ling Ren and Zhuolun Xiang, "Good-case Latency of Byzantine Broadcast: A Complete
 * Categorization", PODC 2021, section 4 (n ≥ 5f − 1); Petr Kuznetsov, Andrei Tonkikh and Yan X. Zhang, "Revisiting Optimal
 * Resilience of Fast Byzantine Consensus", PODC 2021. One value is agreed on, and a view ends whenever a timer says so.
 *
 * Bounded are views. Two show one recovery.
 */
import {
  all,
  any,
  type Context,
  defineProtocol,
  every,
  match,
  type Proof,
  range,
  type Setting,
  said,
} from '../model/index.ts'

interface State {
  view: number
  /** What it accepted last, and where. */
  accepted: string | null
  acceptedIn: number
  /** As a leader: the last view whose leader it has caught with two proposals. */
  caught: number
  decided: boolean
}

type Message =
  /** Beyond the first view with the reports that allow the value. */
  | { type: 'PROPOSE'; view: number; value: string }
  | { type: 'ACCEPT'; view: number; value: string }
  /** What the sender accepted last, with the leader's signature: the value is null, and `last` is −1, if nothing. */
  | { type: 'REPORT'; view: number; last: number; value: string | null }
  /** With the ACCEPTs of a view. */
  | { type: 'DECISION'; view: number; value: string }

type Report = Extract<Message, { type: 'REPORT' }>

export interface TwoStep {
  state: State
  message: Message
  output: { decided: string }
  timer: 'view'
  rules: typeof rules
}

type Ctx = Context<TwoStep>

const NONE = -1

const rules = ({ n, f }: Setting) => ({
  leader: (view: number): number => view % n,
  /** All that can be waited for: f may be silent. */
  reports: n - f,
  decideQuorum: n - f,
  /** Does whoever decides send on what it decided by? */
  forwards: true,
  /** Is the report of a leader left out that has signed two proposals? */
  excludesLeader: true,
  /**
   * So many reports of one value, the leader's not among them, bind the new leader. Of n − f that accepted a decided value
   * f may be Byzantine; f − 1 correct others may be missing from the reports, as one Byzantine replica is left out. No two
   * values have so many reports if 2(n − 3f + 1) > n − f, which is n ≥ 5f − 1.
   */
  binds: n - 3 * f + 1,
})

type Rules = ReturnType<typeof rules>

const accepts = (view: number, value: string) => match<Message>('ACCEPT', { view, value })
const reportsOf = (view: number) => match<Message>('REPORT', { view })
/** Reports of all others than the leader of an earlier view. */
const reportsWithout = (leader: number, view: number) => (message: Message, from: number) =>
  message.type === 'REPORT' && message.view === view && from !== leader

const valuesOf = (reports: readonly Message[]): string[] =>
  (reports as readonly Report[]).flatMap(({ value }) => value ?? [])

/** What so many reports hold, the least of them: where n is too small there may be two. */
const boundBy = (values: readonly string[], least: number): string | null =>
  [...values].sort().find((value) => values.filter((other) => other === value).length >= least) ?? null

/** The last view that reports tell of, and which values were accepted there. */
function lastOf(reports: readonly Message[]): { readonly view: number; readonly values: readonly string[] } {
  const view = Math.max(...(reports as readonly Report[]).map(({ last }) => last))
  return { view, values: valuesOf(reports.filter((report) => report.type === 'REPORT' && report.last === view)) }
}

/** Have the reports two values of their last view? Then its leader has signed both. */
const showsTwo = ({ values }: { readonly values: readonly string[] }): boolean => new Set(values).size > 1

/** What binds the new leader: null is nothing. One value of the last view, or that which enough hold. */
function bound(reports: readonly Message[], { excludesLeader, binds }: Rules): string | null {
  if (!excludesLeader) return boundBy(valuesOf(reports), binds)
  const last = lastOf(reports)
  return showsTwo(last) ? boundBy(last.values, binds) : (last.values[0] ?? null)
}

/** What the reports that are waited for bind the leader to, once each leader with two proposals is caught. */
function boundFor({ view, caught }: State, { rules, take }: Ctx): { readonly value: string | null } | null {
  const awaited = caught === NONE ? reportsOf(view) : reportsWithout(rules.leader(caught), view)
  return take(rules.reports, awaited, (reports) => {
    const last = lastOf(reports)
    const isAtLarge = rules.excludesLeader && showsTwo(last) && last.view !== caught
    return isAtLarge ? null : { value: bound(reports, rules) }
  })
}

/** Do these reports bind the leader to nothing else? */
const allows = (value: string, rules: Rules) => (reports: readonly Message[]) =>
  [null, value].includes(bound(reports, rules))

/** Reports that allow a value: without two values in their last view, or without the leader of that view. */
function allowed(view: number, value: string, rules: Rules): Proof<Message> {
  if (!rules.excludesLeader) return said(rules.reports, reportsOf(view), allows(value, rules))
  const ofOthers = range(view).map((earlier) =>
    said(
      rules.reports,
      reportsWithout(rules.leader(earlier), view),
      (reports) => lastOf(reports).view === earlier && allows(value, rules)(reports),
    ),
  )
  const ofAll = said(
    rules.reports,
    reportsOf(view),
    (reports) => !showsTwo(lastOf(reports)) && allows(value, rules)(reports),
  )
  return any([ofAll, ...ofOthers])
}

/** Does a report tell of another value of the same view? */
const isAnother = (report: Report, last: number, value: string): boolean =>
  report.last === last && report.value !== null && report.value !== value

function accept(state: State, view: number, value: string, ctx: Ctx): void {
  Object.assign(state, { view, accepted: value, acceptedIn: view })
  ctx.broadcast({ type: 'ACCEPT', view, value })
}

function decide(state: State, view: number, value: string, ctx: Ctx): void {
  if (ctx.rules.forwards) ctx.broadcast({ type: 'DECISION', view, value })
  state.decided = true
  ctx.cancelTimer('view')
  ctx.output({ decided: value })
}

export const twoStep = defineProtocol<TwoStep>({
  name: 'two-step',
  about: 'Two-step commit with n ≥ 5f − 1 (Abraham et al., 2021): a leader that signs two proposals is left out.',
  rules,
  defaults: (n) => {
    const f = Math.floor((n + 1) / 5)
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: { views: 2 } }
  },
  within: ({ view }, { views }) => view < views!,
  viewOf: ({ view }) => view,

  init(ctx) {
    ctx.setTimer('view')
    return { view: 0, accepted: null, acceptedIn: NONE, caught: NONE, decided: false }
  },

  /** The leader proposes its own value unless it is bound to another. */
  input(state, value, ctx) {
    const { view } = state
    if (ctx.rules.leader(view) !== ctx.self || state.acceptedIn === view || state.decided) return
    const must = view === 0 ? { value: null } : boundFor(state, ctx)
    if (!must) return
    const proposed = must.value ?? value
    ctx.broadcast({ type: 'PROPOSE', view, value: proposed })
    accept(state, view, proposed, ctx)
  },

  timeout: {
    view(state, ctx) {
      if (state.decided) return
      state.view += 1
      ctx.broadcast({ type: 'REPORT', view: state.view, last: state.acceptedIn, value: state.accepted })
      ctx.setTimer('view')
    },
  },

  upon: {
    PROPOSE(state, { view, value }, ctx) {
      if (ctx.from !== ctx.rules.leader(view) || view < state.view || state.acceptedIn >= view || state.decided) return
      accept(state, view, value, ctx)
    },

    ACCEPT(state, { view, value }, ctx) {
      if (state.decided) return
      ctx.need(ctx.rules.decideQuorum, accepts(view, value))
      decide(state, view, value, ctx)
    },

    /** Section 4: whoever commits sends the votes on to all, and is done. */
    DECISION(state, { view, value }, ctx) {
      if (!state.decided) decide(state, view, value, ctx)
    },

    /** What a leader waits for before it proposes: `input` asks for it. Two values of one view catch that view's leader. */
    REPORT(state, { view, last, value }, ctx) {
      const { excludesLeader, leader } = ctx.rules
      if (!excludesLeader || leader(view) !== ctx.self || view !== state.view || value === null) return
      if (!range(view).includes(last) || last <= state.caught) return
      ctx.need(1, (other) => other.type === 'REPORT' && other.view === view && isAnother(other, last, value))
      state.caught = last
    },
  },

  proofs: {
    PROPOSE: ({ view, value }, { rules }) => (view === 0 ? all([]) : allowed(view, value, rules)),
    DECISION: ({ view, value }, { rules }) => said(rules.decideQuorum, accepts(view, value)),
    REPORT: ({ last, value }, { rules }) =>
      value === null ? all([]) : said(1, match('PROPOSE', { view: last, value }, rules.leader(last))),
  },

  alphabet({ values, bounds: { views } }) {
    const view = range(views!)
    const later = view.slice(1)
    return [
      ...every({ type: ['PROPOSE', 'ACCEPT', 'DECISION'], view, value: values }),
      ...every({ type: ['REPORT'], view: later, last: [NONE], value: [null] }),
      ...every({ type: ['REPORT'], view: later, last: view, value: values }).filter(({ last, view }) => last < view),
    ]
  },
})

/**
 * Nobody is left out: f more may be missing, so fewer reports bind. No two values have so many if 2(n − 3f) > n − f, which is
 * n ≥ 5f + 1.
 */
export const noExclusion = twoStep.variant('no-exclusion', ({ n, f }) => ({ excludesLeader: false, binds: n - 3 * f }))
/** Whoever has decided is gone, and takes what it decided by along: the others may be too few. */
export const noForward = twoStep.variant('no-forward', () => ({ forwards: false }))
