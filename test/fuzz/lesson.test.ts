import { describe, expect, test } from 'vitest'
import { Coverage } from '../../src/fuzz/campaign/coverage.ts'
import {
  FIRST_ROUND,
  Learned,
  learningRounds,
  lessonOf,
  readStates,
  writtenStates,
} from '../../src/fuzz/campaign/lesson.ts'
import type { BlockResult, News } from '../../src/fuzz/campaign/result.ts'
import { type Choices, drawnChoices } from '../../src/fuzz/schedule/choices.ts'

const block = (news: readonly News[]): BlockResult => ({
  ...{ first: 0, runs: 200, steps: 0, decided: 0, cut: 0, unfinished: 0, fired: [], found: [] },
  news,
})
const told = (run: number, ...states: number[]): News => ({
  seen: writtenStates(states),
  beginning: { setting: 0, draws: [[run, 10]] },
})

describe('rounds', () => {
  test.each([1, 200, FIRST_ROUND, FIRST_ROUND + 1, 1_000_000])('of %i runs follow one another', (runs) => {
    const rounds = learningRounds(400, runs, true)
    expect(rounds.at(-1)!.end).toBe(400 + runs)
    for (const [i, { first, end }] of rounds.entries()) {
      expect(first).toBe(i === 0 ? 400 : rounds[i - 1]!.end)
      expect(end - first).toBeLessThanOrEqual(Math.max(FIRST_ROUND, first - 400))
    }
    expect(rounds.length).toBeLessThan(10)
  })

  test('begin where they begin, however many runs are asked for', () => {
    const [short, long] = [60_000, 600_000].map((runs) => learningRounds(0, runs, true).map(({ first }) => first))
    expect(long!.slice(0, short!.length)).toEqual(short)
  })

  test('who does not learn has one', () =>
    expect(learningRounds(0, 50_000, undefined)).toEqual([{ first: 0, end: 50_000 }]))
})

test('states are read as they were written', () => {
  const states = [0, 1, 35, 36, 123_456, 2 ** 25 - 1]
  expect(readStates(writtenStates(states))).toEqual(states)
  expect(readStates('')).toEqual([])
})

describe('what was learned', () => {
  const learnedFrom = (...blocks: (readonly News[])[]) => {
    const learned = new Learned()
    for (const news of blocks) learned.add(block(news))
    return learned.lesson
  }

  test('is the same however the runs were cut into blocks', () => {
    const all = [told(1, 5, 7), told(2, 7), told(3, 9, 5)]
    expect(learnedFrom(all)).toEqual(learnedFrom([all[0]!], [all[1]!, all[2]!]))
  })

  test('leaves out beginnings that met what another run had met before', () => {
    const { seen, beginnings } = learnedFrom([told(1, 5, 7)], [told(2, 7, 5), told(3, 9)])
    expect(readStates(seen)).toEqual([5, 7, 9])
    expect(beginnings.map(({ draws }) => draws[0]![0])).toEqual([1, 3])
  })

  test('keeps the last beginnings, and stops counting at some number of states', () => {
    const many = Array.from({ length: 400 }, (_, i) => told(i, ...Array.from({ length: 200 }, (_, j) => 200 * i + j)))
    const { seen, beginnings } = learnedFrom(many)
    expect(readStates(seen).length).toBe(65_536)
    expect(beginnings.length).toBe(128)
    expect(beginnings.at(-1)!.draws[0]![0]).toBe(Math.floor(65_536 / 200))
  })
})

test('half of the runs begin with the draws of another, and go on with their own', () => {
  const lesson = lessonOf({
    seen: '',
    beginnings: [
      {
        setting: 1,
        draws: [
          [5_000, 10],
          [6_000, 3],
        ],
      },
    ],
  })
  const take = (choices: Choices, count: number): number[] => Array.from({ length: count }, () => choices.below(1_000))
  const coverage = new Coverage(7, lesson)
  const [told, own] = [take(drawnChoices(7, 5_000), 10), (run: number) => take(drawnChoices(7, run), 20)]
  let begun = 0
  for (let run = 20_000; run < 20_200; run++) {
    expect(take(coverage.choices(run, 0), 20)).toEqual(own(run))
    const first = take(coverage.choices(run, 1), 33)
    if (first[0] !== told[0]) {
      expect(first.slice(0, 20)).toEqual(own(run))
      continue
    }
    begun++
    expect(first).toEqual([...told, ...take(drawnChoices(7, 6_000), 3), ...own(run)])
  }
  expect(begun).toBeGreaterThan(70)
  expect(begun).toBeLessThan(130)
})
