import { CERTIFY_STATES } from '../cli/commands/fuzz.ts'
import { type ShrinkFlags, shrinkCommand, USUAL_STAGES } from '../cli/commands/shrink.ts'
import { rerun } from '../cli/commands/trace-facts.ts'
import { UsageError } from '../model/index.ts'
import { certify } from '../shrink/certify.ts'
import type { Stage } from '../shrink/result.ts'
import { shrink as shrinkSteps } from '../shrink/shrink.ts'
import { encode, type Trace } from '../trace/index.ts'
import { shrunkTrace, stepsOf } from '../trace/violation-trace.ts'
import { flagsOf } from './flags.ts'
import { ABOUT_TRACE, type GivenTrace, readGiven } from './given-trace.ts'
import type { ShrinkTraceOptions } from './options.ts'
import { quietIo } from './quiet-io.ts'

/** The result of `shrink`. */
export interface ShrinkOutcome {
  /** The shorter trace, with the title and the story of the given one. */
  readonly trace: Trace
  /** The length before and after each stage. */
  readonly stages: readonly Stage[]
  /** Is it another trace than before? */
  readonly changed: boolean
}

export async function shrinkTrace(given: GivenTrace, options: ShrinkTraceOptions): Promise<ShrinkOutcome> {
  const io = quietIo(options)
  const { trace, findSubject, session } = await readGiven(given, options, io)
  const own = [...ABOUT_TRACE, 'signal', 'onProgress']
  const { maxStates } = flagsOf<ShrinkFlags>(shrinkCommand(session), options, own, ['out'])
  const { program, claim, replayed } = rerun(trace, findSubject)
  if (!replayed.reproduced) {
    const { step, why, next } = replayed.divergence
    throw new UsageError(`the trace does not replay: it diverges at step ${step}: ${why}`, `find it again: ${next}`)
  }
  const { engines } = session
  await engines.prepare?.(program.protocol, [claim])
  const stop = (): boolean => io.cancelled?.() === true
  const run: typeof engines.check = (request) => engines.check({ ...request, onProgress: stop })
  let done = 0
  const shrunk = shrinkSteps(program, claim, stepsOf(trace), {
    ...(maxStates === undefined ? {} : { maxStates }),
    certify: certify({ maxStates: maxStates ?? CERTIFY_STATES, run }),
    stop,
    onStage: ({ stage, after }) =>
      io.bar?.({ done: ++done, total: Math.max(done, USUAL_STAGES), unit: 'stages', note: `${stage}, ${after} steps` }),
  })
  const made = shrunkTrace(trace, program.protocol, shrunk)
  return { trace: made, stages: shrunk.stages, changed: encode(made) !== encode(trace) }
}
