/**
 * The XRP Ledger, its last phase: each replica accepts a ledger when 80 % of the replicas on a list of its own have
 * validated it. The lists (unique node lists) differ; they have to have enough in common.
 *
 * David Schwartz, Noah Youngs, Arthur Britto, "The Ripple protocol consensus algorithm", Ripple Labs, 2014, says that a
 * fifth in common is enough. Frederik Armknecht, Ghassan Karame, Avikarsha Mandal, Franck Youssef, Erik Zenner, "Ripple:
 * overview and outlook", TRUST 2015, show that it takes more than two fifths, without a single Byzantine replica.
 *
 * What comes before, in which replicas propose sets of transactions until most agree, is left out: a replica validates
 * any of the values, once. So whatever it may come to is searched, and more. There are two lists: the first replicas and
 * the last ones, as many in each. A replica uses the first list that it is on. Nothing is bounded: one ledger.
 */
import { among, defineProtocol, type Id, match, range, type Setting } from '../model/index.ts'

interface State {
  validated: boolean
  accepted: string | null
}

type Message = { type: 'VALIDATION'; ledger: string }

export interface XrpLedger {
  state: State
  message: Message
  output: { accepted: string }
  rules: typeof rules
}

/** 80 % of a list. */
const fourFifths = (size: number): number => Math.ceil((4 * size) / 5)

/**
 * Two quorums leave out so many of their lists at most. If the lists have more in common than both leave out, and than
 * may be Byzantine, then the quorums share a correct replica, and a correct replica validates one ledger.
 */
const isSafe = (size: number, { n, f }: Setting): boolean => 2 * size - n > 2 * (size - fourFifths(size)) + f

const rules = (setting: Setting) => {
  const { n } = setting
  return {
    /** How many replicas are on a list: the fewest that are enough. */
    listSize: range(n + 1).find((size) => isSafe(size, setting)) ?? n,
    list: (size: number, id: Id): Id[] => (id < size ? range(size) : range(n).slice(n - size)),
    quorum: fourFifths,
  }
}

export const xrpLedger = defineProtocol<XrpLedger>({
  name: 'xrp-ledger',
  about: 'Validations of the XRP Ledger, counted by each replica among those that it lists.',
  rules,
  auth: 'channels',
  defaults: (n) => ({
    f: 0,
    b: 0,
    values: ['a', 'b'],
    inputs: Object.fromEntries(range(n).map((id) => [id, ['a', 'b']])),
    bounds: {},
  }),

  init: () => ({ validated: false, accepted: null }),

  input(state, ledger, ctx) {
    if (state.validated) return
    state.validated = true
    ctx.broadcast({ type: 'VALIDATION', ledger })
  },

  upon: {
    VALIDATION(state, { ledger }, ctx) {
      if (state.accepted !== null) return
      const { listSize, list, quorum } = ctx.rules
      ctx.need(among(list(listSize, ctx.self), quorum(listSize)), match<Message>('VALIDATION', { ledger }))
      state.accepted = ledger
      ctx.output({ accepted: ledger })
    },
  },
})

/** One replica fewer on each list. Of eight, the lists have two of five in common: twice what the first paper asks for. */
export const shortLists = xrpLedger.variant('short-lists', (_, { listSize }) => ({ listSize: listSize - 1 }))
