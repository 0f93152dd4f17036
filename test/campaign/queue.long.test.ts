import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { made, type Running, started } from './processes.ts'
import { ended, HAS_REDIS, HOW, OwnRedis } from './redis.ts'

const FUZZ = ['two-phase-commit/commit-early', '--n', '3', '--claim', 'atomicity,liveness', '--runs', '2000']
const CUT = ['--shard-runs', '200']
const MODEL = join(import.meta.dirname, '../../dist/src/model/index.js')
/** A protocol of the user's, in which nothing goes wrong. */
const OWN = `import { defineProtocol, invariant } from ${JSON.stringify(MODEL)}
export const protocol = defineProtocol({
  name: 'own', about: 'Says it.', rules: () => ({}), init: () => ({ said: false }),
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 0: ['a'] }, bounds: {} }),
  input(state, value, ctx) {
    if (state.said) return
    state.said = true
    ctx.broadcast({ type: 'SAY', value })
  },
  upon: { SAY() {} },
})
export const claims = [invariant({ name: 'never', about: 'Nothing.' }, () => undefined)]
`

const running: Running[] = []
const servers: { stop: () => Promise<void> }[] = []
/** Longer than any of them takes: what waits for a process that waits itself ends here. */
vi.setConfig({ testTimeout: 300_000 })

afterEach(async () => {
  for (const { child } of running.splice(0)) await ended(child, 'SIGKILL')
})
afterAll(async () => {
  for (const one of servers) await one.stop()
})

const TITLE = `a queue (${HOW})`

describe.skipIf(!HAS_REDIS)(TITLE, () => {
  let redis: OwnRedis
  const folder = emptyFolder()
  const go = (argv: readonly string[], cwd = folder, url = redis.url): Running => {
    const one = started(cwd, ['campaign', ...argv], { TURNCOAT_REDIS: url })
    running.push(one)
    return one
  }
  const worker = (...more: string[]): Running => go(['worker', '--redis', '--workers', '1', ...more])
  const run = (...argv: string[]) => go(['run', ...argv, '--redis', '--quiet']).done

  beforeAll(async () => {
    redis = await OwnRedis.start()
    servers.push(redis)
  })

  test.each([
    ['runs', FUZZ, CUT],
    ['settings of a check', ['check', 'paxos', '--n', '3', '--b', '1', '--claim', 'agreement'], []],
    ['a sweep, in both rounds', ['sweep', 'bracha', '--n', '4', '--b', '0..2', '--runs', '4', '--trials', '1'], []],
  ])('%s are the bytes of one machine', async (name, command, cut) => {
    worker('--queue', 'same')
    const alone = await turncoat(folder, ['campaign', 'run', ...command, ...cut, '--out', `alone ${name}`])
    const { code, stderr } = await run(...command, ...cut, '--out', `queue ${name}`, '--queue', 'same')
    expect({ code, stderr }).toEqual({ code: alone.code, stderr: '' })
    expect(made(join(folder, `queue ${name}`))).toEqual(made(join(folder, `alone ${name}`)))
  })

  test('it ends early when every claim is broken, and takes what waits away', async () => {
    worker('--queue', 'early')
    const command = ['two-phase-commit/commit-early', '--n', '3', '--claim', 'atomicity', '--runs', '1000000']
    expect((await run(...command, ...CUT, '--out', 'early', '--queue', 'early')).code).toBe(1)
    expect(readFileSync(join(folder, 'early/shards.jsonl'), 'utf8').split('\n').length).toBeLessThan(60)
    await sleep(1_000)
    const status = JSON.parse((await go(['status', '--redis', '--queue', 'early', '--json']).done).stdout)
    expect(status.jobs).toMatchObject({ waiting: 0, active: 0 })
    expect(status.campaigns).toMatchObject([{ state: 'done', violated: ['atomicity'] }])
    expect(status.violations[0]).toMatchObject({ claim: 'atomicity', story: expect.any(Array) })
    expect(status.violations[0].story.length).toBeGreaterThan(3)
  })

  test('a campaign that is stopped, or whose feeder is killed, is gone on with', async () => {
    const out = ['--out', 'stopped', '--queue', 'stopped']
    const first = go(['run', ...FUZZ, ...CUT, '--redis', ...out])
    await sleep(4_000)
    const stopping = await go(['stop', '--redis', '--queue', 'stopped']).done
    expect(stopping.stdout).toContain('stopping')
    expect(await first.done).toMatchObject({ code: 4, stdout: expect.stringContaining('stopped: 0 shards') })
    const second = go(['run', ...FUZZ, ...CUT, '--redis', ...out])
    worker('--queue', 'stopped')
    const file = join(folder, 'stopped/shards.jsonl')
    while (!readable(file)) await sleep(20)
    await ended(second.child, 'SIGKILL')
    const third = await go(['resume', '--redis', '--quiet', ...out]).done
    expect(third).toMatchObject({ code: 1, stderr: '' })
    const alone = await turncoat(folder, ['campaign', 'run', ...FUZZ, ...CUT, '--out', 'alone stopped'])
    expect(alone.code).toBe(1)
    expect(made(join(folder, 'stopped'))).toEqual(made(join(folder, 'alone stopped')))
  })

  test('a shard that came out differently the second time is a bug, and exit code 3', async () => {
    const [{ Queue }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')])
    const queue = new Queue('twice', { connection: { url: redis.url }, prefix: 'turncoat' })
    const campaign = go(['run', ...FUZZ, ...CUT, '--redis', '--queue', 'twice', '--out', 'twice', '--quiet'])
    let jobs = await queue.getJobs(['waiting'])
    for (; jobs.length < 10; jobs = await queue.getJobs(['waiting'])) await sleep(50)
    // What a worker that died later had noted.
    const [of, shard] = jobs[0]!.id!.split('-') as [string, string]
    const client = new Redis(redis.url)
    await client.hset(`turncoat-of:twice:digests:${of}`, { [shard]: 'another' })
    client.disconnect()
    await queue.close()
    worker('--queue', 'twice')
    expect(await campaign.done).toMatchObject({
      ...{ code: 3, stderr: expect.stringContaining(`shard ${shard} was done twice and came out differently`) },
    })
  })

  test('a file of the user’s is done where its very text is, and nowhere else', async () => {
    mkdirSync(join(folder, 'there'))
    writeFileSync(join(folder, 'mine.js'), OWN)
    writeFileSync(join(folder, 'there/same.js'), OWN)
    writeFileSync(join(folder, 'there/other.js'), `${OWN}// another\n`)
    const campaign = go(['run', './mine.js', '--runs', '400', '--redis', '--out', 'mine', '--queue', 'mine', '--quiet'])
    const none = await worker('--queue', 'mine').done
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('which is not here') })
    const other = await worker('--queue', 'mine', '--protocol', 'there/other.js').done
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('give this worker the very file') })
    worker('--queue', 'mine', '--protocol', 'there/same.js')
    const { code, stderr } = await campaign.done
    expect({ code, stderr }).toEqual({ code: expect.toBeOneOf([0, 1]), stderr: '' })
  })

  describe('mistakes', () => {
    test('a queue with foreign jobs is refused, and they are left alone', async () => {
      const { Queue } = await import('bullmq')
      const theirs = new Queue('theirs', { connection: { url: redis.url }, prefix: 'turncoat' })
      const early = worker('--queue', 'theirs')
      await sleep(3_000)
      await theirs.add('send-mail', { to: 'somebody' })
      expect(await early.done).toMatchObject({ code: 2, stderr: expect.stringContaining('send-mail') })
      const late = await worker('--queue', 'theirs').done
      expect(late).toMatchObject({ code: 2, stderr: expect.stringContaining('holds a job that is not a shard') })
      const asked = await run(...FUZZ, '--out', 'theirs', '--queue', 'theirs')
      expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('another program uses this queue') })
      expect(await theirs.getJobCounts('waiting', 'active', 'failed')).toEqual({ waiting: 1, active: 0, failed: 0 })
      await theirs.close()
    })

    test('a worker of another version ends, and the shard is left for others', async () => {
      const { Queue } = await import('bullmq')
      const queue = new Queue('versions', { connection: { url: redis.url }, prefix: 'turncoat' })
      const early = worker('--queue', 'versions')
      await sleep(3_000)
      const turncoatOf = { version: '0.0.9', build: 'abc', campaign: '1' }
      const shard = { kind: 'blocks', first: 0, count: 200 }
      const campaign = { subject: 'pbft', settings: [], claims: [], runs: 200, seed: 1 }
      await queue.add('shard', { turncoat: turncoatOf, shard: { ...shard, campaign } }, { jobId: '1-a' })
      expect(await early.done).toMatchObject({ code: 2, stderr: expect.stringContaining('started by Turncoat 0.0.9') })
      expect(await queue.getJobCounts('waiting', 'active', 'failed')).toEqual({ waiting: 1, active: 0, failed: 0 })
      await queue.close()
    })

    test('a wrong password, and none', async () => {
      const locked = await OwnRedis.start(['--requirepass', 'geheim'])
      servers.push(locked)
      const at = (password: string): string => `redis://${password}127.0.0.1:${locked.port}`
      const wrong = await go(['status', '--redis'], folder, at(':falsch@')).done
      expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('refuses the password') })
      expect(wrong.stderr + wrong.stdout).not.toContain('falsch')
      const none = await go(['worker', '--redis'], folder, at('')).done
      expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('needs a password') })
      const right = await go(['status', '--redis'], folder, at(':geheim@')).done
      expect(right).toMatchObject({ code: 0, stderr: '' })
      expect(right.stdout).not.toContain('geheim')
    })

    test('a Redis whose memory is full', async () => {
      const small = await OwnRedis.start(['--maxmemory', '1mb'])
      servers.push(small)
      const { code, stderr } = await go(['run', ...FUZZ, '--redis', '--out', 'small', '--quiet'], folder, small.url)
        .done
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('refuses to go on: OOM') })
    })

    test('a Redis that throws keys away', async () => {
      const options = ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru']
      const forgetful = await OwnRedis.start(options)
      servers.push(forgetful)
      const { code, stderr } = await go(['status', '--redis'], folder, forgetful.url).done
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('maxmemory-policy allkeys-lru') })
    })
  })
})

function readable(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').split('\n').length > 3
  } catch {
    return false
  }
}

test('a Redis of a wrong version is refused', async () => {
  const info = 'redis_version:6.2.14\r\nloading:0\r\n'
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      // One answer for each command: `*` begins one.
      for (const command of String(data).split(/(?=^\*\d)/m)) {
        socket.write(/\binfo\b/i.test(command) ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n')
      }
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  const { code, stderr } = await turncoat(emptyFolder(), ['campaign', 'status', '--redis', `redis://127.0.0.1:${port}`])
  server.close()
  expect({ code, stderr: stderr.replace(/\s+/g, ' ') }).toEqual({
    code: 2,
    stderr: expect.stringContaining('is version 6.2.14; use Redis 7 or later, or Valkey'),
  })
})

test('a full disk at a machine: it says so, and nothing that was done is lost', async () => {
  const folder = emptyFolder()
  const { spawnSync } = await import('node:child_process')
  const main = join(import.meta.dirname, '../../dist/src/cli/main.js')
  const argv = ['campaign', 'run', ...FUZZ, ...CUT, '--shard', '1/1', '--out', 'full.jsonl', '--quiet']
  // Files may have 2 kB: room for the heading and a few shards.
  const limited = `ulimit -f 2; trap '' XFSZ; exec "${process.execPath}" "${main}" ${argv.join(' ')}`
  const full = spawnSync('bash', ['-c', limited], { cwd: folder, encoding: 'utf8' })
  expect({ code: full.status, stderr: full.stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('full.jsonl cannot be written'),
  })
  const before = readFileSync(join(folder, 'full.jsonl'), 'utf8')
  expect(before.split('\n').length).toBeGreaterThan(2)
  expect(await started(folder, argv).done).toMatchObject({ code: 0, stderr: '' })
  const after = readFileSync(join(folder, 'full.jsonl'), 'utf8')
  expect(after.startsWith(before.slice(0, before.lastIndexOf('\n') + 1))).toBe(true)
  expect(after.trim().split('\n')).toHaveLength(11)
})
