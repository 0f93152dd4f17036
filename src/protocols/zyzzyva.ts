/**
 * Zyzzyva: replicas execute what the primary orders before they agree on it, and the client decides whether that is
 * enough. One slot; what the view change chooses is as published, and is unsafe.
 *
 * Ramakrishna Kotla, Lorenzo Alvisi, Mike Dahlin, Allen Clement and Edmund Wong, "Zyzzyva: Speculative Byzantine Fault
 * Tolerance", SOSP 2007, sections 3.2 to 3.4. What is wrong with it: Ittai Abraham, Guy Gueta, Dahlia Malkhi, Lorenzo
 * Alvisi, Ramakrishna Kotla and Jean-Philippe Martin, "Revisiting Fast Practical Byzantine Fault Tolerance", arXiv
 * 1712.01367, 2017.
 *
 * Each client has one request, which has its name. A replica that is not content with its primary leaves the view by
 * itself, without a quorum of complaints.
 *
 * Bounded are views. Three show that a certificate of the first one overrides what was completed in the second.
 */
import {
  all,
  type Context,
  defineProtocol,
  every,
  match,
  type Proof,
  range,
  type Setting,
  said,
} from '../model/index.ts'

/** What was ordered, or committed, in a view. */
interface Ordered {
  view: number
  /** Whose request. */
  client: number
}

interface State {
  view: number
  /** The last order that it accepted, and executed. */
  ordered: Ordered | null
  /** The last commit certificate that it has seen. */
  committed: Ordered | null
}

type Message =
  | { type: 'REQUEST' }
  /** In the first view. */
  | ({ type: 'ORDER_REQ' } & Ordered)
  /** In later ones, with a quorum of VIEW_CHANGEs. */
  | ({ type: 'NEW_VIEW' } & Ordered)
  | ({ type: 'SPEC_RESPONSE' } & Ordered)
  /** With a certificate: a quorum of SPEC_RESPONSEs. */
  | ({ type: 'COMMIT' } & Ordered)
  | ({ type: 'LOCAL_COMMIT' } & Ordered)
  | { type: 'VIEW_CHANGE'; view: number; committed: Ordered | null; ordered: Ordered | null }

export interface Zyzzyva {
  state: State
  client: { isDone: boolean }
  message: Message
  toClients: 'SPEC_RESPONSE' | 'LOCAL_COMMIT'
  output: { completed: number }
  timer: 'view'
  rules: typeof rules
}

type Ctx = Context<Zyzzyva>
type Change = Extract<Message, { type: 'VIEW_CHANGE' }>

const rules = ({ n, f, clients }: Setting) => ({
  isClient: (id: number): boolean => range(clients).some((index) => n + index === id),
  primary: (view: number): number => view % n,
  /** Section 3.2: if all have answered alike, at least f + 1 correct ones in every quorum of VIEW_CHANGEs tell of it. */
  fastQuorum: n,
  /** More than (n + f) / 2: two quorums share f + 1 replicas, hence a correct one. */
  quorum: Math.floor((n + f) / 2) + 1,
  /** Section 3.4: one of f + 1 is correct. */
  reports: f + 1,
  /** What a new primary follows first: a certificate, before any number of orders, whatever their views. */
  rank: (_view: number, isCertified: boolean): number => (isCertified ? 1 : 0),
})

type Rules = ReturnType<typeof rules>

const responses = ({ view, client }: Ordered) => match<Message>('SPEC_RESPONSE', { view, client })
const changesTo = (view: number) => match<Message>('VIEW_CHANGE', { view })

/** Section 3.4: whose request a quorum of VIEW_CHANGEs binds a new primary to, or null: then it is free. */
function bound(changes: readonly Message[], { reports, rank }: Rules): number | null {
  const all = changes.filter((one): one is Change => one.type === 'VIEW_CHANGE')
  const certified = all.flatMap(({ committed }) => (committed ? [committed] : []))
  const ordered = all.flatMap(({ ordered }) => (ordered ? [ordered] : []))
  /** So many have it: from the view in which the last of them got it. */
  const reported = ordered.filter(({ view, client }) => {
    const alike = ordered.filter((other) => other.client === client && other.view >= view)
    return alike.length >= reports
  })
  const candidates = [
    ...certified.map((one) => ({ ...one, rank: rank(one.view, true) })),
    ...reported.map((one) => ({ ...one, rank: rank(one.view, false) })),
  ]
  candidates.sort((a, b) => b.rank - a.rank || b.view - a.view)
  return candidates[0]?.client ?? null
}

function isSame(one: Ordered, other: Ordered): boolean {
  return one.view === other.view && one.client === other.client
}

/** A message about an accepted order includes the primary's. */
function isOrdered({ view, client }: Ordered, { primary }: Rules): Proof<Message> {
  return said(1, match<Message>(view === 0 ? 'ORDER_REQ' : 'NEW_VIEW', { view, client }, primary(view)))
}

function execute(state: State, ordered: Ordered, ctx: Ctx): void {
  Object.assign(state, { view: ordered.view, ordered })
  ctx.send(ordered.client, { type: 'SPEC_RESPONSE', ...ordered })
}

export const zyzzyva = defineProtocol<Zyzzyva>({
  name: 'zyzzyva',
  about: 'Zyzzyva (Kotla et al., 2007), one slot; its view change is as published.',
  rules,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, clients: 2, values: [], inputs: {}, bounds: { views: 2 } }
  },
  within: ({ view }, { views }) => view < views!,
  viewOf: ({ view }) => view,

  init(ctx) {
    ctx.setTimer('view')
    return { view: 0, ordered: null, committed: null }
  },

  timeout: {
    /** Whoever has left a view waits for the next one's NEW_VIEW. */
    view(state, ctx) {
      state.view += 1
      ctx.broadcast({ type: 'VIEW_CHANGE', view: state.view, committed: state.committed, ordered: state.ordered })
      ctx.setTimer('view')
    },
  },

  upon: {
    /** The primary orders what it is asked for, unless the view change binds it. */
    REQUEST(state, _, ctx) {
      const { rules, self, from } = ctx
      const { view } = state
      if (rules.primary(view) !== self || state.ordered?.view === view || !rules.isClient(from)) return
      const must = view === 0 ? null : ctx.take(rules.quorum, changesTo(view), (changes) => bound(changes, rules))
      const ordered = { view, client: must ?? from }
      ctx.broadcast({ type: view === 0 ? 'ORDER_REQ' : 'NEW_VIEW', ...ordered })
      execute(state, ordered, ctx)
    },

    ORDER_REQ(state, { view, client }, ctx) {
      if (view !== 0 || state.view !== 0 || state.ordered || ctx.from !== ctx.rules.primary(0)) return
      if (!ctx.rules.isClient(client)) return
      execute(state, { view, client }, ctx)
    },

    NEW_VIEW(state, { view, client }, ctx) {
      if (view < state.view || state.ordered?.view === view || ctx.from !== ctx.rules.primary(view)) return
      if (!ctx.rules.isClient(client)) return
      execute(state, { view, client }, ctx)
    },

    /** What a client shows, who has too few answers to be done. */
    COMMIT(state, { view, client }, ctx) {
      const { ordered } = state
      if (state.view !== view || !ordered || !isSame(ordered, { view, client })) return
      state.committed = { view, client }
      ctx.send(client, { type: 'LOCAL_COMMIT', view, client })
    },

    /** What a primary waits for before it orders anything. */
    VIEW_CHANGE() {},
  },

  client: {
    init(ctx) {
      ctx.broadcast({ type: 'REQUEST' })
      return { isDone: false }
    },
    upon: {
      SPEC_RESPONSE: [
        function complete(state, response, ctx) {
          if (state.isDone || response.client !== ctx.self) return
          ctx.need(ctx.rules.fastQuorum, responses(response))
          state.isDone = true
          ctx.output({ completed: ctx.self })
        },

        function certify(state, { view, client }, ctx) {
          if (state.isDone || client !== ctx.self) return
          ctx.need(ctx.rules.quorum, responses({ view, client }))
          ctx.broadcast({ type: 'COMMIT', view, client })
        },
      ],

      LOCAL_COMMIT(state, { view, client }, ctx) {
        if (state.isDone || client !== ctx.self) return
        ctx.need(ctx.rules.quorum, match('LOCAL_COMMIT', { view, client }))
        state.isDone = true
        ctx.output({ completed: ctx.self })
      },
    },
  },

  proofs: {
    COMMIT: (certified, { rules }) => said(rules.quorum, responses(certified)),
    VIEW_CHANGE: ({ committed, ordered }, { rules }) =>
      all([
        committed ? said(rules.quorum, responses(committed)) : all([]),
        ordered ? isOrdered(ordered, rules) : all([]),
      ]),
    NEW_VIEW: ({ view, client }, { rules }) =>
      said(rules.quorum, changesTo(view), (changes) => [null, client].includes(bound(changes, rules))),
  },

  alphabet({ n, clients, bounds: { views } }) {
    const view = range(views!)
    const client = range(clients).map((index) => n + index)
    const ordered = every({ view, client })
    return [
      ...every({ type: ['REQUEST'] }),
      ...every({ type: ['ORDER_REQ'], view: [0], client }),
      ...every({ type: ['NEW_VIEW'], view: view.slice(1), client }),
      ...every({ type: ['SPEC_RESPONSE', 'COMMIT', 'LOCAL_COMMIT'], view, client }),
      ...every({
        type: ['VIEW_CHANGE'],
        view: view.slice(1),
        committed: [null, ...ordered],
        ordered: [null, ...ordered],
      }),
    ]
  },
})

/** Whatever is of the highest view counts most, and of one view a certificate: what was completed last is kept. */
export const viewOrderedTracks = zyzzyva.variant('view-ordered-tracks', () => ({
  rank: (view, isCertified) => 2 * view + (isCertified ? 1 : 0),
}))
