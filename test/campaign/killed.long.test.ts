import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { emptyFolder } from '../cli/world.ts'
import { made, type Running, started } from './processes.ts'
import { ended, HAS_REDIS, HOW, OwnRedis } from './redis.ts'

const SHARDS = 1_000
const WORKERS = 4
/** One block a shard, of a protocol whose runs are short: what is tried is the queue. */
const COMMAND = ['two-phase-commit', '--n', '3', '--claim', 'atomicity', '--runs', String(SHARDS * 200)]
const CUT = ['--shard-runs', '200']

const open: { stop: () => Promise<void> }[] = []
const workers: Running[] = []

afterAll(async () => {
  for (const { child } of workers) await ended(child, 'SIGKILL')
  for (const one of open) await one.stop()
})

function lines(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 2 : 0
}

async function until(isSo: () => boolean, alive: Running): Promise<void> {
  let isOver = false
  void alive.done.then(() => {
    isOver = true
  })
  while (!isSo()) {
    if (isOver) throw new Error(`the campaign ended before: ${JSON.stringify(await alive.done)}`)
    await sleep(20)
  }
}

test.skipIf(!HAS_REDIS)(
  `a worker and Redis are killed, and the bytes are those of one machine (${HOW})`,
  async () => {
    const folder = emptyFolder()
    const began = performance.now()
    const alone = await started(folder, ['campaign', 'run', ...COMMAND, ...CUT, '--out', 'alone', '--quiet']).done
    expect(alone).toMatchObject({ code: 0, stderr: '' })
    const redis = await OwnRedis.start()
    open.push(redis)
    const url = { TURNCOAT_REDIS: redis.url }
    const run = async (out: string, onShards: (file: string, running: Running) => Promise<void>): Promise<number> => {
      const since = performance.now()
      for (const { child } of workers) await ended(child, 'SIGKILL')
      workers.length = 0
      for (let i = 0; i < WORKERS; i++) {
        workers.push(started(folder, ['campaign', 'worker', '--redis', '--workers', '1'], url))
      }
      const running = started(folder, ['campaign', 'run', ...COMMAND, ...CUT, '--redis', '--out', out, '--quiet'], url)
      workers.push(running)
      await onShards(join(folder, out, 'shards.jsonl'), running)
      const { code, stderr } = await running.done
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return performance.now() - since
    }
    const calm = await run('calm', async () => {})
    const disturbed = await run('disturbed', async (file, running) => {
      await until(() => lines(file) >= SHARDS * 0.4, running)
      await ended(workers[0]!.child, 'SIGKILL')
      await until(() => lines(file) >= SHARDS * 0.6, running)
      await redis.killAndRestart(2_000)
    })
    expect(lines(join(folder, 'disturbed/shards.jsonl'))).toBe(SHARDS)
    expect(made(join(folder, 'calm'))).toEqual(made(join(folder, 'alone')))
    expect(made(join(folder, 'disturbed'))).toEqual(made(join(folder, 'alone')))
    const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(1)
    console.log(
      `${SHARDS} shards, ${WORKERS} workers: ${seconds(calm)} s undisturbed, ${seconds(disturbed)} s with a worker killed at 40 % and Redis at 60 %; all of it ${seconds(performance.now() - began)} s`,
    )
  },
  1_200_000,
)
