import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { studies } from '../../src/studies/index.ts'
import { lookAt, surprise } from '../../src/studies/scenario.ts'
import { LONG } from '../tiers.ts'
import { emptyFolder, turncoat } from './world.ts'

const names = studies.map(({ name }) => name)

test('without a name the studies are listed', async () => {
  const { code, stdout } = await turncoat(emptyFolder(), ['study'])
  expect(code).toBe(0)
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(names)
})

test('a mistyped name is an error with a suggestion, and nothing is written', async () => {
  const { code, stderr, files } = await turncoat(emptyFolder(), ['study', 'quorun'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/no study called quorun; did you mean quorum\?/)
  expect(files).toEqual([])
})

test('a place that cannot be written to is refused before anything is run', async () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'here'), 'a file')
  const { code, stderr } = await turncoat(folder, ['study', 'cost', '--quick', '--out', 'here/below'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/nothing can be written to here\/below/)
})

/** What a study needs at least: pictures with their numbers, rows, and a page. */
describe.each(LONG ? names : ['crash-under-one-byzantine'])('%s', (name) => {
  test('makes its files; equal seeds make equal bytes, and all results are as theory predicts', async () => {
    const argv = ['study', name, '--quick', '--seed', '7', '--workers', '1', '--out', 'here', '--json']
    const [one, other] = [emptyFolder(), emptyFolder()]
    const ran = await turncoat(one, argv)
    expect(ran.stderr).not.toMatch(/not as theory predicts:/)
    expect(ran.code).toBe(0)
    const { rows, surprises, files, reproduce } = JSON.parse(ran.stdout)
    expect(rows.length).toBeGreaterThan(5)
    expect(surprises).toEqual([])
    expect(reproduce).toBe(`turncoat study ${name} --quick --seed 7`)
    const pictures = (files as string[]).filter((file) => file.endsWith('.svg'))
    expect(pictures.length).toBeGreaterThan(0)
    for (const picture of pictures) {
      for (const kind of ['png', 'csv']) expect(files).toContain(picture.replace(/svg$/, kind))
    }
    expect(files).toEqual(expect.arrayContaining(['report.html', 'results.jsonl']))
    const again = await turncoat(other, argv)
    expect(again.stdout).toBe(ran.stdout)
    expect(again.files).toEqual(ran.files)
    for (const file of ran.files.filter((path) => /\.\w+$/.test(path))) {
      expect(readFileSync(join(other, file)).equals(readFileSync(join(one, file))), file).toBe(true)
    }
    const broken = ran.files.filter((file) => /traces\/.*\.json$/.test(file))
    if (broken.length > 0) expect((await turncoat(one, ['replay', ...broken])).code).toBe(0)
    const page = readFileSync(join(one, 'here/report.html'), 'utf8')
    for (const [, link] of page.matchAll(/href="(traces\/[^"]+)"/g)) {
      expect(ran.files).toContain(`here/${decodeURIComponent(link!)}`)
    }
  }, 120_000)
})

test('a verdict that is otherwise than theory says is a surprise', async () => {
  const scenario = {
    ...{ row: 'Bracha', column: 'n = 3', subject: 'bracha/n-3f' },
    configuration: { n: 3, f: 1, b: 1 },
    expected: { agreement: true, integrity: true },
  }
  const { findings, traces } = await lookAt(scenario, { seed: 1, runs: 10, maxStates: 10_000 })
  expect(findings.map(({ claim, verdict }) => [claim, verdict])).toEqual([
    ['agreement', 'violated'],
    ['integrity', 'proved'],
  ])
  expect(findings.flatMap(surprise)).toHaveLength(1)
  expect(findings.flatMap(surprise)[0]).toMatch(
    /agreement is violated, theory says it holds: turncoat check bracha\/n-3f/,
  )
  expect(traces.map(({ name }) => name)).toEqual(['traces/bracha-n-3f-agreement-n3-f1-b1.json'])
})
