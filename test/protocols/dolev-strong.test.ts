import { describe, expect, test } from 'vitest'
import { dolevStrongProperties } from '../../properties/dolev-strong.ts'
import { universe } from '../../src/adversary/index.ts'
import { UsageError } from '../../src/model/index.ts'
import { dolevStrong, fRounds, noRelay, senderOptional, shortChain } from '../../src/protocols/dolev-strong.ts'
import {
  apply,
  brokenBy,
  configure,
  Impossible,
  type ProvedMessage,
  type System,
  start,
} from '../../src/system/index.ts'
import { among, played, verdicts } from './rounds.ts'

const invariants = dolevStrongProperties.claims.filter(({ kind }) => kind === 'invariant')
const claim = (name: string) => invariants.filter((one) => one.name === name)

const chain = (value: string, ...signers: number[]) => ({ value, signers })
const says = (from: number, ...chains: ReturnType<typeof chain>[]): ProvedMessage => ({
  from,
  message: { type: 'RELAY', chains } as never,
  proof: { all: [] },
})
/** A word with a chain of two signatures: the first signer's own word is its proof. */
const relays = (from: number, value: string, signer: number): ProvedMessage => ({
  ...says(from, chain(value, signer)),
  proof: { all: [{ said: [says(signer, chain(value))] }] },
})
const decided = ({ outputs }: System) => outputs.map((list) => (list[0] as { decided: string } | undefined)?.decided)

describe('with f = 1 among four', () => {
  test("a correct sender's value is extracted in round 1, passed on, and decided after two", () => {
    const run = among(dolevStrong, { byzantine: [] })
    const system = played(run, { 0: 'a' })
    expect(decided(system)).toEqual(['a', 'a', 'a', 'a'])
    const relayed = system.soup.filter(({ round }) => round === 1)
    expect(relayed.map(({ from }) => from)).toEqual([1, 2, 3])
    for (const { message } of relayed) expect(message).toEqual({ type: 'RELAY', chains: [chain('a', 0)] })
  })

  test('nothing, or two values, is the default', () => {
    const run = among(dolevStrong, { byzantine: [0] })
    expect(decided(played(run, {})).slice(1)).toEqual(Array(3).fill('default'))
    const two = (at: number, round: number) => (round === 1 ? [says(0, chain(at === 1 ? 'a' : 'b'))] : [])
    expect(decided(played(run, {}, two)).slice(1)).toEqual(Array(3).fill('default'))
    const at1 = played(run, {}, two).locals[1]!.state
    expect(at1).toMatchObject({ extracted: ['a', 'b'] })
  })

  test('a value that comes late has too few signatures', () => {
    const run = among(dolevStrong, { byzantine: [0] })
    const late = (at: number, round: number) => (round === 2 && at === 1 ? [says(0, chain('a'))] : [])
    expect(decided(played(run, {}, late)).slice(1)).toEqual(Array(3).fill('default'))
    expect(decided(played(among(shortChain, { byzantine: [0] }), {}, late)).slice(1)).toEqual([
      'a',
      'default',
      'default',
    ])
  })

  test('one replica that was told passes it on', () => {
    const one = (at: number, round: number) => (round === 1 && at === 1 ? [says(0, chain('a'))] : [])
    expect(decided(played(among(dolevStrong, { byzantine: [0] }), {}, one)).slice(1)).toEqual(['a', 'a', 'a'])
    expect(decided(played(among(noRelay, { byzantine: [0] }), {}, one)).slice(1)).toEqual(['a', 'default', 'default'])
  })

  test("nobody can sign for the sender: a Byzantine replica's own chain begins wrongly, and another needs the sender's word", () => {
    const run = among(dolevStrong, { byzantine: [3] })
    const own = (_: number, round: number) => (round === 1 ? [says(3, chain('b'))] : [])
    expect(decided(played(run, { 0: 'a' }, own)).slice(0, 3)).toEqual(['a', 'a', 'a'])
    expect(() => apply(run, start(run), { at: 0, round: 1, with: [relays(3, 'b', 0)] })).toThrow(Impossible)
    const told = apply(run, start(run), { at: 0, input: 'a' })
    expect(() => apply(run, told, { at: 0, round: 1, with: [relays(3, 'b', 0)] })).toThrow(Impossible)
    // What the sender has said, a rushing Byzantine replica passes on in the same round.
    expect(() => apply(run, told, { at: 0, round: 1, with: [relays(3, 'a', 0)] })).not.toThrow()
    const open = among(senderOptional, { byzantine: [3] })
    expect(decided(played(open, { 0: 'a' }, own)).slice(1, 3)).toEqual(['default', 'default'])
  })
})

test('two Byzantine replicas need three rounds: after two, one chain of theirs reaches one replica only', () => {
  const last = (at: number, round: number): ProvedMessage[] => {
    if (round !== 2 || at !== 1) return []
    return [relays(3, 'a', 0)]
  }
  expect(decided(played(among(fRounds, { f: 2, byzantine: [0, 3] }), {}, last)).slice(1, 3)).toEqual(['a', 'default'])
  expect(decided(played(among(dolevStrong, { f: 2, byzantine: [0, 3] }), {}, last)).slice(1, 3)).toEqual(['a', 'a'])
})

describe('all Byzantine messages, exhaustively', () => {
  test.each([
    { n: 4, f: 1, b: 1 },
    { n: 4, f: 1, b: 0 },
    { n: 3, f: 2, b: 2 },
    { n: 4, f: 2, byzantine: [0, 3] },
  ])('%j holds', (configuration) => {
    const found = verdicts(dolevStrong, configuration, invariants)
    expect(found).toEqual(found.map(() => 'holds'))
  })

  test.each([
    ['f-rounds', { n: 3, f: 1, b: 1 }, fRounds, 'agreement'],
    ['f-rounds', { n: 4, f: 1, b: 1 }, fRounds, 'agreement'],
    ['f-rounds', { n: 4, f: 2, byzantine: [0, 3] }, fRounds, 'agreement'],
    ['short-chain', { n: 4, f: 1, byzantine: [0] }, shortChain, 'agreement'],
    ['no-relay', { n: 4, f: 1, byzantine: [0] }, noRelay, 'agreement'],
    ['sender-optional', { n: 4, f: 1, byzantine: [3] }, senderOptional, 'validity'],
  ] as const)('%s is violated with %j', (_, configuration, protocol, name) => {
    expect(verdicts(protocol, configuration, claim(name))).toContain('violated')
  })

  test('a correct sender makes most of the mutants harmless', () => {
    for (const protocol of [fRounds, shortChain, noRelay]) {
      expect(verdicts(protocol, { n: 4, f: 1, byzantine: [3] }, claim('agreement'))).toEqual(['holds'])
    }
  })

  test('without signatures a Byzantine replica invents the chains, but nobody believes what it has not signed itself', () => {
    const run = among(dolevStrong, { byzantine: [3], auth: 'channels' })
    const invented = (_: number, round: number) => (round === 2 ? [relays(3, 'b', 0)] : [])
    expect(decided(played(run, {}, invented)).slice(0, 3)).toEqual(['default', 'b', 'b'])
    const found = verdicts(dolevStrong, { n: 4, f: 1, byzantine: [3], auth: 'channels' }, claim('validity'))
    expect(found).toEqual(['violated'])
  })
})

test('validity says nothing about a sender that has sent nothing', () => {
  const run = among(senderOptional, { byzantine: [3] })
  const system = played(run, {}, (_, round) => (round === 1 ? [says(3, chain('b'))] : []))
  expect(decided(system).slice(0, 3)).toEqual(['b', 'b', 'b'])
  expect(brokenBy(run, claim('validity'), system)).toEqual([])
})

test('the alphabet has a chain for each value and each order of signing, the sender first', () => {
  const { messages } = universe(among(dolevStrong, { f: 2, byzantine: [0] }))
  // Nobody, r0, or r0 and one of three have signed before: five chains for each value, and a pair of them.
  expect(messages).toHaveLength(5 + 5 + 25)
  expect(() => universe(among(dolevStrong, { n: 10, f: 3, byzantine: [0] }))).toThrow(UsageError)
  expect(configure(dolevStrong, { n: 13, byzantine: [0] })[0]).toMatchObject({ f: 2 })
})
