import { describe, expect, test } from 'vitest'
import { dolevStrongProperties } from '../../properties/dolev-strong.ts'
import { strategies } from '../../src/adversary/index.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import { RoundRun, sceneOf } from '../../src/fuzz/campaign/lockstep.ts'
import type { Campaign } from '../../src/fuzz/campaign/result.ts'
import { drawnChoices } from '../../src/fuzz/schedule/choices.ts'
import { type Configuration, type Protocol, UsageError } from '../../src/model/index.ts'
import { dolevStrong, fRounds } from '../../src/protocols/dolev-strong.ts'
import { configure } from '../../src/system/index.ts'

const { claims } = dolevStrongProperties

function campaign(protocol: Protocol, configuration: Configuration, more: Partial<Campaign> = {}) {
  const asked: Campaign = {
    subject: protocol.subject,
    settings: configure(protocol, configuration),
    claims: ['agreement', 'validity'],
    ...{ runs: 40, firstRun: 0, seed: 1, maxSteps: 300 },
    strategies: strategies.map(({ name }) => name),
    schedulers: ['random-walk'],
    ...more,
  }
  return runHere(asked, protocol, claims)
}

test('finds the mutant, and names strategy and rounds', async () => {
  const { claims: results } = await campaign(fRounds, { n: 4, f: 1, b: 1 })
  const { verdict, found } = results[0]!
  expect(verdict).toBe('violated')
  expect(found).toMatchObject({ scheduler: 'rounds', healed: false })
  for (const name of found!.strategies) expect(['silent', 'echo', 'forge']).toContain(name)
})

test('runs are numbered: one of them alone is the same run', async () => {
  const all = await campaign(fRounds, { n: 4, f: 1, byzantine: [0] })
  const { found } = all.claims[0]!
  const alone = await campaign(fRounds, { n: 4, f: 1, byzantine: [0] }, { firstRun: found!.run, runs: 1 })
  expect(alone.claims[0]!.found).toEqual(found)
})

test('a strategy that runs rules on messages has none to run', async () => {
  const only = (...names: string[]) => campaign(dolevStrong, { n: 4 }, { strategies: names })
  await expect(only('split-brain')).rejects.toThrow(UsageError)
  await expect(only('split-brain')).rejects.toThrow('none of these strategies')
  expect((await only('split-brain', 'silent')).claims[0]).toMatchObject({ verdict: 'not-found' })
})

describe('a run', () => {
  const scene = sceneOf(dolevStrong, configure(dolevStrong, { n: 4, byzantine: [3] })[0]!)
  const run = (seed: number, judged = claims, maxSteps = 300) =>
    new RoundRun(scene, judged, [strategies.find(({ name }) => name === 'forge')!], drawnChoices(seed, 0)).go(maxSteps)
  const safety = claims.filter(({ kind }) => kind !== 'liveness')
  const seeds = Array.from({ length: 40 }, (_, seed) => seed)

  test('gives inputs mostly, goes through all rounds, and Byzantine messages or is silent', () => {
    const runs = seeds.map((seed) => run(seed, safety))
    const given = runs.filter(({ steps }) => steps.some((step) => 'input' in step))
    expect(given.length).toBeGreaterThan(20)
    expect(given.length).toBeLessThan(40)
    for (const { steps, reached } of runs) {
      expect(steps.filter((step) => 'round' in step)).toHaveLength(6)
      expect(reached).toBe(true)
    }
    const rounds = runs.flatMap(({ steps }) => steps.filter((step) => 'round' in step))
    const lying = rounds.map((step) => step.with !== undefined)
    expect(lying).toContain(true)
    expect(lying).toContain(false)
  })

  test('ends early where a limit says so, or where healing is to be judged', () => {
    expect(run(1, safety, 2)).toMatchObject({ unfinished: true })
    const lengths = new Set(seeds.map((seed) => run(seed).steps.length))
    expect([...lengths].some((length) => length < 6)).toBe(true)
    expect([...lengths].some((length) => length >= 6)).toBe(true)
  })
})

test('without rounds nobody decides: liveness breaks, the rest is vacuous', async () => {
  const more = { claims: ['agreement', 'liveness'], runs: 5 }
  const { claims: results } = await campaign(fRounds, { n: 3, f: 0, b: 0 }, more)
  expect(results).toMatchObject([{ verdict: 'vacuous' }, { verdict: 'violated', found: { healed: true } }])
})
