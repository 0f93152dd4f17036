import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { made } from './processes.ts'

/** Broken in one of its claims only, so that all runs are made: four shards of one block. */
const FUZZ = ['two-phase-commit/commit-early', '--n', '3', '--claim', 'atomicity,liveness', '--runs', '700']
const folder = emptyFolder()
const campaign = (...words: string[]) => turncoat(folder, ['campaign', ...words])
const shard = (i: number, of: number, ...words: string[]) =>
  campaign('run', ...words, '--shard-runs', '200', '--shard', `${i}/${of}`, '--out', `${i}-of-${of}.jsonl`)

beforeAll(async () => {
  const { code } = await campaign('run', ...FUZZ, '--shard-runs', '200', '--out', 'alone', '--quiet')
  expect(code).toBe(1)
  for (const i of [1, 2]) expect(await shard(i, 2, ...FUZZ)).toMatchObject({ code: 0, stderr: '' })
}, 60_000)

test('a campaign finds what its command finds', async () => {
  const { stdout } = await turncoat(folder, ['fuzz', ...FUZZ, '--json', '--workers', '1', '--out', 'traces'])
  const { seconds: _, ...found } = JSON.parse(stdout)
  for (const claim of found.claims) delete claim.kept
  const result = JSON.parse(readFileSync(join(folder, 'alone/result.json'), 'utf8'))
  expect(result).toEqual(found)
  const { trace } = result.claims[0]
  expect(readFileSync(join(folder, 'alone', trace))).toEqual(readFileSync(join(folder, trace)))
})

test('two machines, in any order, find what one does: the same bytes', async () => {
  const merged = await campaign('merge', '2-of-2.jsonl', '1-of-2.jsonl', '--out', 'merged')
  expect(merged).toMatchObject({ code: 1, stderr: '' })
  expect(merged.stdout).toContain('violated  atomicity')
  expect(Object.keys(made(join(folder, 'alone')))).toHaveLength(4)
  expect(made(join(folder, 'merged'))).toEqual(made(join(folder, 'alone')))
})

test('what is broken again and again is told once for each cause, as its shard has shrunk it', async () => {
  const causes = JSON.parse(readFileSync(join(folder, 'merged/causes.json'), 'utf8'))
  expect(causes).toMatchObject([{ claim: 'atomicity', n: 3, b: 0, windows: 1, trace: expect.any(String) }])
  const { steps } = JSON.parse(readFileSync(join(folder, 'merged', causes[0].trace), 'utf8'))
  expect(steps).toHaveLength(causes[0].steps)
  expect(causes[0].steps).toBeLessThan(10)
  const replayed = await turncoat(folder, ['replay', `merged/${causes[0].trace}`])
  expect(replayed.code).toBe(0)
})

test('a machine that is missing is named', async () => {
  const { code, stderr } = await campaign('merge', '1-of-2.jsonl', '--out', 'half')
  expect(code).toBe(2)
  expect(stderr).toContain('2 shards of turncoat fuzz two-phase-commit/commit-early')
  expect(stderr).toContain('let 2/2 run again')
  writeFileSync(join(folder, 'hollow.jsonl'), 'hello')
  expect((await campaign('merge', 'hollow.jsonl')).stderr).toContain('hollow.jsonl holds no shard')
  expect((await campaign('merge', 'none.jsonl')).stderr).toContain('there is no file of shards called none.jsonl')
})

test('a torn last line is done again, and nothing else is', async () => {
  const path = join(folder, '1-of-2.jsonl')
  const before = readFileSync(path, 'utf8')
  writeFileSync(path, before.slice(0, -30))
  const merged = await campaign('merge', '1-of-2.jsonl', '2-of-2.jsonl', '--out', 'torn')
  expect(merged.code).toBe(2)
  const { stdout } = await shard(1, 2, ...FUZZ)
  expect(stdout).toContain('machine 1 of 2: 1 shard done')
  expect(readFileSync(path, 'utf8')).toBe(before)
})

test('a shard that came out differently on two machines is a bug, and exit code 3', async () => {
  const [heading, line] = readFileSync(join(folder, '1-of-2.jsonl'), 'utf8').split('\n')
  const { shard: id, answer } = JSON.parse(line!)
  answer[0].steps++
  const { answerLine } = await import('../../src/campaign/journal.ts')
  writeFileSync(join(folder, 'other.jsonl'), `${heading}\n${answerLine(id, answer)}`)
  const { code, stderr } = await campaign('merge', '1-of-2.jsonl', 'other.jsonl', '--out', 'differs')
  expect(code).toBe(3)
  expect(stderr).toContain('done twice and came out differently')
})

test('what was done by another version, or is of another campaign, is refused', async () => {
  const text = readFileSync(join(folder, '1-of-2.jsonl'), 'utf8')
  writeFileSync(join(folder, 'old.jsonl'), text.replace(/"build":"[^"]*"/, '"build":"000000000000"'))
  const old = await campaign('merge', 'old.jsonl', '--out', 'old')
  expect(old).toMatchObject({ code: 2, stderr: expect.stringContaining('(build 000000000000), and this is') })
  const other = await campaign('run', ...FUZZ, '--seed', '2', '--shard', '1/2', '--out', '1-of-2.jsonl')
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('is of another campaign') })
})

test('the same command, or resume, goes on from the folder and does nothing twice', async () => {
  const path = join(folder, 'alone/shards.jsonl')
  const [before, text] = [made(join(folder, 'alone')), readFileSync(path, 'utf8')]
  const lines = text.split('\n')
  writeFileSync(path, `${lines.slice(0, 3).join('\n')}\n`)
  appendFileSync(path, '{"shard":"')
  const { code } = await campaign('resume', '--out', 'alone', '--quiet')
  expect(code).toBe(1)
  expect(made(join(folder, 'alone'))).toEqual(before)
  expect(readFileSync(path, 'utf8').split('\n').sort()).toEqual(lines.sort())
})

test('a mistake leaves nothing behind', async () => {
  const empty = emptyFolder()
  const { files } = await turncoat(empty, ['campaign', 'run', 'two-phase-commit', '--rums', '3'])
  expect(files.filter((file) => file.endsWith('.jsonl') || file.endsWith('.json'))).toEqual([])
})

describe('mistakes', () => {
  test.each([
    [['campaign'], 'write one of run, merge, resume, worker, status, stop'],
    [['campaign', 'rum', 'pbft'], 'a campaign cannot rum'],
    [['campaign', 'run'], 'the campaign has no command'],
    [['campaign', 'run', 'pbft', '--shard', '5/4'], '--shard 5/4'],
    [
      ['campaign', 'run', 'pbft', '--shard', '1/2', '--queue', 'q', '--redis'],
      '--redis and --shard exclude each other',
    ],
    [['campaign', 'run', 'pbft', '--time', '3s'], 'a campaign has no --time'],
    [['campaign', 'run', 'pbftt'], 'did you mean pbft'],
    [['campaign', 'run', 'pbft', '--rums', '3'], "unknown option '--rums'"],
    [['campaign', 'merge'], 'there is nothing to merge'],
    [['campaign', 'merge', 'none.jsonl'], 'there is no file of shards called none.jsonl'],
    [['campaign', 'merge', '1-of-2.jsonl', '--shard', '1/2'], 'campaign merge has no flag --shard'],
    [['campaign', 'resume', '--out', 'nowhere'], 'there is no nowhere/shards.jsonl'],
    [['campaign', 'worker', '--redis', 'redis://far.example'], 'is another machine'],
    [['campaign', 'run', 'pbft', '--redis', 'redis://127.0.0.1:1'], 'there is no Redis at redis://127.0.0.1:1'],
    [['campaign', 'status', '--redis', '--queue', 'a:b'], 'the name of the queue has odd characters'],
    [['campaign', 'status', '--redis', 'redis://:geheim@127.0.0.1:1'], 'there is no Redis at redis://…@127.0.0.1:1'],
  ])('%j', async (argv, message) => {
    const { code, stderr, stdout } = await turncoat(folder, argv)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.replace(/\s+/g, ' ').toLowerCase()).toContain(message.toLowerCase())
    expect(stderr).not.toContain('geheim')
  })
})
