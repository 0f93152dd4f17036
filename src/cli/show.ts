import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { universe } from '../adversary/index.ts'
import { program as inSetting, UsageError } from '../model/index.ts'
import { registry } from '../protocols/index.ts'
import { type SubjectFacts, subjectJson, subjectText } from '../report/subject-text.ts'
import { traceJson, traceText } from '../report/trace-text.ts'
import { configure } from '../system/index.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { type CommonFlags, Output } from './io.ts'
import { whole } from './parse.ts'
import type { Session } from './session.ts'
import { addSettingFlags, configurationOf, type SettingFlags } from './setting-flags.ts'
import { isPath } from './subjects.ts'
import { factsOfTrace, rerun } from './trace-facts.ts'
import { readTrace } from './trace-files.ts'

interface ShowFlags extends SettingFlags, CommonFlags {
  readonly subject?: string
  readonly universe?: boolean
  readonly maxUniverse?: number
}

export function showCommand(session: Session): Command {
  const command = new Command('show')
    .description('print a trace step by step, or describe a protocol in a setting')
    .argument('[what]', 'a trace, a registered name, or a file that exports a protocol')
    .option('--universe', 'list every message that a Byzantine replica may send')
    .option('--max-universe <K>', 'most messages to list', whole(1, 1_000_000))
    .option('--subject <FILE>', 'for a trace: file that exports the protocol, if it is not a registered one')
  return addSettingFlags(command, session).action(async (asked: string | undefined, flags: ShowFlags) => {
    if (asked !== undefined && (await isTrace(asked, session.io.cwd)))
      session.code = await showTrace(asked, flags, session)
    else session.code = await showSubject(asked, flags, session)
  })
}

/** A file that is no program is a trace; registered names win over files without an ending. */
async function isTrace(asked: string, cwd: string): Promise<boolean> {
  if (asked.endsWith('.json')) return true
  if (isPath(asked)) return false
  if (registry.some(({ protocol }) => protocol.definition.name === asked.split('/')[0])) return false
  return (await stat(resolve(cwd, asked)).catch(() => undefined)) !== undefined
}

async function showTrace(file: string, flags: ShowFlags, session: Session): Promise<ExitCode> {
  if (flags.universe) throw new UsageError('--universe is about a protocol', 'name the protocol instead of a trace')
  const output = new Output(session.io, flags)
  const trace = await readTrace(file, session.io.cwd)
  const facts = factsOfTrace(rerun(trace, await session.finder(flags.subject)))
  output.say(traceText(facts, output.paint))
  output.json(traceJson(facts, file))
  return facts.replayed.reproduced ? EXIT.holds : EXIT.violated
}

async function showSubject(asked: string | undefined, flags: ShowFlags, session: Session): Promise<ExitCode> {
  const output = new Output(session.io, flags)
  const { protocol, subject, configuration } = await session.resolve(asked)
  const [setting] = configure(protocol, configurationOf(flags, configuration, protocol))
  const program = inSetting(protocol, setting!)
  const limit = flags.maxUniverse === undefined ? {} : { maxMessages: flags.maxUniverse }
  const facts: SubjectFacts = { subject, program, ...(flags.universe ? { universe: universe(program, limit) } : {}) }
  output.say(subjectText(facts, output.paint))
  output.json(subjectJson(facts))
  return facts.universe && !facts.universe.closed ? EXIT.inconclusive : EXIT.holds
}
