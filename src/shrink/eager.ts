import { explore } from '../check/reference/explore.ts'
import { ReferenceSpace } from '../check/reference/reference.ts'
import {
  type Claim,
  deepFreeze,
  isLockstep,
  type Program,
  program as programOf,
  type SentMessage,
} from '../model/index.ts'
import { byArrival, isActing, type Step, triggerOf, withEvidence } from '../system/index.ts'
import { echoedWords } from './coalition.ts'
import { Replayer } from './replayer.ts'
import type { Eager } from './result.ts'
import { TraceVocabulary } from './trace-vocabulary.ts'
import { unlessRefused } from './unless-refused.ts'

/** Steps after which the eager search gives up a run; its budget is the number of states. */
const MOST_STEPS = 1_000

/**
 * Is the claim broken too where every rule fires as soon as it can? First the trace itself is tried, with each rule's
 * evidence arriving before its trigger; then everything within its vocabulary. Only where nobody is Byzantine can a
 * search see the whole eager space of `whole`, and exclude it.
 */
export function reproducesEagerly(
  program: Program,
  claim: Claim<any>,
  steps: readonly Step[],
  maxStates = 5_000,
  whole = program,
): Eager {
  // Nothing in a round can wait.
  if (byArrival(program) || isLockstep(program.protocol)) return 'reproduced'
  const words = echoedWords(program, steps)
  const arrivals = new Replayer(program, claim, words).replay(steps).taken.flatMap(({ step, used }): Step[] => {
    if (!isActing(step)) return [step]
    const [trigger] = triggerOf(step)
    const heard = used.filter(({ from }) => from !== step.at || from === trigger?.from)
    const [first, ...rest] = heard.map((on) => deepFreeze({ at: step.at, on }))
    // What triggers comes last; a step that no message triggers comes after what it asks for.
    return trigger ? [...rest, first!] : [...(first ? [first] : []), ...rest, deepFreeze(withEvidence(step, []))]
  })
  return unlessRefused(() => inEagerSteps({ program, claim, words, arrivals, maxStates, whole })) ?? 'not-found'
}

interface Asked {
  readonly program: Program
  readonly claim: Claim<any>
  readonly words: readonly SentMessage[]
  readonly arrivals: readonly Step[]
  readonly maxStates: number
  readonly whole: Program
}

function inEagerSteps({ program, claim, words, arrivals, maxStates, whole }: Asked): Eager {
  const eager = eagerly(program)
  if (new Replayer(eager, claim, words).replay(arrivals).witness) return 'reproduced'
  const limits = { maxSteps: MOST_STEPS, maxStates }
  if (explore(new TraceVocabulary(eager, arrivals), [claim], limits).violations.size > 0) return 'reproduced'
  if (whole.setting.byzantine.length > 0) return 'not-found'
  const all = explore(new ReferenceSpace(eagerly(whole), []), [claim], limits)
  if (all.violations.size > 0) return 'reproduced'
  return all.finished ? 'excluded' : 'not-found'
}

function eagerly({ protocol, setting }: Program): Program {
  return programOf(protocol, { ...setting, steps: 'eager' })
}
