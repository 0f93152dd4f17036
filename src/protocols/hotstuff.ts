/**
 * Basic HotStuff: a leader collects three rounds of votes, and whoever has seen the second certificate is locked on the
 * block. A replica leaves its lock for a certificate of a later view, so that a new leader need not know every lock.
 *
 * Maofan Yin, Dahlia Malkhi, Michael K. Reiter, Guy Golan Gueta and Ittai Abraham, "HotStuff: BFT Consensus with
 * Linearity and Responsiveness", PODC 2019, Algorithms 1 and 2: the lines named below are those of Algorithm 2.
 *
 * A block is the commands on the way to it: `ab` is the block with command b on the block with command a, and nothing is
 * the genesis. So a block stands for its ancestors, as a perfect hash does, and may be proposed again in another view.
 * Certificates are named by phase, view and block; the proofs below say who has voted.
 *
 * Bounded are views, counted from 1. Two show what a lock is for; a third, that it is left again.
 */
import {
  all,
  type Context,
  defineProtocol,
  every,
  type Match,
  match,
  type Proof,
  range,
  type Setting,
  said,
} from '../model/index.ts'

/** A certificate: a quorum has voted for the block in a phase of this view. */
interface Certificate {
  view: number
  block: string
}

interface State {
  view: number
  /** In how many phases of the view it has voted. */
  votes: number
  /** prepareQC */
  prepared: Certificate
  /** lockedQC */
  locked: Certificate
}

type Phase = 'prepare' | 'pre-commit' | 'commit'

type Message =
  | { type: 'NEW_VIEW'; view: number; justify: Certificate }
  | { type: 'PREPARE'; view: number; block: string; justify: Certificate }
  /** With the certificates of prepare, pre-commit and commit. */
  | { type: 'PRE_COMMIT'; view: number; block: string }
  | { type: 'COMMIT'; view: number; block: string }
  | { type: 'DECIDE'; view: number; block: string }
  | { type: 'VOTE'; phase: Phase; view: number; block: string }

export interface Hotstuff {
  state: State
  message: Message
  output: { decided: string }
  note: { entered: number } | { proposed: string; view: number }
  timer: 'view'
  rules: typeof rules
}

type Ctx = Context<Hotstuff>
type IsSafe = (block: string, justify: Certificate, locked: Certificate) => boolean
type Votes = (phase: Phase, view: number, block: string) => Match<Message>

const GENESIS = ''
const FIRST: Certificate = { view: 0, block: GENESIS }
/** A view adds one block to a chain, so that no chain is longer than there were views. */
const isPossible = ({ view, block }: Certificate): boolean => block !== GENESIS && block.length <= view
const parentOf = (block: string): string => block.slice(0, -1)

const rules = ({ n, f }: Setting) => ({
  leader: (view: number): number => (view - 1) % n,
  /** Two quorums share f + 1 replicas, hence a correct one. It is n − f where n = 3f + 1. */
  quorum: Math.ceil((n + f + 1) / 2),
  /** NEW-VIEWs that a leader waits for: f may be silent. One of them is of a replica that knows the highest lock. */
  newViewQuorum: n - f,
  /** Votes that make a certificate. */
  counted: ((phase, view, block) => match<Message>('VOTE', { phase, view, block })) as Votes,
  /** Algorithm 1, safeNode. */
  isSafe: ((block, justify, locked) => block.startsWith(locked.block) || justify.view > locked.view) as IsSafe,
  /** Which certificate locks a block, and which one decides it? */
  lockedBy: 'pre-commit' as Phase | null,
  decidedBy: 'commit' as Phase,
})

function castVote(state: State, phase: Phase, view: number, block: string, ctx: Ctx): void {
  ctx.broadcast({ type: 'VOTE', phase, view, block })
  state.votes = PHASES.indexOf(phase) + 1
}

const PHASES: readonly Phase[] = ['prepare', 'pre-commit', 'commit']

/** A replica, the leader among them, gets the certificate of a phase and votes in the next one. */
function advance(state: State, phase: Phase, { view, block }: Certificate, ctx: Ctx): void {
  const { lockedBy, decidedBy } = ctx.rules
  if (phase === 'prepare') state.prepared = { view, block }
  if (phase === lockedBy) state.locked = { view, block }
  if (phase === decidedBy) {
    state.votes = 4
    ctx.output({ decided: block })
    return
  }
  castVote(state, PHASES[PHASES.indexOf(phase) + 1]!, view, block, ctx)
}

/** A certificate counts in its view, from its leader, and once. */
function receive(state: State, phase: Phase, certificate: Certificate, ctx: Ctx): void {
  const { view } = certificate
  if (PHASES.indexOf(phase) > PHASES.indexOf(ctx.rules.decidedBy)) return
  if (ctx.from !== ctx.rules.leader(view) || view !== state.view) return
  if (state.votes <= PHASES.indexOf(phase) + 1) advance(state, phase, certificate, ctx)
}

/** The highest block that a quorum of NEW-VIEWs tells of. */
const highest = (view: number, { rules, takeHighest }: Ctx): Certificate =>
  takeHighest<Extract<Message, { type: 'NEW_VIEW' }>>(
    rules.newViewQuorum,
    match('NEW_VIEW', { view }),
    ({ justify }) => justify.view,
  ).justify

export const hotstuff = defineProtocol<Hotstuff>({
  name: 'hotstuff',
  about: 'Basic HotStuff (Yin et al., 2019), with blocks by reference.',
  rules,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: { views: 2 } }
  },
  within: ({ view }, { views }) => view <= views!,
  viewOf: ({ view }) => view,

  init(ctx) {
    ctx.setTimer('view')
    return { view: 1, votes: 0, prepared: FIRST, locked: FIRST }
  },

  /** Lines 2 to 6: the leader proposes a command on the highest block of a quorum. All know that of the first view. */
  input(state, value, ctx) {
    const { rules, self } = ctx
    const { view } = state
    if (rules.leader(view) !== self || state.votes > 0) return
    const justify = view === 1 ? FIRST : highest(view, ctx)
    const block = justify.block + value
    if (!isPossible({ view, block })) return
    ctx.broadcast({ type: 'PREPARE', view, block, justify })
    ctx.note({ proposed: block, view })
    // The leader is a replica too, and may be locked on something that no NEW-VIEW told it of.
    if (rules.isSafe(block, justify, state.locked)) castVote(state, 'prepare', view, block, ctx)
    else state.votes = 1
  },

  timeout: {
    /** Lines 36 and 37. */
    view(state, ctx) {
      state.view += 1
      state.votes = 0
      ctx.broadcast({ type: 'NEW_VIEW', view: state.view, justify: state.prepared })
      ctx.note({ entered: state.view })
      ctx.setTimer('view')
    },
  },

  upon: {
    /** What a leader waits for before it proposes: `input` asks for it. */
    NEW_VIEW() {},

    /** Lines 7 to 10. */
    PREPARE(state, { view, block, justify }, ctx) {
      if (ctx.from !== ctx.rules.leader(view) || view !== state.view || state.votes > 0) return
      if (!isPossible({ view, block }) || parentOf(block) !== justify.block) return
      if (ctx.rules.isSafe(block, justify, state.locked)) castVote(state, 'prepare', view, block, ctx)
    },

    /** Lines 11 to 14, 19 to 22 and 28 to 30: the leader shows a certificate. */
    VOTE(state, { phase, view, block }, ctx) {
      const { rules, self } = ctx
      if (rules.leader(view) !== self || view !== state.view || !PHASES.includes(phase)) return
      if (state.votes !== PHASES.indexOf(phase) + 1) return
      ctx.need(rules.quorum, rules.counted(phase, view, block))
      ctx.broadcast({ type: SHOWS[phase], view, block })
      advance(state, phase, { view, block }, ctx)
    },

    /** Lines 15 to 18. */
    PRE_COMMIT: (state, { view, block }, ctx) => receive(state, 'prepare', { view, block }, ctx),
    /** Lines 23 to 27. */
    COMMIT: (state, { view, block }, ctx) => receive(state, 'pre-commit', { view, block }, ctx),
    /** Lines 31 to 34. */
    DECIDE: (state, { view, block }, ctx) => receive(state, 'commit', { view, block }, ctx),
  },

  proofs: {
    NEW_VIEW: ({ justify }, { rules }) => certified('prepare', justify, rules),
    PREPARE: ({ justify }, { rules }) => certified('prepare', justify, rules),
    PRE_COMMIT: (certificate, { rules }) => certified('prepare', certificate, rules),
    COMMIT: (certificate, { rules }) => certified('pre-commit', certificate, rules),
    DECIDE: (certificate, { rules }) => certified('commit', certificate, rules),
  },

  alphabet({ values, bounds: { views } }) {
    const heights = [[GENESIS]]
    for (const _ of range(views!))
      heights.push(heights.at(-1)!.flatMap((block) => values.map((value) => block + value)))
    const view = range(views! + 1).slice(1)
    const somewhere = { view, block: heights.flat() }
    const justify = [FIRST, ...every(somewhere).filter(isPossible)]
    return [
      ...every({ type: ['PREPARE'], ...somewhere, justify }).filter(
        (message) => isPossible(message) && parentOf(message.block) === message.justify.block,
      ),
      ...every({ type: ['PRE_COMMIT', 'COMMIT', 'DECIDE'], ...somewhere }).filter(isPossible),
      ...every({ type: ['VOTE'], phase: PHASES, ...somewhere }).filter(isPossible),
      ...every({ type: ['NEW_VIEW'], view: view.slice(1), justify }),
    ]
  },
})

const SHOWS = { prepare: 'PRE_COMMIT', 'pre-commit': 'COMMIT', commit: 'DECIDE' } as const

/** A quorum of votes; nobody has to show one for the genesis. */
function certified(
  phase: Phase,
  { view, block }: Certificate,
  { quorum, counted }: ReturnType<typeof rules>,
): Proof<Message> {
  return view === 0 && block === GENESIS ? all([]) : said(quorum, counted(phase, view, block))
}

// A variant changes one named rule. The first group is unsafe.
export const noSafeNode = hotstuff.variant('no-safe-node', () => ({ isSafe: () => true }))
export const neverLock = hotstuff.variant('never-lock', () => ({ lockedBy: null }))
export const decideOnPrecommit = hotstuff.variant('decide-on-precommit', () => ({ decidedBy: 'pre-commit' }))
export const unverifiedHighQc = hotstuff.trusting('unverified-high-qc', 'PREPARE')
export const mixedViewQc = hotstuff.variant('mixed-view-qc', () => ({
  counted: (phase, view, block) => (message) =>
    message.type === 'VOTE' && message.phase === phase && message.block === block && message.view <= view,
}))
// These are safe. The first two lose views of a correct leader.
export const fewNewViews = hotstuff.variant('few-new-views', ({ f }) => ({ newViewQuorum: f + 1 }))
export const twoPhase = hotstuff.variant('two-phase', () => ({ lockedBy: 'prepare', decidedBy: 'pre-commit' }))
/** A silent replica then stops everybody. */
export const allNewViews = hotstuff.variant('all-new-views', ({ n }) => ({ newViewQuorum: n }))
export const geSafeNode = hotstuff.variant('ge-safe-node', () => ({
  isSafe: (block, justify, locked) => block.startsWith(locked.block) || justify.view >= locked.view,
}))
