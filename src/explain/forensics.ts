import { convicted, program as inSetting, type Law, type Program, type Protocol } from '../model/index.ts'
import { candidates, prove, type System, type Used } from '../system/index.ts'
import type { RunView, SentEnvelope } from '../view/run.ts'
import type { Conviction } from './explanation.ts'

/**
 * Senders that the messages that correct participants hold prove to be Byzantine: no replica that follows the
 * protocol sends all of these. Nobody is accused by what a correct replica could have sent.
 *
 * @param reference the protocol itself, whose proofs a variant may have dropped
 */
export function convictions(
  run: RunView,
  program: Program,
  reference: Protocol,
  last: System,
  used: readonly Used[],
  law: Law | undefined,
): Conviction[] {
  if (run.setting.auth !== 'signatures') return []
  const held = heldByCorrect(run)
  const pairs = (law ? convicted(held, law, run.setting) : []).map(
    ({ of, crime, by }): Conviction => ({ of, crime, envelopes: by.map(({ id }) => id) }),
  )
  return distinct([...pairs, ...unjustified(held, program, reference, last, used)])
}

/** What correct participants said, and what reached one of them: all that may convict, and all that may justify. */
function heldByCorrect({ envelopes, setting, lanes }: RunView): SentEnvelope[] {
  const correct = lanes.filter(({ fault }) => fault === 'correct').map(({ id }) => id)
  const has = ({ arrivals, from }: SentEnvelope): boolean =>
    (correct.includes(from) || arrivals.some(({ at }) => correct.includes(at))) && from < setting.n
  return envelopes.filter((envelope) => envelope.origin !== 'forged' && has(envelope))
}

/**
 * What its proof in the protocol itself forbids, whatever anybody said in this run. A variant that only dropped the
 * proof runs the same code at correct replicas, which never sends such a thing: `apply` holds them to it.
 */
function unjustified(
  held: readonly SentEnvelope[],
  program: Program,
  reference: Protocol,
  last: System,
  used: readonly Used[],
): Conviction[] {
  if (reference.definition.rules !== program.protocol.definition.rules) return []
  const strict = inSetting(reference, program.setting)
  const said = candidates(last.soup, [
    ...used.map(({ word }) => word),
    ...held.map(({ from, message }) => ({ from, message })),
  ])
  return held.flatMap(({ id, from, message }): Conviction[] => {
    const proof = strict.proofOf(message)
    let isCut = false
    if (!proof || prove(strict, proof, said, () => (isCut = true)) || isCut) return []
    return [{ of: from, crime: 'unjustified', envelopes: [id] }]
  })
}

/** One conviction of each kind for each culprit and each kind of message is enough. */
function distinct(all: readonly Conviction[]): Conviction[] {
  return all.filter(({ of, crime }, i) => all.findIndex((one) => one.of === of && one.crime === crime) === i)
}
