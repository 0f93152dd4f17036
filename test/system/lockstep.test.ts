import { describe, expect, test } from 'vitest'
import { defineProtocol, same, UsageError } from '../../src/model/index.ts'
import { bracha } from '../../src/protocols/bracha.ts'
import {
  apply,
  brokenBy,
  configure,
  enabled,
  heal,
  noException,
  type ProvedMessage,
  start,
} from '../../src/system/index.ts'
import { census, here, lateHere, scene } from './census.ts'

const heard = (system: ReturnType<typeof start>, at: number) => (system.locals[at]!.state as { heard: string[] }).heard

describe('rounds', () => {
  const { run, take } = scene(census, [])

  test('bring what was said in the round before, by sender and type, and one hears oneself', () => {
    const system = take({ at: 0, input: 'a' }, { at: 2, input: 'b' }, { at: 0, round: 1 })
    expect(heard(system, 0)).toEqual(['1 0 HERE', '1 2 HERE', '1 2 SECRET'])
    const later = [1, 2].reduce((before, at) => apply(run, before, { at, round: 1 }), system)
    expect(heard(later, 1)).toEqual(['1 0 HERE', '1 0 SECRET', '1 2 HERE'])
    const last = apply(run, later, { at: 0, round: 2 })
    expect(heard(last, 0).slice(3)).toEqual(['2 0 SEEN', '2 1 SEEN', '2 2 SEEN'])
  })

  test('leave out what oneself said where the protocol says so', () => {
    const deaf = scene({ ...census, definition: { ...census.definition, selfDelivery: 'none' } } as never, [])
    expect(heard(deaf.take({ at: 0, input: 'a' }, { at: 0, round: 1 }), 0)).toEqual([])
  })

  test('list a Byzantine replica where its id stands', () => {
    const lying = scene(census, [0])
    const system = lying.take({ at: 1, input: 'a' }, { at: 1, round: 1 }, { at: 2, round: 1, with: [here('b', 0)] })
    expect(heard(system, 2)).toEqual(['1 0 HERE', '1 1 HERE', '1 1 SECRET'])
  })

  test('are done by id, each by all before the next begins, and as many as there are', () => {
    expect(() => take({ at: 1, round: 1 })).toThrow('next comes round 1 of r0')
    expect(() => take({ at: 0, round: 2 })).toThrow('next comes round 1 of r0')
    expect(() => take({ at: 0, round: 1 }, { at: 0, round: 2 })).toThrow('next comes round 1 of r1')
    const order = [1, 2].flatMap((round) => [0, 1, 2].map((at) => ({ at, round })))
    expect(() => take(...order, { at: 0, round: 3 })).toThrow('all rounds are over')
    expect(enabled(run, take(...order))).toEqual([])
    expect(enabled(run, take(...order.slice(0, 4)))).toEqual([{ at: 1, round: 2 }])
  })

  test('come after all inputs', () => {
    const offered = enabled(run, start(run)).filter((step) => 'input' in step)
    expect(offered).toHaveLength(6)
    expect(enabled(run, take({ at: 0, round: 1 }))).toEqual([{ at: 1, round: 1 }])
    expect(() => take({ at: 0, round: 1 }, { at: 1, input: 'a' })).toThrow('before the first round')
  })

  test('are steps even where nothing arrives', () => {
    expect(take({ at: 0, round: 1 }).locals[0]).toMatchObject({ round: 1 })
  })

  test('are unknown to other protocols, whose states know nothing of them', () => {
    const other = scene(bracha as never, [])
    expect(() => other.take({ at: 0, round: 1 })).toThrow('has no rounds')
    const { locals, soup } = other.take({ at: 0, input: 'a' })
    expect(JSON.stringify([locals, soup])).not.toContain('round')
  })
})

describe('the coalition', () => {
  const { run, take } = scene()
  const seen = (by: number, voter: ProvedMessage): ProvedMessage => ({
    from: 2,
    message: { type: 'SEEN', by } as never,
    proof: { said: [voter] },
  })
  const offer = (words: readonly ProvedMessage[]) => words.flatMap((word) => [0, 1].map((to) => ({ ...word, to })))

  test('chooses for each receiver, or is silent', () => {
    const system = take({ at: 0, round: 1, with: [here('a')] }, { at: 1, round: 1, with: [here('b')] })
    expect([heard(system, 0), heard(system, 1)]).toEqual([['1 2 HERE'], ['1 2 HERE']])
    expect(heard(take({ at: 0, round: 1 }, { at: 1, round: 1 }), 1)).toEqual([])
  })

  test('rushes: it has heard what the correct said in the round in which it speaks', () => {
    const word = seen(0, here('a', 0))
    expect(heard(take({ at: 0, input: 'a' }, { at: 0, round: 1, with: [word] }), 0)).toContain('1 2 SEEN')
    expect(() => take({ at: 0, round: 1, with: [word] })).toThrow('r2 cannot send')
  })

  test('has not heard what they say in the round that is under way', () => {
    // Here a HERE needs somebody's SEEN. r0 says one in round 1; what r1 gets in round 1 was said before.
    const other = scene(lateHere)
    const known = other.take({ at: 0, input: 'a' }, { at: 0, round: 1 })
    const word: ProvedMessage = {
      ...here('b'),
      proof: { said: [{ from: 0, message: { type: 'SEEN', by: 0 } as never }] },
    }
    expect(known.soup.some(({ message }) => message.type === 'SEEN')).toBe(true)
    expect(() => apply(other.run, known, { at: 1, round: 1, with: [word] })).toThrow('r2 cannot send')
    const later = apply(other.run, known, { at: 1, round: 1 })
    expect(heard(apply(other.run, later, { at: 0, round: 2, with: [word] }), 0)).toContain('2 2 HERE')
  })

  test.each([
    ['says two words of a type', [here('a'), here('b')], 'two messages of type HERE'],
    ['speaks for the correct', [here('a', 1)], 'r1 cannot send'],
    ['says what is in no alphabet', [here('c')], 'r2 cannot send'],
    ['leaves out a proof', [{ ...seen(2, here('a')), proof: undefined }], 'r2 cannot send'],
  ])('never %s', (_, words, why) => {
    expect(() => take({ at: 0, round: 1, with: words as ProvedMessage[] })).toThrow(why)
  })

  test('is offered every combination once, with witnesses', () => {
    const words = offer([here('a'), here('b'), { from: 2, message: { type: 'SEEN', by: 2 } as never }])
    const steps = enabled(run, start(run), words).filter((step) => 'round' in step)
    // HERE or not, SEEN or not: which value is here makes no difference to who hears it.
    expect(steps).toHaveLength(4)
    for (const step of steps) expect(apply(run, start(run), step).locals[0]).toMatchObject({ round: 1 })
    const both = steps.find((step) => 'round' in step && step.with?.length === 2)
    expect(both).toMatchObject({ with: expect.arrayContaining([seen(2, here('a'))]) })
  })
})

describe('a mistake of the author', () => {
  const variant = (misbehaves: string) => scene(census.variant(misbehaves, () => ({ misbehaves })))

  test.each([
    ['waits', 'cannot wait for a quorum'],
    ['unlisted', 'alphabet does not list'],
  ])('%s is named', (name, why) => {
    const { take } = variant(name)
    expect(() => take({ at: 0, round: 1 })).toThrow(UsageError)
    expect(() => take({ at: 0, round: 1 })).toThrow(why)
  })

  test('one message of a type for each receiver and round', () => {
    const { take } = variant('says-twice')
    const steps = [0, 1].map((at) => ({ at, round: 1 }))
    expect(() => take(...steps, { at: 0, round: 2 })).toThrow('r0 sends SEEN twice to one replica in round 1')
  })

  test('nobody waits for a replica that has thrown', () => {
    const { run, take } = variant('throws')
    const system = take({ at: 0, round: 1 }, { at: 1, round: 1 }, { at: 1, round: 2 })
    expect(system.outputs[1]).toHaveLength(1)
    expect(brokenBy(run, [noException], system)).toMatchObject([{ witness: 'a rule of r0 threw Error: tired' }])
  })

  test('rounds beside rules on messages', () => {
    expect(() => defineProtocol({ ...bracha.definition, round() {} } as never)).toThrow(
      'has rounds, and rules on messages',
    )
  })
})

test.each([
  [{ crash: [1] }, 'replicas that crash'],
  [{ network: { lose: true } }, 'another network'],
  [{ network: { duplicate: false } }, 'another network'],
  [{ steps: 'eager' as const }, 'single steps'],
  [{ auth: 'none' as const }, 'senders that nobody knows'],
  [{ bounds: { timeouts: 2 } }, 'timers'],
])('a setting with %j is refused', (configuration, what) => {
  expect(() => configure(census, { n: 3, byzantine: [2], ...configuration })).toThrow(UsageError)
  expect(() => configure(census, { n: 3, byzantine: [2], ...configuration })).toThrow(what)
})

test('rounds are part of the setting, and of no other protocol', () => {
  expect(configure(census, { n: 3, steps: 'lockstep' })[0]).toMatchObject({ steps: 'lockstep' })
  expect(configure(bracha, {})[0]).toMatchObject({ steps: 'lazy' })
  expect(() => configure(bracha, { steps: 'lockstep' })).toThrow('bracha is not written in rounds')
})

test('the healed run gives what inputs are missing, and goes on in rounds with a silent coalition', () => {
  const { run, take } = scene()
  const { system } = heal(run, start(run), [], 'full')
  expect(system.outputs.map((outputs) => outputs.length)).toEqual([1, 1, 0])
  expect(system.soup.filter(({ message }) => message.type === 'HERE')).toHaveLength(2)
  const half = heal(run, take({ at: 0, round: 1, with: [here('a')] }), [], 'full')
  expect(heard(half.system, 0)).toEqual(['1 2 HERE', '2 0 SEEN'])
  expect(heard(half.system, 1)).toEqual(['2 0 SEEN'])
  const plain = heal(run, start(run), [], 'deliveries')
  expect(same(plain.system.outputs, [[{ heard: [] }], [{ heard: [] }], []])).toBe(true)
})
