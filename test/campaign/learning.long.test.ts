import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { FIRST_ROUND } from '../../src/fuzz/campaign/lesson.ts'
import { emptyFolder } from '../cli/world.ts'
import { made, type Running, started } from './processes.ts'
import { ended, HAS_REDIS, HOW, OwnRedis } from './redis.ts'

/** Two rounds, the last one not to its end. */
const RUNS = FIRST_ROUND + 1_000
const FUZZ = ['pbft', '--n', '4', '--byzantine', '0', '--runs', String(RUNS)]
const folder = emptyFolder()
const go = (...words: string[]) => started(folder, ['campaign', ...words]).done
vi.setConfig({ testTimeout: 300_000 })

beforeAll(async () => {
  const { code, stderr } = await go('run', ...FUZZ, '--learn', '--workers', '1', '--out', 'alone', '--quiet')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}, 300_000)

const result = (out: string) => JSON.parse(readFileSync(join(folder, out, 'result.json'), 'utf8'))

test('a campaign that learns is that of `fuzz --learn`, and not that of one that does not', async () => {
  const fuzz = await started(folder, ['fuzz', ...FUZZ, '--learn', '--json', '--quiet', '--out', 'traces']).done
  const { seconds: _, ...found } = JSON.parse(fuzz.stdout)
  expect(result('alone')).toEqual(found)
  expect(found.states).toBeGreaterThan(20)
  const plain = JSON.parse((await started(folder, ['fuzz', ...FUZZ, '--json', '--out', 'traces']).done).stdout)
  expect(plain.states).toBeUndefined()
  expect(plain.steps).not.toBe(found.steps)
})

test('however it is cut and whoever does it, the bytes are the same', async () => {
  const cut = ['--shard-runs', '1400', '--workers', '2']
  expect(await go('run', ...FUZZ, '--learn', ...cut, '--out', 'cut', '--quiet')).toMatchObject({ code: 0, stderr: '' })
  expect(made(join(folder, 'cut'))).toEqual(made(join(folder, 'alone')))
})

test('machines without a queue go round by round: each needs the files of the rounds before', async () => {
  const known: string[] = []
  for (let round = 1; round <= 2; round++) {
    const files = [1, 2].map((i) => `round-${round}-${i}.jsonl`)
    for (const [i, file] of files.entries()) {
      const before = known.length > 0 ? ['--with', ...known] : []
      const ran = await go('run', ...FUZZ, '--learn', '--shard', `${i + 1}/2`, '--out', file, '--quiet', ...before)
      expect(ran).toMatchObject({ code: 0, stderr: '' })
    }
    known.push(...files)
    const merged = await go('merge', ...known, '--out', 'merged', '--quiet')
    if (round === 2) expect(merged).toMatchObject({ code: 0, stderr: '' })
    else expect(merged).toMatchObject({ code: 2, stderr: expect.stringContaining('this is the next round') })
  }
  expect(made(join(folder, 'merged'))).toEqual(made(join(folder, 'alone')))
})

const TITLE = `on a queue (${HOW})`

describe.skipIf(!HAS_REDIS)(TITLE, () => {
  const running: Running[] = []
  let redis: OwnRedis

  beforeAll(async () => {
    redis = await OwnRedis.start()
  })
  afterAll(async () => {
    for (const { child } of running) await ended(child, 'SIGKILL')
    await redis.stop()
  })

  test('three workers, one of which dies in the second round, find the same bytes', async () => {
    const at = { TURNCOAT_REDIS: redis.url }
    const worker = () => {
      const one = started(folder, ['campaign', 'worker', '--redis', '--workers', '1'], at)
      running.push(one)
      return one
    }
    const [first] = [worker(), worker(), worker()]
    const campaign = started(
      folder,
      ['campaign', 'run', ...FUZZ, '--learn', '--shard-runs', '200', '--redis', '--out', 'queue', '--quiet'],
      at,
    )
    running.push(campaign)
    const file = join(folder, 'queue/shards.jsonl')
    const done = (): number => {
      try {
        return readFileSync(file, 'utf8').split('\n').length
      } catch {
        return 0
      }
    }
    while (done() < FIRST_ROUND / 200 + 5 && campaign.child.exitCode === null) {
      await new Promise((next) => setTimeout(next, 20))
    }
    await ended(first!.child, 'SIGKILL')
    const { code, stderr } = await campaign.done
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(made(join(folder, 'queue'))).toEqual(made(join(folder, 'alone')))
  })
})
