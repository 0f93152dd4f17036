/** A claim that says how many outputs decide it, and is wrong about that, must not be said to hold. */
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import {
  type Claim,
  defineProtocol,
  program as inSetting,
  invariant,
  type Protocol,
  UsageError,
} from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

interface Types {
  state: { got: string | null }
  message: { type: 'SAID'; value: string }
  output: { got: string }
}

/** Everybody takes one of three values, says so, and puts it out; who hears of a value puts that out, too. */
const protocol = defineProtocol<Types>({
  name: 'takes',
  about: 'Everybody takes a value.',
  rules: () => ({}),
  auth: 'channels',
  defaults: () => ({ f: 0, b: 0, values: ['a', 'b', 'c'], inputs: 'any', bounds: {} }),
  init: () => ({ got: null }),
  input(state, value, ctx) {
    if (state.got !== null) return
    state.got = value
    ctx.broadcast({ type: 'SAID', value })
    ctx.output({ got: value })
  },
  upon: {
    SAID(state, { value }, ctx) {
      if (state.got !== null) return
      state.got = value
      ctx.output({ got: value })
    },
  },
}) as Protocol

const program = inSetting(protocol, configure(protocol, { n: 3 })[0]!)
const values = (outputs: readonly { readonly output: unknown }[]): Set<string> =>
  new Set(outputs.map(({ output }) => (output as { got: string }).got))

const few = (decidedBy: 1 | 2, most: number): Claim<any> =>
  invariant({ name: 'few', about: 'Few values.', decidedBy }, ({ outputs }) =>
    values(outputs).size > most ? 'too many' : undefined,
  )

const verdictOf = (claim: Claim<any>, without: readonly 'relaxation'[] = []): unknown => {
  const { verdict, steps } = check({ program, claims: [claim], without }).claims[0]!
  return [verdict, steps?.length]
}

describe('what takes more outputs than a claim says is refused', () => {
  test.each([
    ['three, where it says two', few(2, 2)],
    ['two, where it says one', few(1, 1)],
  ])('%s', (_, claim) => {
    expect(() => verdictOf(claim)).toThrow(UsageError)
    expect(() => verdictOf(claim)).toThrow(/few says that (one output|two outputs) alone can decide it/)
  })
})

describe('a claim that what was said can break, not repair, is refused', () => {
  const said = (broken: (said: number, fresh: number) => boolean): Claim<any> =>
    invariant({ name: 'said', about: 'x', reads: ['soup'], decidedBy: 1 }, ({ soup, fresh }) =>
      broken(soup.length, fresh.length) ? 'broken' : undefined,
    )

  test('where it takes something fresh besides', () => {
    expect(() => verdictOf(said((soup, fresh) => fresh > 0 && soup > 2))).toThrow(/broken by more messages and outputs/)
  })
  test('where it takes what the very step says that puts it out', () => {
    const both: Claim<any> = invariant(
      { name: 'said', about: 'x', reads: ['soup'], decidedBy: 1 },
      ({ soup, fresh }) =>
        fresh.length > 0 && new Set(soup.map(({ from }) => from)).size === 3 ? 'everybody has spoken' : undefined,
    )
    expect(() => verdictOf(both)).toThrow(/broken by more messages and outputs/)
  })
  test('where it takes nothing fresh', () => {
    expect(() => verdictOf(said((soup) => soup > 2))).toThrow(/not decided by one fresh output alone/)
  })
})

test('a claim that is right about it gets the same verdict and length as without relaxation', () => {
  const heard: Claim<any> = invariant(
    { name: 'heard', about: 'Nobody puts out what nobody said.', reads: ['soup'], decidedBy: 1 },
    ({ soup, fresh }) =>
      fresh.some(
        ({ output }) => !soup.some(({ message }) => (message as unknown as { value: string }).value === output.got),
      )
        ? 'unheard'
        : undefined,
  )
  for (const claim of [few(2, 1), few(1, 0), heard]) {
    expect(verdictOf(claim)).toEqual(verdictOf(claim, ['relaxation']))
  }
  expect(verdictOf(heard)).toEqual(['holds', undefined])
  expect(verdictOf(few(2, 1))).toEqual(['violated', 2])
})
