import { describe, expect, test } from 'vitest'
import {
  applyLeavesItsInput,
  copiesReactAlike,
  survivesJson,
  toleratesAnyMessage,
} from '../../properties/laws/values.ts'
import { dolevStrong } from '../../src/protocols/dolev-strong.ts'
import { apply } from '../../src/system/index.ts'
import { inTier } from '../tiers.ts'
import { byName, draws, holds, originals, subjects } from './lawful.ts'
import { oddMessages } from './odd-messages.ts'

const file = 'test/laws/values.test.ts'
const RUNS = inTier(5, 15)

describe.each(byName(originals))('%s', (name, { protocol }) => {
  test('apply leaves its input unchanged', () => {
    holds({ file, test: `${name} apply leaves`, runs: RUNS }, draws, (draw) => applyLeavesItsInput(protocol, draw))
  })

  test('states and steps survive JSON', () => {
    holds({ file, test: `${name} states and steps`, runs: RUNS }, draws, (draw) => survivesJson(protocol, draw))
  })

  test('a copy and a draft react alike', () => {
    holds({ file, test: `${name} a copy and a draft`, runs: RUNS }, draws, (draw) => copiesReactAlike(protocol, draw))
  })
})

describe.each(byName(subjects))('%s', (name, { protocol }) => {
  test('handlers tolerate any well-typed message', () => {
    const runs = protocol.variantName === undefined ? inTier(100, 400) : inTier(15, 60)
    holds({ file, test: `${name} handlers tolerate`, runs }, oddMessages(protocol), (arriving) =>
      toleratesAnyMessage(protocol, arriving),
    )
  })
})

test('the law of unchanged input notices a change', () => {
  const careless: typeof apply = (program, system, step) => {
    const after = apply(program, system, step)
    Object.assign(system, { crashed: [0] })
    return after
  }
  const { protocol } = originals[1]!
  expect(() =>
    holds({ file, test: 'notices', runs: 20 }, draws, (draw) => applyLeavesItsInput(protocol, draw, careless)),
  ).toThrow(/apply changed its state.*LAW_SEED=/s)
})

test('the law of odd messages notices a round that throws', () => {
  const round = (state: object, inbox: readonly { message: { chains: { value: string }[] } }[]): void => {
    for (const { message } of inbox) Object.assign(state, { first: message.chains[0]!.value })
  }
  const careless = { ...dolevStrong, definition: { ...dolevStrong.definition, round } } as never
  const word = (...values: string[]) => ({
    ...{ at: 1, from: 0 },
    message: { type: 'RELAY', chains: values.map((value) => ({ value, signers: [] })) },
  })
  expect(() => toleratesAnyMessage(careless, [word('a')])).not.toThrow()
  expect(() => toleratesAnyMessage(careless, [word()])).toThrow(/round 1 at 1 threw TypeError/)
})
