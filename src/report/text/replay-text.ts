import type { Divergence, Replayed } from '../../trace/index.ts'
import { counted, thousands } from './numbers.ts'
import { type Paint, plain } from './paint.ts'
import { visible } from './visible.ts'

function divergenceText({ step, why, expected, got, possible, next }: Divergence): string[] {
  const shown = possible.map((one) => `    ${visible(one)}`)
  return [
    `  ${visible(why)}`,
    ...(expected === undefined ? [] : [`  expected: ${visible(expected)}`]),
    ...(got === undefined ? [] : [`  got:      ${visible(got)}`]),
    ...(shown.length > 0 ? [`  possible at step ${thousands(step)}:`, ...shown] : []),
    `  the file says how to find it again: ${visible(next)}`,
  ]
}

/** The lines that `replay` prints for one file. */
export function replayText(file: string, replayed: Replayed, paint: Paint = plain): string[] {
  const { claim, steps, deliveries } = replayed
  if (!replayed.reproduced) {
    const { divergence } = replayed
    return [`${paint.red(`diverged   ${file}`)}: at step ${thousands(divergence.step)}`, ...divergenceText(divergence)]
  }
  return [
    `${paint.green(`reproduced ${file}`)}: ${claim} violated after ${counted(steps, 'step')}, ${counted(deliveries, 'delivery', 'deliveries')}; digest ${replayed.digest}`,
    `  ${visible(replayed.witness)}`,
  ]
}

/** What `replay --json` prints for one file. */
export function replayJson(file: string, replayed: Replayed): object {
  const { reproduced, claim, steps, deliveries, digest } = replayed
  const rest = replayed.reproduced ? { witness: replayed.witness } : { witness: null, divergence: replayed.divergence }
  return { trace: file, reproduced, claim, steps, deliveries, digest, ...rest }
}

/** What `replay --json` prints for a file that could not even be run. */
export function refusedJson(file: string, error: string): object {
  return { trace: file, reproduced: false, claim: null, steps: 0, deliveries: 0, digest: null, witness: null, error }
}
