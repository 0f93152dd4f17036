import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { unreachable as unreachableInAsyncioPbft } from '../properties/asyncio-pbft.ts'
import { unreachable as unreachableInGoPbft } from '../properties/go-pbft.ts'
import { registry } from '../src/protocols/index.ts'
import { decode, encode, replay } from '../src/trace/index.ts'
import { slugOf } from './expected.ts'
import {
  diagramsOf,
  exampleDiagram,
  exampleExplanation,
  listOfTraces,
  shrinkingTable,
  violatedRows,
  withTable,
} from './trace-tables.ts'

const FOLDER = join(import.meta.dirname, '..', 'traces')
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
const traces = await Promise.all(
  files.map(async (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8')
    return { file, text, trace: await decode(text) }
  }),
)

describe.each(traces)('traces/$file', ({ file, text, trace }) => {
  test('happens again, twice, with equal digests', () => {
    const first = replay(trace)
    if (!first.reproduced) throw new Error(`it parts: ${JSON.stringify(first.divergence, null, 2)}`)
    expect(first).toMatchObject({ steps: trace.steps.length, witness: trace.witness })
    if (trace.steps.length > 0) expect(first.digest).toBe(trace.steps.at(-1)!.digest)
    expect(replay(trace)).toEqual(first)
  })

  test('is written as the program writes it', () => {
    expect(encode(trace)).toBe(text)
  })

  test('tells its story', () => {
    expect(trace.title.length).toBeGreaterThan(10)
    // The title that the search gives a trace that nobody has read.
    expect(trace.title).not.toContain(' breaks ')
    const sentences = (trace.story ?? '').split(/[.!](?:\s|$)/).filter(Boolean)
    expect(sentences.length).toBeGreaterThanOrEqual(2)
    expect(sentences.length).toBeLessThanOrEqual(9)
    expect(trace.origin.scheduler === 'by hand').toBe(trace.story!.startsWith('Written by hand. '))
    const subject = [trace.protocol, trace.variant].filter(Boolean).join('/')
    expect([`turncoat fuzz ${subject}`, `turncoat check ${subject}`]).toContain(
      trace.origin.command.split(' ').slice(0, 3).join(' '),
    )
    expect(trace.origin.command).toContain(`--claim ${trace.claim}`)
    expect(trace.origin.stepsBeforeShrinking).toBeGreaterThanOrEqual(trace.steps.length)
  })

  test('shows what the properties expect, and is called so', () => {
    const row = violatedRows(trace).find(({ claim, defect }) => claim === trace.claim && defect === trace.defect)
    expect(row, `no row of \`expected\` has the claim ${trace.claim} and the defect ${trace.defect}`).toBeDefined()
    expect(file).toBe(`${slugOf(row!)}.json`)
  })
})

test('every defect and every mutant has a trace; what is out of reach has a reason', () => {
  const unreachable = [...unreachableInAsyncioPbft, ...unreachableInGoPbft]
  const violated = registry.flatMap(({ properties }) => properties.expected.filter((row) => row.verdict === 'violated'))
  const wanted = [...new Set(violated.map(slugOf))].sort()
  expect(files.map((file) => file.replace(/\.json$/, '')).sort()).toEqual(wanted)
  for (const { defect, reason } of unreachable) {
    expect(wanted).not.toContain(defect.replaceAll('/', '-'))
    expect(reason.length).toBeGreaterThan(20)
  }
})

/** `TURNCOAT_REWRITE_GOLDEN=1` writes the tables that there are now. */
test.each([
  ['traces/README.md', 'table', listOfTraces],
  ['traces/README.md', 'diagrams', diagramsOf],
  ['docs/showing-a-run.md', 'diagram', exampleDiagram],
  ['docs/showing-a-run.md', 'explanation', exampleExplanation],
  ['docs/shrinking.md', 'table', shrinkingTable],
] as const)('%s has the %s of today', (page, what, tableOf) => {
  const path = join(FOLDER, '..', page)
  const text = readFileSync(path, 'utf8')
  const today = withTable(text, tableOf(traces), what)
  if (process.env['TURNCOAT_REWRITE_GOLDEN'] === '1') writeFileSync(path, today)
  else expect(text, 'if the new one is right, run again with TURNCOAT_REWRITE_GOLDEN=1').toBe(today)
})
