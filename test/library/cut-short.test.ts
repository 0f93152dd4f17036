/** A call that is cut short says so, and loses nothing that it had found. */
import { expect, test } from 'vitest'
import { type CallProgress, check, fuzz, replay, shrink, simulate, sweep } from '../../src/index.ts'
import { LONG } from '../tiers.ts'
import * as echo from './echo.ts'

/** Aborts from inside, once something is told. */
function abortingOnce(is: (progress: CallProgress) => boolean = () => true) {
  const controller = new AbortController()
  const onProgress = (progress: CallProgress): void => {
    if (is(progress)) controller.abort()
  }
  return { signal: controller.signal, onProgress }
}

const verdictsOf = (claims: readonly { readonly verdict: string }[]) => new Set(claims.map(({ verdict }) => verdict))

test.runIf(LONG)('before it begins: nothing is known', async () => {
  const signal = AbortSignal.abort()
  const checked = await check('bracha', { signal })
  expect(checked.stoppedBy).toBe('signal')
  expect(verdictsOf(checked.claims)).toEqual(new Set(['inconclusive']))
  const fuzzed = await fuzz('bracha', { signal })
  expect(fuzzed).toMatchObject({ stoppedBy: 'signal', runs: 0 })
  expect(verdictsOf(fuzzed.claims)).toEqual(new Set(['vacuous']))
  expect(await sweep('bracha', { signal })).toMatchObject({ stoppedBy: 'signal', cells: [] })
  expect(await simulate('bracha', { signal })).toMatchObject({ stoppedBy: 'signal', runs: [] })
})

test('a check: what is not searched yet is inconclusive, what is found is a violation that replays', async () => {
  const early = abortingOnce()
  const open = await check('pbft', { byzantine: [1], ...early })
  expect(open.stoppedBy).toBe('signal')
  expect(verdictsOf(open.claims)).toEqual(new Set(['inconclusive']))
  expect(open.text).toContain('the caller ended the search')
  // The first choice of Byzantine replicas breaks agreement; the search of the second one is cut short.
  const late = abortingOnce(({ note }) => note.includes('choice 2'))
  const found = await check(echo.fPlus1, { claims: echo.claims, b: 1, claim: 'agreement', ...late })
  const [agreement] = found.claims
  expect(agreement?.verdict).toBe('violated')
  expect(await replay(agreement!.trace!, { subject: echo })).toMatchObject({
    reproduced: true,
    witness: agreement!.witness,
  })
})

test('a fuzz: runs are whole, and what was found is saved as it is', async () => {
  const told: CallProgress[] = []
  const early = abortingOnce((progress) => told.push(progress) > 0)
  const none = await fuzz('bracha', { runs: 100_000, ...early })
  expect(none.stoppedBy).toBe('signal')
  expect(none.runs).toBeGreaterThan(0)
  expect(none.runs).toBeLessThan(100_000)
  expect(told[0]).toMatchObject({ total: 100_000, unit: 'runs' })
  const cut = abortingOnce(({ note }) => note.startsWith('violated'))
  const found = await fuzz(echo.fPlus1, { claims: echo.claims, claim: 'agreement', ...cut })
  const [agreement] = found.claims
  expect(agreement).toMatchObject({
    claim: 'agreement',
    verdict: 'violated',
    shortest: expect.stringContaining('time'),
  })
  expect((await replay(agreement!.trace!, { subject: echo })).reproduced).toBe(true)
})

test.runIf(LONG)('a signal from outside is heard between blocks', async () => {
  const signal = AbortSignal.timeout(50)
  const { stoppedBy, runs } = await fuzz('bracha', { runs: 1_000_000, signal })
  expect(stoppedBy).toBe('signal')
  expect(runs).toBeLessThan(1_000_000)
})

test.runIf(LONG)('inside a setting it is heard where the search has a thread of its own', async () => {
  const signal = AbortSignal.timeout(4_000)
  const { stoppedBy, claims } = await check('pbft', { byzantine: [0], views: 4, signal })
  expect(stoppedBy).toBe('signal')
  expect(claims.some(({ verdict }) => verdict === 'inconclusive')).toBe(true)
})

test.runIf(LONG)('and a check that nobody ends says there what it says here', async () => {
  const here = await check('bracha/deliver-one', { b: 1 })
  const { signal } = new AbortController()
  const there = await check('bracha/deliver-one', { b: 1, signal })
  expect({ ...there, seconds: 0, text: '' }).toEqual({ ...here, seconds: 0, text: '' })
})

test.runIf(LONG)('shrink keeps what is shrunk by then', async () => {
  const whole = await fuzz('bracha/deliver-one', { claim: 'agreement', maxStates: 1 })
  const { trace } = whole.claims.find(({ verdict }) => verdict === 'violated')!
  const cut = await shrink(trace!, abortingOnce())
  expect(cut.trace.steps.length).toBeLessThanOrEqual(trace!.steps.length)
  expect((await replay(cut.trace)).reproduced).toBe(true)
})

test.runIf(LONG)('time ends a search like a signal', async () => {
  expect(await fuzz('bracha', { time: '50ms' })).toMatchObject({ stoppedBy: 'time' })
  expect(await check('pbft', { b: 1, time: 0.05 })).toMatchObject({ stoppedBy: 'time' })
})
