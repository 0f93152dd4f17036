import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from '../../model/index.ts'
import { configure } from '../../system/index.ts'
import type { Session } from '../flags/session.ts'
import { configurationOf } from '../flags/setting-flags.ts'
import { subjectCommand } from '../flags/subject-command.ts'
import { AGAINST, mappingIn } from '../subjects/subjects.ts'
import { explainLog, logIn } from './conform-log.ts'
import { addSearchFlags, type FuzzFlags, fuzz } from './fuzz.ts'

interface ConformFlags extends FuzzFlags {
  readonly against?: string
  readonly log?: string
  readonly mapping?: string
}

/** Looks for an event on which a program does not do what its model does, or for a schedule that explains a log. */
export function conformCommand(session: Session): Command {
  return subjectCommand<ConformFlags>(
    session,
    {
      name: 'conform',
      description: 'compare a program, or its log, with a model',
      searching: (command) =>
        addSearchFlags(command)
          .option('--against <PROGRAM>', 'the program: a file that exports it, or a name')
          .option('--log <FILE>', 'what replicas have logged: is there a schedule of the model that explains it?')
          .option(
            '--mapping <FILE>',
            'file that exports `mapping`, which translates what is logged into messages of the model',
          ),
      subject: (asked, { against, log }: ConformFlags) => {
        if (asked !== undefined && against === undefined && log !== undefined) return asked
        if (asked !== undefined && against !== undefined && log === undefined) return `${asked}${AGAINST}${against}`
        throw new UsageError(
          'conform compares a model with a program, or with a log',
          'turncoat conform MODEL --against PROGRAM, or turncoat conform MODEL --log FILE',
        )
      },
    },
    async ({ flags: { against: _, log, mapping, ...flags }, ...asked }, session) => {
      if (log === undefined && mapping !== undefined) {
        throw new UsageError('--mapping goes with --log', 'with --against, the file of the program exports `mapping`')
      }
      if (log === undefined) return fuzz({ ...asked, flags }, session)
      const { output, resolved } = asked
      const { protocol } = resolved
      const isNamed = flags.byzantine !== undefined || flags.b !== undefined
      const configuration = configurationOf(flags, resolved.configuration, session.bounded)
      // Who keeps a log is taken to be correct.
      const settings = configure(protocol, isNamed ? configuration : { ...configuration, byzantine: [] })
      if (settings.length > 1)
        throw new UsageError('a log is explained in one setting', 'name the Byzantine replicas: --byzantine 3')
      const { cwd } = session.io
      const mapped = mapping === undefined ? {} : await mappingIn(mapping, cwd)
      const lines = logIn(await textOf(log, cwd), log, settings[0]!.n + settings[0]!.clients, mapped)
      return explainLog(protocol, settings[0]!, lines, log, flags.maxStates, output)
    },
  )
}

async function textOf(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8')
  } catch (error) {
    throw new UsageError(`the log ${file} cannot be read: ${(error as Error).message}`, 'check the path')
  }
}
