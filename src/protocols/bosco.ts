/**
 * Bosco: a vote before any consensus, after which a replica may decide in one step. Whatever was not decided there is left
 * to the consensus below, to which everybody proposes.
 *
 * Yee Jiun Song and Robbert van Renesse, "Bosco: One-Step Byzantine Asynchronous Consensus", DISC 2008, algorithm 1.
 *
 * The consensus below is no part of the model. It decides what a correct replica proposes, and what all of them propose if
 * that is one value. So what a replica proposes is an output, or what it has decided, which it proposes as well. All agree
 * in the end if whoever has decided a value in one step finds that all others propose it.
 */
import { type Context, defineProtocol, every, match, type Setting } from '../model/index.ts'

interface State {
  vote: string | null
  isDone: boolean
}

type Message = { type: 'VOTE'; value: string }

export interface Bosco {
  state: State
  message: Message
  output: { decided: string } | { proposed: string }
  rules: typeof rules
}

type Ctx = Context<Bosco>

const rules = ({ n, f }: Setting) => ({
  /** All that can be waited for: f may be silent. */
  votes: n - f,
  /**
   * More than (n + 3f) / 2: of them f may be Byzantine, and somebody else may not wait for f more. What is left is more
   * than (n − f) / 2, so that everybody else proposes the same value.
   */
  decides: Math.floor((n + 3 * f) / 2) + 1,
  /** More than (n − f) / 2, a majority of what is waited for: at most one value has it. */
  proposes: Math.floor((n - f) / 2) + 1,
})

/** What the votes that were waited for come to. */
function judged(votes: readonly Message[], own: string, { rules }: Pick<Ctx, 'rules'>) {
  const count = (value: string): number => votes.filter((vote) => vote.value === value).length
  const values = [...new Set(votes.map(({ value }) => value))].sort()
  const decided = values.find((value) => count(value) >= rules.decides) ?? null
  return { decided, proposed: values.find((value) => count(value) >= rules.proposes) ?? own }
}

export const bosco = defineProtocol<Bosco>({
  name: 'bosco',
  about: 'Bosco (Song and van Renesse, 2008): one step before consensus, n > 5f or n > 7f.',
  rules,
  auth: 'channels',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 5))
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: {} }
  },

  init: () => ({ vote: null, isDone: false }),

  input(state, value, ctx) {
    if (state.vote !== null) return
    state.vote = value
    ctx.broadcast({ type: 'VOTE', value })
  },

  upon: {
    VOTE(state, _, ctx) {
      const { vote, isDone } = state
      if (vote === null || isDone) return
      const { decided, proposed } = ctx.take(ctx.rules.votes, match('VOTE', {}), (votes) => judged(votes, vote, ctx))
      state.isDone = true
      ctx.output(decided === null ? { proposed } : { decided })
    },
  },

  alphabet: ({ values }) => every({ type: ['VOTE'], value: values }),
})

/** As if f votes were the most that anybody else may lack. */
export const lowThreshold = bosco.variant('low-threshold', ({ n, f }) => ({ decides: Math.floor((n + f) / 2) + 1 }))
