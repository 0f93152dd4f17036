import { type Id, same } from '../model/index.ts'
import type { Fire, Quorum, RunEvent, RunView } from '../view/run.ts'
import type { MadeOutput } from './breaking.ts'
import type { Decision, DecisiveQuorum, Intersection } from './explanation.ts'

/** Why a participant put something out: the rule that did, and whose words it asked for. */
export function decision(run: RunView, { at, output, isNote, step }: MadeOutput): Decision {
  const event = run.events.find(({ number }) => number === step)
  const fire = event && firedFor(event, output, isNote)
  const asked = fire && event && decisive(run, event, fire)
  const heard = event ? (event.trigger === undefined ? event.receives : [event.trigger]) : []
  return { at, output, isNote, step, rule: fire?.rule ?? '', heard, ...(asked ? { quorum: asked } : {}) }
}

/** The handler that made an output: of several in one step, the first that made it. */
function firedFor({ fires }: RunEvent, output: MadeOutput['output'], isNote: boolean): Fire | undefined {
  const made = isNote ? undefined : fires.find(({ outputs }) => outputs.some((one) => same(one, output)))
  return made ?? fires.at(-1)
}

/** The question that asked for most: a rule that decides on a quorum may look something else up besides. */
function decisive(run: RunView, event: RunEvent, { quorums, on }: Fire): DecisiveQuorum | undefined {
  const trigger = on === undefined ? undefined : run.envelopes[on]
  // A tally that the trigger is no vote of says nothing about why this step decided.
  const counts = quorums.filter(({ kind, senders }) => kind !== 'count' || !trigger || senders.includes(trigger.from))
  const most = Math.max(0, ...counts.map(({ senders }) => senders.length))
  const chosen = counts.find(({ senders }) => senders.length === most)
  if (!chosen || most === 0) return undefined
  const envelopes = chosen.kind === 'count' ? ballots(run, event, chosen, trigger?.message.type) : chosen.envelopes
  const isFalse = (id: Id): boolean =>
    run.setting.byzantine.includes(id) ||
    envelopes.some((envelope) => run.envelopes[envelope]!.from === id && run.envelopes[envelope]!.origin !== 'correct')
  return {
    q: chosen.q,
    ...(chosen.weights ? { weights: chosen.weights } : {}),
    senders: [...chosen.senders].sort((a, b) => a - b),
    false: chosen.senders.filter(isFalse).sort((a, b) => a - b),
    envelopes,
    ...(chosen.tally ? { tally: chosen.tally.name } : {}),
  }
}

/** The envelopes behind a tally: of the type that the vote has, of the senders that it counts, as far as they arrived. */
function ballots(
  run: RunView,
  { number, at }: RunEvent,
  { senders, tally }: Quorum,
  type: string | undefined,
): number[] {
  const key = tally?.key
  const fields = typeof key === 'object' && key !== null && !Array.isArray(key) ? Object.entries(key) : []
  const came = run.envelopes.filter(({ from, message, arrivals, origin, sent }) => {
    const arrived = arrivals.some((arrival) => arrival.at === at && arrival.step <= number)
    const isOwn = from === at && origin === 'correct' && sent !== null && sent <= number
    return (arrived || isOwn) && message.type === type && senders.includes(from)
  })
  const fits = came.filter(({ message }) =>
    fields.every(([field, value]) => !(field in message) || same((message as never)[field], value)),
  )
  // A tally that is blind for a field has votes that say something else in it.
  const isEveryVoter = senders.every((id) => fits.some(({ from }) => from === id))
  return (isEveryVoter ? fits : came).map(({ id }) => id)
}

/** What the quorums behind each two decisions have in common. */
export function intersections(run: RunView, decisions: readonly Decision[]): Intersection[] {
  return decisions.flatMap((one, i) =>
    decisions.slice(i + 1).flatMap((other, j): Intersection[] => {
      if (!one.quorum || !other.quorum || one.quorum.senders.length + other.quorum.senders.length < 3) return []
      const common = one.quorum.senders.filter((id) => other.quorum!.senders.includes(id))
      const byzantineReplicas = [...one.quorum.false, ...other.quorum.false]
      return [
        {
          decisions: [i, i + 1 + j],
          common,
          correct: common.filter((id) => !byzantineReplicas.includes(id) && !run.setting.crash.includes(id)),
          guaranteed: Math.max(0, one.quorum.senders.length + other.quorum.senders.length - run.setting.n),
        },
      ]
    }),
  )
}
