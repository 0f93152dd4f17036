/**
 * Oral messages: a commander gives an order to lieutenants, and although some of them all may be traitors, all loyal
 * lieutenants obey one order (IC1), and obey the commander if he is loyal (IC2). Synchronous rounds, no signatures,
 * n > 3m for m traitors.
 *
 * Leslie Lamport, Robert Shostak and Marshall Pease, "The Byzantine generals problem", ACM Transactions on Programming
 * Languages and Systems 4(3), 1982, algorithm OM(m), with f for m. Silence counts as RETREAT.
 *
 * OM(m) calls itself for every lieutenant. Written as rounds: what somebody says that somebody says … that the
 * commander said has a path, the generals it came through; round k brings the values of all paths of length k. More
 * than two traitors are not modelled: at m = 3, a lieutenant of ten has 2^56 ways to lie in one message.
 */
import { type Context, defineLockstep, range, type Setting, UsageError } from '../model/index.ts'

interface State {
  ordered: boolean
  /** By round, the values of the paths that do not lead through this lieutenant. */
  heard: string[][]
}

/** `values` are those of the round before, by path, in the order of `pathsOf`. */
type Message = { type: 'ORDER'; value: string } | { type: 'RELAY'; values: string[] }

export interface OralMessages {
  state: State
  message: Message
  output: { obeyed: string }
  rules: typeof rules
}

type Path = readonly number[]

const COMMANDER = 0
const DEFAULT = 'retreat'
/** Messages of one type beyond which nobody can go through the alphabet. */
const MOST_MESSAGES = 4_096
/** Paths of all generals together, all of which are remembered. */
const MOST_PATHS = 100_000

const rules = ({ f }: Setting) => ({
  /** One round for the order and one for each traitor: on a path of m + 1 generals, one is loyal. */
  rounds: f + 1,
})

interface Paths {
  readonly list: readonly Path[]
  /** The place of each path in the list, by its text. */
  readonly places: ReadonlyMap<string, number>
}

/** Remembered, because they are asked for at every turn. */
const remembered = new Map<string, Paths>()

/** The paths of a length that do not lead through `without`, in lexicographic order. */
function pathsOf(n: number, length: number, without: number): Paths {
  const key = `${n} ${length} ${without}`
  let known = remembered.get(key)
  if (!known) {
    const list = listPaths(n, length, without)
    known = { list, places: new Map(list.map((path, place) => [path.join(), place])) }
    remembered.set(key, known)
  }
  return known
}

function listPaths(n: number, length: number, without: number): Path[] {
  const count = range(length - 1).reduce((product, i) => product * Math.max(0, n - 2 - i), 1)
  if (count * n > MOST_PATHS) {
    throw new UsageError(`${n} generals have ${count} paths of length ${length} each`, 'choose a smaller f, or n')
  }
  let paths: Path[] = [[COMMANDER]]
  for (let i = 1; i < length; i++) {
    paths = paths.flatMap((path) =>
      range(n)
        .filter((id) => id !== without && !path.includes(id))
        .map((id) => [...path, id]),
    )
  }
  return paths
}

/** More than half of them, or the default. */
function majority(values: readonly string[]): string {
  return values.find((value) => 2 * values.filter((other) => other === value).length > values.length) ?? DEFAULT
}

/** What OM makes of the values received: one's own value of a path, against what the others report. */
function resolved(heard: readonly (readonly string[])[], path: Path, ctx: Context<OralMessages>): string {
  const place = pathsOf(ctx.n, path.length, ctx.self).places.get(path.join())
  const own = heard[path.length - 1]?.[place ?? -1] ?? DEFAULT
  if (path.length === ctx.rules.rounds) return own
  const others = range(ctx.n).filter((id) => id !== ctx.self && !path.includes(id))
  return majority([own, ...others.map((id) => resolved(heard, [...path, id], ctx))])
}

export const oralMessages = defineLockstep<OralMessages>({
  name: 'oral-messages',
  about: 'Oral messages OM(m) of Lamport, Shostak and Pease (1982).',
  rules,
  auth: 'channels',
  selfDelivery: 'none',
  defaults: (n) => {
    const f = Math.max(0, Math.min(2, Math.floor((n - 1) / 3)))
    return { f, b: f, values: ['attack', DEFAULT], inputs: 'any', bounds: {} }
  },
  rounds: ({ rounds }) => rounds,

  alphabet({ n, values, rules: { rounds } }) {
    const known = [...new Set([...values, DEFAULT])]
    const relays = range(Math.max(0, rounds - 1)).flatMap((i): Message[] => {
      const { length } = pathsOf(n, i + 1, n - 1).list
      if (known.length ** length > MOST_MESSAGES) {
        throw new UsageError(`a lieutenant has ${known.length}^${length} ways to relay`, 'choose a smaller f, or n')
      }
      let lists: string[][] = [[]]
      for (let place = 0; place < length; place++) lists = lists.flatMap((list) => known.map((one) => [...list, one]))
      return lists.map((list) => ({ type: 'RELAY', values: list }))
    })
    return [...known.map((value): Message => ({ type: 'ORDER', value })), ...relays]
  },

  init: () => ({ ordered: false, heard: [] }),

  input(state, value, ctx) {
    if (ctx.self !== COMMANDER || state.ordered) return
    state.ordered = true
    ctx.broadcast({ type: 'ORDER', value })
  },

  round(state, inbox, ctx) {
    const { round, self, n } = ctx
    if (self === COMMANDER) return
    const told = (path: Path): string => {
      const from = path.at(-1)!
      const words = inbox.filter((word) => word.from === from).map(({ message }) => message)
      if (round === 1) return words.find((word) => word.type === 'ORDER')?.value ?? DEFAULT
      const place = pathsOf(n, round - 1, from).places.get(path.slice(0, -1).join())
      return words.find((word) => word.type === 'RELAY')?.values[place ?? -1] ?? DEFAULT
    }
    const values = pathsOf(n, round, self).list.map(told)
    state.heard.push(values)
    if (round < ctx.rules.rounds) {
      ctx.broadcast({ type: 'RELAY', values })
      return
    }
    ctx.output({ obeyed: resolved(state.heard, [COMMANDER], ctx) })
    // It has obeyed, and needs none of this any more.
    state.heard = []
  },
})

export const mRounds = oralMessages.variant('m-rounds', ({ f }) => ({ rounds: f }))
