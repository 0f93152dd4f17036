/**
 * dBFT 2.0, by which Neo agrees on a block: a proposal, responses, and commits, each awaited from n − f replicas.
 * Whoever has sent a commit never leaves its view, so that a later view needs to carry nothing over.
 *
 * "Delegated Byzantine Fault Tolerance: technical details, challenges and perspectives", documentation of Neo, 2019.
 * One block. What gets stuck if whoever has asked for another view is lost to this one: neo-project/neo-modules 792.
 * What breaks if a commit does not bind: neo-project/neo 320. Recovery messages are left out: what was sent once stays
 * available.
 *
 * Bounded are views.
 */
import { type Context, defineProtocol, every, match, range, type Setting } from '../model/index.ts'

interface State {
  view: number
  /** The proposal of this view. */
  accepted: string | null
  /** Has it sent COMMIT in this view? */
  committed: boolean
  /** Has it asked for the next view? */
  hasAsked: boolean
  decided: boolean
}

type Message =
  | { type: 'PREPARE_REQUEST'; view: number; value: string }
  | { type: 'PREPARE_RESPONSE'; view: number; value: string }
  | { type: 'COMMIT'; view: number; value: string }
  | { type: 'CHANGE_VIEW'; view: number }

export interface Dbft {
  state: State
  message: Message
  output: { decided: string }
  timer: 'view'
  rules: typeof rules
}

type Ctx = Context<Dbft>

const rules = ({ n, f }: Setting) => ({
  primary: (view: number): number => view % n,
  /** All that can be waited for. Two such quorums share n − 2f replicas, f + 1 or more: a correct one among them. */
  quorum: n - f,
  /** Is a commit for good? */
  commitBinds: true,
  /** One of f + 1 is correct, and never leaves this view: whoever has asked for the next one comes back. */
  returnQuorum: f + 1,
  /** Does whoever has asked for another view come back at all? */
  returns: true,
})

/** A request is its primary's response. */
const preparations = (view: number, value: string) => (message: Message) =>
  (message.type === 'PREPARE_REQUEST' || message.type === 'PREPARE_RESPONSE') &&
  message.view === view &&
  message.value === value
const commits = (view: number, value: string) => match<Message>('COMMIT', { view, value })

function enter(state: State, view: number, ctx: Ctx): void {
  Object.assign(state, { view, accepted: null, committed: false, hasAsked: false })
  ctx.setTimer('view')
}

function commit(state: State, ctx: Ctx): void {
  const { view, accepted, committed, hasAsked, decided } = state
  if (accepted === null || committed || decided) return
  if (hasAsked) {
    if (!ctx.rules.returns) return
    ctx.need(ctx.rules.returnQuorum, commits(view, accepted))
  }
  ctx.need(ctx.rules.quorum, preparations(view, accepted))
  Object.assign(state, { committed: true, hasAsked: false })
  ctx.broadcast({ type: 'COMMIT', view, value: accepted })
}

export const dbft = defineProtocol<Dbft>({
  name: 'dbft',
  about: 'dBFT 2.0 of Neo, one block; a replica that asked for another view comes back when it sees commits.',
  rules,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: { views: 2 } }
  },
  within: ({ view }, { views }) => view < views!,
  viewOf: ({ view }) => view,

  init(ctx) {
    ctx.setTimer('view')
    return { view: 0, accepted: null, committed: false, hasAsked: false, decided: false }
  },

  input(state, value, ctx) {
    const { view, accepted, decided } = state
    if (ctx.rules.primary(view) !== ctx.self || accepted !== null || decided) return
    state.accepted = value
    ctx.broadcast({ type: 'PREPARE_REQUEST', view, value })
  },

  timeout: {
    view(state, ctx) {
      if (state.decided || (state.committed && ctx.rules.commitBinds)) return
      state.hasAsked = true
      ctx.broadcast({ type: 'CHANGE_VIEW', view: state.view + 1 })
    },
  },

  upon: {
    PREPARE_REQUEST: [
      function respond(state, { view, value }, ctx) {
        if (ctx.from !== ctx.rules.primary(view) || view !== state.view || state.accepted !== null || state.decided)
          return
        state.accepted = value
        ctx.broadcast({ type: 'PREPARE_RESPONSE', view, value })
      },
      function commitOnRequest(state, { view }, ctx) {
        if (view === state.view) commit(state, ctx)
      },
    ],

    PREPARE_RESPONSE(state, { view }, ctx) {
      if (view === state.view) commit(state, ctx)
    },

    COMMIT: [
      function decide(state, { view, value }, ctx) {
        if (state.decided) return
        ctx.need(ctx.rules.quorum, commits(view, value))
        state.decided = true
        ctx.cancelTimer('view')
        ctx.output({ decided: value })
      },
      function commitOnCommit(state, { view }, ctx) {
        if (view === state.view) commit(state, ctx)
      },
    ],

    CHANGE_VIEW(state, { view }, ctx) {
      if (view <= state.view || state.decided || (state.committed && ctx.rules.commitBinds)) return
      ctx.need(ctx.rules.quorum, (message) => message.type === 'CHANGE_VIEW' && message.view >= view)
      enter(state, view, ctx)
    },
  },

  alphabet({ values, bounds: { views } }) {
    const view = range(views! + 1)
    return [
      ...every({ type: ['PREPARE_REQUEST', 'PREPARE_RESPONSE', 'COMMIT'], view, value: values }),
      ...every({ type: ['CHANGE_VIEW'], view }),
    ]
  },
})

// A variant changes one named rule.
/** As the program was: who has asked for the next view no longer commits in this one. */
export const commitNeverLeaves = dbft.variant('commit-never-leaves', () => ({ returns: false }))
/** Its predecessor: who has committed may leave the view. */
export const committedMayLeave = dbft.variant('committed-may-leave', () => ({ commitBinds: false }))
