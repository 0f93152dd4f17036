/** A trace from a result, a result from a trace; protocols that are given as objects. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  check,
  configure,
  decode,
  encode,
  explain,
  fuzz,
  program,
  replay,
  type SubjectLike,
  shrink,
  toMermaid,
  UsageError,
} from '../../src/index.ts'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { LONG } from '../tiers.ts'
import * as echo from './echo.ts'

const ROOT = join(import.meta.dirname, '../..')
const FILE = './test/library/echo.ts'

/** The one violation of the example's variant. */
const broken = await check(echo.fPlus1, { claims: echo.claims, b: 1, claim: 'agreement', file: FILE })
const { trace } = broken.claims[0]!

test('all forms of one subject come to the same', async () => {
  const { claims, variants } = { claims: echo.claims, variants: [echo.fPlus1] }
  const subject = { protocol: echo.protocol, variants, properties: { claims, expected: [] } }
  const forms: SubjectLike[] = [echo, subject, echo.protocol]
  const options = { byzantine: [0], claims }
  const found = await Promise.all(
    forms.map((form) => check(form, form === echo.protocol ? options : { byzantine: [0] })),
  )
  const told = found.map(({ claims: judged, states, settings }) => ({ judged, states, settings }))
  for (const one of told) expect(one).toEqual(told[0])
})

test('a violation says how to find it again, and its trace goes round', async () => {
  expect(broken.command).toBe(`turncoat check ${FILE}/f-plus-1 --b 1 --claim agreement`)
  const again = await decode(encode(trace!))
  expect(again).toEqual(trace)
  expect(again.origin.command).toBe(broken.command)
  expect(await replay(again, { subject: echo })).toMatchObject({ reproduced: true, steps: trace!.steps.length })
  expect((await shrink(again, { subject: echo })).trace.steps).toHaveLength(trace!.steps.length)
  await expect(replay(again)).rejects.toThrow(/echo, which does not exist/)
})

test('a trace that is not of today diverges, and is not explained', async () => {
  const steps = trace!.steps.map((step, i) => (i === 1 ? { ...step, digest: '0'.repeat(16) } : step))
  const other = { ...trace!, steps }
  expect(await replay(other, { subject: echo })).toMatchObject({ reproduced: false, divergence: { step: 2 } })
  await expect(explain(other, { subject: echo })).rejects.toThrow(UsageError)
})

test.runIf(LONG)('explanations and pictures are those of the command line', async () => {
  const file = join(ROOT, 'traces/bracha-deliver-one.json')
  const shown = await turncoat(ROOT, ['show', file, '--format', 'mermaid', '--only', 'r1,r2'])
  expect(await toMermaid(file, { only: ['r1', 'r2'] })).toBe(shown.stdout)
  const explained = await turncoat(ROOT, ['explain', file])
  const { text, story, chapters } = await explain(file)
  expect(`${text}\n`).toBe(explained.stdout)
  expect(`${story}\n`).toBe((await turncoat(ROOT, ['show', file])).stdout)
  expect(chapters.length).toBeGreaterThan(2)
})

test('a handler that keeps something outside of its state has no trace', async () => {
  let count = 0
  const moody = echo.protocol.variant('moody', () => ({ accepts: () => count++ % 7 < 3 }))
  const failed = fuzz(moody, { claims: echo.claims, claim: 'agreement', runs: 200 })
  await expect(failed).rejects.toThrow(UsageError)
})

test.runIf(LONG)('what is saved is in the file that the result names', async () => {
  const out = join(emptyFolder(), 'one.json')
  const { claims } = await check(echo.fPlus1, { claims: echo.claims, claim: 'agreement', b: 1, out })
  expect(readFileSync(claims[0]!.saved!, 'utf8')).toBe(encode(claims[0]!.trace!))
  expect(program(echo.fPlus1, configure(echo.fPlus1, { n: 4 })[0]!).setting.n).toBe(4)
})
