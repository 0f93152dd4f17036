import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyFolder, turncoat } from './world.ts'

const COMMAND = ['sweep', 'asyncio-pbft', '--published']

const PICTURES = [
  ...['latency-by-prepares', 'latency-commit-once', 'published-latency', 'published-success', 'success-by-primary'],
]
const FILES = [
  'report.html',
  'trials.jsonl',
  ...PICTURES.flatMap((name) => ['csv', 'png', 'svg'].map((end) => `${name}.${end}`)),
].sort()

describe('the published experiment', async () => {
  const folder = emptyFolder()
  const ran = await turncoat(folder, COMMAND)
  const lines = ran.stdout.split('\n')
  const read = (name: string): string => readFileSync(join(folder, 'out/published', name), 'utf8')

  test('prints what the program prints, for 0 to 9 malicious replicas with 6 trials each', () => {
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(lines[0]).toBe('n=10 => PBFT theoretical max f = floor((n-1)/3) = 3')
    const printed = lines.filter((line) => line.startsWith('malicious='))
    expect(printed).toHaveLength(10)
    expect(printed[0]).toMatch(/^malicious= 0 \| success=6\/6 \| avg_latency=0\.2\d{5} \| digest_agreement=6\/6$/)
    expect(printed[9]).toBe('malicious= 9 | success=0/6 | avg_latency=NA | digest_agreement=0/1')
  })

  test('explains it, and says how to do it again', () => {
    expect(ran.stdout).toContain('All 120 trials ended as the analysis says')
    expect(ran.stdout).toContain('again: turncoat sweep asyncio-pbft --published --runs 6 --seed 11')
  })

  test('saves a page, the pictures with their numbers, and every trial', () => {
    expect(ran.files.filter((name) => name.startsWith('out/published/'))).toEqual(
      FILES.map((name) => `out/published/${name}`),
    )
    const trials = read('trials.jsonl').trimEnd().split('\n')
    expect(trials).toHaveLength(120)
    expect(JSON.parse(trials[0]!)).toMatchObject({ subject: 'asyncio-pbft', trial: 0, malicious: 0, success: true })
    expect(JSON.parse(trials[119]!)).toMatchObject({ subject: 'asyncio-pbft/commit-once', trial: 5, malicious: 9 })
    expect(readFileSync(join(folder, 'out/published/published-latency.png')).subarray(1, 4).toString()).toBe('PNG')
    const page = read('report.html')
    for (const name of PICTURES) expect(page).toContain(`${name}.csv`)
  })

  test('the numbers of a picture are those that were printed', () => {
    const rows = read('published-success.csv').trim().split('\r\n').slice(1)
    const printed = lines.filter((line) => line.startsWith('malicious='))
    expect(rows.map((row) => Number(row.split(',')[2]))).toEqual(
      printed.map((line) => Number(line.match(/success=(\d+)/)![1]) / 6),
    )
  })

  test('again with the same seed: the same bytes; with another one, others', async () => {
    const names = FILES.map((name) => `out/published/${name}`)
    const [same, other] = [emptyFolder(), emptyFolder()]
    await turncoat(same, [...COMMAND, '--seed', '11', '--runs', '6'])
    await turncoat(other, [...COMMAND, '--seed', '12'])
    const differing = (there: string): string[] =>
      names.filter((name) => !readFileSync(join(folder, name)).equals(readFileSync(join(there, name))))
    expect(differing(same)).toEqual([])
    expect(differing(other)).toEqual(names)
  })
})

test('--json gives the cells, and the published rows with what is expected of them', async () => {
  const ran = await turncoat(emptyFolder(), [...COMMAND, '--runs', '2', '--out', 'here', '--json'])
  const found = JSON.parse(ran.stdout)
  expect(ran.code).toBe(0)
  expect(ran.files).toContain('here/report.html')
  expect(found).toMatchObject({ command: 'sweep', grid: { n: 10, f: 3, runs: 2, seed: 11 }, folder: 'here' })
  expect(found.cells).toHaveLength(20)
  expect(found.cells[0]).toMatchObject({
    ...{ subject: 'asyncio-pbft', n: 10, f: 3, b: 0, quorum: 7, strategy: 'published', claim: 'agreement' },
    ...{ verdict: 'not-found', runs: 2, violations: 0, decided: 2 },
  })
  expect(found.cells[0].latency.p50).toBeGreaterThan(150)
  expect(found.cells[9]).toMatchObject({ b: 9, verdict: 'vacuous', decided: 0 })
  expect(found.published).toHaveLength(10)
  expect(found.published[1]).toMatchObject({ malicious: 1, trials: 2, expected: { success: 0.9 } })
})

test('--quiet prints what the program prints, and no more', async () => {
  const ran = await turncoat(emptyFolder(), [...COMMAND, '--runs', '1', '--quiet'])
  expect(ran.stdout.trimEnd().split('\n')).toHaveLength(12)
})

test.each([
  [['sweep', '--published'], 'needs its subject'],
  [['sweep', 'pbft', '--published'], 'not pbft'],
  [[...COMMAND, 'asyncio-pbft/commit-once'], 'not asyncio-pbft/commit-once'],
  [[...COMMAND, '--runs', '0'], 'without a trial'],
  [[...COMMAND, '--n', '7'], 'leaves no room for --n'],
  [[...COMMAND, '--max-steps', '7'], 'leaves no room for --max-steps'],
])('turncoat %j is a mistake of the user', async (argv, said) => {
  const ran = await turncoat(emptyFolder(), argv)
  expect(ran.code).toBe(2)
  expect(ran.stderr).toContain(said)
  expect(ran.files).toEqual([])
})
