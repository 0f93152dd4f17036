import { check, decode, encode, explain, fuzz, replay, toMermaid } from 'turncoat'
import { replayFolder } from 'turncoat/vitest'
import { expect, test } from 'vitest'
import * as mine from './mine.ts'

test('agreement holds', async () => {
  await expect(mine).toHold('agreement', { n: 4, b: 1, file: './mine.ts' })
})

test('the mutant is caught', async () => {
  await expect(mine.mutant).toBreak('agreement', { n: 4, b: 1, claims: mine.claims })
})

test('nothing is found in seven replicas', async () => {
  await expect(mine).toSurvive('agreement', { n: 7, b: 2, runs: 200 })
})

replayFolder('traces', { subject: mine })

test('a violation is a trace, which can be read, drawn and run again', async () => {
  const { claims } = await check(mine.mutant, { claims: mine.claims, claim: 'agreement', b: 1 })
  const { trace } = claims[0]!
  const again = await decode(encode(trace!))
  expect(await replay(again, { subject: mine })).toMatchObject({ reproduced: true })
  expect((await explain(again, { subject: mine })).text).toContain('Quorum intersection')
  expect(await toMermaid(again, { subject: mine })).toMatch(/^sequenceDiagram\n/)
})

test('a search tells how far it is, and ends when it is told to', async () => {
  const controller = new AbortController()
  const { stoppedBy, runs } = await fuzz(mine, {
    runs: 100_000,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  })
  expect(stoppedBy).toBe('signal')
  expect(runs).toBeLessThan(100_000)
})
