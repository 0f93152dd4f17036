import { type Claim, contradict, isPlaced, type Law, type Program, placesOf } from '../model/index.ts'
import { brokenBySteps, isActing, type Step, sameWord, take, withEvidence, wordsOf } from '../system/index.ts'
import type { RunView, SentEnvelope } from '../view/run.ts'
import type { ByzantineMessage, Equivocation } from './explanation.ts'

/** In longer runs nothing is tried out: each step, and each Byzantine message, means a run of its own. */
export const MOST_TRIED = 120

/** Is the claim still broken by what can be taken of these steps? */
function stillBroken(program: Program, claim: Claim<any>, steps: readonly Step[]): boolean {
  return brokenBySteps(claim, take(program, steps)) !== undefined
}

/** Steps without which the rest breaks the claim all the same, each tried by itself. */
export function needlessSteps(program: Program, claim: Claim<any>, steps: readonly Step[]): number[] {
  if (steps.length > MOST_TRIED) return []
  return steps.flatMap((_, i) =>
    stillBroken(
      program,
      claim,
      steps.filter((_, j) => j !== i),
    )
      ? [i + 1]
      : [],
  )
}

/** Everything that the coalition said and somebody used, and whether the violation needs it. */
export function byzantineMessages(
  run: RunView,
  program: Program,
  claim: Claim<any>,
  steps: readonly Step[],
): ByzantineMessage[] {
  const told = run.envelopes.filter(({ origin }) => origin !== 'correct')
  return told.map((envelope) => {
    const uses = steps.flatMap((step, i) => (usesByzantineMessage(program, step, envelope) ? [i + 1] : []))
    const without = steps.flatMap((step) => withoutByzantineMessage(step, envelope))
    const isTried = told.length <= MOST_TRIED && steps.length <= MOST_TRIED
    return { envelope: envelope.id, steps: uses, isNecessary: isTried && !stillBroken(program, claim, without) }
  })
}

function usesByzantineMessage(program: Program, step: Step, { from, message, to }: SentEnvelope): boolean {
  return step.at === to && wordsOf(program, step).some((word) => sameWord(word, { from, message }))
}

/** A step without a Byzantine message: without the evidence that it is, or not at all. */
function withoutByzantineMessage(step: Step, envelope: SentEnvelope): Step[] {
  if (step.at !== envelope.to) return [step]
  if ('on' in step && sameWord(step.on, envelope)) return []
  if ('round' in step) return [{ ...step, with: (step.with ?? []).filter((word) => !sameWord(word, envelope)) }]
  if (!isActing(step) || !step.with) return [step]
  return [
    withEvidence(
      step,
      step.with.filter((item) => typeof item === 'number' || !sameWord(item, envelope)),
    ),
  ]
}

/**
 * Where the coalition says one thing to one and another to another: one pair for each kind of message and sender.
 *
 * @param law says of which types a correct replica says one; without it, all are taken for such
 */
export function equivocations(run: RunView, law?: Law): Equivocation[] {
  // A client may ask for one thing after another, and who speaks for one may as well.
  const told = run.envelopes.filter(
    ({ origin, message }) =>
      origin === 'byzantine' &&
      (run.setting.clients === 0 || isPlaced(message)) &&
      (law?.once.includes(message.type) ?? true),
  )
  const seen = new Set<string>()
  return told.flatMap((one, i) =>
    told.slice(i + 1).flatMap((other): Equivocation[] => {
      if (!contradict(one, other)) return []
      const key = JSON.stringify([one.from, one.message.type, placesOf(one.message)])
      if (seen.has(key)) return []
      seen.add(key)
      return [{ by: one.from, envelopes: [one.id, other.id] }]
    }),
  )
}
