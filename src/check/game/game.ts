/**
 * Claims that only a strategy breaks: the adversary takes all steps, a coin falls as it likes, and the claim is broken
 * where the adversary can bring that about whichever way the coins fall.
 *
 * Searched is every state, under those passes only that keep what can be forced: merged local states (distinguished by
 * the events that lead from them), forgotten messages, names; big steps, because the adversary loses nothing where it
 * takes a step that nobody notices only when it needs it, and knows more coins by then; and lazy consumption, because
 * what it leaves out can be come to from what it keeps, by such steps. A coin falls in a step of its own: big steps are
 * off where it falls unnoticed, and none of its sides is left out. Layers put steps in another order, in which the
 * adversary may have to choose before it knows a coin that it knew. Relaxation asks what a claim declares of outputs,
 * which here decide nothing alone.
 */
import { brokenIn, type Invariant, type Program, reachedIn } from '../../model/index.ts'
import type { Step } from '../../system/index.ts'
import type { Atoms } from '../../tables/automaton/atoms.ts'
import { type GuardedEdge, type Machine, Options, unmerged } from '../../tables/automaton/machine.ts'
import { RecordJudge } from '../../tables/automaton/record-judge.ts'
import { GlobalStates } from '../../tables/automaton/states.ts'
import type { Closed } from '../../tables/closure/closed.ts'
import type { PassName } from '../../tables/passes/pass-names.ts'
import { arrangements, NotSymmetric, type Symmetry } from '../../tables/passes/symmetry.ts'
import type { TablePasses } from '../../tables/passes/table-passes.ts'
import { PackedSpace } from '../../tables/space/packed-space.ts'
import type { Reports } from '../result/reports.ts'
import type { SearchLimits } from '../safety/search.ts'
import { witnessOf } from '../safety/witness.ts'
import { Positions, type Ways } from './positions.ts'

export interface GameOptions {
  readonly program: Program
  readonly closed: Closed
  readonly atoms: Atoms
  readonly passes: TablePasses
  readonly reports: Reports
  readonly limits: SearchLimits
}

export interface GameResult {
  readonly states: number
  readonly transitions: number
  readonly finished: boolean
  /** One run of the adversary's strategy, where it has one: that in which coins fall on one side and the other in turn. */
  readonly run?: { readonly steps: readonly Step[]; readonly witness: string }
  /** Of how many beginnings each leads to one of them again, however coins fall; none where the strategy may come to an end. */
  readonly recurring?: number
}

/** Passes that keep what can be forced. */
const KEPT: readonly PassName[] = ['quotient', 'forget', 'big-step', 'lazy', 'symmetry']

export function playGame(options: GameOptions, claim: Invariant<any>): GameResult {
  const machines = machinesFor(options, new RecordJudge(options.program, options.closed, [claim]))
  const plain: Symmetry = { groups: [], machines }
  if (!options.reports.isOn('symmetry')) return new Game(options, claim, plain).result()
  try {
    return new Game(options, claim, options.passes.symmetry(options.atoms, options.closed, machines)).result()
  } catch (error) {
    if (!(error instanceof NotSymmetric)) throw error
    return new Game(options, claim, plain).result()
  }
}

function machinesFor({ atoms, closed, passes, reports }: GameOptions, { notes }: RecordJudge): Machine[] {
  return closed.participants.map((_, p) => {
    const options = new Options(atoms, closed, p, notes, true)
    return reports.isOn('quotient') ? passes.quotient(options) : unmerged(options)
  })
}

class Game {
  readonly #options: GameOptions
  readonly #claim: Invariant<any>
  readonly #judge: RecordJudge
  readonly #space: PackedSpace
  readonly #states: GlobalStates
  readonly #groups: Symmetry['groups']
  readonly #asTheyAre: readonly number[]
  readonly #positions = new Positions()
  readonly #broken: number[] = []
  /** By name: the first state that recurs under it and is not broken. */
  readonly #begins = new Map<string, number>()
  readonly #looks = new Map<string, Look>()
  #transitions = 0
  #finished = true

  constructor(options: GameOptions, claim: Invariant<any>, { groups, machines }: Symmetry) {
    const { program, closed, atoms, passes, reports } = options
    this.#options = options
    this.#claim = claim
    this.#judge = new RecordJudge(program, closed, [claim])
    const isUnnoticed = machines.some(({ edges }) => edges.some((list) => list.some((e) => e.silent && coinOf(e))))
    const on = (pass: PassName): boolean =>
      KEPT.includes(pass) && reports.isOn(pass) && !(pass === 'big-step' && isUnnoticed)
    const spared: TablePasses = { ...passes, lazy: lazyButForCoins(passes) }
    this.#space = new PackedSpace({ program, closed, atoms, machines, groups, judge: this.#judge, passes: spared, on })
    this.#states = new GlobalStates(this.#space.layout)
    this.#groups = groups
    this.#asTheyAre = this.#space.layout.ids.map((_, p) => p)
  }

  result(): GameResult {
    this.#explore()
    const [states, transitions, finished] = [this.#states.count, this.#transitions, this.#finished]
    // What a strategy relies on has all been looked at, even where other states have not.
    const endless = this.#endless()
    const ways = endless ? endless.ways : this.#positions.forced(states, this.#broken)
    if (endless) return { states, transitions, finished, run: this.#run(ways), recurring: endless.recurring }
    return { states, transitions, finished, ...(ways.isForced(0) ? { run: this.#run(ways) } : {}) }
  }

  #explore(): void {
    const { limits } = this.#options
    const { ids } = this.#space.layout
    const initial = this.#space.initial()
    this.#space.canonical(initial)
    this.#states.add(initial)
    const state = new Int32Array(this.#space.layout.words)
    for (let number = 0; number < this.#states.count && this.#finished; number++) {
      this.#states.at(number, state)
      const look = this.#look(state)
      if (look.isBroken) this.#broken.push(number)
      else if (look.as !== undefined && !this.#begins.has(look.as)) this.#begins.set(look.as, number)
      if (look.isBroken || look.isOver) continue
      for (let p = 0; p < ids.length; p++) this.#expand(number, state, p)
      if (this.#states.count > limits.maxStates) this.#finished = false
      if (number % 4_096 === 0 && limits.onProgress?.(this.#states.count, this.#states.count - number, 0))
        this.#finished = false
    }
  }

  #expand(number: number, state: Int32Array, p: number): void {
    const coins = new Map<string, number>()
    for (const move of this.#space.moves(state, p)) {
      const raw = this.#space.after(state, p, move)
      // Does the claim depend on who did what? Then ids must not be exchanged.
      this.#space.judged(state, raw, p)
      this.#space.canonical(raw)
      const to = this.#states.add(raw)
      this.#transitions++
      const fell = coinOf(move.last)
      if (!fell) this.#positions.step(number, to)
      else {
        const coin = coins.get(fell.coin) ?? this.#positions.coin(number)
        coins.set(fell.coin, coin)
        this.#positions.falls(coin, fell.side, to)
      }
    }
  }

  /**
   * What the claim says of a state; of all that output and note the same, once.
   * @throws NotSymmetric where it depends on the ids of participants that are sorted
   */
  #look(state: Int32Array): Look {
    const { layout } = this.#space
    const key = layout.ids.map((_, p) => state[p * layout.stride + 1]).join()
    const known = this.#looks.get(key)
    if (known) return known
    const looked = this.#ask(state, this.#asTheyAre)
    const puts = (p: number): string => String(state[p * layout.stride + 1])
    for (const order of arrangements(this.#groups, layout.ids.length, puts)) {
      const { isOver, as } = this.#ask(state, order)
      if (isOver !== looked.isOver || as !== looked.as)
        throw new NotSymmetric(`${this.#claim.name} depends on which replica does what`)
    }
    this.#looks.set(key, looked)
    return looked
  }

  #ask(state: Int32Array, order: readonly number[]): Look {
    const claim = this.#claim
    const facts = this.#judge.factsOf(this.#space.layout, state, order)
    const { isOver, recurs } = claim.forced!
    return {
      isBroken: brokenIn(claim, facts) !== undefined,
      isOver: isOver !== undefined && reachedIn({ ...claim, kind: 'sometimes', reached: isOver }, facts),
      as: recurs && brokenIn({ ...claim, broken: recurs }, facts),
    }
  }

  /** The greatest set of beginnings from each of which one of them can be forced again: by leaving out those that cannot. */
  #endless(): { readonly ways: Ways; readonly recurring: number } | undefined {
    const ends = this.#broken.map((number) => ({ number, as: this.#look(this.#states.at(number)).as }))
    const left = new Map(this.#begins)
    while (left.size > 0) {
      const goals = ends.flatMap(({ number, as }) => (as !== undefined && left.has(as) ? [number] : []))
      const ways = this.#positions.forced(this.#states.count, goals)
      const lost = [...left].filter(([, number]) => !ways.isForced(number))
      if (lost.length === 0) return ways.isForced(0) ? { ways, recurring: left.size } : undefined
      for (const [as] of lost) left.delete(as)
    }
    return undefined
  }

  #run(ways: Ways): { readonly steps: readonly Step[]; readonly witness: string } {
    const { closed, atoms } = this.#options
    const path = ways.play(0, (fell) => (fell % 2 === 0 ? 1 : 0))
    const last = path.pop()!
    // Where the claim is broken at the beginning, there is nothing to do.
    const after = path.length > 0 ? { after: this.#states.at(last) } : {}
    const way = { cost: path.length, path, ...after, states: this.#states }
    return witnessOf(this.#space, closed, atoms, this.#states, 0, way)
  }
}

/** What the claim says of a state. */
interface Look {
  readonly isBroken: boolean
  readonly isOver: boolean
  readonly as: string | undefined
}

/** Lazy consumption that leaves out no side of a coin. */
function lazyButForCoins({ lazy }: TablePasses): TablePasses['lazy'] {
  return (machine, moves, truth) => {
    const coins = moves.filter(({ last }) => coinOf(last))
    return [
      ...lazy(machine, coins.length === 0 ? moves : moves.filter((move) => !coins.includes(move)), truth),
      ...coins,
    ]
  }
}

/** Which coin fell on which side, where an edge is that. */
function coinOf({ name }: GuardedEdge): { readonly coin: string; readonly side: 0 | 1 } | undefined {
  const found = /^coin (.*) ([01])$/.exec(name)
  return found ? { coin: found[1]!, side: found[2] === '0' ? 0 : 1 } : undefined
}
