/**
 * Every reduction has a mutant of itself that the laws catch: an unsound pass is put in the place of the sound one, and
 * some protocol tells the two apart. Repeat with `LAW_SEED=… npx vitest run test/laws/unsound-passes.test.ts`.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agrees, type Known } from '../../properties/laws/checker.ts'
import { referenceSearch } from '../../properties/laws/reference-search.ts'
import { check } from '../../src/check/check.ts'
import { defineProtocol, HarnessError, program as inSetting, invariant, type Protocol } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import type { GuardedEdge, Machine } from '../../src/tables/automaton/machine.ts'
import { type Move, silently } from '../../src/tables/passes/big-step.ts'
import { type PassName, REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { PASSES_BY_NAME, type Passes } from '../../src/tables/passes/passes.ts'
import { LONG } from '../tiers.ts'
import { describeds } from './checked-protocols.ts'
import { knownOf, SEED } from './known-protocols.ts'
import { twoDistances } from './two-distances.ts'
import { AsksOfOne, CountsStepsTwice, ForgetsThePast, SaysNothing } from './unsound-relaxations.ts'

/** Protocols on which a mutant has to be caught; many, because some defects are rare. */
const PROTOCOLS = 250

const sound = PASSES_BY_NAME

/** The same options with something overlooked. They have private parts, so each is handed on by name. */
const overlooking = (options: any, changed: object): never =>
  ({
    part: options.part,
    conditions: (option: never) => options.conditions(option),
    atoms: (conditions: never, triggers: never) => options.atoms(conditions, triggers),
    label: (option: never, local: never) => options.label(option, local),
    isSilent: (option: never) => options.isSilent(option),
    outputs: (option: never) => options.outputs(option),
    tick: () => options.tick(),
    machine: (drafts: never, stateOf: never) => options.machine(drafts, stateOf),
    ...changed,
  }) as never

/** Merges local states that put out different things. */
const sameSayings: Passes['quotient'] = (options) =>
  sound.quotient(
    overlooking(options, { label: (option: never, local: never) => options.label(option, local).split('|')[0] }),
  )

/** Merges local states that can do the same next, wherever that leads: refinement that stops after one round. */
const oneRound: Passes['quotient'] = (options) => {
  const numbers = new Map<string, number>()
  const { options: all } = options.part
  const named = all.map((list, local) =>
    list
      .map((one) => `${options.conditions(one)} ${options.label(one, local)}`)
      .sort()
      .join(';'),
  )
  for (const name of named) if (!numbers.has(name)) numbers.set(name, numbers.size)
  const blocks = Int32Array.from(named, (name) => numbers.get(name)!)
  const drafts = [...numbers.keys()].map((name) =>
    all[named.indexOf(name)]!.map((option) => ({
      atoms: options.atoms(options.conditions(option), [option.trigger]),
      option,
      target: blocks[option.target]!,
    })),
  )
  return options.machine(drafts, blocks)
}

/** Forgets all that was said as soon as nobody is moved by it at once. */
class ForgetsWords extends sound.forget {
  readonly #layout: ConstructorParameters<Passes['forget']>[0]

  constructor(...[layout, machines, atoms, heeded]: ConstructorParameters<Passes['forget']>) {
    super(layout, machines, atoms, heeded)
    this.#layout = layout
  }

  override mask(state: Int32Array): void {
    super.mask(state)
    const { ids, stride, rowWords } = this.#layout
    for (let p = 0; p < ids.length; p++) state.fill(0, p * stride + 2, p * stride + 2 + rowWords)
  }
}

/** Forgets what only a proof of the coalition still rests on. */
class ForgetsEvidence extends sound.forget {
  constructor(...[layout, machines, atoms, heeded]: ConstructorParameters<Passes['forget']>) {
    const provable = atoms.provable.map((one) => ({ ...one, proof: { kind: 'all', of: [] } }))
    super(layout, machines, { list: atoms.list, provable } as never, heeded)
  }
}

/** Takes a step that says something for one that nobody notices. */
const postponesSayings: Passes['bigStep'] = (machine, state, truth) => sound.bigStep(muted(machine), state, truth)

const mute = new WeakMap<Machine, Machine>()
function muted(machine: Machine): Machine {
  const silent = (edge: GuardedEdge): GuardedEdge => ({
    ...edge,
    silent: edge.outputs.length === 0 && edge.threw === null,
  })
  const known = mute.get(machine) ?? { ...machine, edges: machine.edges.map((list) => list.map(silent)) }
  mute.set(machine, known)
  return known
}

/** Leaves out a visible step that only a silent one leads to. */
const forgetsSilence: Passes['bigStep'] = (machine, state, truth) =>
  sound.bigStep(machine, state, truth).filter(({ cost }) => cost === 1)

/** Of moves that others cannot tell apart, keeps some: those for which `drops` holds against no other one. */
function lazilyBy(drops: (kept: Move, gone: Move, machine: Machine, truth: Int32Array) => boolean): Passes['lazy'] {
  const notice = ({ last: { says, outputs, threw } }: Move): string => `${says.join()}|${outputs.join()}|${threw}`
  return (machine, moves, truth) =>
    moves.filter(
      (gone) =>
        gone.last.silent ||
        !moves.some((kept) => {
          if (kept.last.target === gone.last.target || notice(kept) !== notice(gone)) return false
          return drops(kept, gone, machine, truth)
        }),
    )
}

const leads = (from: Move, to: Move, machine: Machine, truth: Int32Array): number | undefined =>
  silently(machine, from.last.target, truth).get(to.last.target)?.length

/** Drops the dearer way to what could be reached silently, and the cheaper one too. */
const lazyAtAnyCost = lazilyBy((kept, gone, machine, truth) => leads(kept, gone, machine, truth) !== undefined)

/** Keeps y′, which silent steps lead to from y, and drops y, which can do more. */
const dropsTheWrongOne = lazilyBy((kept, gone, machine, truth) => leads(gone, kept, machine, truth) !== undefined)

/** Takes replicas for interchangeable whose machines are of one size, whatever they do and whoever they listen to. */
const sortsWhoeverIsLikeSized: Passes['symmetry'] = (atoms, closed, machines) => {
  const size = ({ edges, atoms: own }: Machine): string => `${edges.map((list) => list.length)} ${own.length}`
  const sizes = [...new Set(machines.map(size))]
  const groups = sizes.map((one) => machines.flatMap((machine, p) => (size(machine) === one ? [p] : [])))
  return { ...sound.symmetry(atoms, closed, machines), groups: groups.filter(({ length }) => length > 1) }
}

/** To catch this one takes as long as to catch all others. */
const SLOW = 'quotient merges states that lead to different ones'

const mutants: [name: string, only: PassName, passes: Partial<Passes>][] = [
  ['quotient merges states that put out different things', 'quotient', { quotient: sameSayings }],
  [SLOW, 'quotient', { quotient: oneRound }],
  ['forget drops what a later rule still needs', 'forget', { forget: ForgetsWords }],
  ['forget drops what a proof still needs', 'forget', { forget: ForgetsEvidence }],
  ['big steps postpone what is said', 'big-step', { bigStep: postponesSayings }],
  ['big steps skip what a silent step enables', 'big-step', { bigStep: forgetsSilence }],
  ['lazy consumption ignores the cost', 'lazy', { lazy: lazyAtAnyCost }],
  ['lazy consumption drops the wrong one', 'lazy', { lazy: dropsTheWrongOne }],
  ['relaxation lets nobody hear what is said', 'relaxation', { relaxation: SaysNothing }],
  ['relaxation asks of one output at a time', 'relaxation', { relaxation: AsksOfOne }],
  ['relaxation takes one step for two', 'relaxation', { relaxation: CountsStepsTwice }],
  ['relaxation overlooks what was put out before', 'relaxation', { relaxation: ForgetsThePast }],
  ['symmetry sorts replicas that differ', 'symmetry', { symmetry: sortsWhoeverIsLikeSized }],
]

/** Lazy consumption is a choice among big steps, and works on nothing else. */
const needs: Partial<Record<PassName, readonly PassName[]>> = { lazy: ['big-step'] }

/** A visible step that leads further than another one: only who counts steps may not leave it out. */
const twoWays: Known = (() => {
  interface Types {
    state: { at: number }
    message: { type: 'A' | 'B' }
    output: { arrived: true }
  }
  const protocol = defineProtocol<Types>({
    name: 'two-ways',
    about: 'Two rules say the same; after one of them, a silent step makes up for the other.',
    rules: () => ({}),
    auth: 'channels',
    defaults: () => ({ f: 0, b: 0, inputs: {}, bounds: {} }),
    init(ctx) {
      if (ctx.self === 0) ctx.broadcast({ type: 'A' })
      return { at: 0 }
    },
    upon: {
      A: [
        function near(state, _, ctx) {
          if (state.at === 0) {
            state.at = 1
            ctx.broadcast({ type: 'B' })
          }
        },
        function far(state, _, ctx) {
          if (state.at === 0) {
            state.at = 2
            ctx.broadcast({ type: 'B' })
          }
        },
        function silently(state) {
          if (state.at === 1) state.at = 2
        },
        function arrive(state, _, ctx) {
          if (state.at === 2) {
            state.at = 3
            ctx.output({ arrived: true })
          }
        },
      ],
      B: () => {},
    },
  })
  const program = inSetting(protocol as Protocol, configure(protocol as Protocol, { n: 2 })[0]!)
  const claims = [invariant({ name: 'away', about: 'Nobody arrives.' }, ({ outputs }) => outputs[0] && 'it arrived')]
  return { program, claims, reference: referenceSearch(program, claims, [], 1_000) }
})()

const calm = { says: null, outputs: false, flags: null, rearms: false }
const plain = { self: null, from: null, value: null, after: null, not: null, asks: null, repeats: false, says: null }

/** The Byzantine replica may say C once both others have said A, and nobody but the proof of C cares for A. */
const evidence = knownOf(
  {
    n: 3,
    byzantine: [2],
    crash: [],
    auth: 'signatures',
    network: {},
    steps: 'lazy',
    selfDelivery: 'inbox',
    addressed: [],
    values: ['x'],
    inputs: [['x'], ['x'], []],
    opens: [],
    armed: [],
    timeouts: null,
    timeout: calm,
    coin: calm,
    levels: null,
    proof: { q: 3, such: false },
    rules: [
      {
        ...plain,
        on: 'A',
        self: 2,
        asks: { kind: 'need', q: 3, of: 'same' },
        says: { type: 'C', value: 'same', to: 'all' },
        deeds: [],
      },
      { ...plain, on: 'C', repeats: true, deeds: ['output'] },
    ],
  },
  'safety',
)!

/** Some protocols made for the rarer mutants, then random ones until one tells. */
function* protocols(): Generator<Known> {
  yield* [twoWays, evidence, twoDistances]
  for (const one of fc.sample(describeds, { seed: SEED, numRuns: PROTOCOLS })) {
    const known = knownOf(one, 'safety')
    if (known) yield known
  }
}

/** Does a law notice these passes, with only the mutated one at work? A mistake that stops the engine counts too. */
function notices(passes: Passes, pass: PassName, one: Known): boolean {
  const on = [pass, ...(needs[pass] ?? [])]
  try {
    agrees(
      (request) => check(request, passes),
      one,
      REDUCTIONS.filter((other) => !on.includes(other)),
    )
    return false
  } catch (error) {
    if (error instanceof HarnessError) return true
    throw error
  }
}

function caught(passes: Passes, pass: PassName): Known | undefined {
  for (const one of protocols()) if (notices(passes, pass, one) && !notices(sound, pass, one)) return one
  return undefined
}

describe('the laws catch it where', () => {
  test.each(mutants.filter(([name]) => (name === SLOW) === LONG))('%s', (_, pass, changed) => {
    expect(caught({ ...sound, ...changed }, pass)).toBeDefined()
  })
})

test.skipIf(LONG)('the protocols made for mutants break something, and the sound passes agree on them', () => {
  for (const one of [twoWays, evidence, twoDistances]) {
    expect(one.reference.claims.map(({ verdict }) => verdict)).toContain('violated')
    agrees(check, one)
    for (const pass of REDUCTIONS) expect(notices(sound, pass, one)).toBe(false)
  }
})
