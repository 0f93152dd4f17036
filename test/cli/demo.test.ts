import { expect, test } from 'vitest'
import type { Engines } from '../../src/cli/workers/engines.ts'
import { engines } from '../../src/cli/workers/own-engines.ts'
import { LONG } from '../tiers.ts'
import { emptyFolder, turncoat } from './world.ts'

/** The tour with few runs: what it finds, it finds early. */
const short: Engines = {
  ...engines,
  runCampaign: (campaign, resolved, options) =>
    engines.runCampaign({ ...campaign, runs: Math.min(campaign.runs, 20) }, resolved, options),
}

test.runIf(LONG)(
  'the tour breaks two published systems, replays what it saved, shows one survive, and proves',
  async () => {
    const ran = await turncoat(emptyFolder(), ['demo', '--out', 'tour'], short)
    expect(ran.stderr).toBe('')
    expect(ran.code).toBe(0)
    expect(ran.stdout.match(/violated agreement: /g)).toHaveLength(2)
    expect(ran.stdout.match(/replay: every state is the same again/g)).toHaveLength(2)
    expect(ran.stdout).toMatch(/not found in 20 runs/)
    expect(ran.stdout.match(/holds agreement \(bounds: /g)).toHaveLength(2)
    expect(ran.stdout).toMatch(
      /Proved within the bounds above: agreement of asyncio-pbft\/repaired \(\d+ states\) and pbft/,
    )
    expect(ran.stdout).toContain('VIOLATED, b ≤ f')
    expect(ran.stdout).toContain('That is not a proof')
    expect(ran.stdout).toMatch(/^ +4 +1 +not found in 20 runs/m)
    expect(ran.stdout).toContain('turncoat show tour/')
    expect(ran.files.filter((file) => file.endsWith('.json'))).toHaveLength(2)
  },
)

test.runIf(LONG)('a tour that does not show what it promises fails', async () => {
  const blind: Engines = {
    ...engines,
    runCampaign: async ({ runs, seed, claims }) => ({
      ...{ seed, runs, steps: runs, decided: runs, cut: 0, unfinished: 0, neverFired: [] },
      claims: claims.map((claim) => ({ claim, verdict: 'not-found' })),
    }),
  }
  expect((await turncoat(emptyFolder(), ['demo', '--out', 'tour'], blind)).code).toBe(1)
})
