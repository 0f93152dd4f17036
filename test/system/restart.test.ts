/** What a restart is: which part of a replica survives it, and what it loses. */
import { describe, expect, test } from 'vitest'
import { decided } from '../../properties/claims.ts'
import { check } from '../../src/check/check.ts'
import { whyNoTables } from '../../src/check/reference/reference.ts'
import {
  type Configuration,
  defineProtocol,
  program as inSetting,
  isLockstep,
  liveness,
  match,
  type Program,
  UsageError,
} from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { apply, configure, type Step, type System, start, take } from '../../src/system/index.ts'
import { deliveries } from '../../src/trace/deliveries.ts'

interface Types {
  state: { heard: number; kept: number; mine: number }
  message: { type: 'A' } | { type: 'B' }
  output: { decided: string }
  timer: 'T'
  tallies: { votes: string }
}

/** Counts As in two fields, of which one is durable, and votes of its own. */
const counting = defineProtocol<Types>({
  name: 'counting',
  about: 'Counts what it hears, for this test.',
  rules: () => ({}),
  inbox: false,
  tallies: { votes: {} },
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: 'any', bounds: {} }),
  init(ctx) {
    if (ctx.self === 0) ctx.setTimer('T')
    return { heard: 0, kept: 0, mine: ctx.self }
  },
  input(_, __, ctx) {
    ctx.broadcast({ type: 'A' })
  },
  timeout: { T() {} },
  upon: {
    A(state, _, ctx) {
      if (!ctx.tally('votes').add('A', ctx.from)) return
      state.heard++
      state.kept++
      state.mine = 9
    },
    B() {},
  },
  durable: () => ['kept'],
})

/** Decides on the word of anybody, and forgets that it has; everybody may be told of what was said. */
const passing = defineProtocol<{ state: { done: boolean }; message: { type: 'A' }; output: { decided: string } }>({
  name: 'passing',
  about: 'Decides on one A, for this test.',
  rules: () => ({}),
  auth: 'channels',
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: {}, bounds: {} }),
  alphabet: () => [{ type: 'A' }],
  init: () => ({ done: false }),
  upon: {
    A(state, _, ctx) {
      if (state.done) return
      ctx.need(1, match('A'))
      state.done = true
      ctx.output({ decided: 'a' })
    },
  },
  durable: () => [],
})

const decides = ({ decided: value }: { decided: string }) => ({ slot: '', value })

/** Whoever has decided can show why. */
const evidence = liveness<{ decided: string }>(
  { name: 'evidence', about: 'Of what is decided, an A is held.', healing: 'deliveries', reads: ['held'] },
  ({ outputs, held = [] }) => (outputs.length > 0 && held.length === 0 ? 'nobody has an A' : undefined),
)

function ran(protocol: Parameters<typeof configure>[0], configuration: Configuration, steps: readonly Step[]) {
  const program = inSetting(protocol, configure(protocol, configuration)[0]!)
  let system: System = start(program)
  for (const step of steps) system = apply(program, system, step)
  return { program, system }
}

const A = { type: 'A' } as const
const heardOnce: Step[] = [
  { at: 1, input: 'a' },
  { at: 0, rule: 'A', on: { from: 1, message: A } },
]

describe('a restart', () => {
  test('loses what is not durable, with votes and timers, and begins as init says', () => {
    const used: Step[] = [{ at: 0, timeout: 'T' }, ...heardOnce]
    const before = ran(counting, { n: 2, restart: [0] }, used).system.locals[0]!
    expect(before).toMatchObject({ state: { heard: 1, kept: 1, mine: 9 }, timers: [] })
    expect(before.tallies).toBeDefined()
    const { locals } = ran(counting, { n: 2, restart: [0] }, [...used, { at: 0, restart: true }]).system
    expect(locals[0]).toEqual({ state: { heard: 0, kept: 1, mine: 0 }, timers: ['T'], coins: [], restarts: 1 })
  })

  test('may come as often as the bound says', () => {
    const again: Step[] = [
      ...heardOnce,
      { at: 0, restart: true },
      { at: 0, rule: 'A', on: { from: 1, message: A } },
      { at: 0, restart: true },
    ]
    expect(() => ran(counting, { n: 2, restart: [0] }, again)).toThrow('may not restart here')
    const { system } = ran(counting, { n: 2, restart: [0], bounds: { restarts: 2 } }, again)
    expect(system.locals[0]).toMatchObject({ state: { heard: 0, kept: 2 }, restarts: 2 })
  })

  test('is no step where nothing would change, nor for whoever may not restart', () => {
    expect(() => ran(counting, { n: 2, restart: [0] }, [{ at: 0, restart: true }])).toThrow('changes nothing')
    expect(() => ran(counting, { n: 2, restart: [1] }, [...heardOnce, { at: 0, restart: true }])).toThrow('may not')
  })

  test('loses what has arrived, where arrivals are steps', () => {
    const configuration = { n: 2, byzantine: [1], restart: [0], steps: 'eager' } as const
    const steps: Step[] = [
      { at: 0, on: { from: 1, message: A } },
      { at: 0, restart: true },
    ]
    expect(ran(passing, configuration, steps.slice(0, 1)).system.inboxes[0]).toHaveLength(1)
    const { system, program } = ran(passing, configuration, steps)
    expect(system.inboxes[0]).toEqual([])
    expect(deliveries(program, [...steps, steps[0]!])).toBe(2)
  })
})

describe('after healing', () => {
  const lies = { n: 2, byzantine: [1], restart: [0] }
  const forgotten: Step[] = [
    { at: 0, rule: 'A', on: { from: 1, message: A } },
    { at: 0, restart: true },
  ]
  const used = (program: Program, steps: readonly Step[]) => take(program, steps).used

  test('whoever has restarted has only what it has acted on since', () => {
    const { program } = ran(passing, lies, [])
    expect(used(program, forgotten.slice(0, 1))).toHaveLength(1)
    expect(used(program, forgotten)).toEqual([])
    expect(used(program, [...forgotten, forgotten[0]!])).toHaveLength(1)
  })
})

describe('the exhaustive search', () => {
  const subjects = registry.filter(({ protocol }) => protocol.definition.durable)

  test('goes through restarts on tables', () => {
    expect(subjects.map(({ protocol }) => protocol.subject)).toEqual(['paxos', 'raft'])
    for (const { protocol } of subjects) {
      const { program } = ran(protocol, { n: 3, b: 0, restart: [1] }, [])
      expect(whyNoTables(program, [])).toBeUndefined()
    }
  })

  test.each([
    [[], 'holds'],
    [[0], 'violated'],
  ])('knows, where %j may restart, what is not in its hands any more', (restart, verdict) => {
    const { program } = ran(passing, { n: 3, byzantine: [2], restart }, [])
    const { claims } = check({ program, claims: [evidence, decided(decides)] })
    expect(claims[0]).toMatchObject({ verdict, ...(verdict === 'violated' ? { steps: { length: 2 } } : {}) })
  })
})

describe('refused is', () => {
  const refusal = (protocol: Parameters<typeof configure>[0], configuration: Configuration): unknown => {
    try {
      ran(protocol, configuration, [...heardOnce, { at: 0, restart: true }])
    } catch (error) {
      return error
    }
    return undefined
  }

  test('a protocol that does not say what survives', () => {
    const { protocol } = registry.find((one) => one.protocol.subject === 'pbft')!
    expect(refusal(protocol, { restart: [0] })).toBeInstanceOf(UsageError)
    expect(String(refusal(protocol, { restart: [0] }))).toContain('does not say what survives a restart')
  })

  test('a name that no replica begins with', () => {
    const odd = defineProtocol<Types>({ ...counting.definition, durable: () => ['kpet' as 'kept'] })
    expect(String(refusal(odd, { n: 2, restart: [0] }))).toContain('kpet')
  })

  test('a replica that may crash as well, and a replica of a protocol in rounds', () => {
    expect(String(refusal(counting, { n: 2, restart: [0], crash: [0] }))).toContain('both crash and restart')
    const { protocol } = registry.find((one) => isLockstep(one.protocol))!
    expect(String(refusal(protocol, { restart: [0] }))).toMatch(/restart/)
  })

  test('and a Byzantine replica is left out', () => {
    const settings = configure(counting, { n: 2, b: 1, restart: [0] })
    expect(settings.map(({ restart }) => restart)).toEqual([undefined, [0]])
  })
})
