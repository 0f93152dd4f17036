import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { emptyFolder } from './world.ts'

const MAIN = join(import.meta.dirname, '../../dist/src/cli/main.js')
/**
 * One Byzantine replica of four, with two kinds of authentication and two networks: eight points for several threads.
 */
const AROUND = [
  ...['sweep', 'bracha', '--n', '4', '--b', '0..1', '--auth', 'channels,none', '--runs', '10', '--boundary', '1'],
  ...['--network', 'none', '--network', 'duplicate,lose', '--trials', '2', '--partition', '0..300:halves'],
  ...['--out', 'swept'],
]
const ARGV = ['sweep', 'pbft/quorum-2f-plus-1', '--n', '4..5', '--b', '0..n', '--views', '1', '--runs', '10']
const MORE = ['--claim', 'agreement,liveness', '--boundary', '1', '--trials', '2', '--out', 'swept']

/** Everything that a sweep has written, by name. */
function written(folder: string): Record<string, string> {
  const files = readdirSync(join(folder, 'swept'), { recursive: true, withFileTypes: true })
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  return Object.fromEntries(paths.sort().map((path) => [path.slice(folder.length), readFileSync(path, 'base64')]))
}

function swept(folder: string, workers: string, argv: readonly string[] = [...ARGV, ...MORE]): void {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...argv, '--workers', workers], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
}

const alone = emptyFolder()

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('build first: npm run build')
  swept(alone, '1')
}, 120_000)

test('two threads write the bytes of one: journal, traces, pictures and page', () => {
  const folder = emptyFolder()
  swept(folder, '2')
  expect(Object.keys(written(folder)).length).toBeGreaterThan(10)
  expect(written(folder)).toEqual(written(alone))
})

test('so they do where points differ by their surroundings only', () => {
  const [one, two] = [emptyFolder(), emptyFolder()]
  swept(one, '1', AROUND)
  swept(two, '2', AROUND)
  const labels = readFileSync(join(two, 'swept/cells.jsonl'), 'utf8').match(/(?<=^\{"subject":")[^"]*/gm)
  expect(new Set(labels).size).toBe(4)
  expect(written(two)).toEqual(written(one))
})

test('a process that was killed is gone on with, and the bytes are the same', async () => {
  const folder = emptyFolder()
  const journal = join(folder, 'swept/cells.jsonl')
  const killed = spawn(process.execPath, [MAIN, ...ARGV, ...MORE, '--workers', '2'], { cwd: folder, stdio: 'ignore' })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => killed.on('exit', (_, signal) => resolve(signal)))
  const lines = (): number => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0)
  // The heading and two points: there are eleven of them, and a second pass.
  while (lines() < 3) await new Promise((resolve) => setTimeout(resolve, 5))
  killed.kill('SIGKILL')
  expect(await ended).toBe('SIGKILL')
  const known = lines() - 1
  expect(known).toBeGreaterThanOrEqual(2)
  expect(existsSync(join(folder, 'swept/report.html'))).toBe(false)
  swept(folder, '2')
  expect(written(folder)).toEqual(written(alone))
})
