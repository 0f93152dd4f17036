/** A protocol whose longer way to a violation always seems nearer than the shorter one. */
import type { Known } from '../../properties/laws/checker.ts'
import { referenceSearch } from '../../properties/laws/reference-search.ts'
import {
  type Context,
  defineProtocol,
  program as inSetting,
  invariant,
  match,
  type Protocol,
} from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

interface Types {
  state: { at: number }
  message: { type: 'GO' } | { type: 'WORD'; number: number } | { type: 'DONE' }
  output: { arrived: true }
}

const WORDS = 5
const DEAD = 99
const CHAIN = 10

/** Sends one of the words. In order, that goes on; out of order, nothing more can be sent, which a relaxed run overlooks. */
function send(number: number) {
  const rule = (state: Types['state'], _: unknown, ctx: Context<Types>): void => {
    if (ctx.self === 0 || state.at > number) return
    state.at = state.at === number ? number + 1 : DEAD
    ctx.broadcast({ type: 'WORD', number })
  }
  return Object.defineProperty(rule, 'name', { value: `send${number}` })
}

const protocol = defineProtocol<Types>({
  name: 'two-distances',
  about:
    'r1 sends five words, each of which it seems to be able to send at any time; or goes four steps and sends DONE.',
  rules: () => ({}),
  auth: 'channels',
  defaults: () => ({ f: 0, b: 0, inputs: {}, bounds: {} }),
  init(ctx) {
    if (ctx.self === 0) ctx.broadcast({ type: 'GO' })
    return { at: 0 }
  },
  upon: {
    GO: [
      ...[0, 1, 2, 3, 4].map(send),
      function walk(state, _, ctx) {
        if (ctx.self === 0 || (state.at !== 0 && state.at < CHAIN) || state.at > CHAIN + 2) return
        state.at = state.at === 0 ? CHAIN : state.at + 1
        if (state.at === CHAIN + 3) ctx.broadcast({ type: 'DONE' })
      },
    ],
    WORD(state, { number }, ctx) {
      if (ctx.self !== 0 || number !== WORDS - 1 || state.at > 0) return
      for (let one = 0; one < WORDS; one++) ctx.need(1, match<Types['message']>('WORD', { number: one }))
      state.at = 1
      ctx.output({ arrived: true })
    },
    DONE(state, _, ctx) {
      if (ctx.self !== 0 || state.at > 0) return
      state.at = 1
      ctx.output({ arrived: true })
    },
  },
})

export const twoDistances: Known = (() => {
  const program = inSetting(protocol as Protocol, configure(protocol as Protocol, { n: 2 })[0]!)
  const about = { name: 'away', about: 'Nobody arrives.', decidedBy: 1 } as const
  const claims = [invariant(about, ({ outputs }) => outputs[0] && 'it arrived')]
  return { program, claims, reference: referenceSearch(program, claims, [], 5_000) }
})()
