/**
 * Viewstamped Replication: the primary of a view orders operations, and a new primary goes on from the best log that a
 * majority knows of.
 *
 * Barbara Liskov and James Cowling, "Viewstamped Replication Revisited", MIT-CSAIL-TR-2012-021, sections 4.1 and 4.2; first
 * Brian Oki and Barbara Liskov, PODC 1988. Clients are left out: an operation is given to the primary. So are recovery,
 * checkpoints, and state transfer: whoever missed an operation gets it with the next view.
 *
 * n = 2f + 1, where f replicas may crash. Nothing here protects from a Byzantine replica.
 *
 * Bounded are views, and slots of the log. Two views show that a new primary keeps what was committed; three, that it has to
 * ask in which view a log was made.
 */
import { type Context, defineProtocol, every, match, range, type Setting } from '../model/index.ts'

interface State {
  view: number
  /** Is it in this view, or on its way there? */
  isNormal: boolean
  /** The last view in which it was normal: the log is of that view. */
  lastNormal: number
  log: string[]
  /** How many operations are committed. */
  committed: number
}

type Message =
  | { type: 'PREPARE'; view: number; number: number; value: string }
  | { type: 'PREPARE_OK'; view: number; number: number }
  | { type: 'COMMIT'; view: number; number: number }
  | { type: 'START_VIEW_CHANGE'; view: number }
  | { type: 'DO_VIEW_CHANGE'; view: number; log: string[]; lastNormal: number; committed: number }
  | { type: 'START_VIEW'; view: number; log: string[]; committed: number }

type Change = Extract<Message, { type: 'DO_VIEW_CHANGE' }>

export interface Vr {
  state: State
  message: Message
  output: { slot: number; decided: string }
  timer: 'view'
  rules: typeof rules
}

type Ctx = Context<Vr>

/** Section 4.2, step 3: of the highest last normal view; the longest of these. */
const isBetter = (one: Change, other: Change): boolean =>
  one.lastNormal > other.lastNormal || (one.lastNormal === other.lastNormal && one.log.length > other.log.length)

const rules = ({ n, f }: Setting) => ({
  primary: (view: number): number => view % n,
  /**
   * f others and itself have an operation: f + 1, and of a majority of f + 1 one has it. It only reports so; there is
   * no proof.
   */
  acknowledgements: f,
  quorum: f + 1,
  isBetter,
  /** Does a new primary ask the others at all? */
  asksOthers: true,
})

/** Puts out what is committed and in the log. */
function commit(state: State, number: number, ctx: Ctx): void {
  for (let slot = state.committed; slot < Math.min(number, state.log.length); slot++) {
    ctx.output({ slot: slot + 1, decided: state.log[slot]! })
    state.committed = slot + 1
  }
}

/** Section 4.2, step 1. */
function leave(state: State, view: number, ctx: Ctx): void {
  state.view = view
  state.isNormal = false
  ctx.broadcast({ type: 'START_VIEW_CHANGE', view })
  ctx.setTimer('view')
}

function start(state: State, view: number, log: readonly string[]): void {
  Object.assign(state, { view, isNormal: true, lastNormal: view, log: [...log] })
}

/** The best log of a choice of changes, and how much of any is committed. */
function bestOf(changes: readonly Message[], better: (one: Change, other: Change) => boolean) {
  const all = changes as readonly Change[]
  const best = all.reduce((one, other) => (better(other, one) ? other : one))
  const committed = Math.max(0, ...all.map((one) => one.committed))
  return { log: best.log, committed: Math.min(committed, best.log.length) }
}

export const vr = defineProtocol<Vr>({
  name: 'vr',
  about: 'Viewstamped Replication (Liskov and Cowling, 2012): normal operation and view changes.',
  rules,
  auth: 'channels',
  defaults: (n) => ({
    ...{ f: Math.floor((n - 1) / 2), b: 0, values: ['a', 'b'] },
    inputs: { 0: ['a'], 1: ['b'] },
    bounds: { views: 2, slots: 1 },
  }),
  within: ({ view, log }, { views, slots }) => view < views! && log.length <= slots!,
  viewOf: ({ view }) => view,

  init(ctx) {
    ctx.setTimer('view')
    return { view: 0, isNormal: true, lastNormal: 0, log: [], committed: 0 }
  },

  /** Section 4.1, steps 2 and 3: an operation that is in the log is not taken again. */
  input(state, value, ctx) {
    const { view, log, isNormal } = state
    if (ctx.rules.primary(view) !== ctx.self || !isNormal || log.includes(value)) return
    log.push(value)
    ctx.broadcast({ type: 'PREPARE', view, number: log.length, value })
  },

  timeout: {
    /** Section 4.2, step 1: a replica notices the need for a view change. */
    view(state, ctx) {
      leave(state, state.view + 1, ctx)
    },
  },

  upon: {
    /** Section 4.1, step 4. */
    PREPARE(state, { view, number, value }, ctx) {
      if (ctx.from !== ctx.rules.primary(view) || view !== state.view || !state.isNormal) return
      if (number !== state.log.length + 1) return
      state.log.push(value)
      ctx.send(ctx.from, { type: 'PREPARE_OK', view, number })
    },

    /** Section 4.1, step 5. */
    PREPARE_OK(state, { view, number }, ctx) {
      const { log, committed, isNormal } = state
      if (ctx.rules.primary(view) !== ctx.self || view !== state.view || !isNormal) return
      if (!(number > committed && number <= log.length)) return
      ctx.need(ctx.rules.acknowledgements, match('PREPARE_OK', { view, number }))
      commit(state, number, ctx)
      ctx.broadcast({ type: 'COMMIT', view, number })
    },

    /** Section 4.1, step 7. */
    COMMIT(state, { view, number }, ctx) {
      if (ctx.from !== ctx.rules.primary(view) || view !== state.view || !state.isNormal) return
      if (number <= state.log.length) commit(state, number, ctx)
    },

    START_VIEW_CHANGE: [
      function join(state, { view }, ctx) {
        if (view > state.view) leave(state, view, ctx)
      },
      /** Section 4.2, step 2: f of the others, and itself. */
      function report(state, { view }, ctx) {
        if (view !== state.view || state.isNormal) return
        ctx.need(ctx.rules.quorum, match('START_VIEW_CHANGE', { view }))
        const { log, lastNormal, committed } = state
        ctx.broadcast({ type: 'DO_VIEW_CHANGE', view, log: [...log], lastNormal, committed })
      },
    ],

    /** Section 4.2, step 3. */
    DO_VIEW_CHANGE(state, { view }, ctx) {
      if (ctx.rules.primary(view) !== ctx.self || view !== state.view || state.isNormal) return
      const { quorum, asksOthers } = ctx.rules
      const best = ctx.take(quorum, match('DO_VIEW_CHANGE', { view }), (all) => bestOf(all, ctx.rules.isBetter))
      start(state, view, asksOthers ? best.log : state.log)
      ctx.broadcast({ type: 'START_VIEW', view, log: [...state.log], committed: best.committed })
      commit(state, best.committed, ctx)
    },

    /** Section 4.2, step 5. */
    START_VIEW(state, { view, log, committed }, ctx) {
      if (ctx.from !== ctx.rules.primary(view) || view < state.view || (view === state.view && state.isNormal)) return
      start(state, view, log)
      ctx.setTimer('view')
      if (log.length > committed) ctx.send(ctx.from, { type: 'PREPARE_OK', view, number: log.length })
      commit(state, committed, ctx)
    },
  },

  alphabet({ values, bounds: { views, slots } }) {
    const view = range(views! + 1)
    const number = range(slots! + 1).map((i) => i + 1)
    const logs: string[][] = [[]]
    for (const _ of range(slots!)) logs.push(...logs.flatMap((log) => values.map((value) => [...log, value])))
    const log = [...new Map(logs.map((one) => [one.join(), one])).values()]
    const committed = range(slots! + 1)
    const later = view.slice(1)
    return [
      ...every({ type: ['PREPARE'], view, number, value: values }),
      ...every({ type: ['PREPARE_OK', 'COMMIT'], view, number }),
      ...every({ type: ['START_VIEW_CHANGE'], view: later }),
      ...every({ type: ['DO_VIEW_CHANGE'], view: later, log, lastNormal: range(views!), committed }),
      ...every({ type: ['START_VIEW'], view: later, log, committed }),
    ]
  },
})

/** The longest log is taken, of whatever view it is. */
export const longestLog = vr.variant('longest-log', () => ({
  isBetter: (one, other) => one.log.length > other.log.length,
}))
/** A new primary goes on with its own log. */
export const ownLog = vr.variant('own-log', () => ({ asksOthers: false }))
/** The primary waits for everybody: one that is down stops all. */
export const allAcknowledge = vr.variant('all-acknowledge', ({ n }) => ({ acknowledgements: n - 1 }))
