import { Command, CommanderError } from 'commander'
import { HarnessError, type UsageError } from '../model/index.ts'
import { checkCommand } from './check.ts'
import { quoted } from './command-line.ts'
import { demoCommand } from './demo.ts'
import { type Engines, engines as ownEngines } from './engines.ts'
import { EXIT } from './exit-code.ts'
import { fuzzCommand } from './fuzz.ts'
import type { Io } from './io.ts'
import { listCommand } from './list.ts'
import { packageVersion } from './package-folder.ts'
import { paragraph } from './paragraph.ts'
import { replayCommand } from './replay.ts'
import { Session } from './session.ts'
import { showCommand } from './show.ts'
import { shrinkCommand } from './shrink.ts'
import { studyCommand } from './study.ts'
import { isPath, type Resolved, resolveSubject } from './subjects.ts'
import { sweepCommand } from './sweep.ts'

/** Every command: one line each. */
const commands = [
  fuzzCommand,
  checkCommand,
  sweepCommand,
  studyCommand,
  replayCommand,
  shrinkCommand,
  showCommand,
  listCommand,
  demoCommand,
]

/**
 * The whole command line: parses, runs one command, and returns the exit code. Nothing else prints or touches a disk.
 */
export async function run(argv: readonly string[], io: Io, engines: Engines = ownEngines): Promise<number> {
  try {
    const session = new Session(io, engines, await namedFile(argv, io))
    const program = commandLineOf(session)
    if (argv.length === 0) {
      io.stderr(program.helpInformation())
      return EXIT.usage
    }
    await program.parseAsync([...argv], { from: 'user' })
    return session.code
  } catch (error) {
    return failed(error, argv, io)
  }
}

function commandLineOf(session: Session): Command {
  const { io } = session
  const settle = (command: Command): Command =>
    command.exitOverride().configureOutput({
      writeOut: io.stdout,
      writeErr: () => {},
      getOutHelpWidth: () => 100,
      getOutHasColors: () => false,
    })
  const program = settle(new Command('turncoat'))
    .description('Find the schedule that breaks a Byzantine-fault-tolerant protocol.')
    .version(packageVersion())
    .helpCommand(false)
  for (const make of commands) {
    const command = settle(make(session))
      .option('--json', 'print one JSON object, and everything else to the error stream')
      .option('--quiet', 'print results only')
      .option('--no-color', 'no colours')
    program.addCommand(command)
  }
  return program
}

/** The user's file among the arguments, loaded: its bounds are flags of their own. */
async function namedFile(argv: readonly string[], io: Io): Promise<Resolved | undefined> {
  const file = argv.find((word, i) => i > 0 && isPath(word) && !word.startsWith('-') && argv[i - 1] !== '--out')
  return file === undefined ? undefined : resolveSubject(file, io.cwd)
}

/** By name: a user's file that imports an installed copy of this package throws that copy's class. */
function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === 'UsageError'
}

function failed(error: unknown, argv: readonly string[], io: Io): number {
  const fail = (kind: string, code: number, message: string, suggestion?: string): number => {
    io.stderr(paragraph(message, suggestion))
    if (argv.includes('--json')) io.stdout(`${JSON.stringify({ error: { kind, message, suggestion } })}\n`)
    return code
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.holds
    const message = error.message.replace(/^error: /, '').replace(/\.$/, '')
    const named = commands.some((make) => argv[0] && make.name === `${argv[0]}Command`)
    const help = message.includes('Did you mean') ? undefined : `see turncoat ${named ? `${argv[0]} ` : ''}--help`
    return fail('usage', EXIT.usage, message, help)
  }
  if (isUsageError(error)) return fail('usage', EXIT.usage, error.message, error.suggestion)
  const again = ['turncoat', ...argv.map(quoted)].join(' ')
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const whose = error instanceof HarnessError ? 'turncoat contradicts itself' : 'turncoat failed'
  const place = error instanceof Error ? (error.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '') : ''
  return fail(
    'internal',
    EXIT.internal,
    `${whose}: ${what}${place.replace(/^\s+at /, ' at ')}`,
    `this is a bug; please report it with the version and this command: ${again}`,
  )
}
