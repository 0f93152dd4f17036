/** What a handler can get wrong is refused where it happens, in every engine, with the place and the remedy. */
import { describe, expect, test } from 'vitest'
import { match } from '../../src/model/index.ts'
import { noException } from '../../src/system/index.ts'
import { type Anything, authored, checked, fuzzed } from './author.ts'

const V = match<Anything>('V')
let calls = 0
const once = (act: (state: Anything, message: Anything, ctx: Anything) => unknown) => {
  return (state: Anything, message: Anything, ctx: Anything) => {
    if (state.done) return undefined
    state.done = true
    return act(state, message, ctx)
  }
}

const refused: readonly (readonly [what: string, protocol: ReturnType<typeof authored>, says: RegExp])[] = [
  ['a promise', authored(async () => {}), /rule V: it returns a promise/],
  ['a promise that is rejected', authored(() => Promise.reject(new Error('no'))), /rule V: it returns a promise/],
  ['the new state', authored((state: Anything) => ({ ...state, done: true })), /rule V: it returns an object/],
  [
    'the length of a list',
    authored((state: Anything) => state.list.push(7), { init: () => ({ list: [], said: 0 }) }),
    /rule V: it returns a number/,
  ],
  [
    'need in try … catch',
    authored((state: Anything, _: Anything, ctx: Anything) => {
      try {
        ctx.need(3, V)
      } catch {
        state.done = true
      }
    }),
    /rule V: it catches what need and take throw/,
  ],
  [
    'need in try … catch, and another exception',
    authored((_: Anything, __: Anything, ctx: Anything) => {
      try {
        ctx.need(3, V)
      } catch {
        throw new Error('absent')
      }
    }),
    /rule V: it catches what need and take throw/,
  ],
  [
    'a mistake in try … catch',
    authored((state: Anything, _: Anything, ctx: Anything) => {
      try {
        ctx.broadcast({ type: 'V', v: new Map() })
      } catch {
        state.done = true
      }
    }),
    /rule V: message.v is a Map/,
  ],
  [
    'a quorum that is no whole number',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.need(1.5, V)),
    /need: a quorum of 1.5/,
  ],
  [
    'a quorum that is not there',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.take(undefined, V, () => 0)),
    /take: a quorum of undefined/,
  ],
  [
    'a quorum below zero',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.need(-1, V)),
    /need: a quorum of -1/,
  ],
  ['NaN', authored((_: Anything, __: Anything, ctx: Anything) => ctx.need(Number.NaN, V)), /need: a quorum of NaN/],
  [
    'a field that is undefined',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.need(1, match<Anything>('V', { v: undefined }))),
    /match\('V', …\): the field v is undefined/,
  ],
  [
    'a text for a match',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.need(1, 'V')),
    /a string is given as a match/,
  ],
  [
    'an async match',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.need(1, async () => false)),
    /its match answers with a promise/,
  ],
  [
    'a match that throws on another type',
    authored(
      { V() {}, C: (_: Anything, __: Anything, ctx: Anything) => ctx.need(1, (one: Anything) => one.cert.view === 1) },
      { init: (ctx: Anything) => ctx.broadcast({ type: 'C', cert: { view: 1 } }) ?? { done: false, said: 0 } },
    ),
    /rule C, need: its match throws on \{"type":"V".*TypeError/,
  ],
  [
    'a summary that is a Set',
    authored((_: Anything, __: Anything, ctx: Anything) => void ctx.take(1, V, (all: Anything) => new Set(all))),
    /rule V: summary is a Set/,
  ],
  [
    'a summary that throws',
    authored((_: Anything, __: Anything, ctx: Anything) => void ctx.take(1, V, (all: Anything) => all[5].v)),
    /rule V: the summary of a take throws: TypeError/,
  ],
  [
    'a choice that leaks out of its summary',
    authored(
      once((_, __, ctx) => {
        let leaked: Anything
        ctx.take(1, V, (all: Anything) => {
          leaked = all[0].v
          return 0
        })
        ctx.output(leaked)
      }),
    ),
    /rule V: on two choices of messages with one summary it does two different things/,
  ],
  ['no participant', authored((_: Anything, m: Anything, ctx: Anything) => ctx.send(-1, m)), /sends to participant -1/],
  ['nobody', authored((_: Anything, m: Anything, ctx: Anything) => ctx.send(3, m)), /sends to participant 3/],
  [
    'null as message',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.broadcast(null)),
    /rule V: it sends null/,
  ],
  [
    'no type',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.broadcast({ v: 1 })),
    /sends a message without a type/,
  ],
  [
    'a type that nobody waits for',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.broadcast({ type: 'W' })),
    /it sends W, which no rule handles, needs or takes/,
  ],
  [
    'a timer that nobody handles',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.setTimer('view')),
    /names the timer view/,
  ],
  [
    'a coin that nobody handles',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.flip('luck')),
    /names the coin luck/,
  ],
  [
    'a state that contains itself',
    authored((state: Anything) => {
      state.me = state
    }),
    /rule V: state.* is nested deeper/,
  ],
  [
    'a message that contains itself',
    authored((_: Anything, __: Anything, ctx: Anything) => {
      const loop: Anything = { type: 'V' }
      loop.loop = loop
      ctx.broadcast(loop)
    }),
    /rule V: message\.loop[.\w]*… is nested deeper/,
  ],
  [
    'undefined in the state',
    authored((state: Anything) => void Object.assign(state, { done: undefined })),
    /state.done is undefined/,
  ],
  [
    'a key that changes the prototype',
    authored((state: Anything) => void Object.assign(state, { done: JSON.parse('{"__proto__":1}') })),
    /state.done.__proto__ is a key/,
  ],
  [
    'a list with a name',
    authored((state: Anything) => void Object.assign(state, { done: Object.assign([1], { odd: 1 }) })),
    /state.done is a list with further/,
  ],
  [
    'init that throws',
    authored(() => {}, {
      init: () => JSON.parse('{'),
    }),
    /authored, init: it throws SyntaxError/,
  ],
  [
    'init without a state',
    authored(() => {}, {
      init: () => {},
    }),
    /authored, init: it returns undefined/,
  ],
  [
    'init that asks',
    authored(() => {}, {
      init: (ctx: Anything) => ctx.need(1, V),
    }),
    /authored, init: it calls need or take/,
  ],
  [
    'init by chance',
    authored(() => {}, {
      init: () => ({ said: 0, done: Math.random() }),
    }),
    /init: called twice, it did two/,
  ],
  [
    'within that gives no answer',
    authored(
      (state: Anything) =>
        void Object.assign(state, {
          done: 1,
        }),
      {
        within: () => undefined,
      },
    ),
    /authored, within: it returns undefined/,
  ],
  [
    'chance',
    authored(once((_, __, ctx) => ctx.output(Math.random() < 0.01 ? 'bad' : 'fine'))),
    /rule V: it calls Math.random/,
  ],
  [
    'chance that is loaded when it is looked at',
    authored(once((_, __, ctx) => ctx.output(crypto.randomUUID().length === 36 ? 'fine' : 'bad'))),
    /rule V: it calls crypto.randomUUID/,
  ],
  [
    'the clock',
    authored(
      once(
        (state) =>
          void Object.assign(state, {
            done: new Date().getFullYear() > 2000,
          }),
      ),
    ),
    /rule V: it calls new Date\(\)/,
  ],
  [
    'the time',
    authored(
      once(
        (state) =>
          void Object.assign(state, {
            done: performance.now() > 0,
          }),
      ),
    ),
    /rule V: it calls performance.now/,
  ],
  [
    'a variable outside',
    authored(once((_, __, ctx) => ctx.output(calls++ % 2 ? 'one' : 'other'))),
    /it did two different things: outputs \["o/,
  ],
  [
    'a clone of its draft',
    authored(once((state) => void structuredClone(state))),
    /rule V: it does other things with a draft, state.done false, than with a copy, state.done true/,
  ],
]

describe.each(refused)('%s', (_, protocol, says) => {
  test('is refused by check', () => {
    expect(() => checked(protocol)).toThrow(says)
  })

  test('is refused by fuzz', async () => {
    await expect(fuzzed(protocol)).rejects.toThrow(says)
  })
})

test('what goes on after a handler has returned is refused, and once more when it comes', async () => {
  let late: unknown
  const protocol = authored(
    once((_, __, ctx) => {
      void Promise.resolve()
        .then(() => ctx.output('late'))
        .catch((error) => {
          late = error
        })
      ctx.output('fine')
    }),
  )
  expect(() => checked(protocol)).toThrow(/rule V: it calls Promise.then/)
  await new Promise((resolve) => setTimeout(resolve))
  expect(String(late)).toMatch(/rule V: it outputs something after it has returned/)
})

test('whatever is thrown is a finding', () => {
  const thrown = authored(() => {
    throw undefined
  })
  const claims = [noException]
  expect(checked(thrown, { n: 3 }, claims)['no-exception']).toBe('violated in 2')
})
