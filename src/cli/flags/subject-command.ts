import { Command } from 'commander'
import type { Setting } from '../../model/index.ts'
import { configure } from '../../system/index.ts'
import { type ChosenClaims, chooseClaims } from '../subjects/claim-names.ts'
import type { Resolved } from '../subjects/resolved.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'
import { collected } from './parse.ts'
import type { Session } from './session.ts'
import { addSettingFlags, configurationOf, type SettingFlags } from './setting-flags.ts'

/** Flags of every command that judges claims of one subject in some settings. */
export interface JudgingFlags extends SettingFlags, CommonFlags {
  readonly claim?: string[]
  /** Milliseconds that the command may take. */
  readonly time?: number
}

/** What such a command was asked, understood. */
export interface AskedOfSubject<Flags> {
  readonly flags: Flags
  readonly output: Output
  readonly resolved: Resolved
  readonly settings: readonly Setting[]
  readonly chosen: ChosenClaims
}

interface About {
  readonly name: string
  readonly description: string
  /** Adds the flags that say how to search. */
  readonly searching: (command: Command) => Command
  /** What judges the claims. Default: runs. */
  readonly by?: 'search'
  /** Where more than the argument says what it is about. */
  readonly subject?: (asked: string | undefined, flags: any) => string
}

/** A command that judges claims of one subject; `act` gets the settings and claims that its flags ask for. */
export function subjectCommand<Flags extends JudgingFlags>(
  session: Session,
  { name, description, searching, subject: named, by }: About,
  act: (asked: AskedOfSubject<Flags>, session: Session) => Promise<ExitCode>,
): Command {
  const command = new Command(name)
    .description(description)
    .argument('[subject]', 'a registered name, or a file that exports a protocol')
    .option('--claim <NAME...>', 'claims to judge; all: every claim', collected)
  addSettingFlags(searching(command), session)
  return command.action(async (subject: string | undefined, flags: Flags) => {
    const asked = await understood(named ? named(subject, flags) : subject, flags, session, by)
    session.code = await act(asked, session)
  })
}

/** The settings and claims that flags ask for. */
export async function understood<Flags extends JudgingFlags>(
  subject: string | undefined,
  flags: Flags,
  session: Session,
  by?: 'search',
): Promise<AskedOfSubject<Flags>> {
  const output = new Output(session.io, flags)
  if (flags.time !== undefined) session.io.within?.(flags.time)
  const resolved = await session.resolve(subject)
  const settings = configure(resolved.protocol, configurationOf(flags, resolved.configuration, session.bounded))
  return { flags, output, resolved, settings, chosen: chooseClaims(resolved.subject, flags.claim, by) }
}
