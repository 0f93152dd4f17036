import { expect, test } from 'vitest'
import { ids, inputs, network, time } from '../../src/cli/flags/parse.ts'
import { configurationOf } from '../../src/cli/flags/setting-flags.ts'
import { chooseClaims } from '../../src/cli/subjects/claim-names.ts'
import { registered } from '../../src/cli/subjects/registered.ts'
import { worst } from '../../src/cli/terminal/exit-code.ts'
import { didYouMean, meant } from '../../src/model/nearest.ts'
import { commandLine, quoted } from '../../src/report/text/command-line.ts'

test('only near names are suggested', () => {
  expect(meant('brahca', ['bracha', 'pbft'])).toBe('bracha')
  expect(meant('BRACHA', ['bracha', 'pbft'])).toBe('bracha')
  expect(meant('zzzzzzzz', ['bracha', 'pbft'])).toBeUndefined()
  expect(meant('x'.repeat(100_000), ['bracha'])).toBeUndefined()
  expect(didYouMean('zzzzzzzz', ['bracha', 'pbft'])).toBe('known are bracha, pbft')
})

test('the worst result decides: 3, 2, 1, 4, 0', () => {
  expect(worst([])).toBe(0)
  expect(worst([0, 4])).toBe(4)
  expect(worst([4, 1, 0])).toBe(1)
  expect(worst([1, 2, 4])).toBe(2)
  expect(worst([0, 1, 2, 3, 4])).toBe(3)
})

test('subjects are protocols, variants and named settings', () => {
  expect(registered('bracha').protocol.subject).toBe('bracha')
  expect(registered('bracha/echo-two').protocol.subject).toBe('bracha/echo-two')
  expect(registered('bracha/over-bound').configuration).toEqual({ n: 4, f: 1, b: 2 })
  expect(registered('bracha/echo-two/over-bound')).toMatchObject({ found: 'bracha/echo-two', configuration: { b: 2 } })
  expect(() => registered('bracha/echo-twp')).toThrow('bracha/echo-twp')
  expect(() => registered('bracha/over-bound/echo-two')).toThrow()
  expect(() => registered('__proto__')).toThrow('no protocol')
})

test('safety and totality are judged unless flags say otherwise; exceptions always', () => {
  const { subject } = registered('bracha')
  const judged = (asked?: string[]) => chooseClaims(subject, asked).claims.map(({ name }) => name)
  expect(judged()).toEqual(['agreement', 'totality', 'validity', 'integrity', 'no-exception'])
  expect(chooseClaims(subject, undefined).notJudged).toEqual(['liveness'])
  expect(judged(['AG'])).toEqual(['agreement', 'no-exception'])
  expect(judged(['LIVE-K', 'tot'])).toEqual(['totality', 'liveness', 'no-exception'])
  expect(judged(['all'])).toContain('liveness')
  expect(chooseClaims(subject, ['all']).notJudged).toEqual([])
  expect(() => judged(['agreemnt'])).toThrow('no claim called agreemnt')
  expect(() => judged(['decided'])).toThrow('cannot be violated')
  expect(() => judged(['constructor'])).toThrow('no claim called constructor')
})

test('flag values', () => {
  expect(ids('0,3')).toEqual([0, 3])
  expect(ids('r0,r3')).toEqual([0, 3])
  expect(ids('none')).toEqual([])
  expect(() => ids('0;3')).toThrow()
  expect(inputs('r0=a;r1=a,b')).toEqual({ 0: ['a'], 1: ['a', 'b'] })
  expect(inputs('any')).toBe('any')
  expect(() => inputs('r0')).toThrow()
  expect(network('lose,fifo')).toEqual({ duplicate: false, lose: true, fifo: true, gossip: false })
  expect(() => network('loose')).toThrow('loose')
  expect(time('30s')).toBe(30_000)
  expect(time('500ms')).toBe(500)
  expect(time('2m')).toBe(120_000)
  expect(() => time('soon')).toThrow()
  expect(() => time('0s')).toThrow()
})

test('flags go over what a named setting says, and either answer to who is Byzantine replaces both of its own', () => {
  const base = { n: 4, f: 1, b: 2, bounds: { views: 2 } }
  expect(configurationOf({ n: 7, views: 3, slots: 1 }, base)).toEqual({
    n: 7,
    f: 1,
    b: 2,
    bounds: { views: 3, slots: 1 },
  })
  expect(configurationOf({ byzantine: [0] }, base)).toMatchObject({ byzantine: [0] })
  expect(configurationOf({ byzantine: [0] }, base)).not.toHaveProperty('b')
  expect(() => configurationOf({ byzantine: [0], b: 2 }, base)).toThrow('--b')
})

test('the line to paste has every flag that matters, in a form that a shell takes back', () => {
  const flags = {
    n: 5,
    byzantine: [],
    inputs: { 0: ['a'], 1: ['b'] },
    claim: ['agreement'],
    json: true,
    workers: 2,
    seed: 1,
  }
  expect(commandLine('fuzz', 'my file.ts', flags)).toBe(
    "turncoat fuzz 'my file.ts' --n 5 --byzantine none --inputs 'r0=a;r1=b' --claim agreement --seed 1",
  )
  expect(quoted("it's")).toBe(`'it'\\''s'`)
})
