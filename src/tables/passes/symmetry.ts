/**
 * Pass 7, symmetry: participants that the tables prove interchangeable are sorted, so that of all states that differ only
 * in their ids one is visited. Orbits are exact, without enumerating permutations.
 *
 * Sound because exchanging two such participants in every atom maps each machine, and each proof of the coalition's
 * messages, to itself, and the machine of one to that of the other; this is verified. Machines with ids in them (a tally
 * by sender, a certificate with signers) are not mapped to themselves, so there is no symmetry. Only if claims do not
 * depend on ids either: that is tested on every arrangement of every outcome found. It switches itself off where the test
 * fails, where no two are interchangeable, and where there are too many arrangements to test.
 */
import type { Atoms, Formula } from '../automaton/atoms.ts'
import type { Layout } from '../automaton/layout.ts'
import type { GuardedEdge, Machine } from '../automaton/machine.ts'
import type { Closed } from '../closure/closed.ts'

/** Arrangements of one outcome that are tried. */
const MOST_ARRANGEMENTS = 5_040

/**
 * A claim distinguishes states that differ by names only; or there are too many arrangements to show that none does.
 */
export class NotSymmetric extends Error {
  override readonly name = 'NotSymmetric'
}

export interface Symmetry {
  /** Positions that are interchangeable, at least two of them. */
  readonly groups: readonly (readonly number[])[]
  /** The machines; in a group, all are numbered alike. */
  readonly machines: readonly Machine[]
}

export function symmetry(atoms: Atoms, closed: Closed, machines: readonly Machine[]): Symmetry {
  const groups: number[][] = []
  const renumbered = [...machines]
  for (let p = 0; p < machines.length; p++) {
    let mapped: Machine | undefined
    const group = groups.find(([first]) => {
      mapped = interchangeable(atoms, closed, machines, first!, p)
      return mapped !== undefined
    })
    if (!group) groups.push([p])
    else {
      group.push(p)
      renumbered[p] = mapped!
    }
  }
  return { groups: groups.filter((group) => group.length > 1), machines: renumbered }
}

/** The machine of `other`, numbered like that of `one`, if the two are interchangeable. */
function interchangeable(
  atoms: Atoms,
  closed: Closed,
  machines: readonly Machine[],
  one: number,
  other: number,
): Machine | undefined {
  const swap = (atom: number): number | undefined => atoms.swapped(atom, one, other)
  const names = [atoms.ids[one], atoms.ids[other]]
  if (closed.envelopes.some(({ to }) => names.includes(to as number))) return undefined
  if (!sameStart(closed, machines, one, other)) return undefined
  if (!atoms.provable.every(({ proof }) => isSame(proof, swap))) return undefined
  for (const [p, machine] of machines.entries()) {
    if (p !== one && p !== other && !machine.atoms.every((atom) => swap(atom) === atom)) return undefined
  }
  // What nobody asks has no number: it is no atom of the other machine, and must not be taken for no atom at all.
  if (machines[one]!.atoms.some((atom) => swap(atom) === undefined)) return undefined
  const sides = [labelled(machines[one]!, (atom) => swap(atom)!), labelled(machines[other]!, (atom) => atom)] as const
  const starts = [machines[one]!.stateOf[0]!, machines[other]!.stateOf[0]!] as const
  const map = isomorphism(...sides, starts) ?? pairing(...sides, starts)
  if (!map?.every((to, from) => isSameList(sides[0][from]!, sides[1][to]!, map))) return undefined
  return renumber(machines[one]!, machines[other]!, map, (atom) => swap(atom)!)
}

function sameStart(closed: Closed, machines: readonly Machine[], one: number, other: number): boolean {
  const [a, b] = [closed.initial[one]!, closed.initial[other]!]
  const same = [...a.says].sort().join() === [...b.says].sort().join() && a.outputs.join() === b.outputs.join()
  return same && machines[one]!.edges.length === machines[other]!.edges.length
}

function isSame(proof: Formula, swap: (atom: number) => number | undefined): boolean {
  if (proof.kind === 'atom') return swap(proof.atom) === proof.atom
  // Parts may change places.
  const keys = (parts: readonly Formula[], move: (atom: number) => number | undefined): string =>
    parts
      .map((part) => keyOf(part, move))
      .sort()
      .join(';')
  return keys(proof.of, swap) === keys(proof.of, (atom) => atom)
}

function keyOf(proof: Formula, move: (atom: number) => number | undefined): string {
  if (proof.kind === 'atom') return `${move(proof.atom)}`
  return `${proof.kind}(${proof.of
    .map((part) => keyOf(part, move))
    .sort()
    .join(';')})`
}

/** By state: what each edge is, whatever states are called, and where it leads. */
type Labelled = readonly (readonly (readonly [label: string, target: number])[])[]

function labelled({ edges, atoms }: Machine, move: (atom: number) => number): Labelled {
  return edges.map((list) =>
    list.map(({ atoms: asked, says, outputs, threw, name, target }) => {
      const needed = asked.map((atom) => move(atoms[atom]!)).sort((a, b) => a - b)
      return [`${needed.join()}|${says.join()}|${outputs.join()}|${threw ?? ''}|${name}`, target] as const
    }),
  )
}

/** Do two states have the same edges, one by one, to states that stand for each other? */
function isSameList(here: Labelled[number], there: Labelled[number], map: readonly number[]): boolean {
  const texts = (list: Labelled[number], name: (state: number) => number): string =>
    JSON.stringify(list.map(([label, target]) => `${label}>${name(target)}`).sort())
  return texts(here, (state) => map[state]!) === texts(there, (state) => state)
}

/**
 * For each state of one machine the state of the other that does the same, with atoms exchanged; nothing if there is
 * none. Both are walked from their initial states; two edges with one label and different targets end the search,
 * which costs a reduction and never a verdict.
 */
function isomorphism(one: Labelled, other: Labelled, [from, to]: readonly [number, number]): number[] | undefined {
  const map = new Array<number>(one.length).fill(-1)
  const taken = new Set<number>()
  const queue: [number, number][] = [[from, to]]
  while (queue.length > 0) {
    const [here, there] = queue.pop()!
    if (map[here] === there) continue
    if (map[here] !== -1 || taken.has(there)) return undefined
    map[here] = there
    taken.add(there)
    const targets = new Map(other[there]!)
    if (targets.size !== other[there]!.length) return undefined
    for (const [label, target] of one[here]!) {
      if (!targets.has(label)) return undefined
      queue.push([target, targets.get(label)!])
    }
  }
  return map.includes(-1) ? undefined : map
}

/**
 * The same for machines in which one label leads to several states: both are refined together, until each class has one
 * state of each. Where equal states were not merged before, there is no such pairing.
 */
function pairing(one: Labelled, other: Labelled, [from, to]: readonly [number, number]): number[] | undefined {
  const sides = [one, other]
  let blocks = sides.map((side) => new Int32Array(side.length))
  for (let count = 0; ; ) {
    const numbers = new Map<string, number>()
    const next = sides.map((side, i) =>
      Int32Array.from(side, (list, state) => {
        const tokens = list.map(([label, target]) => `${label}>${blocks[i]![target]}`).sort()
        const signature = `${blocks[i]![state]} ${tokens.join(';')}`
        if (!numbers.has(signature)) numbers.set(signature, numbers.size)
        return numbers.get(signature)!
      }),
    )
    blocks = next
    if (numbers.size === count) break
    count = numbers.size
  }
  const [here, there] = blocks as [Int32Array, Int32Array]
  const map = Array.from(here, (block) => there.indexOf(block))
  const isOne =
    new Set(here).size === here.length && new Set(there).size === there.length && here.length === there.length
  return isOne && map[from] === to && !map.includes(-1) ? map : undefined
}

/** The other machine with the numbers of the first. */
function renumber(one: Machine, other: Machine, map: readonly number[], swap: (atom: number) => number): Machine {
  const back = new Map(map.map((to, from) => [to, from]))
  const atoms = one.atoms.map(swap)
  const edges = map.map((to) =>
    other.edges[to]!.map((edge): GuardedEdge => {
      const needed = edge.atoms.map((atom) => atoms.indexOf(other.atoms[atom]!)).sort((a, b) => a - b)
      return { ...edge, atoms: needed, target: back.get(edge.target)! }
    }),
  )
  return { at: other.at, edges, atoms, stateOf: other.stateOf.map((state) => back.get(state)!) }
}

/** Sorts the participants of each group, in place; and, if it is wanted, a list of something about each with them. */
export function sortGroups(
  groups: readonly (readonly number[])[],
  { stride }: Pick<Layout, 'stride'>,
  state: Int32Array,
  order?: number[],
): void {
  // One participant has moved since they were sorted: with insertion there is little to do.
  for (const group of groups) {
    for (let i = 1; i < group.length; i++) {
      for (let j = i; j > 0 && isLess(state, group[j]! * stride, group[j - 1]! * stride, stride); j--) {
        const [one, other] = [group[j]!, group[j - 1]!]
        exchange(state, one * stride, other * stride, stride)
        if (order) [order[one], order[other]] = [order[other]!, order[one]!]
      }
    }
  }
}

function isLess(state: Int32Array, one: number, other: number, words: number): boolean {
  for (let i = 0; i < words; i++) {
    const difference = state[one + i]! - state[other + i]!
    if (difference !== 0) return difference < 0
  }
  return false
}

function exchange(state: Int32Array, one: number, other: number, words: number): void {
  for (let i = 0; i < words; i++) {
    const word = state[one + i]!
    state[one + i] = state[other + i]!
    state[other + i] = word
  }
}

/**
 * Every arrangement of a record's participants within their groups that looks different to a claim.
 *
 * @param looks equal texts for participants that no claim can distinguish
 */
export function arrangements(
  groups: readonly (readonly number[])[],
  count: number,
  looks: (p: number) => string,
): readonly (readonly number[])[] {
  let all: number[][] = [Array.from({ length: count }, (_, p) => p)]
  for (const group of groups) {
    const texts = group.map(looks)
    const next: number[][] = []
    for (const order of all) {
      for (const arrangement of distinctOrders(group, texts)) {
        const changed = [...order]
        for (const [i, p] of group.entries()) changed[p] = arrangement[i]!
        next.push(changed)
        if (next.length > MOST_ARRANGEMENTS)
          throw new NotSymmetric('too many arrangements to show that no claim depends on ids')
      }
    }
    all = next
  }
  return all
}

function* distinctOrders(items: readonly number[], texts: readonly string[]): Generator<number[]> {
  if (items.length === 0) {
    yield []
    return
  }
  const used = new Set<string>()
  for (const [i, text] of texts.entries()) {
    if (used.has(text)) continue
    used.add(text)
    const others = items.filter((_, j) => j !== i)
    for (const rest of distinctOrders(
      others,
      texts.filter((_, j) => j !== i),
    ))
      yield [items[i]!, ...rest]
  }
}
