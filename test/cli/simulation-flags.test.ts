import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import {
  conditionsOf,
  delay,
  partition,
  partitionFlags,
  reorder,
  simulationTexts,
  stabilises,
} from '../../src/cli/flags/simulation-flags.ts'
import { commandLine } from '../../src/report/text/command-line.ts'

const HALVES = ['0..n/2-1', 'n/2..n-1']

describe('what is read', () => {
  test.each([
    ['25', { kind: 'uniform', min: 25, max: 25 }],
    ['10..50', { kind: 'uniform', min: 10, max: 50 }],
    ['20*0.5', { kind: 'log-normal', median: 20, sigma: 0.5 }],
    [
      '0,10/12.5,0',
      {
        kind: 'matrix',
        ms: [
          [0, 10],
          [12.5, 0],
        ],
        jitter: 0,
      },
    ],
    [
      '0,1,2/1,0,3/2,3,0+5',
      {
        kind: 'matrix',
        ms: [
          [0, 1, 2],
          [1, 0, 3],
          [2, 3, 0],
        ],
        jitter: 5,
      },
    ],
  ])('delay %s', (text, expected) => {
    expect(delay(text)).toEqual(expected)
  })

  test.each([
    ['0..500:halves', { from: 0, until: 500, sides: HALVES, messages: 'held' }],
    ['0..500:halves:held', { from: 0, until: 500, sides: HALVES, messages: 'held' }],
    ['0.5..500:halves:lost', { from: 0.5, until: 500, sides: HALVES, messages: 'lost' }],
    ['10..20:0,1:2,3', { from: 10, until: 20, sides: ['0,1', '2,3'], messages: 'held' }],
    ['10..20:0:1..f:f+1..n-1:lost', { from: 10, until: 20, sides: ['0', '1..f', 'f+1..n-1'], messages: 'lost' }],
    ['10..10:0', { from: 10, until: 10, sides: ['0'], messages: 'held' }],
  ])('partition %s', (text, expected) => {
    expect(partition(text)).toEqual(expected)
  })

  test('two partitions', () => {
    expect(partitionFlags('5..9:0', partitionFlags('0..1:halves', undefined)).map(({ from }) => from)).toEqual([0, 5])
  })

  test('reordering and stabilisation', () => {
    expect(reorder('0.1*500')).toEqual({ probability: 0.1, extra: 500 })
    expect(stabilises('2000:0..5000')).toEqual({ at: 2_000, before: { kind: 'uniform', min: 0, max: 5_000 } })
    expect(stabilises('0.5:20*1')).toEqual({ at: 0.5, before: { kind: 'log-normal', median: 20, sigma: 1 } })
  })
})

describe('what is refused', () => {
  test.each([
    [delay, '50..10', /Write milliseconds/],
    // Not a row for each sender, and rows of two lengths.
    [delay, '0,1,2/1,0,3', /a row for each sender/],
    [delay, '0,1/1', /a row for each sender/],
    [delay, '0,1.2.3/1,0', /a row for each sender/],
    [partition, '', /Write from when until when/],
    [partition, 'halves', /Write from when until when/],
    [partition, '0..500', /then the sides/],
    [partition, '500..0:halves', /ends at 0 ms, before it begins/],
    [partition, '0..500:lost', /Name a side/],
    [partition, '0..500:half', /"half" is not a side; write replicas as 0,1/],
    [partition, '0..500:halves:2,3', /"halves" is not a side/],
    [partition, '0..500:0,1:2,3:lots', /"lots" is not a side; .* held or lost/],
    [partition, '0..500:0,1:', /"" is not a side/],
    [reorder, '1.5*500', /probability from 0 to 1/],
    [reorder, '0.1', /0\.1\*500/],
    [stabilises, '2000', /the delays before that/],
    [stabilises, 'soon:0..5', /the delays before that/],
    [stabilises, '2000:fast', /Write milliseconds/],
  ] as const)('%o of %s', (parse, text, why) => {
    expect(() => parse(text)).toThrow(InvalidArgumentError)
    expect(() => parse(text)).toThrow(why)
  })
})

test('what was read is written so that it is read alike', () => {
  const flags = {
    delay: delay('0,10/10,0+5'),
    reorder: reorder('0.25*40'),
    partition: [partition('0..500:halves'), partition('600..700:0,1:2:lost')],
    stabilises: stabilises('2000:20*0.5'),
  }
  const texts = simulationTexts(flags)
  expect(commandLine('sweep', 'pbft', texts)).toBe(
    "turncoat sweep pbft --delay 0,10/10,0+5 --reorder '0.25*40' --partition 0..500:0..n/2-1:n/2..n-1 " +
      "--partition 600..700:0,1:2:lost --stabilises '2000:20*0.5'",
  )
  expect(texts.partition?.map(partition)).toEqual(flags.partition)
  expect([delay(texts.delay!), reorder(texts.reorder!)]).toEqual([flags.delay, flags.reorder])
  expect(stabilises(texts.stabilises!)).toEqual(flags.stabilises)
})

test('without flags the network is an ordinary local one', () => {
  expect(conditionsOf({})).toEqual({
    ...{ latency: { kind: 'uniform', min: 10, max: 50 }, reorder: { probability: 0, extra: 0 }, loss: 0 },
    ...{ partitions: [], stabilises: undefined, processing: 0, blocking: false, timeout: 1_000 },
  })
})
