import { describe, expect, test } from 'vitest'
import { Dispatcher } from '../../src/campaign/dispatcher.ts'
import { arrived, idOf, isShard, type Shard, type ShardAnswer, travelling } from '../../src/campaign/shard.ts'
import { isTurnOf, shardRunsFor, turn } from '../../src/campaign/turn.ts'
import type { Campaign } from '../../src/fuzz/campaign/result.ts'

const blocks = (subject: string, first = 0): Shard => ({
  ...{ kind: 'blocks', first, count: 200 },
  campaign: { subject, settings: [], claims: [], runs: 200, firstRun: 0, seed: 1 } as Partial<Campaign> as Campaign,
})
const subjectOf = (shard: Shard): string => (shard.kind === 'blocks' ? shard.campaign.subject : '')
const isRegistered = (subject: string): boolean => subject === 'pbft'
const HERE = { path: '/home/me/my.ts', digest: 'ab12' }
const THERE = { path: '/scratch/other/my.ts', digest: 'ab12' }

describe('a shard on its way', () => {
  test('names a file by what is in it, and is found again in another place', () => {
    const travelled = travelling(blocks('/home/me/my.ts/weak'), [HERE])
    expect(subjectOf(travelled)).toBe('file:ab12/weak')
    expect(subjectOf(arrived(travelled, [THERE], isRegistered))).toBe('/scratch/other/my.ts/weak')
    expect(idOf(travelled)).toBe(idOf(travelling(blocks('/scratch/other/my.ts/weak'), [THERE])))
  })

  test('of a file with other contents is not done', () => {
    const other = { ...THERE, digest: 'ab13' }
    const travelled = travelling(blocks('/home/me/my.ts'), [HERE])
    expect(() => arrived(travelled, [other], isRegistered)).toThrow('the digest ab12, which is not here; here are ab13')
  })

  test.each([
    '/etc/evil.js',
    './evil.ts',
    'evil.js/variant',
    'file:../../evil.js',
    'data:text/javascript,1',
    'pbft2',
  ])('never says which file to load: %s', (subject) => {
    expect(() => arrived(blocks(subject), [HERE], isRegistered)).toThrow('is not registered here')
  })

  test('has one name on every machine, and another one than its neighbours', () => {
    expect(idOf(blocks('pbft'))).toBe(idOf(JSON.parse(JSON.stringify(blocks('pbft')))))
    expect(idOf(blocks('pbft', 200))).not.toBe(idOf(blocks('pbft')))
  })

  test.each([
    [null],
    [{}],
    ['shard'],
    [{ kind: 'blocks' }],
    [{ ...blocks('pbft'), first: -1 }],
    [{ kind: 'eval' }],
  ])('%j is none', (value) => expect(isShard(value)).toBe(false))
})

describe('turns', () => {
  test('every shard is somebody’s, and nobody else’s', () => {
    for (const of of [1, 2, 7]) {
      for (let number = 0; number < 50; number++) {
        const whose = Array.from({ length: of }, (_, i) => isTurnOf({ index: i + 1, of })(number))
        expect(whose.filter(Boolean).length).toBe(1)
      }
    }
  })

  test.each(['0/4', '5/4', '4', '1/0', 'a/b', '-1/4', '1/4/4'])('%s is none', (text) => {
    expect(() => turn(text)).toThrow(`--shard ${text}`)
  })

  test('are cut into whole blocks, the same on all machines, some for each', () => {
    for (const [runs, of] of [
      [1, 4],
      [1_000_000, 16],
      [10 ** 9, 3],
    ] as const) {
      const size = shardRunsFor(runs, of, 200)
      expect(size % 200).toBe(0)
      expect(size).toBeLessThanOrEqual(20_000)
      if (runs > 1) expect(runs / size).toBeGreaterThanOrEqual(of * 4)
    }
  })
})

describe('the dispatcher', () => {
  const answer = (shard: Shard): ShardAnswer => [{ first: (shard as { first: number }).first } as never]

  test('hands out a window at a time, and does equal shards once', async () => {
    let [under, most, started] = [0, 0, 0]
    const kept: string[] = []
    const dispatcher = new Dispatcher({
      ...{ files: [], known: new Map(), window: () => 3 },
      keep: async (id) => void kept.push(id),
      start: async (shard) => {
        started++
        most = Math.max(most, ++under)
        await new Promise((done) => setTimeout(done, 1))
        under--
        return answer(shard)
      },
    })
    const asked = Array.from({ length: 20 }, (_, i) => dispatcher.answer(blocks('pbft', 200 * (i % 10)), i))
    const answers = await Promise.all(asked)
    expect(answers.map((one) => (one as unknown as { first: number }[])[0]!.first)).toEqual(
      Array.from({ length: 20 }, (_, i) => 200 * (i % 10)),
    )
    expect({ most, started, kept: kept.length }).toEqual({ most: 3, started: 10, kept: 10 })
  })

  test('an answer that cannot be kept does not count', async () => {
    const dispatcher = new Dispatcher({
      ...{ files: [], known: new Map(), window: () => 3, start: async (shard: Shard) => answer(shard) },
      keep: () => Promise.reject(new Error('the disk is full')),
    })
    await expect(dispatcher.answer(blocks('pbft'), 0)).rejects.toThrow('the disk is full')
  })

  test('leaves alone what is known, and what is another’s turn', async () => {
    const known = new Map([[idOf(blocks('pbft')), answer(blocks('pbft'))]])
    const start = () => Promise.reject(new Error('nothing is to be done'))
    const places = { files: [], known, window: () => 3, keep: async () => {}, start, isMine: () => false }
    const dispatcher = new Dispatcher(places)
    expect(await dispatcher.answer(blocks('pbft'), 0)).toEqual(answer(blocks('pbft')))
    expect(await dispatcher.answer(blocks('pbft', 200), 1)).toBeUndefined()
  })
})
