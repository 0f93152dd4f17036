import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LONG } from '../tiers.ts'
import { emptyFolder, turncoat } from './world.ts'

/** Where proving is not allowed, all strategies would be tried. */
const SEARCH = ['--max-states', '0', '--strategy', 'split-brain', 'silent']
const SMALL = ['sweep', 'pbft/quorum-2f-plus-1', '--n', '4,5', '--b', '1..2', '--views', '1', '--runs', '8']
const QUICK = ['--boundary', '2', '--trials', '1', '--without-pictures', '--workers', '1']
const BOTH = ['--claim', 'agreement,liveness']

const journalIn = (folder: string): string => readFileSync(join(folder, 'out/sweep/cells.jsonl'), 'utf8')

describe('a small sweep', () => {
  test('says where it breaks, saves each trace, and the traces replay', async () => {
    const folder = emptyFolder()
    const ran = await turncoat(folder, [...SMALL, ...BOTH, ...QUICK])
    expect(ran.stderr).toBe('')
    // n = 5, b = 1 is within f = 1.
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain('4  1  3  proved    violated')
    expect(ran.stdout).toContain('5  1  3  violated  violated')
    expect(ran.stdout).toContain('agrees with all of 8 cells')
    const traces = ran.files.filter((file) => file.endsWith('.json'))
    expect(traces).toEqual(
      ['agreement-n4-f1-b2', 'agreement-n5-f1-b1', 'agreement-n5-f1-b2', 'liveness-n4-f1-b2'].map(
        (name) => `out/sweep/traces/pbft-quorum-2f-plus-1-${name}.json`,
      ),
    )
    const replayed = await turncoat(folder, ['replay', ...traces])
    expect(replayed.code).toBe(0)
  })

  test.runIf(LONG)('one object says it all', async () => {
    const folder = emptyFolder()
    const { stdout } = await turncoat(folder, [...SMALL, ...QUICK, '--json', '--rates', ...SEARCH])
    const { command, grid, cells, seconds } = JSON.parse(stdout)
    expect([command, grid.n, typeof seconds]).toEqual(['sweep', '4,5', 'number'])
    expect(cells.map((cell: { n: number; b: number }) => [cell.n, cell.b])).toEqual([
      [4, 1],
      [4, 2],
      [5, 1],
      [5, 2],
    ])
    const cell = cells[2]
    expect(cell).toMatchObject({ claim: 'agreement', verdict: 'violated', strategy: 'split-brain', quorum: 3, f: 1 })
    expect(cell.violations).toBeGreaterThan(0)
    expect(cell.decided).toBeLessThanOrEqual(cell.runs)
    expect(cell.upper95).toBeGreaterThan(cell.violations / cell.runs)
    expect(cell.latency.p50).toBeLessThanOrEqual(cell.latency.p99)
    expect(cell.messages.map(({ type }: { type: string }) => type)).toContain('COMMIT')
    expect(readFileSync(join(folder, cell.trace), 'utf8')).toContain('"turncoat"')
  })

  test.runIf(LONG)('the run that a trace names is that run', async () => {
    const folder = emptyFolder()
    await turncoat(folder, [...SMALL, ...QUICK, ...SEARCH])
    const path = join(folder, 'out/sweep/traces/pbft-quorum-2f-plus-1-agreement-n5-f1-b1.json')
    const { origin } = JSON.parse(readFileSync(path, 'utf8'))
    const [, ...again] = origin.command.split(' ')
    const { claims } = JSON.parse((await turncoat(emptyFolder(), [...again, '--json', '--max-states', '50'])).stdout)
    expect(claims[0]).toMatchObject({
      firstRun: origin.run,
      strategy: origin.strategy.join('+'),
      rawSteps: origin.stepsBeforeShrinking,
    })
  })
})

describe('a sweep that was killed', () => {
  const argv = [...SMALL, ...QUICK, ...SEARCH]

  test.runIf(LONG)('goes on where it was, and ends in the same bytes', async () => {
    const [whole, killed] = [emptyFolder(), emptyFolder()]
    await turncoat(whole, argv)
    const journal = journalIn(whole)
    await turncoat(killed, argv)
    const [heading, first, second, third] = journal.split('\n')
    // Another order, as threads leave it, and a line that was never finished.
    const left = `${heading}\n${second}\n${first}\n${third!.slice(0, 30)}`
    writeFileSync(join(killed, 'out/sweep/cells.jsonl'), left)
    const again = await turncoat(killed, argv)
    expect(again.stdout).toContain('4 points, 2 of them from before')
    expect(journalIn(killed)).toBe(journal)
    expect(again.files).toEqual((await turncoat(whole, argv)).files)
  })

  test('is not gone on with by another one', async () => {
    const folder = emptyFolder()
    await turncoat(folder, argv)
    const other = await turncoat(folder, [...argv, '--seed', '2'])
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toMatch(/journal of another sweep: seed was 1; give another folder with --out/)
  })
})

test.runIf(LONG)('near the boundary there are more runs', async () => {
  const { stdout } = await turncoat(emptyFolder(), [...SMALL, ...QUICK, ...SEARCH, '--json'])
  const runs = JSON.parse(stdout).cells.map(({ verdict, runs: made }: { verdict: string; runs: number }) => [
    verdict,
    made,
  ])
  const [[verdict, made]] = runs
  const once = await turncoat(emptyFolder(), [...SMALL, ...QUICK, ...SEARCH, '--boundary', '0', '--json'])
  expect(verdict).toBe('not-found')
  expect(made).toBe(3 * JSON.parse(once.stdout).cells[0].runs)
})

test.runIf(LONG)('pictures, their numbers, and a page with links to the traces', async () => {
  const folder = emptyFolder()
  const argv = [...SMALL, ...QUICK, ...BOTH, '--rates'].filter((word) => word !== '--without-pictures')
  const { files } = await turncoat(folder, argv)
  const names = files.filter((file) => file.endsWith('.svg')).map((file) => file.slice('out/sweep/'.length, -4))
  const what = ['delays', 'first-agreement', 'latency', 'messages', 'phase', 'rates-agreement', 'success', 'views']
  expect(names).toEqual(what.map((name) => `${name}-pbft-quorum-2f-plus-1`))
  for (const name of names) {
    expect(files).toContain(`out/sweep/${name}.csv`)
    expect(files).toContain(`out/sweep/${name}.png`)
  }
  const page = readFileSync(join(folder, 'out/sweep/report.html'), 'utf8')
  expect(page).toContain('href="traces/pbft-quorum-2f-plus-1-agreement-n5-f1-b1.html"')
  const shown = readFileSync(join(folder, 'out/sweep/traces/pbft-quorum-2f-plus-1-agreement-n5-f1-b1.html'), 'utf8')
  expect(shown).toContain('href="pbft-quorum-2f-plus-1-agreement-n5-f1-b1.json"')
  expect(shown).toMatch(/Violated agreement: r\d decided/)
  expect(shown).toContain('<svg ')
  expect(page.match(/<svg/g)!.length).toBe(names.length)
})

test("a user's file is swept too, and a changed one is another protocol", async () => {
  const folder = emptyFolder()
  const file = readFileSync(join(import.meta.dirname, 'files/first-wins.ts'), 'utf8')
  const own = file.replaceAll(/'(\.\.\/)+src\//g, `'${join(import.meta.dirname, '../../src')}/`)
  writeFileSync(join(folder, 'mine.ts'), own)
  const argv = ['sweep', './mine.ts', '--n', '4', '--b', '0..1', '--runs', '5', ...QUICK]
  const ran = await turncoat(folder, argv)
  expect(ran.stderr).toBe('')
  expect(ran.stdout).toContain('2 points')
  writeFileSync(join(folder, 'mine.ts'), `${own}\n// changed\n`)
  expect((await turncoat(folder, argv)).stderr).toContain('the file of the protocol was changed')
})

describe('exit codes', () => {
  test.each([
    ['what breaks beyond f is what was asked for', ['pbft', '--n', '4', '--b', '1..2', '--views', '1'], 0],
    ['what breaks within f is not', ['pbft/quorum-2f-plus-1', '--n', '5', '--b', '1', '--views', '1'], 1],
    ['nobody decides in no view at all', ['pbft', '--n', '4', '--b', '0', '--views', '0'], 4],
  ])('%s', async (_, argv, code) => {
    const ran = await turncoat(emptyFolder(), ['sweep', ...argv, '--runs', '5', ...QUICK])
    expect(ran.stderr).toBe('')
    expect(ran.code).toBe(code)
  })
})

describe('mistakes', () => {
  test.each([
    [['sweep'], /no subject is given/],
    [['sweep', 'pbft', '--n', 'four'], /"four" is not a place on an axis/],
    [['sweep', 'pbft', '--n', '4', '--b', '5..6'], /the grid has no point/],
    [['sweep', 'pbft', '--n', '5..4'], /no n is in 5\.\.4/],
    [['sweep', 'pbft', '--b', '0..m'], /"m" is not a place on an axis/],
    [['sweep', 'pbft', '--strategy', 'split-brian'], /did you mean split-brain/],
    [['sweep', 'pbft', '--claim', 'agrement'], /did you mean agreement/],
    [['sweep', 'pbft', '--delay', 'fast'], /Write milliseconds/],
    [['sweep', 'bracha', '--views-unattacked', '3'], /no bound called views/],
    [['sweep', 'pbft', '--byzantine', '0'], /unknown option '--byzantine'/],
  ])('%j', async (argv, why) => {
    const ran = await turncoat(emptyFolder(), argv)
    expect(ran).toMatchObject({ code: 2, stdout: '', files: [] })
    expect(ran.stderr).toMatch(why)
  })
})
