/**
 * The lowest and the highest level that a step can have, whatever the run: worked out on the tables.
 *
 * In a run, the level of a step is the highest of three: that of the step before it at the same participant, that of
 * the view which it leads to, and the lowest on whose messages alone all that it asks for was true by then. A message
 * of the coalition has the level on whose messages alone its proof holds. The first two are bound from below by going
 * through a participant's edges; all three from above, as a least fixpoint over all participants.
 */
import type { Atom, Senders } from './atom.ts'
import type { Atoms, Formula } from './atoms.ts'
import { Harmless, isWithinReach } from './harmless.ts'
import type { GuardedEdge, Machine } from './machine.ts'

/** Levels of which no step is higher, or lower. */
export interface Levels {
  /** Levels are numbered from 0, which is that of what was sent at the beginning. */
  readonly top: number
  readonly lower: ReadonlyMap<GuardedEdge, number>
  readonly upper: ReadonlyMap<GuardedEdge, number>
}

export interface LevelsOptions {
  readonly atoms: Atoms
  readonly machines: readonly Machine[]
  /** By participant: what it sends at the beginning, as a row of envelopes. */
  readonly initial: readonly Int32Array[]
  /** The view that an edge leads to, as a level; 0 where it is none. Any numbers are sound; views save most. */
  readonly views: ReadonlyMap<GuardedEdge, number>
}

/** @param harmless tells where it is enough to count what is low */
export function levelsOf(
  options: LevelsOptions,
  harmless: Pick<Harmless, 'isHarmless'> = new Harmless(options),
): Levels {
  const { machines, views } = options
  let top = 0
  for (const view of views.values()) top = Math.max(top, view)
  const lower = new Map<GuardedEdge, number>()
  for (const machine of machines) addLower(machine, views, lower)
  return { top, lower, upper: new Upper(options, harmless).run() }
}

/** The least that any way to an edge comes to. */
function addLower({ edges, stateOf }: Machine, views: LevelsOptions['views'], found: Map<GuardedEdge, number>): void {
  const least = new Int32Array(edges.length).fill(0x7fff_ffff)
  least[stateOf[0]!] = 0
  for (let changed = true; changed; ) {
    changed = false
    for (const [state, list] of edges.entries()) {
      for (const edge of list) {
        const level = Math.max(least[state]!, views.get(edge)!)
        found.set(edge, level)
        if (level >= least[edge.target]!) continue
        least[edge.target] = level
        changed = true
      }
    }
  }
}

/**
 * Atoms of which it is tried whether low messages are enough, and levels for each: beyond, all that is counted matters.
 */
const MOST_TRIED = 1_000

class Upper {
  readonly #options: LevelsOptions
  readonly #harmless: Pick<Harmless, 'isHarmless'>
  readonly #edges = new Map<GuardedEdge, number>()
  readonly #states: readonly Int32Array[]
  /** By bit of a row of all participants' envelopes, and by provable message. */
  readonly #words: Int32Array
  readonly #provable: Int32Array
  /** By atom: a level on whose messages alone it holds whenever it holds. */
  readonly #evidence: Int32Array
  #tried = 0

  constructor(options: LevelsOptions, harmless: Pick<Harmless, 'isHarmless'>) {
    const { atoms, machines } = options
    this.#options = options
    this.#harmless = harmless
    this.#states = machines.map(({ edges }) => new Int32Array(edges.length))
    this.#words = new Int32Array(machines.length * atoms.rowWords * 32)
    this.#provable = new Int32Array(atoms.provable.length)
    this.#evidence = new Int32Array(atoms.list.length)
  }

  run(): ReadonlyMap<GuardedEdge, number> {
    do {
      this.#evident()
      this.#climb()
    } while (this.#speak())
    return this.#edges
  }

  /** What edges ask for, with all that is known to be sent up to which level. */
  #evident(): void {
    const { atoms } = this.#options
    const wanted = this.#wanted()
    for (const [index, atom] of atoms.list.entries()) {
      const parts = atom.kind === 'count' ? [atom.of] : atom.of
      const most = Math.max(0, ...parts.map((part) => this.#highest(part)))
      let level = Math.max(this.#evidence[index]!, Math.min(most, wanted[index]!))
      if (atom.kind !== 'count') level = most
      while (level < most && atom.kind === 'count' && !this.#holdsAt(atom, level)) level++
      this.#evidence[index] = Math.max(this.#evidence[index]!, level)
    }
  }

  /** By atom: the level that edges have without it. Nothing is gained by less. */
  #wanted(): Int32Array {
    const { atoms, machines, views } = this.#options
    const wanted = new Int32Array(atoms.list.length).fill(0x7fff_ffff)
    for (const [p, { edges, atoms: own }] of machines.entries()) {
      for (const [state, list] of edges.entries()) {
        for (const edge of list) {
          const level = Math.max(this.#states[p]![state]!, views.get(edge)!)
          for (const atom of edge.atoms) wanted[own[atom]!] = Math.min(wanted[own[atom]!]!, level)
        }
      }
    }
    const inProof = (proof: Formula): void => {
      if (proof.kind === 'atom') wanted[proof.atom] = 0
      else for (const part of proof.of) inProof(part)
    }
    for (const { proof } of atoms.provable) inProof(proof)
    return wanted
  }

  #highest({ rows, maybe }: Senders): number {
    let most = 0
    for (let i = 0; i < rows.length; i++) {
      for (let left = rows[i]!; left !== 0; left &= left - 1) {
        most = Math.max(most, this.#words[i * 32 + 31 - Math.clz32(left & -left)]!)
      }
    }
    for (const { provable } of maybe) most = Math.max(most, this.#provable[provable]!)
    return most
  }

  /** Whenever the atom holds, does it hold on the messages of some levels alone? */
  #holdsAt(atom: Atom & { kind: 'count' }, level: number): boolean {
    const rows = atom.of.rows.map((word, i) => {
      let low = 0
      for (let left = word; left !== 0; left &= left - 1) {
        const bit = left & -left
        if (this.#words[i * 32 + 31 - Math.clz32(bit)]! <= level) low |= bit
      }
      return low
    })
    const maybe = atom.of.maybe.filter(({ provable }) => this.#provable[provable]! <= level)
    const low = { ...atom, of: { ...atom.of, rows, maybe } }
    if (!isWithinReach(low, this.#options.atoms) || this.#tried++ >= MOST_TRIED) return false
    return this.#harmless.isHarmless(atom, low)
  }

  /** The levels of edges and states, by what they ask for. */
  #climb(): void {
    const { machines, views } = this.#options
    for (const [p, { edges, atoms }] of machines.entries()) {
      const states = this.#states[p]!
      for (let changed = true; changed; ) {
        changed = false
        for (const [state, list] of edges.entries()) {
          for (const edge of list) {
            let level = Math.max(states[state]!, views.get(edge)!)
            for (const atom of edge.atoms) level = Math.max(level, this.#evidence[atoms[atom]!]!)
            this.#edges.set(edge, level)
            if (level <= states[edge.target]!) continue
            states[edge.target] = level
            changed = true
          }
        }
      }
    }
  }

  /** The levels of what edges send, and of what is proved. Has any become higher? */
  #speak(): boolean {
    const { atoms, machines, initial } = this.#options
    const { rowWords } = atoms
    let changed = false
    const raise = (list: Int32Array, index: number, level: number): void => {
      if (level <= list[index]!) return
      list[index] = level
      changed = true
    }
    for (const [p, { edges }] of machines.entries()) {
      for (const edge of edges.flat()) {
        for (let r = 0; r < rowWords; r++) {
          // What was sent at the beginning has been sent, whoever sends it again.
          for (let left = edge.says[r]! & ~initial[p]![r]!; left !== 0; left &= left - 1) {
            raise(this.#words, (p * rowWords + r) * 32 + 31 - Math.clz32(left & -left), this.#edges.get(edge)!)
          }
        }
      }
    }
    for (const [index, { proof }] of atoms.provable.entries()) raise(this.#provable, index, this.#proved(proof))
    return changed
  }

  #proved(proof: Formula): number {
    if (proof.kind === 'atom') return this.#evidence[proof.atom]!
    return Math.max(0, ...proof.of.map((part) => this.#proved(part)))
  }
}
