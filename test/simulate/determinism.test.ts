import { describe, expect, test } from 'vitest'
import { strategies } from '../../src/adversary/index.ts'
import { program as inSetting, type Program, type Protocol } from '../../src/model/index.ts'
import { behaviourOf, type Simulated, type SimulationRequest } from '../../src/simulate/index.ts'
import { run, subject } from './subjects.ts'

const rough = {
  latency: { kind: 'log-normal', median: 10, sigma: 1 },
  reorder: { probability: 0.2, extra: 30 },
  loss: 0.05,
  timeout: 300,
} as const
const until = { ms: 20_000, events: 200_000 }

/** The same program with nothing remembered of earlier runs. */
function cold({ protocol, setting }: Program): Program {
  const fresh = Object.create(protocol) as Protocol
  return inSetting(fresh, setting)
}

const bytes = (program: Program, more: Partial<SimulationRequest> = {}): string =>
  JSON.stringify(run(program, rough, { until, ...more }) satisfies Simulated)

describe.each([
  'pbft',
  'asyncio-pbft',
  'bracha',
  'ben-or',
  'paxos',
  'go-pbft/layer-1',
  'two-phase-commit',
])('%s', (name) => {
  const program = subject(name, { n: 6, byzantine: [5] })

  test('the same seed gives the same bytes, whatever was run before', () => {
    for (const strategy of ['silent', 'equivocate', 'echo']) {
      const behaviour = behaviourOf(strategies.find((one) => one.name === strategy)!, program, 1)
      const first = bytes(cold(program), { seed: 5, faults: { behaviour } })
      for (let seed = 0; seed < 4; seed++) bytes(program, { seed })
      expect(bytes(program, { seed: 5, faults: { behaviour } })).toBe(first)
      expect(bytes(cold(program), { seed: 5, faults: { behaviour } })).toBe(first)
    }
  })

  test('another seed gives another run', () => {
    expect(new Set(Array.from({ length: 8 }, (_, seed) => bytes(program, { seed }))).size).toBe(8)
  })

  test('watching the steps changes nothing', () => {
    let steps = 0
    const observe = (): void => void steps++
    expect(bytes(program, { seed: 3, observe })).toBe(bytes(program, { seed: 3 }))
    expect(steps).toBeGreaterThan(5)
  })
})

test('large seeds are told apart', () => {
  const program = subject('pbft')
  const seeds = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1]
  expect(new Set(seeds.map((seed) => bytes(program, { seed }))).size).toBe(seeds.length)
})
