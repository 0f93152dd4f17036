import { Command } from 'commander'
import { replayText } from '../../report/text/replay-text.ts'
import { shrinkJson, shrinkText } from '../../report/text/shrink-text.ts'
import { certify } from '../../shrink/certify.ts'
import { shrink } from '../../shrink/shrink.ts'
import { encode } from '../../trace/index.ts'
import { shrunkTrace, stepsOf } from '../../trace/violation-trace.ts'
import { readTrace, rewriteTrace, saveTrace } from '../files/trace-files.ts'
import { assertWritable } from '../files/trace-folder.ts'
import { wholeNumber } from '../flags/parse.ts'
import type { Session } from '../flags/session.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'
import { progress } from '../terminal/progress.ts'
import { assertHappensAgain } from '../workers/fresh-replay.ts'
import { CERTIFY_STATES } from './fuzz.ts'
import { rerun } from './trace-facts.ts'

export interface ShrinkFlags extends CommonFlags {
  readonly subject?: string
  readonly maxStates?: number
  readonly out?: string
}

/** Stages that shrinking usually goes through: what its bar counts up to. */
export const USUAL_STAGES = 15

export function shrinkCommand(session: Session): Command {
  return new Command('shrink')
    .description('make a saved trace shorter; keep its title and story')
    .argument('<file>', 'a trace')
    .option('--max-states <K>', 'states that each search for a shorter schedule may visit', wholeNumber(1, 100_000_000))
    .option('--out <PLACE>', 'another file or folder for the result')
    .option('--subject <FILE>', 'file that exports the protocol, if it is not a registered one')
    .action(async (file: string, flags: ShrinkFlags) => {
      session.code = await shrinkFile(file, flags, session)
    })
}

async function shrinkFile(file: string, flags: ShrinkFlags, session: Session): Promise<ExitCode> {
  const { io } = session
  const output = new Output(io, flags)
  const trace = await readTrace(file, io.cwd)
  const { program, claim, replayed } = rerun(trace, await session.finder(flags.subject))
  if (!replayed.reproduced) {
    output.say(replayText(file, replayed, output.paint))
    output.json({ command: 'shrink', trace: file, reproduced: false, divergence: replayed.divergence })
    return EXIT.violated
  }
  await assertWritable(io.cwd, flags.out ?? file)
  await session.engines.prepare?.(program.protocol, [claim])
  const bar = progress(output, USUAL_STAGES, 'stages')
  let stages = 0
  const shrunk = shrink(program, claim, stepsOf(trace), {
    ...(flags.maxStates === undefined ? {} : { maxStates: flags.maxStates }),
    ...(session.engines.certifies
      ? { certify: certify({ maxStates: flags.maxStates ?? CERTIFY_STATES, run: session.engines.check }) }
      : {}),
    onStage: ({ stage, after }) => bar.update(Math.min(++stages, USUAL_STAGES), `${stage}, ${after} steps`),
  })
  bar.stop()
  const made = shrunkTrace(trace, program.protocol, shrunk)
  const changed = encode(made) !== encode(trace)
  if (changed) await assertHappensAgain(made, await session.resolve(flags.subject ?? trace.protocol), output)
  let place = file
  if (flags.out !== undefined) place = (await saveTrace(made, io.cwd, flags.out)).path
  else if (changed) await rewriteTrace(made, file, io.cwd)
  const report = { file: place, before: trace, after: made, stages: shrunk.stages, changed }
  output.remark(shrinkText(report, output.paint))
  output.json(shrinkJson(report))
  return EXIT.holds
}
