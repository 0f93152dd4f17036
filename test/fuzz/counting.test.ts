import { expect, test } from 'vitest'
import { strategies } from '../../src/adversary/index.ts'
import { registered } from '../../src/cli/subjects/registered.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import type { Campaign } from '../../src/fuzz/campaign/result.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import { configure } from '../../src/system/index.ts'

/** Broken in some runs and not in others; one of them goes by rounds. */
const cases = [
  { name: 'pbft', configuration: { n: 4, b: 2, bounds: { views: 1 } }, claim: 'agreement' },
  { name: 'bracha', configuration: { n: 4, b: 2 }, claim: 'liveness' },
  { name: 'oral-messages', configuration: { n: 3, b: 1 }, claim: 'ic1' },
]

test.each(cases)('$name, $claim: what is counted is what every run says by itself', async (one) => {
  const { protocol, subject } = registered(one.name)
  const campaign: Campaign = {
    subject: protocol.subject,
    settings: configure(protocol, one.configuration),
    claims: [one.claim],
    ...{ runs: 60, firstRun: 0, seed: 5, maxSteps: 100, counts: true },
    strategies: strategies.map(({ name }) => name),
    schedulers: choosers.map(({ name }) => name),
  }
  const all = await runHere(campaign, protocol, subject.properties.claims)
  const alone: number[] = []
  for (let run = 0; run < campaign.runs; run++) {
    const { claims } = await runHere({ ...campaign, runs: 1, firstRun: run }, protocol, subject.properties.claims)
    if (claims[0]!.verdict === 'violated') alone.push(run)
  }
  expect(all.runs).toBe(campaign.runs)
  expect(alone.length).toBeGreaterThan(0)
  expect(alone.length).toBeLessThan(campaign.runs)
  expect(all.claims[0]).toMatchObject({ violations: alone.length, found: { run: alone[0] } })
})
