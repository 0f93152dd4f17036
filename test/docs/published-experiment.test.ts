import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { PYTHON } from '../published/python.ts'
import { ROOT, read } from './blocks.ts'

const PAGE = 'docs/studies/published-experiment.md'
const PICTURES = join(ROOT, 'docs/studies/published-experiment')
const COMMAND = 'sweep asyncio-pbft --published --runs 200'

const isAccepting = process.env['TURNCOAT_REWRITE_GOLDEN'] === '1'

interface Row {
  readonly malicious: number
  readonly meanLatencyS: number | null
  readonly commitOnce: { readonly meanLatencyS: number | null }
  readonly primaryCorrect: { readonly trials: number; readonly successes: number }
  readonly primaryByzantine: { readonly trials: number; readonly successes: number }
}

const ms = (seconds: number | null): string => (seconds === null ? '–' : `${(seconds * 1_000).toFixed(1)} ms`)

function pythonRow({ malicious, meanLatencyS, commitOnce }: Row): string[] {
  const { meanMs, once } = PYTHON.points[malicious]!
  if (meanMs === null || meanLatencyS === null) return []
  const change = ((meanLatencyS * 1_000) / meanMs - 1) * 100
  const cells = [ms(meanMs / 1_000), ms(meanLatencyS), `${change.toFixed(1)} %`, ms(once / 1_000)]
  return [`| ${[malicious, ...cells, ms(commitOnce.meanLatencyS)].join(' | ')} |`]
}

/** `TURNCOAT_REWRITE_GOLDEN=1` puts these rows below the heading of their table. */
function accept(heading: string, rows: readonly string[]): void {
  const lines = read(PAGE).split('\n')
  const first = lines.findIndex((line) => line.startsWith(heading)) + 2
  const last = lines.findIndex((line, i) => i >= first && !line.startsWith('|'))
  writeFileSync(join(ROOT, PAGE), [...lines.slice(0, first), ...rows, ...lines.slice(last)].join('\n'))
}

describe(`turncoat ${COMMAND}`, async () => {
  const folder = emptyFolder()
  const ran = await turncoat(folder, [...COMMAND.split(' '), '--json'])
  const published: readonly Row[] = JSON.parse(ran.stdout).published
  /** With --json, what people read goes to the error stream. */
  const printed = ran.stderr.split('\n').filter((line) => /^ {2}\d /.test(line))
  const split = printed.map((line) => `| ${line.trim().split(/ {2,}/).join(' | ')} |`)

  test('is what the page names', () => {
    expect(ran.code).toBe(0)
    expect(read(PAGE)).toContain(`\`turncoat ${COMMAND}\``)
  })

  test('succeeds exactly where the primary is correct and at most f are malicious', () => {
    for (const { malicious, primaryCorrect, primaryByzantine } of published) {
      expect(primaryByzantine.successes).toBe(0)
      expect(primaryCorrect.successes).toBe(malicious <= 3 ? primaryCorrect.trials : 0)
    }
  })

  test("has the published program's latencies within 10 %, and is flat within 3 % where COMMIT is sent once", () => {
    for (const { malicious, meanLatencyS, commitOnce } of published.slice(0, 4)) {
      expect(Math.abs((meanLatencyS! * 1_000) / PYTHON.points[malicious]!.meanMs! - 1)).toBeLessThan(0.1)
      expect(Math.abs(commitOnce.meanLatencyS! / published[0]!.commitOnce.meanLatencyS! - 1)).toBeLessThan(0.03)
    }
  })

  test('gives the tables of the page', () => {
    const python = published.flatMap(pythonRow)
    if (isAccepting) {
      accept('| m | primary correct', split)
      accept('| m | Python', python)
    }
    expect(split).toHaveLength(10)
    expect(python).toHaveLength(4)
    for (const rows of [split, python]) expect(read(PAGE)).toContain(rows.join('\n'))
  })

  const pictures = readdirSync(join(folder, 'out/published')).filter((name) => name.endsWith('.svg'))

  test.each(pictures)('draws the picture %s of the page', (name) => {
    const svg = readFileSync(join(folder, 'out/published', name), 'utf8')
    if (isAccepting) writeFileSync(join(PICTURES, name), svg)
    expect(read(PAGE)).toContain(`published-experiment/${name})`)
    expect(readFileSync(join(PICTURES, name), 'utf8') === svg).toBe(true)
  })
})
