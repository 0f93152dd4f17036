/** A strategy or a scheduler that is wrong is the mistake of whoever wrote it, and is told as one. */
import { expect, test } from 'vitest'
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
