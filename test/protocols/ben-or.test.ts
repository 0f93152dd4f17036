import { describe, expect, test } from 'vitest'
import { type Configuration, type Id, type Program, type Protocol, range } from '../../src/model/index.ts'
import { adoptF, benOr, decideFPlus1, simpleMajority } from '../../src/protocols/ben-or.ts'
import { Impossible, type Step, type System, start } from '../../src/system/index.ts'
import { broken, play, runOf, settle, stuck } from './schedule.ts'

/** Who says what, as one replica sees it: a value, or null for a question mark. */
type Seen = { readonly [from: Id]: string | null }

/** Some replicas that all say one thing. */
const from = (value: string | null, ...ids: Id[]): Seen => Object.fromEntries(ids.map((id) => [id, value]))

/** A replica stops waiting, with just these messages. */
function sees(rule: 'REPORT' | 'PROPOSAL', round: number, at: Id, seen: Seen): Step {
  const words = Object.entries(seen).map(([id, value]) => ({ from: Number(id), message: { type: rule, round, value } }))
  const on = words.find((word) => word.from !== at)!
  return { at, rule, on, with: words.filter((word) => word !== on) }
}

const reports = (round: number, ids: Id[], seen: Seen): Step[] => ids.map((at) => sees('REPORT', round, at, seen))
const proposals = (round: number, ids: Id[], seen: Seen): Step[] => ids.map((at) => sees('PROPOSAL', round, at, seen))
const begins = (value: string, ...ids: Id[]): Step[] => ids.map((at) => ({ at, input: value }))
const fall = (value: 0 | 1, ...ids: Id[]): Step[] => ids.map((at) => ({ at, flip: 'estimate', value }))

const stateOf = (system: System, at: Id) => system.locals[at]!.state
const six = { n: 6, f: 1, byzantine: [5] }

describe('a round', () => {
  const run = runOf(benOr, six)
  const begun = [...begins('0', 0, 1, 2), ...begins('1', 3, 4)]

  test('more than (n + f) / 2 equal REPORTs are proposed', () => {
    const four = { ...from('0', 0, 1, 2, 5), ...from('1', 3) }
    const three = { ...from('0', 0, 1, 2), ...from('1', 3, 4) }
    const system = play(run, [...begun, ...reports(1, [0], four), ...reports(1, [3], three)])
    const said = system.soup.filter(({ message }) => message.type === 'PROPOSAL')
    expect(said.map(({ from, message }) => [from, message])).toEqual([
      [0, { type: 'PROPOSAL', round: 1, value: '0' }],
      [3, { type: 'PROPOSAL', round: 1, value: null }],
    ])
  })

  test('fewer than n − f messages are waited with', () => {
    expect(() => play(run, [...begun, ...reports(1, [0], from('0', 0, 1, 2, 5))])).toThrow('changes nothing')
  })

  const zeros = [...begins('0', 0, 1, 2, 3, 4), ...reports(1, [0, 1, 2, 3], from('0', 0, 1, 2, 3, 4))]
  const doubted = [...zeros, ...reports(1, [4], { ...from('0', 1, 2, 3), ...from('1', 5), ...from('0', 4) })]

  test('more than (n + f) / 2 proposals decide, f + 1 are adopted', () => {
    const decided = play(run, [...doubted, ...proposals(1, [0], from('0', 0, 1, 2, 3, 4))])
    expect(decided.outputs[0]).toEqual([{ decided: '0' }])
    expect(stateOf(decided, 0)).toEqual({ estimate: '0', round: 2, step: 'reports', decided: '0' })
    const split = [...begun, ...reports(1, [0, 1], { ...from('0', 0, 1, 2, 5), ...from('1', 3) })]
    const unsure = [...split, ...reports(1, [2, 3, 4], { ...from('0', 0, 1, 2), ...from('1', 3, 4) })]
    const adopted = play(run, [...unsure, ...proposals(1, [4], { ...from('0', 0, 1), ...from(null, 2, 3, 4) })])
    expect(stateOf(adopted, 4)).toEqual({ estimate: '0', round: 2, step: 'reports', decided: null })
    const tossing = play(run, [...unsure, ...proposals(1, [4], { ...from('0', 0), ...from(null, 2, 3, 4, 5) })])
    expect(stateOf(tossing, 4)).toMatchObject({ round: 1, step: 'coin' })
    expect(tossing.locals[4]!.coins).toEqual(['estimate'])
    expect(stateOf(play(run, fall(1, 4), tossing), 4)).toMatchObject({ estimate: '1', round: 2, step: 'reports' })
  })

  test('who has decided says so for one more round, and no longer', () => {
    const decided = [...doubted, ...proposals(1, [0, 1, 2, 3, 4], from('0', 0, 1, 2, 3, 4))]
    const next = [...decided, ...reports(2, [0, 1, 2, 3, 4], from('0', 0, 1, 2, 3, 4))]
    expect(() => play(run, [...next, ...proposals(2, [0], from('0', 0, 1, 2, 3, 4))])).toThrow('changes nothing')
  })

  test('the last round within the bounds ends with the REPORT of the next', () => {
    const short = runOf(benOr, { ...six, bounds: { rounds: 1 } })
    const all = from('0', 0, 1, 2, 3, 4)
    const end = [...zeros, ...reports(1, [4], all), ...proposals(1, [0, 1, 2, 3, 4], all)]
    expect(play(short, end).outputs.map((list) => list.length)).toEqual([1, 1, 1, 1, 1, 0])
    expect(() => play(short, [...end, ...reports(2, [0], all)])).toThrow('changes nothing')
  })

  test('everybody decides, whatever each starts with', () => {
    const honest = runOf(benOr, {
      n: 6,
      byzantine: [],
      inputs: { 0: ['0'], 1: ['0'], 2: ['0'], 3: ['0'], 4: ['0'], 5: ['0'] },
    })
    expect(settle(honest).outputs).toEqual(range(6).map(() => [{ decided: '0' }]))
    const begin = runOf(benOr, six)
    expect(stuck(begin, start(begin))).toBeUndefined()
    expect(stuck(begin, play(begin, begins('1', 0, 2, 4)))).toBeUndefined()
  })

  test('with other values, the coin falls on those', () => {
    const named = runOf(benOr, { ...six, values: ['no', 'yes'] })
    const began = [...begins('no', 0, 1, 2), ...begins('yes', 3, 4)]
    const unsure = reports(1, [0, 1, 2, 3, 4], { ...from('no', 0, 1, 2), ...from('yes', 3, 4) })
    const tossing = [...began, ...unsure, ...proposals(1, [0], from(null, 0, 1, 2, 3, 4)), ...fall(1, 0)]
    expect(stateOf(play(named, tossing), 0)).toMatchObject({ estimate: 'yes' })
  })
})

/**
 * All correct replicas but those that have decided 0 lose it to the Byzantine replicas, and decide 1 with their help in
 * the next round.
 */
function turned(round: number, ids: Id[], ...byzantineReplicas: Id[]): Step[] {
  return [
    ...reports(round, ids, { ...from('0', ...ids), ...from('1', ...byzantineReplicas) }),
    ...proposals(round, ids, from(null, ...ids, ...byzantineReplicas)),
    ...fall(1, ...ids),
    ...decidesOne(round + 1, ids, ids, ...byzantineReplicas),
  ]
}

/** Some replicas, all with 1, decide it together with a Byzantine replica. */
function decidesOne(round: number, ids: Id[], identities: Id[], ...byzantineReplicas: Id[]): Step[] {
  const all = from('1', ...identities, ...byzantineReplicas)
  return [...reports(round, ids, all), ...proposals(round, ids.slice(0, 1), all)]
}

type Verdict = readonly [
  why: string,
  protocol: Protocol,
  configuration: Configuration,
  claims: readonly string[],
  steps: readonly Step[],
]

const verdicts: readonly Verdict[] = [
  [
    'n = 5f: a Byzantine replica hides what all correct replicas start with',
    ...([benOr, { n: 5, f: 1, byzantine: [4] }, ['validity']] as const),
    [...begins('0', 0, 1, 2, 3), ...turned(1, [1, 2, 3], 4)],
  ],
  [
    'n = 5f: one decides, the others have adopted it, and lose it again',
    ...([benOr, { n: 5, f: 1, byzantine: [4] }, ['validity', 'agreement']] as const),
    [
      ...begins('0', 0, 1, 2, 3),
      ...reports(1, [0, 1, 2], from('0', 0, 1, 2, 4)),
      ...reports(1, [3], from('0', 0, 1, 2, 3)),
      ...proposals(1, [0], from('0', 0, 1, 2, 4)),
      ...proposals(1, [1, 2, 3], { ...from('0', 1, 2, 3), ...from(null, 4) }),
      ...turned(2, [1, 2, 3], 4),
    ],
  ],
  [
    'n = 5f with two Byzantine replicas of ten: unanimity is lost',
    ...([benOr, { n: 10, f: 2, byzantine: [8, 9] }, ['validity']] as const),
    [...begins('0', ...range(8)), ...turned(1, [1, 2, 3, 4, 5, 6], 8, 9)],
  ],
  [
    'n = 5f with two Byzantine replicas of ten: one decides alone',
    ...([benOr, { n: 10, f: 2, byzantine: [8, 9] }, ['validity', 'agreement']] as const),
    [
      ...begins('0', ...range(8)),
      ...reports(1, range(6), from('0', ...range(6), 8, 9)),
      ...reports(1, [6], from('0', ...range(8))),
      ...proposals(1, [0], from('0', ...range(6), 8, 9)),
      ...proposals(1, [1, 2, 3, 4, 5, 6], { ...from('0', 1, 2, 3, 4, 5, 6), ...from(null, 8, 9) }),
      ...turned(2, [1, 2, 3, 4, 5, 6], 8, 9),
    ],
  ],
  [
    'two Byzantine replicas of six tell two stories',
    ...([benOr, { n: 6, f: 1, byzantine: [4, 5] }, ['agreement']] as const),
    [
      ...begins('0', 0, 1),
      ...begins('1', 2, 3),
      ...reports(1, [0, 1], { ...from('0', 0, 1, 4, 5), ...from('1', 2) }),
      ...reports(1, [2, 3], { ...from('1', 2, 3, 4, 5), ...from('0', 0) }),
      ...proposals(1, [0], { ...from('0', 0, 1, 4, 5), ...from('1', 2) }),
      ...proposals(1, [2], { ...from('1', 2, 3, 4, 5), ...from('0', 0) }),
    ],
  ],
  [
    'adopting what f propose: one Byzantine message outweighs what was decided',
    ...([adoptF, six, ['agreement']] as const),
    [
      ...begins('1', 0, 1, 2),
      ...begins('0', 3, 4),
      ...reports(1, [0, 1, 2], { ...from('1', 0, 1, 2, 5), ...from('0', 3) }),
      ...reports(1, [3, 4], { ...from('1', 0, 1, 2), ...from('0', 3, 4) }),
      ...proposals(1, [0], { ...from('1', 0, 1, 2, 5), ...from(null, 3) }),
      ...proposals(1, [1, 2, 3, 4], { ...from('1', 1, 2), ...from(null, 3, 4), ...from('0', 5) }),
      ...reports(2, [1, 2, 3, 4], from('0', 1, 2, 3, 4, 5)),
      ...proposals(2, [1], from('0', 1, 2, 3, 4, 5)),
    ],
  ],
  [
    'deciding on f + 1 proposals: one of them was a Byzantine message, and the others never see the other',
    ...([decideFPlus1, six, ['agreement']] as const),
    [
      ...begins('0', 0, 1, 2),
      ...begins('1', 3, 4),
      ...reports(1, [0], { ...from('0', 0, 1, 2, 5), ...from('1', 3) }),
      ...reports(1, [1, 2, 3, 4], { ...from('0', 0, 1, 2), ...from('1', 3, 4) }),
      ...proposals(1, [0], { ...from('0', 0, 5), ...from(null, 1, 2, 3) }),
      ...proposals(1, [1, 2, 3, 4], from(null, 1, 2, 3, 4, 5)),
      ...fall(1, 1, 2, 3, 4),
      ...decidesOne(2, [1, 2, 3, 4], [1, 2, 3, 4], 5),
    ],
  ],
  [
    'a simple majority of seven: both values are proposed by correct replicas',
    ...([simpleMajority, { n: 7, f: 1, byzantine: [6] }, ['agreement']] as const),
    [
      ...begins('1', 0, 1, 2),
      ...begins('0', 3, 4, 5),
      ...reports(1, [0, 1, 2, 3], { ...from('1', 0, 1, 2, 6), ...from('0', 3, 4) }),
      ...reports(1, [4, 5], { ...from('0', 3, 4, 5, 6), ...from('1', 0, 1) }),
      ...proposals(1, [0], { ...from('1', 0, 1, 2, 3, 6), ...from('0', 4) }),
      ...proposals(1, [1, 2, 3, 4, 5], { ...from('1', 1, 2, 3), ...from('0', 4, 5, 6) }),
      ...reports(2, [1, 2, 3, 4, 5], from('0', 1, 2, 3, 4, 5, 6)),
      ...proposals(2, [1], from('0', 1, 2, 3, 4, 5, 6)),
    ],
  ],
  [
    'n > 3f without validation: unanimity is lost',
    ...([benOr, { n: 4, f: 1, byzantine: [3] }, ['validity']] as const),
    [...begins('0', 0, 1, 2), ...turned(1, [1, 2], 3)],
  ],
  [
    'n > 3f without validation: one decides alone',
    ...([benOr, { n: 4, f: 1, byzantine: [3] }, ['agreement']] as const),
    [
      ...begins('0', 0, 1),
      ...begins('1', 2),
      ...reports(1, [0, 1], from('0', 0, 1, 3)),
      ...reports(1, [2], { ...from('0', 1), ...from('1', 2, 3) }),
      ...proposals(1, [0], from('0', 0, 1, 3)),
      ...proposals(1, [1, 2], { ...from('0', 1), ...from(null, 2, 3) }),
      ...fall(1, 1, 2),
      ...decidesOne(2, [1, 2], [1, 2], 3),
    ],
  ],
]

/** What a schedule breaks where it can be taken; nothing where some step of it is not there. */
function brokenIfPossible(run: Program, steps: readonly Step[]): string[] {
  try {
    return broken(run, steps)
  } catch (error) {
    if (error instanceof Impossible) return []
    throw error
  }
}

describe('verdicts, by hand', () => {
  test.each(verdicts)('%s', (_, protocol, configuration, claims, steps) => {
    expect(broken(runOf(protocol, configuration), steps).sort()).toEqual([...claims].sort())
  })

  const mutants = verdicts.filter(([, protocol]) => protocol !== benOr)

  test.each(
    mutants,
  )('%s: the unchanged protocol does not let it happen', (_, _protocol, configuration, _claims, steps) => {
    expect(brokenIfPossible(runOf(benOr, configuration), steps)).toEqual([])
  })

  test('at n = 6 a simple majority is the same quorum', () => {
    expect(runOf(simpleMajority, six).rules).toEqual(runOf(benOr, six).rules)
    expect(runOf(simpleMajority, { n: 7, f: 1 }).rules).not.toEqual(runOf(benOr, { n: 7, f: 1 }).rules)
  })
})
