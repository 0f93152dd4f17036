/** Mistakes in a protocol of rounds that the compiler must find; see `protocol.test.ts`. */
import { expect, expectTypeOf, test } from 'vitest'
import { type Context, defineLockstep, isLockstep } from '../../src/model/index.ts'
import { bracha } from '../../src/protocols/bracha.ts'

type Message = { type: 'TELL'; value: string } | { type: 'ASK' }

interface Types {
  state: { value: string | null }
  message: Message
  output: { decided: string }
  rules: typeof rules
}

const rules = () => ({ rounds: 2 })

const common = {
  name: 'typed',
  about: 'A protocol in rounds that is only compiled.',
  rules,
  defaults: () => ({ f: 1, b: 1, bounds: {} }),
  init: () => ({ value: null }),
  alphabet: (): Message[] => [{ type: 'ASK' }],
  rounds: (known: { rounds: number }) => known.rounds,
}

test('a round knows its state, its inbox and what it may do', () => {
  const typed = defineLockstep<Types>({
    ...common,
    round(state, inbox, ctx) {
      expectTypeOf(ctx).toEqualTypeOf<Context<Types>>()
      expectTypeOf(ctx.round).toEqualTypeOf<number>()
      for (const { from, message } of inbox) {
        expectTypeOf(from).toEqualTypeOf<number>()
        if (message.type === 'TELL') expectTypeOf(message.value).toEqualTypeOf<string>()
        // @ts-expect-error Only one of the types has a value.
        state.value = message.value
      }
      // @ts-expect-error There are no timers in rounds.
      ctx.setTimer('view')
      // @ts-expect-error A message without its value.
      ctx.broadcast({ type: 'TELL' })
    },
  })
  expect(isLockstep(typed)).toBe(true)
  expect(isLockstep(typed.variant('one', () => ({ rounds: 1 })))).toBe(true)
  expect(isLockstep(bracha)).toBe(false)
})

test('what only single messages have is refused', () => {
  const round = () => {}
  // @ts-expect-error Rules on messages.
  expect(() => defineLockstep<Types>({ ...common, round, upon: { TELL() {}, ASK() {} } })).not.toThrow()
  // @ts-expect-error Timers.
  expect(() => defineLockstep<Types>({ ...common, round, timeout: {} })).not.toThrow()
  // @ts-expect-error Who says something has to be known.
  expect(() => defineLockstep<Types>({ ...common, round, auth: 'none' })).not.toThrow()
  // @ts-expect-error No alphabet.
  expect(() => defineLockstep<Types>({ ...common, round, alphabet: undefined })).not.toThrow()
})
