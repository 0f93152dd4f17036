/** The register in TypeScript, in the process of the search: its twins in other languages are held against it. */
import { type Context, defineProtocol, match } from 'turncoat'
import { common, highest, type Register } from '../register.ts'

type Message = Register['message']
type State = Register['state']

const isPrimary = (view: number, id: number, n: number): boolean => view % n === id

function propose(state: State, value: string, ctx: Context<Register>): void {
  ctx.broadcast({ type: 'PROPOSE', view: state.view, value })
  accept(state, value, ctx)
}

function accept(state: State, value: string, ctx: Context<Register>): void {
  state.accepted = value
  ctx.broadcast({ type: 'ACCEPT', view: state.view, value })
}

/** @param forgets the planted bug: who changes the view forgets what it is locked on */
const register = (forgets: boolean) =>
  defineProtocol<Register>({
    ...common,
    about: 'A register that is written once, with a view change.',

    init(ctx) {
      ctx.setTimer('view')
      return { view: 0, wish: null, accepted: null, locked: null, written: null }
    },

    input(state, value, ctx) {
      if (state.wish !== null) return
      state.wish = value
      if (state.view === 0 && isPrimary(0, ctx.self, ctx.n)) propose(state, value, ctx)
    },

    timeout: {
      view(state, ctx) {
        if (forgets) state.locked = null
        state.view++
        state.accepted = null
        ctx.broadcast({ type: 'CHANGE', view: state.view, locked: state.locked })
        ctx.setTimer('view')
      },
    },

    upon: {
      PROPOSE(state, { view, value }, ctx) {
        if (view !== state.view || state.accepted !== null || !isPrimary(view, ctx.from, ctx.n)) return
        accept(state, value, ctx)
      },

      ACCEPT(state, { view, value }, ctx) {
        if (view !== state.view || state.locked?.view === view) return
        ctx.need(ctx.rules.quorum, match<Message>('ACCEPT', { view, value }))
        state.locked = { view, value }
        ctx.broadcast({ type: 'COMMIT', view, value })
      },

      COMMIT(state, { view, value }, ctx) {
        if (state.written !== null) return
        ctx.need(ctx.rules.quorum, match<Message>('COMMIT', { view, value }))
        state.written = value
        ctx.output({ written: value })
      },

      CHANGE(state, { view }, ctx) {
        if (view !== state.view || state.accepted !== null || !isPrimary(view, ctx.self, ctx.n)) return
        const lock = ctx.take(ctx.rules.quorum, match<Message>('CHANGE', { view }), highest)
        const value = lock ? lock.value : state.wish
        if (value !== null) propose(state, value, ctx)
      },
    },
  })

const forgetful = register(true).variant('forgets-its-lock', () => ({}))

export { claims } from '../register.ts'
export const protocol = register(false)
export { forgetful }
