/** What `take` hands over beside other questions of its rule, and beside the message that triggers it. */
import { expect, test } from 'vitest'
import { fuzz, replay } from '../../src/library/index.ts'
import { invariant, match } from '../../src/model/index.ts'
import { type Anything, authored, checked, neverBad } from './author.ts'

const take = (n: number, from: Anything) => (ctx: Anything) =>
  ctx.take(n, from, (all: Anything) => all.map(({ v }: Anything) => v).join(''))

/** Everybody says two of the values that it is given, and that it is ready before; a rule puts out what it makes of that. */
const asking = (made: (ctx: Anything) => string, isReady = false) =>
  authored(
    {
      READY() {},
      V(state: Anything, _: Anything, ctx: Anything) {
        if (state.done) return
        const found = made(ctx)
        state.done = true
        ctx.output(found)
      },
    },
    {
      defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: 'any', bounds: {} }),
      input(state: Anything, v: string, ctx: Anything) {
        if (state.said > 1) return
        state.said++
        if (isReady) ctx.broadcast({ type: 'READY', v: 'r' })
        ctx.broadcast({ type: 'V', v })
      },
    },
  )

const any = take(2, match<Anything>('V'))
const protocols: [string, ReturnType<typeof asking>, number][] = [
  [
    'words of other senders than a need',
    asking((ctx) => {
      ctx.need(2, match<Anything>('V', { v: 'a' }))
      return any(ctx) === 'bb' ? 'bad' : 'fine'
    }),
    5,
  ],
  [
    'words of two types',
    asking((ctx) => (take(2, ({ v }: Anything) => v !== 'b')(ctx) === 'ra' ? 'bad' : 'fine'), true),
    3,
  ],
  [
    'words that no other take may be handed',
    asking((ctx) => {
      const [one, other] = ['a', 'b'].map((v) => take(1, match<Anything>('V', { v }))(ctx))
      return `${one}${other}` === 'ab' ? 'bad' : 'fine'
    }),
    3,
  ],
]

test.each(protocols)('%s', async (_, protocol, steps) => {
  expect(checked(protocol, { n: 2 })).toEqual({ 'never-bad': `violated in ${steps}` })
  const { claims } = await fuzz({ protocol, claims: neverBad }, { n: 2, runs: 60, seed: 1 })
  const { trace } = claims.find(({ claim }) => claim === 'never-bad')!
  expect((await replay(trace!, { subject: { protocol, claims: neverBad } })).reproduced).toBe(true)
})

test('two takes that could be handed the same word are refused', async () => {
  const twice = asking((ctx) => [any(ctx), any(ctx)].join())
  const says = /rule V: it takes twice, and both could take {"type":"V","v":"[ab]"}/
  expect(() => checked(twice, { n: 2 })).toThrow(says)
  await expect(fuzz({ protocol: twice, claims: neverBad }, { n: 2, runs: 20 })).rejects.toThrow(says)
})

test('what is only noted of it is shown as it was found', () => {
  const noting = authored((_: Anything, _message: Anything, ctx: Anything) => {
    ctx.note({ took: ctx.take(1, match<Anything>('V'), (all: Anything) => all[0].v) })
  })
  const [byzantine, claims] = [[0], ['a', 'b'].map((v) => noted(v))]
  expect(checked(noting, { n: 2, f: 1, byzantine }, claims)).toEqual({ a: 'violated in 1', b: 'violated in 1' })
})

const noted = (v: string) =>
  invariant<Anything>({ name: v, about: 'Nobody takes it.', reads: ['notes'] }, ({ outputs }) =>
    outputs.some(({ output }) => output.note?.took === v) ? `${v} was taken` : undefined,
  )
