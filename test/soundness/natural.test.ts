/** What somebody may well write who thinks of JavaScript, and of no checker. */
import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { match, program, said } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import { type Anything, authored, checked, fuzzed, neverBad } from './author.ts'

let calls = 0

test('a message may be cloned', async () => {
  const cloning = authored((state: Anything, message: Anything, ctx: Anything) => {
    if (state.done) return
    state.done = structuredClone(message)
    ctx.output(state.done.v === 'b' ? 'bad' : 'fine')
  })
  expect(checked(cloning, { n: 2 })).toEqual({ 'never-bad': 'violated in 2' })
  expect(await fuzzed(cloning, { n: 2 })).toEqual({ 'never-bad': 'violated' })
})

test('what tries to clone a message, and goes on without, is told what it does with which message', () => {
  const trying = authored((state: Anything, message: Anything, ctx: Anything) => {
    if (state.done) return
    state.done = true
    try {
      ctx.output(structuredClone(message).v === 'b' ? 'bad' : 'fine')
    } catch {}
  })
  expect(() => checked(trying, { n: 2 })).toThrow(
    /rule V: it does other things with a message that check watches, outputs \[\], than with a plain one, outputs \["/,
  )
})

test('a match that compares messages by identity is refused', async () => {
  const comparing = authored((state: Anything, message: Anything, ctx: Anything) => {
    if (state.done) return
    ctx.need(1, (one: Anything) => one === message)
    state.done = true
    ctx.output('bad')
  })
  expect(() => checked(comparing, { n: 2 })).toThrow(/rule V: a match of need tells a message from an equal one/)
  await expect(fuzzed(comparing, { n: 2 })).rejects.toThrow(/rule V: a match of need tells a message from an equal one/)
})

test.each([
  ['setTimeout', (later: () => void) => void setTimeout(later, 0)],
  ['queueMicrotask', (later: () => void) => queueMicrotask(later)],
  ['Promise.then', (later: () => void) => void Promise.resolve().then(later)],
])('what is put off with %s is refused', async (name, put) => {
  const late = authored((state: Anything, _: Anything, ctx: Anything) => {
    if (state.done) return
    state.done = true
    ctx.output('fine')
    put(() => {})
  })
  const says = new RegExp(`rule V: it calls ${name}`)
  expect(() => checked(late, { n: 2 })).toThrow(says)
  await expect(fuzzed(late, { n: 2 })).rejects.toThrow(says)
})

test('a number that grows without a bound ends in no verdict', () => {
  const counting = authored(() => {}, {
    input(state: Anything, _: string, ctx: Anything) {
      state.said++
      ctx.output('fine')
    },
  })
  const [setting] = configure(counting, { n: 1 })
  const { claims } = check({ program: program(counting, setting!), claims: neverBad, maxUniverse: 100 })
  expect(claims).toMatchObject([
    { verdict: 'inconclusive', why: expect.stringContaining('more than 4000 local states') },
  ])
})

test.each([
  ['what it remembers', () => said<Anything>(calls++ % 3, match<Anything>('W', {})), /asks for two different things/],
  [
    'the identity of a message',
    (message: Anything) => said<Anything>(1, (one: Anything) => one === message),
    /the proof of V: a match tells a message from an equal one/,
  ],
])('a proof that goes by %s is refused', async (_, proof, says) => {
  const done = (state: Anything): void => {
    state.done = true
  }
  const proved = authored(done, { auth: 'signatures', proofs: { V: proof } })
  expect(() => checked(proved, { n: 3, byzantine: [2] })).toThrow(says)
  await expect(fuzzed(proved, { n: 3, byzantine: [2] })).rejects.toThrow(says)
})
