import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { offers, runs, settings } from '../../src/fast-check.ts'
import { check, configure, encode, program, replay, stateAfter, UsageError } from '../../src/index.ts'
import * as echo from '../library/echo.ts'
import { inTier } from '../tiers.ts'

const options = { claims: echo.claims, n: 4, b: 1, claim: 'agreement' }
const broken = await runs(echo.fPlus1, options)
const sound = await runs(echo, { n: 4, b: 1 })

test('what is drawn can be taken; of a sound protocol nothing is broken', () => {
  fc.assert(
    fc.property(sound, (run) => {
      expect(stateAfter(run.program, run.steps).system).toEqual(run.state.system)
      expect(run.broken).toEqual([])
    }),
    { numRuns: inTier(10, 100) },
  )
})

test('runs reach decisions, and Byzantine replicas speak in them', () => {
  const drawn = fc.sample(broken, { seed: 1, numRuns: 20 })
  const isByzantine = (run: (typeof drawn)[number]) =>
    run.steps.some((step) => 'on' in step && run.program.setting.byzantine.includes(step.on.from))
  expect(drawn.filter(({ state }) => state.system.outputs.flat().length > 0).length).toBeGreaterThan(10)
  expect(drawn.filter(isByzantine).length).toBeGreaterThan(10)
  expect(new Set(drawn.map(({ program: { setting } }) => setting.byzantine.join())).size).toBe(4)
})

test('a violation shrinks to the shortest one that there is; seed and path bring it back', async () => {
  const property = fc.property(broken, (run) => run.broken.length === 0)
  const found = fc.check(property, { seed: 42, numRuns: 1_000 })
  expect(found.failed).toBe(true)
  const [run] = found.counterexample!
  const { claims } = await check(echo.fPlus1, options)
  expect(run.steps).toHaveLength(claims[0]!.steps!)
  const { seed, counterexamplePath: path } = found
  const again = fc.check(property, { seed, path: path!, endOnFailure: true })
  expect(again.counterexample![0].key).toBe(run.key)
  expect(fc.defaultReportMessage(found)).toMatch(
    /echo\/f-plus-1, n = 4, f = 1, Byzantine: r0\n1 !? [\s\S]*violated agreement: r\d/,
  )
  const trace = run.trace('agreement')
  expect(encode(trace)).toContain('"certified')
  expect(await replay(trace, { subject: echo })).toMatchObject({ reproduced: true })
  expect(() => run.trace('agrement')).toThrow(UsageError)
})

test('any other failure shrinks too: to fewer Byzantine replicas, and to what is needed', () => {
  const decides = fc.property(sound, ({ state }) => state.system.outputs.flat().length === 0)
  const { counterexample } = fc.check(decides, { seed: 7, numRuns: 200 })
  const [run] = counterexample!
  expect(run.program.setting.byzantine).toEqual([])
  // An input, and two more echoes where one delivers.
  const outputs = (steps: typeof run.steps) => stateAfter(run.program, steps).system.outputs.flat().length
  expect(outputs(run.steps)).toBe(1)
  expect(outputs(run.steps.slice(0, -1))).toBe(0)
  expect(run.steps).toHaveLength(4)
})

test('settings and offers', async () => {
  const setting = await settings(echo, { n: 4, b: 1 })
  const ids = new Set(fc.sample(setting, { seed: 1, numRuns: 50 }).map(({ byzantine }) => byzantine.join()))
  expect(ids).toEqual(new Set(['0', '1', '2', '3']))
  const state = (byzantine: number[]) => stateAfter(program(echo.protocol, configure(echo.protocol, { byzantine })[0]!))
  const drawn = fc.sample(offers(state([2])), { seed: 1, numRuns: 50 })
  for (const { from, to } of drawn) expect([from, [0, 1, 3].includes(to)]).toEqual([2, true])
  expect(() => offers(state([]))).toThrow(UsageError)
  await expect(runs(echo, { stps: 3 } as never)).rejects.toThrow(/runs has no option called stps/)
  // Of what a test throws, vitest prints the message of its JSON, so the remedy is in it.
  const mistyped = await runs(echo, { claim: 'agrement' }).catch((error: unknown) => error)
  expect(JSON.parse(JSON.stringify(mistyped)).message).toMatch(/no claim called agrement; did you mean agreement\?$/)
})
