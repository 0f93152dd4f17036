/** A strategy or a scheduler that is wrong is the mistake of whoever wrote it, and is told as one. */
import { describe, expect, test } from 'vitest'
import { addStrategies } from '../../src/adversary/index.ts'
import { addSchedulers } from '../../src/fuzz/schedule/own-choosers.ts'
import { UsageError } from '../../src/model/index.ts'
import { type Anything, authored, fuzzed, neverBad } from './author.ts'

const setting = { n: 3, byzantine: [2] }
const heard = () => authored((_: Anything, __: Anything, ctx: Anything) => ctx.output('heard'))

test.each([
  ['asks for a step of no kind', (actions: Anything) => actions.step('nothing', 0)],
  ['asks for the hundredth of a few steps', (actions: Anything) => actions.step(0, 99)],
])('a scheduler that %s', async (_, choose) => {
  const protocol = heard()
  addSchedulers(protocol, [{ name: 'mine', about: 'x', begin: () => choose } as Anything])
  const failed = fuzzed(protocol, setting, neverBad, { schedulers: ['mine'] })
  await expect(failed).rejects.toThrow(UsageError)
  await expect(failed).rejects.toThrow('the scheduler mine: there are fewer than')
})

test.each([
  ['W', 'the strategy mine: it sends W, which no rule handles, needs or takes'],
  ['V', undefined],
])('a strategy that sends a message of type %s', async (type, says) => {
  const protocol = heard()
  const message = { type, v: 'a' }
  const behave = () => ({ opening: [{ from: 2, to: [0, 1], message }] })
  addStrategies(protocol, [{ name: 'mine', about: 'x', plans: () => 1, behave } as Anything])
  const ran = fuzzed(protocol, setting, neverBad, { strategies: ['mine'] })
  if (says) await expect(ran).rejects.toThrow(says)
  else expect(await ran).toEqual({ 'never-bad': 'not-found' })
})

describe('a run that is another one when it is made again', () => {
  const sends = (v: () => string) => ({ opening: [{ from: 2, to: [0, 1], message: { type: 'V', v: v() } }] })
  let count = 0
  test.each([
    [
      'a strategy that counts',
      () => sends(() => `${count++}`),
      /the strategy mine, asked for plan 0 twice, does two different things/,
    ],
    [
      'a strategy that counts what it hears',
      () => ({ opening: [], hears: () => [{ from: 2, to: [0, 1], message: { type: 'V', v: `${count++}` } }] }),
      /the strategy mine, shown one message twice, does two different things/,
    ],
    ['a strategy that does not', () => sends(() => 'a'), undefined],
  ])('%s', async (_, behave, says) => {
    const protocol = authored((state: Anything, { v }: Anything, ctx: Anything) => {
      state.v = v
      ctx.output(v)
    })
    addStrategies(protocol, [{ name: 'mine', about: 'x', plans: () => 1, behave } as Anything])
    const ran = fuzzed(protocol, setting, neverBad, { strategies: ['mine'] })
    if (says) await expect(ran).rejects.toThrow(says)
    else expect(await ran).toEqual({ 'never-bad': 'not-found' })
  })

  test.each([
    ['a scheduler that counts', () => count++, /another one when it is made again: a strategy or a scheduler of yours/],
    ['a scheduler that does not', () => 0, undefined],
  ])('%s', async (_, next, says) => {
    const protocol = heard()
    const choose = (actions: Anything) => {
      const kind = actions.counts.findIndex((there: number) => there > 0)
      return kind < 0 ? undefined : actions.step(kind, next() % actions.counts[kind])
    }
    addSchedulers(protocol, [{ name: 'mine', about: 'x', begin: () => choose } as Anything])
    const ran = fuzzed(protocol, setting, neverBad, { schedulers: ['mine'] })
    if (says) await expect(ran).rejects.toThrow(says)
    else expect(await ran).toEqual({ 'never-bad': 'not-found' })
  })
})
