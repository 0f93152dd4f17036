import type { Command } from 'commander'
import { UsageError } from '../model/index.ts'
import { addSearchFlags, type FuzzFlags, fuzz } from './fuzz.ts'
import type { Session } from './session.ts'
import { subjectCommand } from './subject-command.ts'
import { AGAINST } from './subjects.ts'

interface ConformFlags extends FuzzFlags {
  readonly against?: string
}

/** Looks for an event on which a program does not do what its model does. */
export function conformCommand(session: Session): Command {
  return subjectCommand<ConformFlags>(
    session,
    {
      name: 'conform',
      description: 'search for an event on which a program does not do what its model does',
      searching: (command) =>
        addSearchFlags(command).option('--against <PROGRAM>', 'the program: a file that exports it, or a name'),
      subject: (asked, { against }: ConformFlags) => {
        if (asked === undefined || against === undefined) {
          throw new UsageError(
            'conform holds a model against a program, and is given one of them',
            'turncoat conform MODEL --against PROGRAM; both are registered names or files',
          )
        }
        return `${asked}${AGAINST}${against}`
      },
    },
    ({ flags: { against: _, ...flags }, ...asked }, session) => fuzz({ ...asked, flags }, session),
  )
}
