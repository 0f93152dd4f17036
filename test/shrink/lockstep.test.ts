import { describe, expect, test } from 'vitest'
import { dolevStrongProperties } from '../../properties/dolev-strong.ts'
import { oralMessagesProperties } from '../../properties/oral-messages.ts'
import { type Claim, invariant } from '../../src/model/index.ts'
import { noRelay, shortChain } from '../../src/protocols/dolev-strong.ts'
import { oralMessages } from '../../src/protocols/oral-messages.ts'
import { Replayer } from '../../src/shrink/replayer.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import type { ProvedMessage, Step } from '../../src/system/index.ts'
import { among } from '../protocols/rounds.ts'
import { here, lateHere, scene } from '../system/census.ts'

const ic2 = oralMessagesProperties.claims.find(({ name }) => name === 'ic2') as Claim<any>
const agreement = dolevStrongProperties.claims.find(({ name }) => name === 'agreement') as Claim<any>

const words = (steps: readonly Step[]): readonly ProvedMessage[] =>
  steps.flatMap((step) => ('round' in step ? (step.with ?? []) : []))
const sends = (value: string): ProvedMessage => ({
  from: 0,
  message: { type: 'RELAY', chains: [{ value, signers: [] }] } as never,
  proof: { all: [] },
})

describe('words that nothing needs stay unsaid', () => {
  const relay = (value: string): ProvedMessage => ({ from: 2, message: { type: 'RELAY', values: [value] } as never })
  const run = among(oralMessages, { n: 3, f: 1, byzantine: [2] })
  const steps: Step[] = [
    { at: 0, input: 'attack' },
    { at: 0, round: 1, with: [relay('attack')] },
    { at: 1, round: 1, with: [relay('retreat')] },
    { at: 0, round: 2, with: [relay('attack')] },
    { at: 1, round: 2, with: [relay('retreat')] },
  ]

  test('where silence is as bad as the Byzantine message, all of them', () => {
    const shrunk = shrink(run, ic2, steps)
    expect(words(shrunk.steps)).toEqual([])
    expect(shrunk.steps).toHaveLength(5)
    expect(shrunk).toMatchObject({ shortest: 'certified in its own vocabulary', eager: 'reproduced' })
  })

  test('where the Byzantine message is needed, one is left, and it is needed', () => {
    const lying = among(noRelay, { byzantine: [0] })
    const rounds = [1, 2].flatMap((round) => [1, 2, 3].map((at) => ({ at, round })))
    const raw = rounds.map(({ at, round }): Step => ({ at, round, with: [sends(at === 1 ? 'a' : 'b')] }))
    const { steps: left } = shrink(lying, agreement, raw)
    expect(words(left)).toHaveLength(1)
    const silent = left.map((step) => ('round' in step ? { at: step.at, round: step.round } : step))
    expect(new Replayer(lying, agreement, []).replay(silent).witness).toBeUndefined()
  })
})

test('a word that rests on the word of another Byzantine replica needs no word of that Byzantine replica beside it', () => {
  const run = among(shortChain, { f: 2, byzantine: [0, 3] })
  const rounds = [1, 2, 3].flatMap((round) => [1, 2].map((at) => ({ at, round })))
  const raw = rounds.map((step): Step => (step.round === 3 && step.at === 2 ? { ...step, with: [proved()] } : step))
  const shrunk = shrink(run, agreement, raw)
  expect(shrunk.steps.length).toBeLessThanOrEqual(6)
  expect(words(shrunk.steps)).toHaveLength(1)
})

/** A chain of two signatures, enough for round 3 of the mutant. */
function proved(): ProvedMessage {
  const message = { type: 'RELAY', chains: [{ value: 'a', signers: [0] }] } as never
  return { from: 3, message, proof: { all: [{ said: [sends('a')] }] } }
}

test('a round whose Byzantine replica cannot speak any more is done without it', () => {
  const run = among(shortChain, { f: 2, byzantine: [3] })
  const replayer = new Replayer(run, agreement, [{ from: 3, message: proved().message }])
  const rounds = [0, 1, 2].map((at): Step => ({ at, round: 1, with: [proved()] }))
  const { steps } = replayer.replay(rounds)
  expect(steps).toEqual([0, 1, 2].map((at) => ({ at, round: 1 })))
})

test('nor can it rest on what is said in the very round', () => {
  const { run } = scene(lateHere)
  const proof = { said: [{ from: 0, message: { type: 'SEEN', by: 0 } as never }] }
  const steps: Step[] = [
    { at: 0, input: 'a' },
    { at: 0, round: 1 },
    { at: 1, round: 1, with: [{ ...here('b'), proof }] },
  ]
  const anything = invariant({ name: 'anything', about: 'Never broken.' }, () => undefined)
  const replayed = new Replayer(run, anything, [here('b')]).replay(steps)
  expect(replayed.steps).toEqual([...steps.slice(0, 2), { at: 1, round: 1 }])
})
