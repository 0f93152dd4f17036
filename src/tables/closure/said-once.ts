/**
 * Where each message is delivered once, a vote comes again only if its sender sends it again.
 *
 * The search takes such a network for one that hands over again (relaxed.ts), in which every vote may come twice. A
 * vote that a correct participant sends at most once, and no Byzantine replica sends or shows again, does not; so
 * nothing need be tried for a vote from somebody who is in the tally already. Which votes these are is not known before
 * the local states are: it is assumed of all votes; the assumption is dropped for those for which the states found show
 * otherwise, until none does.
 *
 * Sound: take the first moment of a run at which somebody sends for the second time what is assumed to be sent once.
 * Until then all was as assumed, so the run is in the tables, and the tables have a path on which it is sent twice.
 */
import type { Closed, Option } from './closed.ts'

/** The messages that some participant may send twice to the same. */
export function saidTwice({ participants, initial, envelopes }: Closed): Set<number> {
  const found = new Set<number>()
  for (const [p, { options }] of participants.entries()) {
    const sources = new Map<number, Set<number>>()
    const targets = new Map<number, Set<number>>()
    const say = (said: readonly number[], source: number, target: number): void => {
      const messages = said.map((envelope) => envelopes[envelope]!.message)
      for (const [i, message] of messages.entries()) {
        // To several receivers it is one message each; no more is looked at than that there is more than one.
        if (messages.indexOf(message) < i) found.add(message)
        sources.set(message, (sources.get(message) ?? new Set()).add(source))
        targets.set(message, (targets.get(message) ?? new Set()).add(target))
      }
    }
    say(initial[p]!.says, -1, 0)
    for (const [state, list] of options.entries()) for (const { says, target } of list) say(says, state, target)
    for (const [message, from] of targets) {
      if (!found.has(message) && meets(options, from, sources.get(message)!)) found.add(message)
    }
  }
  return found
}

/** Does a way lead from one of some states to one of others? */
function meets(options: readonly (readonly Option[])[], from: ReadonlySet<number>, to: ReadonlySet<number>): boolean {
  const seen = new Set(from)
  for (const state of seen) {
    if (to.has(state)) return true
    for (const { target } of options[state] ?? []) seen.add(target)
  }
  return false
}
