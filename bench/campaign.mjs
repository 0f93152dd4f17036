/**
 * What campaigns on a queue cost. Figures are printed, never asserted. Needs redis-server on the PATH, and a build:
 *
 *     npm run build && node bench/campaign.mjs
 *     node bench/campaign.mjs empty       shards that take no time only
 *     node bench/campaign.mjs speed-up    one worker against two only; a number after it says how often
 *
 * Processor seconds do not count what other processes take away; seconds on the clock do, so the load is printed, too.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { address } from '../dist/src/campaign/address.js'
import { ShardQueue } from '../dist/src/campaign/queue.js'
import { work } from '../dist/src/campaign/worker.js'

const MAIN = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url))
const EMPTY_SHARDS = 2_000
/**
 * Runs in one shard, shards, and how often each number of workers is tried. A worker needs some seconds for its tables, its
 * pilot and its compiler: a campaign is to be much longer.
 */
const CUT = 20_000
const SHARDS = 60
const ROUNDS = Number(process.argv[3] ?? 3)
const COMMAND = ['pbft', '--n', '4', '--byzantine', '0', '--runs', String(CUT * SHARDS)]
const CAMPAIGN = ['run', ...COMMAND, '--shard-runs', String(CUT)]
/** Clock ticks in a second, in which Linux counts. */
const TICKS = 100

const folder = mkdtempSync(join(tmpdir(), 'turncoat-bench-'))
const port = await new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => done(port))
  })
})
const url = `redis://127.0.0.1:${port}`
const options = ['--appendonly', 'yes', '--save', '', '--bind', '127.0.0.1', '--dir', folder]
const redis = spawn('redis-server', ['--port', String(port), ...options], { stdio: 'ignore' })
await sleep(1_000)

const one1 = (value) => value.toFixed(1)
const two = (value) => value.toFixed(2)
const load = () => `load ${loadavg()[0].toFixed(1)} on ${cpus().length} cores`

async function processorOf(queue) {
  const info = await queue.redis.info('cpu')
  return ['used_cpu_user', 'used_cpu_sys'].reduce((sum, name) => sum + Number(info.match(`${name}:([0-9.]+)`)[1]), 0)
}

/** Shards that take no time: what is left is the queue. Feeder and worker are this one process. */
async function emptyShards() {
  const queue = await ShardQueue.open(address(url), 'empty', () => {})
  const answer = [{ first: 0, runs: 200, steps: 3_000, decided: 200, cut: 0, unfinished: 0, fired: [], found: [] }]
  const campaign = { subject: 'pbft', settings: [{}], claims: [], runs: 200, firstRun: 0, seed: 1 }
  const job = (first) => ({
    turncoat: { version: 'bench', build: 'bench', campaign: 'bench' },
    shard: { kind: 'blocks', campaign, first, count: 200 },
  })
  const began = performance.now()
  const own = process.cpuUsage()
  const before = await processorOf(queue)
  for (let i = 0; i < EMPTY_SHARDS; i++) await queue.add(job(i), `s${i}`)
  const fed = performance.now()
  void work(
    address(url),
    'empty',
    {
      ...{ name: 'bench', threads: 4, version: 'bench', build: 'bench', files: [], isRegistered: () => true },
      ...{ do: async () => ({ value: answer }), now: Date.now, sleep },
    },
    () => {},
  )
  for (;;) {
    const { completed } = await queue.counts()
    if (completed >= EMPTY_SHARDS) break
    await sleep(50)
  }
  const done = performance.now()
  for (let i = 0; i < EMPTY_SHARDS; i++) await queue.look('bench', `s${i}`)
  const looked = performance.now()
  const { user, system } = process.cpuUsage(own)
  const server = (await processorOf(queue)) - before
  const memory = (await queue.redis.info('memory')).match(/used_memory:(\d+)/)[1]
  const each = (value) => two(value / EMPTY_SHARDS)
  console.log(`${EMPTY_SHARDS} shards that take no time, one process, ${load()}:`)
  console.log(
    `  on the clock, ms a shard: put ${each(fed - began)}, do ${each(done - fed)}, look ${each(looked - done)}`,
  )
  console.log(`  processor, ms a shard: Node ${each((user + system) / 1_000)}, Redis ${each(server * 1_000)}`)
  console.log(`  memory of Redis: ${two(memory / 1_000 / EMPTY_SHARDS)} kB a shard`)
  await queue.close()
}

function run(argv) {
  const child = spawn(process.execPath, [MAIN, 'campaign', ...argv], {
    ...{ cwd: folder, env: { ...process.env, TURNCOAT_REDIS: url }, stdio: ['ignore', 'ignore', 'inherit'] },
    // A session of its own, as on a machine of its own: Linux shares processors out among sessions first.
    detached: true,
  })
  return { child, done: new Promise((done) => child.on('exit', done)) }
}

/** Processor seconds of a process and its threads; the last ones that were seen where it has ended. */
const seen = new Map()
function processorSeconds({ child: { pid } }) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    seen.set(pid, (Number(fields[11]) + Number(fields[12])) / TICKS)
  } catch {
    // It has ended.
  }
  return seen.get(pid) ?? 0
}

/** One campaign by so many workers. */
async function timed(count, name) {
  const queue = await ShardQueue.open(address(url), name, () => {})
  const workers = Array.from({ length: count }, () =>
    run(['worker', '--redis', '--queue', name, '--workers', '1', '--quiet']),
  )
  await sleep(5_000)
  const before = [workers.map(processorSeconds), await processorOf(queue)]
  const began = performance.now()
  const campaign = run([...CAMPAIGN, '--redis', '--queue', name, '--out', name, '--quiet'])
  let isOver = false
  const over = campaign.done.then(() => {
    isOver = true
  })
  while (!isOver) {
    processorSeconds(campaign)
    await Promise.race([over, sleep(100)])
  }
  const wall = (performance.now() - began) / 1_000
  const each = workers.map((one, i) => processorSeconds(one) - before[0][i])
  const [feeder, redis] = [processorSeconds(campaign), (await processorOf(queue)) - before[1]]
  for (const { child } of workers) child.kill('SIGKILL')
  await queue.close()
  return { wall, each, feeder, redis }
}

/**
 * The same campaign by one worker, and by two. Seconds on the clock are what was asked for, and mean something on an idle
 * machine only. Processor seconds hold on a busy one, too: on as many free cores as workers, a campaign takes as long as
 * the worker that works most.
 */
async function speedUp() {
  const found = { 1: [], 2: [] }
  for (let round = 0; round < ROUNDS; round++) {
    for (const count of [1, 2]) {
      const one = await timed(count, `speed-${round}-${count}`)
      found[count].push(one)
      const parts = one.each.map((seconds) => two(seconds)).join(' + ')
      console.log(
        `  ${count} worker(s), round ${round + 1}: ${one1(one.wall)} s; processor ${parts} s of workers, ${two(one.feeder)} s of the campaign, ${two(one.redis)} s of Redis (${load()})`,
      )
    }
  }
  const least = (count, of) => Math.min(...found[count].map(of))
  const [alone, both] = [1, 2].map((count) => least(count, ({ wall }) => wall))
  const [all, most] = [1, 2].map((count) => least(count, ({ each }) => Math.max(...each)))
  const cost = (of) => two((1_000 * least(2, of)) / SHARDS)
  console.log(`${SHARDS} shards of ${CUT} runs, the least of ${ROUNDS} rounds:`)
  console.log(
    `  on the clock: ${one1(alone)} s with one worker, ${one1(both)} s with two: ${two(alone / both)} times as fast`,
  )
  console.log(`  processor: ${two(all)} s of one worker, at most ${two(most)} s of each of two: ${two(all / most)}`)
  console.log(
    `  a shard: ${one1((1_000 * all) / SHARDS)} ms of its worker, ${cost(({ feeder }) => feeder)} ms of the campaign, start included, ${cost(({ redis }) => redis)} ms of Redis`,
  )
  if (loadavg()[0] > 3.5) console.log('  This machine was busy: what is said of the clock means nothing.')
}

try {
  const [only] = process.argv.slice(2)
  if (only !== 'speed-up') await emptyShards()
  if (only !== 'empty') await speedUp()
} finally {
  redis.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
