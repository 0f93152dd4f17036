import { readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UsageError } from '../../model/index.ts'
import { quoted } from '../../report/text/command-line.ts'
import { makeFolder } from '../files/make-folder.ts'
import { saveFile } from '../files/save-file.ts'
import type { Session } from '../flags/session.ts'
import { isPath } from '../subjects/subjects.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import type { Io } from '../terminal/io.ts'
import { writeCauses } from './campaign-causes.ts'
import type { CampaignEngines } from './campaign-engines.ts'

/** Commands that a campaign can be made of. */
export const COMMANDS = ['fuzz', 'check', 'sweep', 'study'] as const

/** Flags that say where and for how long: the campaign has its own, and its result depends on no clock. */
const REFUSED: Readonly<Record<string, string>> = {
  '--time': 'give an amount of work instead, --runs 1000000; `campaign stop` ends it',
  '--published': 'run `turncoat sweep --published` on one machine',
}

/**
 * The command that a campaign is made of. A subject without a command is fuzzed.
 * @throws UsageError for what no campaign can be made of
 */
export function campaignCommand(words: readonly string[]): readonly string[] {
  const [first] = words
  if (first === undefined) {
    throw new UsageError(
      'the campaign has no command',
      'write turncoat campaign run fuzz SUBJECT, check, sweep or study',
    )
  }
  for (const word of words) {
    const remedy = REFUSED[word.split('=')[0]!]
    if (remedy !== undefined) throw new UsageError(`a campaign has no ${word.split('=')[0]}`, remedy)
  }
  return (COMMANDS as readonly string[]).includes(first) ? words : ['fuzz', ...words]
}

export function textOfCommand(command: readonly string[]): string {
  return ['turncoat', ...command.map(quoted)].join(' ')
}

/** What the command of a campaign came to. */
export interface CommandResult {
  readonly code: ExitCode
  /** What it prints for people. */
  readonly text: string
  /** What it prints for programs, without what differs between two machines that find the same. */
  readonly json: unknown
}

/** Everything is made in here first. */
const UNFINISHED = 'unfinished'
export const RESULT = 'result.json'

/**
 * Runs the command on engines of a campaign, and writes all that it makes into a folder: traces, pictures, and the
 * result. Nothing is seen of it before it is all there.
 */
export async function make(
  command: readonly string[],
  folder: string,
  session: Session,
  engines: CampaignEngines,
): Promise<CommandResult> {
  const { cwd } = session.io
  const [at, unfinished] = [resolve(cwd, folder), `${folder}/${UNFINISHED}`]
  await rm(join(at, UNFINISHED), { recursive: true, force: true })
  const isOfFiles = command[0] === 'sweep' || command[0] === 'study'
  const out = isOfFiles ? unfinished : `${unfinished}/traces`
  let [stdout, stderr] = ['', '']
  const io: Io = {
    stdout: (text) => {
      stdout += text
    },
    stderr: (text) => {
      stderr += text
    },
    ...{ cwd, isTTY: false, now: session.io.now, environment: session.io.environment },
  }
  const code = (await session.run([...command, '--json', '--out', out], io, engines.on(session.engines))) as ExitCode
  const json: unknown = stdout === '' ? undefined : JSON.parse(stdout)
  const hasFailed = code === EXIT.usage || code === EXIT.internal
  if (!hasFailed && engines.found) {
    const again = ['turncoat campaign run', ...command.map(quoted)].join(' ')
    await writeCauses(engines.found, again, join(at, UNFINISHED))
  }
  if (!hasFailed) await settle(at, timeless(json, unfinished))
  await rm(join(at, UNFINISHED), { recursive: true, force: true })
  return { code, text: stderr.replaceAll(unfinished, folder), json: timeless(json, unfinished) }
}

/** The finished folder takes the place of what an earlier command has made there. */
async function settle(folder: string, json: unknown): Promise<void> {
  await makeFolder(join(folder, UNFINISHED))
  await saveFile(join(folder, UNFINISHED, RESULT), `${JSON.stringify(json, undefined, 2)}\n`)
  for (const name of await readdir(join(folder, UNFINISHED))) {
    await rm(join(folder, name), { recursive: true, force: true })
    await rename(join(folder, UNFINISHED, name), join(folder, name))
  }
}

/** Fields that say how long it took, and whether a file was there before. */
const OF_THE_MOMENT = ['seconds', 'kept']

function timeless(value: unknown, folder: string): unknown {
  if (typeof value === 'string') return value === folder ? '.' : value.replaceAll(`${folder}/`, '')
  if (Array.isArray(value)) return value.map((one) => timeless(one, folder))
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).filter(([name]) => !OF_THE_MOMENT.includes(name))
  return Object.fromEntries(fields.map(([name, one]) => [name, timeless(one, folder)]))
}

/** The words of a command that name files. */
export function filesIn(command: readonly string[]): string[] {
  return [...new Set(command.filter((word) => isPath(word) && !word.startsWith('-')))]
}
