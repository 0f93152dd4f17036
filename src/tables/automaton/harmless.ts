/**
 * Is it enough to count low words? An atom may count words of high levels too, and still hold on low ones alone whenever
 * it holds: because whoever says a high one has said a low one before, or because nobody says a high one before there
 * are enough low ones.
 *
 * By induction over a run: as long as there are not enough low words, everybody who is counted is counted by a low
 * one. So an edge that asks for as much as the atom does, or for words that only such edges say, is taken only once
 * there are enough low ones. All other ways to a high word have to pass a low one.
 */
import { isMetBy, leastOf, weightIn } from '../../model/index.ts'
import type { Atom, Senders } from './atom.ts'
import type { Atoms, Formula } from './atoms.ts'
import type { GuardedEdge, Machine } from './machine.ts'

type Count = Atom & { readonly kind: 'count' }

interface Options {
  readonly atoms: Atoms
  readonly machines: readonly Machine[]
  /** By participant: what it says at the beginning, as a row of envelopes. */
  readonly initial: readonly Int32Array[]
}

/** Can so many senders say any of it? */
export function isWithinReach({ q, of: { rows, sure, maybe } }: Count, { ids, rowWords }: Atoms): boolean {
  let senders = maybe.reduce((all, { identities }) => all | identities, sure)
  for (const [i, word] of rows.entries()) if (word !== 0) senders |= 1 << ids[Math.floor(i / rowWords)]!
  return isMetBy(q, senders)
}

/** Does each sender count for as much in both? */
function weighAlike({ q }: Count, { q: other }: Count): boolean {
  if (typeof q === 'number' || typeof other === 'number') return typeof q === typeof other
  return q.weights.join() === other.weights.join()
}

export class Harmless {
  readonly #atoms: Atoms
  readonly #machines: readonly Machine[]
  readonly #initial: readonly Int32Array[]
  /** What is only said once there are enough low words: rows of envelopes, and messages of the coalition. */
  #late: Int32Array
  #lateProofs: boolean[] = []
  /** By atom: does it hold only once there are? */
  #isLate: boolean[] = []

  constructor({ atoms, machines, initial }: Options) {
    this.#atoms = atoms
    this.#machines = machines
    this.#initial = initial
    this.#late = new Int32Array(0)
  }

  /**
   * @param low the same atom, with some of the words that it counts
   * @throws Stopped where somebody wants this to end
   */
  isHarmless(atom: Count, low: Count): boolean {
    this.#settle(this.#atoms.list.map((other) => this.#asksAsMuch(other, atom)))
    const { rowWords } = this.#atoms
    const isCounted = ({ provable, identities }: Senders['maybe'][number]): boolean =>
      this.#lateProofs[provable]! ||
      (identities & ~low.of.sure) === 0 ||
      low.of.maybe.some((one) => one.provable === provable)
    if (!atom.of.maybe.every(isCounted)) return false
    return this.#machines.every((machine, p) => {
      const row = ({ of }: Count): Int32Array => of.rows.subarray(p * rowWords, (p + 1) * rowWords)
      const [any, some] = [row(atom), row(low)]
      if (meets(this.#initial[p]!, some)) return true
      if (meets(this.#initial[p]!, any)) return false
      const passed = (edge: GuardedEdge): boolean => this.#isTakenLate(machine, edge) || meets(edge.says, some)
      return !edgesBefore(machine, passed).some(({ says }) => meets(says, any))
    })
  }

  /** What is said late at the most: whatever an edge says that may be taken early is taken off. */
  #settle(asksAsMuch: readonly boolean[]): void {
    const { rowWords, provable, list } = this.#atoms
    this.#late = new Int32Array(this.#machines.length * rowWords).fill(-1)
    this.#lateProofs = provable.map(() => true)
    const speak = (p: number, says: Int32Array): void => {
      for (let r = 0; r < rowWords; r++) this.#late[p * rowWords + r]! &= ~says[r]!
    }
    for (const [p, says] of this.#initial.entries()) speak(p, says)
    for (let before = ''; ; ) {
      this.#atoms.tick()
      this.#isLate = list.map((atom, index) => asksAsMuch[index]! || this.#restsOnLate(atom))
      this.#lateProofs = provable.map(({ proof }, index) => this.#lateProofs[index]! && this.#isProvedLate(proof))
      for (const [p, machine] of this.#machines.entries()) {
        for (const { says } of edgesBefore(machine, (edge) => this.#isTakenLate(machine, edge))) speak(p, says)
      }
      const now = `${this.#late.join()} ${this.#lateProofs.join()}`
      if (now === before) return
      before = now
    }
  }

  #isTakenLate({ atoms }: Machine, edge: GuardedEdge): boolean {
    return edge.atoms.some((atom) => this.#isLate[atoms[atom]!])
  }

  #isProvedLate(proof: Formula): boolean {
    if (proof.kind === 'atom') return this.#isLate[proof.atom]!
    if (proof.kind === 'all') return proof.of.some((part) => this.#isProvedLate(part))
    return proof.of.every((part) => this.#isProvedLate(part))
  }

  /** Does another atom hold only where at least as many are counted by this one? */
  #asksAsMuch(other: Atom, atom: Count): boolean {
    if (other.kind === 'count') {
      const least = leastOf(other.q) - weightIn(other.q, this.#whoElse(other.of, atom.of))
      return weighAlike(other, atom) && least >= leastOf(atom.q)
    }
    const within = other.of.map((part) => this.#whoElse(part, atom.of) === 0)
    const { q } = atom
    return typeof q === 'number' && other.choices.every((choice) => choice.filter((part) => within[part]).length >= q)
  }

  /** Ids that may be counted by words that are not among others. */
  #whoElse({ rows, sure, maybe }: Senders, others: Senders): number {
    const { ids, rowWords } = this.#atoms
    let found = sure & ~others.sure
    for (const [i, word] of rows.entries()) {
      if ((word & ~others.rows[i]!) !== 0) found |= 1 << ids[Math.floor(i / rowWords)]!
    }
    for (const { provable, identities } of maybe) {
      const known = others.maybe.find((one) => one.provable === provable)?.identities ?? 0
      found |= identities & ~known
    }
    return found
  }

  /** Does it need a word that is said late? */
  #restsOnLate(atom: Atom): boolean {
    if (atom.kind === 'count') return !isMetBy(atom.q, this.#early(atom.of))
    const early = atom.of.map((part) => this.#early(part))
    return atom.choices.every((choice) => choice.some((part) => early[part] === 0))
  }

  /** Ids that may be counted before there are enough low words. */
  #early({ rows, sure, maybe }: Senders): number {
    const { ids, rowWords } = this.#atoms
    let found = sure
    for (const [i, word] of rows.entries()) {
      if ((word & ~this.#late[i]!) !== 0) found |= 1 << ids[Math.floor(i / rowWords)]!
    }
    for (const { provable, identities } of maybe) if (!this.#lateProofs[provable]) found |= identities
    return found
  }
}

function meets(says: Int32Array, row: Int32Array): boolean {
  for (let i = 0; i < row.length; i++) if ((says[i]! & row[i]!) !== 0) return true
  return false
}

/** The edges that some way leads to, and which can be taken, without passing one of some others. */
function edgesBefore({ edges, stateOf }: Machine, passes: (edge: GuardedEdge) => boolean): GuardedEdge[] {
  const found: GuardedEdge[] = []
  const reached = new Set([stateOf[0]!])
  for (const state of reached) {
    for (const edge of edges[state]!) {
      if (passes(edge)) continue
      found.push(edge)
      reached.add(edge.target)
    }
  }
  return found
}
