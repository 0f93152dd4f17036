/**
 * The common subset of HoneyBadger: each replica broadcasts a proposal, and one binary agreement for each proposal says
 * whether it is in the subset. All correct replicas come to the same subset, of the proposals of n − f replicas at least.
 *
 * Andrew Miller, Yu Xia, Kyle Croman, Elaine Shi, Dawn Song, "The Honey Badger of BFT Protocols", CCS 2016, Figure 4, after
 * Michael Ben-Or, Boaz Kelmer and Tal Rabin, "Asynchronous secure computations with optimal resilience", PODC 1994.
 *
 * The broadcasts (RBC in the paper) and the agreements (BA) are participants: for each replica a client, which passes its
 * proposal on and then collects votes on it. The client promises what they promise and no more: everybody gets the same
 * proposal, some time; one bit is agreed on, after n − f votes, and some correct replica has voted for it. What is in a
 * proposal does not matter here. Nothing is bounded.
 */
import { type Context, defineProtocol, every, type Id, match, range, type Setting } from '../model/index.ts'

interface State {
  /** Agreements that it has voted in, ascending. */
  voted: Id[]
  isDone: boolean
}

/** One broadcast, and the agreement on it. */
interface ClientState {
  isDelivered: boolean
  isAgreed: boolean
}

type Bit = 0 | 1
type Agreed = { type: 'AGREED'; about: Id; bit: Bit }
type Message = { type: 'PROPOSE' } | { type: 'VOTE'; bit: Bit } | { type: 'DELIVER' } | Agreed

export interface Honeybadger {
  state: State
  message: Message
  /** Whose proposals are in the subset, ascending. */
  output: { subset: Id[] }
  client: ClientState
  toClients: 'PROPOSE' | 'VOTE'
  rules: typeof rules
}

type Ctx = Context<Honeybadger>

const rules = ({ n, f }: Setting) => ({
  /** All that can be waited for: f may be silent. */
  wait: n - f,
  /** One of f + 1 is correct. */
  oneCorrect: f + 1,
  /** Agreements on 1 before a replica votes for 0 anywhere: what is left then is not needed for a large subset. */
  beforeZero: n - f,
  /** Agreements that have to have ended: all, because the subset is what they say. */
  ended: n,
})

function vote(state: State, about: Id, bit: Bit, ctx: Ctx): void {
  if (state.voted.includes(about)) return
  state.voted = [...state.voted, about].sort((a, b) => a - b)
  ctx.send(ctx.n + about, { type: 'VOTE', bit })
}

/** Whose proposals the agreements let in. */
const accepted = (all: readonly Message[]): Id[] =>
  all.flatMap((one) => (one.type === 'AGREED' && one.bit === 1 ? [one.about] : [])).sort((a, b) => a - b)

export const honeybadger = defineProtocol<Honeybadger>({
  name: 'honeybadger',
  about: 'The common subset of HoneyBadger (Miller et al., 2016), on perfect broadcasts and agreements.',
  rules,
  auth: 'channels',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    const inputs = Object.fromEntries(range(n).map((id) => [id, ['tx']]))
    return { f, b: f, clients: n, values: ['tx'], inputs, bounds: {} }
  },

  alphabet: ({ n }) => [
    ...every({ type: ['PROPOSE', 'DELIVER'] }),
    ...every({ type: ['VOTE'], bit: [0, 1] }),
    ...every({ type: ['AGREED'], about: range(n), bit: [0, 1] }),
  ],

  init: () => ({ voted: [], isDone: false }),

  input(_, __, ctx) {
    ctx.send(ctx.n + ctx.self, { type: 'PROPOSE' })
  },

  upon: {
    DELIVER(state, _, ctx) {
      if (ctx.from >= ctx.n) vote(state, ctx.from - ctx.n, 1, ctx)
    },

    AGREED: [
      function voteAgainstTheRest(state, { bit }, ctx) {
        if (ctx.from < ctx.n || bit !== 1 || state.voted.length === ctx.n) return
        ctx.need(ctx.rules.beforeZero, match<Message>('AGREED', { bit: 1 }), 'client')
        for (const about of range(ctx.n)) vote(state, about, 0, ctx)
      },

      /** All agreements have ended, and all proposals that are in have come. */
      function finish(state, _, ctx) {
        if (ctx.from < ctx.n || state.isDone) return
        const subset = ctx.take(ctx.rules.ended, match('AGREED'), accepted, 'client')
        for (const by of subset) ctx.need(1, match<Message>('DELIVER', {}, ctx.n + by), 'client')
        state.isDone = true
        ctx.output({ subset })
      },
    ],
  },

  client: {
    init: () => ({ isDelivered: false, isAgreed: false }),
    upon: {
      PROPOSE(state, _, ctx) {
        if (ctx.from !== ctx.self - ctx.n || state.isDelivered) return
        state.isDelivered = true
        ctx.broadcast({ type: 'DELIVER' })
      },
      VOTE(state, { bit }, ctx) {
        if (state.isAgreed) return
        ctx.need(ctx.rules.wait, match<Message>('VOTE'))
        ctx.need(ctx.rules.oneCorrect, match<Message>('VOTE', { bit }))
        state.isAgreed = true
        ctx.broadcast({ type: 'AGREED', about: ctx.self - ctx.n, bit })
      },
    },
  },
})

/** Votes for 0 when one agreement on 1 is still missing. */
export const acsEarlyZero = honeybadger.variant('acs-early-zero', ({ n, f }) => ({ beforeZero: n - f - 1 }))
/** Takes what the first n − f agreements say. */
export const someAgreements = honeybadger.variant('some-agreements', ({ n, f }) => ({ ended: n - f }))
/** Waits for the proposals of all, also of those who are silent. */
export const neverZero = honeybadger.variant('never-zero', ({ n }) => ({ beforeZero: n }))
