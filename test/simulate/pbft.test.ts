import { describe, expect, test } from 'vitest'
import { decided } from '../../properties/claims.ts'
import { FAR, type Simulated, summary } from '../../src/simulate/index.ts'
import { run, subject } from './subjects.ts'

const uniform = { latency: { kind: 'uniform', min: 5, max: 35 } } as const
const counts = ({ messages }: Simulated) => Object.fromEntries(messages.map(({ type, count }) => [type, count]))
const of = (n: number) => Math.floor((n - 1) / 3)

describe.each([4, 5, 7, 10, 31])('pbft, n = %i', (n) => {
  const program = subject('pbft', { n })

  test('says what the paper says: one proposal, a PREPARE of each backup, a COMMIT of each replica', () => {
    // The primary to n − 1 backups; n − 1 backups, and then n replicas, each to n − 1 others.
    const expected = { PRE_PREPARE: n - 1, PREPARE: (n - 1) ** 2, COMMIT: n * (n - 1) }
    for (const conditions of [{}, uniform]) expect(counts(run(program, conditions))).toEqual(expected)
  })

  test('decides after exactly three message delays', () => {
    const { decisions, decided, of } = run(program)
    expect(decisions).toHaveLength(n)
    expect(decisions.every(({ time, delays, asked }) => time === 3 && delays === 3 && asked === 0)).toBe(true)
    expect([decided, of]).toEqual([n, n])
    for (let seed = 0; seed < 5; seed++) {
      expect(run(program, uniform, { seed }).decisions.every(({ delays }) => delays === 3)).toBe(true)
    }
  })

  test('goes through as much with silent Byzantine replicas, as long as they are f', () => {
    const byzantineReplicas = Array.from({ length: of(n) }, (_, i) => n - 1 - i)
    const done = run(subject('pbft', { n, byzantine: byzantineReplicas }), uniform)
    const correct = n - of(n)
    expect(counts(done)).toEqual({ PRE_PREPARE: n - 1, PREPARE: (correct - 1) * (n - 1), COMMIT: correct * (n - 1) })
    expect(done).toMatchObject({ decided: correct, of: correct, violated: [], byzantineMessages: 0 })
  })

  test('and is stuck with one more', () => {
    const byzantineReplicas = Array.from({ length: of(n) + 1 }, (_, i) => n - 1 - i)
    const done = run(subject('pbft', { n, byzantine: byzantineReplicas }), uniform, {
      until: { ms: 5_000, events: 100_000 },
    })
    // Where n is not 3f + 1, the quorum of more than half leaves room for one more silent replica.
    const quorum = Math.ceil((n + of(n) + 1) / 2)
    expect(done.decided).toBe(n - byzantineReplicas.length >= quorum ? done.of : 0)
  })
})

describe.each([4, 10])('the published simulator, n = %i', (n) => {
  test('sends a COMMIT for each PREPARE from the quorum on', () => {
    const everybody = n * n
    // Of n PREPAREs those from the (2f + 1)st on; all arrive in one instant, before anybody is done.
    expect(counts(run(subject('asyncio-pbft', { n })))).toEqual({
      PREPREPARE: n,
      PREPARE: everybody,
      COMMIT: everybody * (n - 2 * of(n)),
    })
    expect(counts(run(subject('asyncio-pbft/commit-once', { n }))).COMMIT).toBe(everybody)
  })
})

test.each([
  ['bracha', 3],
  ['bracha-by-delivery', 3],
  ['asyncio-pbft', 3],
  ['ben-or', 2],
])('%s decides after %i message delays', (name, delays) => {
  const done = run(
    subject(
      name,
      name === 'ben-or' ? { n: 6, inputs: { 0: ['0'], 1: ['0'], 2: ['0'], 3: ['0'], 4: ['0'], 5: ['0'] } } : {},
    ),
  )
  expect(new Set(done.decisions.map((decision) => [decision.delays, decision.time].join()))).toEqual(
    new Set([`${delays},${delays}`]),
  )
})

test('pbft decides among a hundred replicas', () => {
  const n = 100
  const done = run(subject('pbft', { n }), uniform)
  expect(done).toMatchObject({ decided: n, of: n, violated: [], ended: 'decided' })
  expect(counts(done)).toEqual({ PRE_PREPARE: n - 1, PREPARE: (n - 1) ** 2, COMMIT: n * (n - 1) })
})

describe('loads', () => {
  const program = (clients = 0, batch = 1) => subject('pbft', { clients, bounds: { slots: 60, batch, views: 3 } })
  const served = ({ decisions }: Simulated, at: number) =>
    decisions.filter((one) => one.at === at).map((one) => one.request)

  test('open: one request after the other, at their times', () => {
    const done = run(program(), {}, { load: { kind: 'open', everyMs: 10, requests: 5 } })
    expect(done).toMatchObject({ decided: 4, of: 4, ended: 'decided', slots: 5, violated: [] })
    expect(served(done, 2)).toEqual(['q0', 'q1', 'q2', 'q3', 'q4'])
    expect(done.decisions.filter(({ at }) => at === 2).map(({ asked, time, delays }) => [asked, time, delays])).toEqual(
      [0, 10, 20, 30, 40].map((asked) => [asked, asked + 3, 3]),
    )
  })

  test('closed: the next one comes when one is served', () => {
    const done = run(program(), {}, { load: { kind: 'closed', outstanding: 2, requests: 6 } })
    const asked = [...new Map(done.decisions.map((one) => [one.request, one.asked])).values()]
    expect(asked).toEqual([0, 0, 3, 3, 6, 6])
    expect(done.decided).toBe(4)
  })

  test('batches: what waits while a slot is decided shares the next', () => {
    const load = { kind: 'open', everyMs: 0, requests: 9 } as const
    const alone = run(program(0, 1), uniform, { load })
    const together = run(program(0, 4), uniform, { load })
    expect(counts(alone)).toMatchObject({ PRE_PREPARE: 9 * 3 })
    // The first goes alone, for nothing else is under way; then two full batches.
    expect(counts(together)).toMatchObject({ PRE_PREPARE: 3 * 3 })
    expect(together.slots).toBe(9)
    expect(together.decided).toBe(4)
  })

  test('clients ask one at a time, and believe f + 1 replies', () => {
    const done = run(program(2), {}, { load: { kind: 'closed', outstanding: 2, requests: 6 } })
    expect(done).toMatchObject({ decided: 4, of: 4, violated: [] })
    // REQUEST, PRE-PREPARE, PREPARE, COMMIT; the REPLY is one more, and then the client asks again.
    expect(new Set(done.decisions.map(({ delays }) => delays))).toEqual(new Set([4]))
    expect([...new Set(done.decisions.map(({ asked }) => asked))]).toEqual([0, 4, 9])
    expect(done.taken.map(({ at, time }) => [at, time])).toEqual(
      [0, 5, 10].flatMap((time) => [
        [4, time],
        [5, time],
      ]),
    )
  })

  test('a client asks again where its request is lost', () => {
    const lost = { from: 0, until: 5, sides: [[4], [0]], messages: 'lost' as const }
    const done = run(
      program(1),
      { partitions: [lost], timeout: 40 },
      { load: { kind: 'closed', outstanding: 1, requests: 1 } },
    )
    expect(done).toMatchObject({ decided: 4, of: 4 })
    expect(done.decisions[0]!.time).toBe(44)
  })

  test('a run that ends too early leaves requests unserved', () => {
    const load = { kind: 'closed', outstanding: 1, requests: 10 } as const
    const done = run(program(), {}, { load, until: { ms: 10, events: 1e6 } })
    expect(done).toMatchObject({ decided: 0, of: 4, ended: 'time', slots: 3 })
    expect(summary([done]).undecided).toBe(1)
  })
})

describe('what counts as a decision', () => {
  const decidesNothing = decided(() => undefined)

  test('the first `sometimes` claim says it', () => {
    const until = { ms: 100, events: 1e5, goOn: true }
    expect(run(subject('pbft'), {}, { until }).decisions.every(({ output }) => 'slot' in (output as object))).toBe(true)
    expect(run(subject('pbft'), {}, { until, claims: [decidesNothing] }).decisions).toEqual([])
    expect(run(subject('pbft'), {}, { until, claims: [] }).decisions).toHaveLength(8)
  })

  test('or the caller', () => {
    const done = run(
      subject('pbft'),
      {},
      { until: { ...FAR, ms: 100 }, decides: (output) => 'executed' in (output as object) },
    )
    expect(done.decisions.map(({ output }) => output)).toEqual(Array.from({ length: 4 }, () => ({ executed: 'a' })))
  })

  test('how many are due', () => {
    const program = subject('pbft', { bounds: { slots: 2 } })
    expect(run(program, {}, { until: { ...FAR, decisions: 2 } })).toMatchObject({
      decided: 4,
      slots: 2,
      ended: 'decided',
    })
  })
})
