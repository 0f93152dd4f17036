import { expect, test } from 'vitest'
import { byLiar, searching, violated } from './check-stub.ts'
import { emptyFolder, turncoat } from './world.ts'

const MUTANT = ['check', 'bracha/deliver-one', '--claim', 'agreement']

test('--time stops the search that runs and lets no other begin', async () => {
  let asked = 0
  const own = searching(({ onProgress }) => {
    const progress = { phase: 'search', states: 10, frontier: 3, depth: 2 } as const
    while (asked < 1_000 && onProgress?.(progress) !== true) asked++
    return { states: 10, claims: [{ claim: 'agreement', verdict: 'inconclusive', why: 'it was stopped' }] }
  })
  // The clock of the tests goes on by a millisecond whenever somebody looks at it.
  const ran = await turncoat(emptyFolder(), [...MUTANT, '--b', '1', '--time', '50ms'], own)
  expect(asked).toBeGreaterThan(10)
  expect(asked).toBeLessThan(50)
  expect(own.requests).toHaveLength(1)
  expect(ran.code).toBe(4)
  expect(ran.stdout).toContain('inconclusive agreement: it was stopped; no violation in 10 states')
  expect(ran.stdout).toContain('inconclusive no-exception: for 3 of 4 choices of Byzantine replicas, the time was up')
  expect(ran.stdout).toContain('--time ended the search\n')
  expect(ran.stdout).toContain('again: turncoat check bracha/deliver-one --claim agreement --b 1 --time 50ms\n')
})

test('a violation that is known when --time ends is still saved', async () => {
  const moments: number[] = []
  const own = byLiar(['holds', 'holds', 'holds', violated(3)])
  const flags = ['--byzantine', '3', '--time', '5ms']
  const ran = await turncoat(emptyFolder(), [...MUTANT, ...flags], own, undefined, (moment) => moments.push(moment))
  expect(ran.code).toBe(1)
  expect(ran.files).toContain('out/traces/bracha-deliver-one-agreement-n4-byzantine-r3.json')
  // First --time itself, then the time that replaying and saving may take beyond it.
  expect(moments[0]).toBe(5)
  expect(Math.max(...moments)).toBeGreaterThan(5_000)
  const quiet: number[] = []
  await turncoat(emptyFolder(), [...MUTANT, ...flags], searching(), undefined, (moment) => quiet.push(moment))
  expect(quiet).toEqual([5])
})

test('--time lets no search begin after it, though the last one was finished', async () => {
  // Nobody looks at the clock during these searches: two moments pass before, and some between them.
  const own = searching()
  const ran = await turncoat(emptyFolder(), [...MUTANT, '--b', '1', '--time', '4ms'], own)
  expect(own.requests.length).toBeLessThan(4)
  expect(ran.code).toBe(4)
  expect(ran.stdout).toMatch(/for \d of 4 choices of Byzantine replicas, the time was up before the search began/)
})

test('a search that is done in time is not stopped', async () => {
  const own = searching(({ onProgress }) => {
    expect(onProgress?.({ phase: 'closure', states: 1, frontier: 1, depth: 0 })).not.toBe(true)
    return {}
  })
  const ran = await turncoat(emptyFolder(), [...MUTANT, '--b', '1', '--time', '1h'], own)
  expect(ran.code).toBe(0)
  expect(own.requests).toHaveLength(4)
  expect(ran.stdout).not.toContain('--time')
})
