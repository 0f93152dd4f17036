import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { defineProtocol, program as inSetting, invariant } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

test('a handler whose callbacks count is found out, not believed', () => {
  type Counting = {
    state: { votes: number[] }
    message: { type: 'VOTE' }
    output: { decided: string }
  }
  const counting = defineProtocol<Counting>({
    name: 'counting',
    about: 'Two votes decide; they are counted by a callback that should only answer.',
    rules: () => ({}),
    ...{ network: { duplicate: false }, selfDelivery: 'none', inbox: false, auth: 'channels' },
    defaults: () => ({ f: 0, b: 0, inputs: 'any', values: ['x'], bounds: {} }),
    init: () => ({ votes: [] }),
    input(_state, _value, ctx) {
      ctx.broadcast({ type: 'VOTE' })
    },
    upon: {
      VOTE(state, _message, ctx) {
        let count = 0
        state.votes.every(() => ++count > 0)
        if (state.votes.includes(ctx.from)) return
        state.votes.push(ctx.from)
        state.votes.sort((a, b) => a - b)
        if (count === 1) ctx.output({ decided: 'x' })
      },
    },
  })
  const [setting] = configure(counting, { n: 3, byzantine: [] })
  const program = inSetting(counting, setting!)
  const never = invariant<Counting['output']>({ name: 'never', about: 'Nobody decides.' }, ({ outputs }) =>
    outputs.length > 0 ? 'somebody decided' : undefined,
  )
  const { claims, closure } = check({ program, claims: [never] })
  expect(closure?.inFull).toContain('does more than answer')
  expect(claims[0]).toMatchObject({ verdict: 'violated' })
  const [full] = check({ program, claims: [never], without: ['lazy'] }).claims
  expect(full).toMatchObject({ verdict: 'violated' })
})
