import { Command, CommanderError } from 'commander'
import { describeError, HarnessError, type Protocol, type UsageError } from '../model/index.ts'
import { quoted } from '../report/text/command-line.ts'
import { packageVersion } from './files/package-folder.ts'
import { type Protocols, Session } from './flags/session.ts'
import { loadRegistered } from './subjects/load-registered.ts'
import { fileOf, isPath, resolveSubject } from './subjects/subjects.ts'
import { EXIT } from './terminal/exit-code.ts'
import type { Io } from './terminal/io.ts'
import { isOutOfMemory } from './terminal/out-of-memory.ts'
import { paragraph } from './terminal/paragraph.ts'
import { type COMMAND_NAMES, pasted } from './terminal/pasted.ts'
import type { Engines } from './workers/engines.ts'

type MakeCommand = (session: Session) => Command

/** Every command: one line each. It is loaded when it is asked for: each brings much that the others do not need. */
const commands: { readonly [name in (typeof COMMAND_NAMES)[number]]: () => Promise<MakeCommand> } = {
  fuzz: async () => (await import('./commands/fuzz.ts')).fuzzCommand,
  conform: async () => (await import('./commands/conform.ts')).conformCommand,
  // What it searches with is loaded at the same time.
  check: async () =>
    (await Promise.all([import('./commands/check.ts'), import('./workers/exhaustive.ts')]))[0].checkCommand,
  sweep: async () => (await import('./commands/sweep.ts')).sweepCommand,
  study: async () => (await import('./commands/study.ts')).studyCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  convert: async () => (await import('./commands/convert.ts')).convertCommand,
  shrink: async () => (await import('./commands/shrink.ts')).shrinkCommand,
  show: async () => (await import('./commands/show.ts')).showCommand,
  explore: async () => (await import('./commands/explore.ts')).exploreCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  campaign: async () => (await import('./campaign/campaign.ts')).campaignCommandLine,
  init: async () => (await import('./commands/init.ts')).initCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  completion: async () => (await import('./commands/completion.ts')).completionCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
}

/** The command that speaks of all others, and of the bounds of all protocols. */
const COMPLETION = 'completion'

/**
 * The whole command line: parses, runs one command, and returns the exit code. Nothing else prints or touches a disk.
 */
export async function run(given: readonly string[], io: Io, engines?: Engines): Promise<number> {
  const argv = given[0] === 'help' ? helpOn(given.slice(1)) : given
  try {
    const chosen = engines ?? (await import('./workers/own-engines.ts')).engines
    const protocols = await protocolsIn(argv, io)
    // Programs may yet show that an answer is worth nothing; of two objects, a reader would not know which to take.
    const held: string[] = []
    const isHeld = protocols.loaded !== undefined && argv.includes('--json')
    const own: Io = isHeld ? { ...io, stdout: (text) => void held.push(text) } : io
    let session = new Session(own, chosen, protocols, run)
    let program = await commandLineOf(session, argv[0])
    if (argv[0] === COMPLETION || hasOtherFlags(program, argv)) {
      const bounded = await everyProtocol(protocols)
      session = new Session(own, chosen, { ...protocols, bounded }, run)
      program = await commandLineOf(session, argv[0])
    }
    if (argv.length === 0) {
      io.stderr(pasted(program.helpInformation(), io.call))
      return EXIT.usage
    }
    await program.parseAsync([...argv], { from: 'user' })
    if (session.loaded) await endOfPrograms(io, argv.includes('--quiet'))
    for (const text of held) io.stdout(text)
    return session.code
  } catch (error) {
    if (isOutOfMemory(error)) io.full?.()
    return failure(error, argv, io)
  }
}

/**
 * Only the file of a user brings programs with it. What they were asked is told.
 * @throws UsageError where one has printed more than it was asked for
 */
async function endOfPrograms(io: Io, isQuiet: boolean): Promise<void> {
  const { reportOnPrograms, settlePrograms } = await import('../external/index.ts')
  settlePrograms()
  for (const line of isQuiet ? [] : reportOnPrograms()) io.stderr(`${line}\n`)
}

/** `help check` is `check --help`; a command that does not exist is left to the parser, which suggests another. */
function helpOn(asked: readonly string[]): readonly string[] {
  return asked.length === 0 || isCommand(asked[0]) ? [...asked, '--help'] : asked
}

/** @param asked the command, if it is known: without it, all are there, for help and for suggestions */
async function commandLineOf(session: Session, asked: string | undefined): Promise<Command> {
  const { io } = session
  const settle = (command: Command): Command =>
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout(pasted(text, io.call)),
      writeErr: () => {},
      getOutHelpWidth: () => 100,
      getOutHasColors: () => false,
    })
  const program = settle(new Command('turncoat'))
    .description('Find the schedule that breaks a Byzantine-fault-tolerant protocol.')
    .version(packageVersion())
    .helpCommand(false)
  for (const [name, load] of Object.entries(commands)) {
    if (isCommand(asked) && name !== asked && asked !== COMPLETION) continue
    const command = settle((await load())(session))
      .option('--json', 'print one JSON object to stdout, everything else to stderr')
      .option('--quiet', 'print results only')
      .option('--no-color', 'no colours')
    program.addCommand(command)
  }
  return program
}

function isCommand(name: string | undefined): boolean {
  return name !== undefined && Object.hasOwn(commands, name)
}

/** The protocols that the arguments name: only these are loaded. */
async function protocolsIn(argv: readonly string[], io: Io): Promise<Protocols> {
  const isOther = (i: number): boolean => ['--out', '--mapping'].includes(argv[i - 1]!)
  const file = argv.find((word, i) => i > 0 && isPath(word) && !word.startsWith('-') && !isOther(i))
  const loaded = file === undefined ? undefined : await resolveSubject(file, io.cwd)
  const words = new Set(argv.slice(1).map((word) => word.split('/')[0]!))
  const named: Protocol[] = []
  for (const word of [...words].sort()) {
    const subject = await loadRegistered(word)
    if (subject) named.push(subject.protocol)
  }
  if (loaded) named.push(loaded.protocol)
  return { loaded, named, bounded: named }
}

/** Is there a flag that may be a bound of a protocol that is not named? What is said of it depends on whether there is one. */
function hasOtherFlags(program: Command, argv: readonly string[]): boolean {
  const known = [program, ...program.commands].flatMap(({ options }) => options.map(({ long }) => long))
  return argv.some((word) => word.startsWith('--') && word !== '--help' && !known.includes(word.split('=')[0]))
}

async function everyProtocol({ named }: Protocols): Promise<readonly Protocol[]> {
  const { registry } = await import('../protocols/index.ts')
  return [...new Set([...registry.map(({ protocol }) => protocol), ...named])]
}

/** The line of the user's file that an error was thrown in, if it was thrown there and nowhere deeper. */
function placeIn({ stack = '' }: Error, argv: readonly string[]): string | undefined {
  const [, at] = stack.match(/^\s+at .*?([^/ (]+:\d+:\d+)\)?$/m) ?? []
  return argv.some((word) => isPath(word) && at?.startsWith(`${fileOf(word)}:`)) ? at : undefined
}

/** By name: a user's file that imports an installed copy of this package throws that copy's class. */
function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === 'UsageError'
}

/** A password in an address is nobody's business, in a report least of all. */
function withoutPasswords(text: string): string {
  return text.replace(/(:\/\/)[^\s/@]*@/g, '$1…@')
}

/** Says on the error stream why a command came to nothing, and returns its exit code. */
export function failure(error: unknown, argv: readonly string[], io: Io): number {
  const fail = (kind: string, code: number, message: string, suggestion?: string): number => {
    io.stderr(pasted(paragraph(message, suggestion), io.call))
    if (argv.includes('--json')) {
      // A violation that was found before is one all the same.
      const known = io.kept?.()
      const found = known?.code === EXIT.violated ? JSON.parse(known.stdout) : {}
      io.stdout(`${JSON.stringify({ ...found, error: { kind, message, suggestion } })}\n`)
    }
    return code
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.holds
    const message = error.message.replace(/^error: /, '').replace(/\.$/, '')
    const of = isCommand(argv[0]) ? `${argv[0]} ` : ''
    const help = message.includes('Did you mean') ? undefined : `see turncoat ${of}--help`
    return fail('usage', EXIT.usage, message, help)
  }
  if (isUsageError(error)) return fail('usage', EXIT.usage, error.message, error.suggestion)
  const place = error instanceof Error ? placeIn(error, argv) : undefined
  if (place !== undefined) {
    const { name, message } = error as Error
    return fail('usage', EXIT.usage, `${place} throws ${name}: ${message}`, 'correct the file and try again')
  }
  // Nothing here throws what is no error, or rejects a promise with it.
  const isRejected = (error as { code?: unknown } | undefined)?.code === 'ERR_UNHANDLED_REJECTION'
  if ((isRejected || !(error instanceof Error)) && argv.some(isPath)) {
    const what = isRejected ? 'rejects a promise with something that is not an Error' : `throws ${describeError(error)}`
    return fail('usage', EXIT.usage, `the file of the protocol ${what}`, 'throw an Error: it names the line')
  }
  const again = withoutPasswords(['turncoat', ...argv.map(quoted)].join(' '))
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const whose = error instanceof HarnessError ? 'turncoat contradicts itself' : 'turncoat failed'
  const at = error instanceof Error ? (error.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '') : ''
  return fail(
    'internal',
    EXIT.internal,
    `${whose}: ${what}${at.replace(/^\s+at /, ' at ')}`,
    `this is a bug; please report it with the version and this command: ${again}`,
  )
}
