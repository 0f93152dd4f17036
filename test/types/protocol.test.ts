/**
 * Mistakes that the compiler must find, each on the line where it is made. `tsc` fails where a line under
 * `@ts-expect-error` is no error, so the types are tested by compiling this file.
 */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { type Context, defineProtocol, type Match, type MessageOf, match, UsageError } from '../../src/model/index.ts'

type Message = { type: 'PREPARE'; view: number } | { type: 'COMMIT'; view: number; value: string }

interface Types {
  state: { view: number; value: string | null }
  message: Message
  output: { decided: string }
  note: { entered: number }
  timer: 'view'
  rules: typeof rules
}

const rules = () => ({ quorum: 3, primary: (view: number) => view % 4 })

const common = {
  name: 'typed',
  about: 'A protocol that is only compiled.',
  rules,
  defaults: () => ({ f: 1, b: 1, bounds: {} }),
  init: () => ({ view: 0, value: null }),
}

const upon = { PREPARE() {}, COMMIT() {} }

const typed = defineProtocol<Types>({ ...common, upon })

describe('match', () => {
  test('knows the fields of its type', () => {
    expectTypeOf(match<Message>('COMMIT', { view: 1, value: 'a' })).toEqualTypeOf<Match<Message>>()
    expectTypeOf<MessageOf<Message, 'COMMIT'>['value']>().toEqualTypeOf<string>()
    // @ts-expect-error A field that COMMIT does not have.
    match<Message>('COMMIT', { slot: 1 })
    // @ts-expect-error A field that only the other type has.
    match<Message>('PREPARE', { value: 'a' })
    // @ts-expect-error A value of the wrong type.
    match<Message>('COMMIT', { view: 'a' })
    // @ts-expect-error A type that nobody says.
    match<Message>('COMIT')
  })
})

describe('handlers', () => {
  test('are named after messages, and all of them', () => {
    defineProtocol<Types>({
      ...common,
      upon: {
        PREPARE() {},
        // @ts-expect-error A misspelt handler.
        COMIT() {},
      },
    })
    // @ts-expect-error No handler for COMMIT.
    defineProtocol<Types>({ ...common, upon: { PREPARE() {} } })
    expect(typed.subject).toBe('typed')
  })

  test('know their message, their state and what they may do', () => {
    defineProtocol<Types>({
      ...common,
      upon: {
        // @ts-expect-error PREPARE has no value.
        PREPARE(_state, { value }) {
          return value
        },
        COMMIT(state, { value, view }, ctx) {
          expectTypeOf(value).toEqualTypeOf<string>()
          expectTypeOf(view).toEqualTypeOf<number>()
          expectTypeOf(ctx).toEqualTypeOf<Context<Types>>()
          expectTypeOf(ctx.rules.quorum).toEqualTypeOf<number>()
          // @ts-expect-error A field that the state does not have.
          state.slot = 1
          // @ts-expect-error A value of the wrong type.
          state.view = value
          // @ts-expect-error A rule that was never named.
          ctx.need(ctx.rules.quorom, match<Message>('COMMIT', { value }))
          // @ts-expect-error A message without its value.
          ctx.broadcast({ type: 'COMMIT', view })
          // @ts-expect-error An output of the wrong type.
          ctx.output({ decided: view })
          // @ts-expect-error A note of the wrong type.
          ctx.note({ entered: value })
          // @ts-expect-error A timer that was never declared.
          ctx.setTimer('veiw')
        },
      },
    })
  })

  test('belong to timers that were declared', () => {
    defineProtocol<Types>({ ...common, upon, timeout: { view() {} } })
    defineProtocol<Types>({
      ...common,
      upon,
      timeout: {
        // @ts-expect-error A timer that was never declared.
        veiw() {},
      },
    })
  })
})

describe('variants', () => {
  test('replace rules that exist, by rules of the same type', () => {
    expectTypeOf(typed.variant('two', () => ({ quorum: 2 }))).toEqualTypeOf(typed)
    // @ts-expect-error A rule that the protocol does not have.
    typed.variant('unknown', () => ({ quorom: 2 }))
    // @ts-expect-error A rule of another type.
    typed.variant('wrong', () => ({ quorum: 'two' }))
  })

  test('trust types that exist', () => {
    // @ts-expect-error A type that nobody says.
    expect(() => typed.trusting('trusting', 'COMIT')).toThrow(UsageError)
  })
})
