import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { universe } from '../../adversary/index.ts'
import { program as inSetting, UsageError } from '../../model/index.ts'
import { registry } from '../../protocols/index.ts'
import { filtered, type PictureFilter } from '../../report/diagrams/filter.ts'
import { laneText, laneWidth } from '../../report/diagrams/lanes.ts'
import { type SubjectFacts, subjectJson, subjectText } from '../../report/text/subject-text.ts'
import { type TraceFacts, traceJson, traceText } from '../../report/text/trace-text.ts'
import { configure } from '../../system/index.ts'
import { view } from '../../view/view.ts'
import { saveFile } from '../files/save-file.ts'
import { readTrace } from '../files/trace-files.ts'
import { collected, wholeNumber } from '../flags/parse.ts'
import type { Session } from '../flags/session.ts'
import { addSettingFlags, configurationOf, type SettingFlags } from '../flags/setting-flags.ts'
import { isPath } from '../subjects/subjects.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'
import { factsOfTrace, type Rerun, rerun } from './trace-facts.ts'
import { exportRun, FORMATS, type Format } from './trace-formats.ts'

interface ShowFlags extends SettingFlags, CommonFlags {
  readonly subject?: string
  readonly universe?: boolean
  readonly maxUniverse?: number
  readonly format?: Format
  readonly only?: readonly string[]
  readonly hide?: readonly string[]
  readonly out?: string
}

export function showCommand(session: Session): Command {
  const command = new Command('show')
    .description('print a trace step by step, or describe a protocol in a setting')
    .argument('[what]', 'a trace, a registered name, or a file that exports a protocol')
    .option('--universe', 'list every message that a Byzantine replica may send')
    .option('--max-universe <K>', 'most messages to list', wholeNumber(1, 1_000_000))
    .option('--subject <FILE>', 'for a trace: file that exports the protocol, if it is not a registered one')
    .addOption(new Option('--format <F>', 'for a trace: output format').choices([...FORMATS]))
    .option('--only <IDS>', 'for a trace: only these participants, such as r1,r3', collected)
    .option('--hide <TYPES>', 'for a trace: hide messages of these types', collected)
    .option('--out <FILE>', 'for a trace: save the output in this file')
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
  const one = rerun(trace, await session.finder(flags.subject))
  const { format = 'text', only, hide, out } = flags
  const wanted = { ...(only ? { only } : {}), ...(hide ? { hide } : {}) }
  if (format !== 'text') {
    await exportRun(one, format, wanted, output, out)
    return one.replayed.reproduced ? EXIT.holds : EXIT.violated
  }
  const facts = chosen(factsOfTrace(one), one, wanted)
  const lines = traceText(facts, output.paint, lanesFor(one, wanted, session, output))
  if (out === undefined) output.say(lines)
  else await saveText(lines, out, output)
  output.json(traceJson(facts, file))
  return facts.replayed.reproduced ? EXIT.holds : EXIT.violated
}

/** What lanes and filters do not show is not worked out. */
const PICTURE = { truths: true, healed: true }

/** The steps that are left of a trace when some are left out. */
function chosen(facts: TraceFacts, one: Rerun, wanted: PictureFilter): TraceFacts {
  if (!wanted.only && !wanted.hide) return facts
  const left = new Set(filtered(view(one, PICTURE), wanted).events.map(({ number }) => number))
  return { ...facts, steps: facts.steps.filter(({ number }) => left.has(number)) }
}

/** The steps beside one column for each participant, where the terminal is wide enough for both. */
function lanesFor(
  one: Rerun,
  wanted: PictureFilter,
  { io }: Session,
  { paint }: Output,
): readonly string[] | undefined {
  if (!io.isTTY || io.columns === undefined) return undefined
  const run = filtered(view(one, PICTURE), wanted)
  return io.columns >= laneWidth(run) ? laneText(run, io.columns, paint) : undefined
}

async function saveText(lines: readonly string[], out: string, output: Output): Promise<void> {
  await saveFile(resolve(output.io.cwd, out), `${lines.join('\n')}\n`)
  output.remark(`saved: ${out}`)
}

async function showSubject(asked: string | undefined, flags: ShowFlags, session: Session): Promise<ExitCode> {
  assertAboutTraces(flags)
  const output = new Output(session.io, flags)
  const { protocol, subject, configuration } = await session.resolve(asked)
  const [setting] = configure(protocol, configurationOf(flags, configuration, session.bounded))
  const program = inSetting(protocol, setting!)
  const limit = flags.maxUniverse === undefined ? {} : { maxMessages: flags.maxUniverse }
  const facts: SubjectFacts = { subject, program, ...(flags.universe ? { universe: universe(program, limit) } : {}) }
  output.say(subjectText(facts, output.paint))
  output.json(subjectJson(facts))
  return facts.universe && !facts.universe.closed ? EXIT.inconclusive : EXIT.holds
}

/** @throws UsageError where a flag for traces is given with a protocol */
function assertAboutTraces(flags: ShowFlags): void {
  const odd = (['format', 'only', 'hide', 'out'] as const).find((flag) => flags[flag] !== undefined)
  if (odd !== undefined) throw new UsageError(`--${odd} is about a trace`, 'name the file of one instead of a protocol')
}
