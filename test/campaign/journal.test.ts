import { describe, expect, test } from 'vitest'
import {
  add,
  answerLine,
  assertSame,
  type CampaignHeading,
  campaignHeadingLine,
  shardsIn,
} from '../../src/campaign/journal.ts'
import type { BlocksAnswer, ShardAnswer } from '../../src/campaign/shard.ts'

const HEADING: CampaignHeading = {
  'turncoat-campaign': 1,
  ...{ version: '1.0.0', build: 'abc', command: ['fuzz', 'pbft'], files: {}, shardRuns: 200, shard: '1/2' },
}
const block = (first: number): BlocksAnswer => [
  { first, runs: 200, steps: 1_000, decided: 200, cut: 0, unfinished: 0, fired: [], found: [] },
]
const TEXT = campaignHeadingLine(HEADING) + answerLine('one', block(0)) + answerLine('two', block(200))

describe('a file of shards', () => {
  test('is read as it was written', () => {
    const read = shardsIn(TEXT, 'a.jsonl')!
    expect(read.heading).toEqual(HEADING)
    expect([...read.answers]).toEqual([
      ['one', block(0)],
      ['two', block(200)],
    ])
    expect(read.whole).toBe(TEXT.length)
  })

  test('wherever its writer was killed, the whole lines are read, and nothing else', () => {
    const ends = [...TEXT.matchAll(/\n/g)].map(({ index }) => index + 1)
    for (let length = 0; length <= TEXT.length; length++) {
      const read = shardsIn(TEXT.slice(0, length), 'a.jsonl')
      const whole = ends.filter((end) => end <= length)
      expect(read?.answers.size).toBe(whole.length === 0 ? undefined : whole.length - 1)
      expect(read?.whole).toBe(whole.at(-1))
    }
  })

  test('counts bytes, not letters: what is cut off begins there', () => {
    const text = campaignHeadingLine({ ...HEADING, command: ['fuzz', './prüfung.ts'] })
    expect(shardsIn(`${text}{"sh`, 'a.jsonl')?.whole).toBe(Buffer.byteLength(text))
  })

  test.each([
    ['a line that was changed', TEXT.replace('"steps":1000', '"steps":1001'), 'line 2 was changed'],
    ['a line in the middle that is none', TEXT.replace('{"shard":"two"', 'shard two'), 'line 3 is not a line'],
    ['a line that says something else', `${TEXT}{"point":1}\n`, 'line 4 is not a shard'],
    ['another file', '{"turncoat":4}\n', 'is not a file of a campaign'],
    ['a list', '[]\n', 'is not a file of a campaign'],
    ['a later format', TEXT.replace('campaign":1', 'campaign":2'), 'has the format 2'],
  ])('refuses %s', (_, text, message) => {
    expect(() => shardsIn(text, 'a.jsonl')).toThrow(message)
  })
})

test('a shard that was done twice must come out the same', () => {
  const answers = new Map<string, ShardAnswer>([['one', block(0)]])
  add(answers, 'one', block(0), 'b.jsonl')
  expect(() => add(answers, 'one', block(200), 'b.jsonl')).toThrow(/done twice and came out differently.*b\.jsonl/)
  const twice = TEXT + answerLine('one', block(400))
  expect(() => shardsIn(twice, 'a.jsonl')).toThrow(expect.objectContaining({ name: 'HarnessError' }))
})

test.each([
  ['another version', { version: '1.0.1' }, 'was written by Turncoat 1.0.1 (build abc), and this is 1.0.0 (build abc)'],
  ['another build of the same version', { build: 'abd' }, 'build abd'],
  ['another command', { command: ['fuzz', 'pbft', '--seed', '2'] }, 'of another campaign: turncoat fuzz pbft --seed 2'],
  ['another text of a protocol', { files: { './my.ts': '12' } }, 'of another text of ./my.ts'],
  ['other pieces', { shardRuns: 400 }, 'shards of 400 runs'],
])('files of %s are not merged', (_, change, message) => {
  expect(() => assertSame(HEADING, { ...HEADING, ...change }, 'b.jsonl')).toThrow(message)
})

test('files of two machines are', () => {
  expect(() => assertSame(HEADING, { ...HEADING, shard: '2/2' }, 'b.jsonl')).not.toThrow()
})
