import { Command } from 'commander'
import { UsageError } from '../../model/index.ts'
import { refusedJson, replayJson, replayText } from '../../report/text/replay-text.ts'
import { type FindSubject, replay } from '../../trace/index.ts'
import { readTrace } from '../files/trace-files.ts'
import type { Session } from '../flags/session.ts'
import { EXIT, type ExitCode, worst } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'

interface ReplayFlags extends CommonFlags {
  readonly subject?: string
}

export function replayCommand(session: Session): Command {
  return new Command('replay')
    .description('run saved traces again and compare every state')
    .argument('<files...>', 'traces')
    .option('--subject <FILE>', 'file that exports the protocol, if it is not a registered one')
    .action(async (files: string[], flags: ReplayFlags) => {
      session.code = await replayAll(files, flags, session)
    })
}

interface Outcome {
  readonly code: ExitCode
  readonly json: object
}

async function replayAll(files: string[], flags: ReplayFlags, session: Session): Promise<ExitCode> {
  const output = new Output(session.io, flags)
  const findSubject = await session.finder(flags.subject)
  const outcomes: Outcome[] = []
  for (const file of files) outcomes.push(await replayOne(file, findSubject, output))
  const code = worst(outcomes.map((outcome) => outcome.code))
  const [first] = outcomes
  output.json(
    outcomes.length === 1
      ? { command: 'replay', ...first!.json }
      : { command: 'replay', reproduced: code === EXIT.holds, traces: outcomes.map(({ json }) => json) },
  )
  return code
}

/** One file. A bad one does not keep the others from being replayed. */
async function replayOne(file: string, findSubject: FindSubject, output: Output): Promise<Outcome> {
  try {
    const replayed = replay(await readTrace(file, output.io.cwd), findSubject)
    const text = replayText(file, replayed, output.paint)
    if (replayed.reproduced) output.remark(text)
    else output.say(text)
    return { code: replayed.reproduced ? EXIT.holds : EXIT.violated, json: replayJson(file, replayed) }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const message = error.message.includes(file) ? error.message : `${file}: ${error.message}`
    output.complain(message, error.suggestion)
    return { code: EXIT.usage, json: refusedJson(file, message) }
  }
}
