import { type Claim, correctIds, type Id, type Program, partAt } from '../model/index.ts'
import { evidenceAt, fire, forHealing, heal, heard, inboxOf, type System, type Used } from '../system/index.ts'
import { Recorder } from '../view/recorder.ts'
import type { Waiting } from './explanation.ts'
import { unansweredQuestion } from './others.ts'

/**
 * Who waits for what when the healed run has come to rest: rules that somebody triggers and too few support. Of
 * several questions of one rule, the one that is nearest to its answer.
 */
export function waiting(program: Program, claim: Claim<any>, system: System, used: readonly Used[]): Waiting[] {
  if (claim.kind !== 'liveness') return []
  const end = heal(program, system, used, claim.healing).system
  return correctIds(program.setting).flatMap((at) => [...waitingAt(forHealing(program), end, at, used)])
}

function waitingAt(program: Program, end: System, at: Id, used: readonly Used[]): Waiting[] {
  const recorder = new Recorder(program)
  const said = used.filter((use) => program.setting.network.gossip || use.at === at).map(({ word }) => word)
  const words = [...evidenceAt(program, end, at), ...heard(program, end, at), ...said]
  const nearest = new Map<string, Waiting>()
  for (const { name, type } of partAt(program, at).rules) {
    for (const { from, message } of words) {
      if (
        message.type !== type ||
        (from === at && !said.length && program.protocol.definition.selfDelivery !== 'network')
      )
        continue
      recorder.calls()
      const event = { kind: 'message', rule: name, from, message } as const
      fire(recorder.program, at, end.locals[at]!, event, inboxOf(program, words))
      const asked = unansweredQuestion(recorder.calls())
      const known = nearest.get(name)
      if (asked && (!known || asked.senders.length > known.senders.length))
        nearest.set(name, { at, rule: name, ...asked })
    }
  }
  return [...nearest.values()].filter(({ senders }) => senders.length > 0)
}
