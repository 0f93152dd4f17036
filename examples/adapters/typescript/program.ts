/** The register as a program in TypeScript. `--forgets-its-lock` plants a bug: who changes the view forgets its lock. */
import type { Lock, Register } from '../register.ts'
import { type Context, serve } from './turncoat.ts'

type State = Register['state']
type Message = Register['message'] & { value: string; locked: Lock | null }

const FORGETS = process.argv.includes('--forgets-its-lock')

function propose(state: State, value: string, ctx: Context): void {
  ctx.broadcast({ type: 'PROPOSE', view: state.view, value })
  accept(state, value, ctx)
}

function accept(state: State, value: string, ctx: Context): void {
  state.accepted = value
  ctx.broadcast({ type: 'ACCEPT', view: state.view, value })
}

await serve({
  init(ctx: Context): State {
    ctx.setTimer('view')
    return { view: 0, wish: null, accepted: null, locked: null, written: null }
  },

  input(state: State, value: string, ctx: Context) {
    if (state.wish !== null) return
    state.wish = value
    if (state.view === 0 && ctx.self === 0) propose(state, value, ctx)
  },

  view(state: State, _: undefined, ctx: Context) {
    if (FORGETS) state.locked = null
    state.view++
    state.accepted = null
    ctx.broadcast({ type: 'CHANGE', view: state.view, locked: state.locked })
    ctx.setTimer('view')
  },

  PROPOSE(state: State, { view, value }: Message, ctx: Context) {
    if (view !== state.view || state.accepted !== null || ctx.from !== view % ctx.n) return
    accept(state, value, ctx)
  },

  ACCEPT(state: State, { view, value }: Message, ctx: Context) {
    if (view !== state.view || state.locked?.view === view) return
    ctx.need(ctx.rules.quorum, { type: 'ACCEPT', fields: { view, value } })
    state.locked = { view, value }
    ctx.broadcast({ type: 'COMMIT', view, value })
  },

  COMMIT(state: State, { view, value }: Message, ctx: Context) {
    if (state.written !== null) return
    ctx.need(ctx.rules.quorum, { type: 'COMMIT', fields: { view, value } })
    state.written = value
    ctx.output({ written: value })
  },

  CHANGE(state: State, { view }: Message, ctx: Context) {
    if (view !== state.view || state.accepted !== null || ctx.self !== view % ctx.n) return
    const lock: Lock | null = ctx.take(ctx.rules.quorum, { type: 'CHANGE', fields: { view } }, 'highest')
    const value = lock ? lock.value : state.wish
    if (value !== null) propose(state, value, ctx)
  },

  highest(changes: readonly Message[]): Lock | null {
    let lock: Lock | null = null
    for (const { locked } of changes) if (locked && (!lock || locked.view > lock.view)) lock = locked
    return lock
  },
})
