import { type Claim, HarnessError } from '../../model/index.ts'
import { brokenBySteps, take } from '../../system/index.ts'
import type { Broken } from '../run/judging.ts'
import { replayOnReference } from '../run/replay-on-reference.ts'
import type { RunResult } from '../run/run.ts'
import type { SettingContext } from '../run/setting-context.ts'
import type { Found } from './result.ts'

/**
 * Replays a violation on the reference before it is reported.
 *
 * @throws HarnessError where the reference does not break the claim
 */
export function provenViolation(
  settingContext: SettingContext,
  claims: readonly Claim<any>[],
  seed: number,
  run: number,
  { entries, features }: RunResult,
  { claim, witness: seen, length, healed }: Broken,
): Found {
  const { program, setting, world } = settingContext
  const { steps } = replayOnReference(settingContext, entries.slice(0, length), world.coalition.offered())
  const broken = claims.find(({ name }) => name === claim)
  const witness = broken && brokenBySteps(broken, take(program, steps))
  if (witness === undefined) {
    throw new HarnessError(`run ${run} of seed ${seed} broke ${claim} (${seen}), but its replay does not`)
  }
  const { chooser, strategies } = features
  const drawn = { scheduler: chooser.name, strategies: strategies.map(({ name }) => name) }
  return { claim, witness, run, setting, ...drawn, steps, healed }
}
