import { Command } from 'commander'
import { strategies } from '../../adversary/index.ts'
import { choosers } from '../../fuzz/schedule/choosers.ts'
import { registry } from '../../protocols/index.ts'
import { listJson, listText } from '../../report/text/list-text.ts'
import type { Session } from '../flags/session.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'

export function listCommand(session: Session): Command {
  return new Command('list')
    .description('list protocols, variants, named settings, claims, strategies and schedulers')
    .argument('[subject]', 'list this protocol only: a registered name, or a file that exports one')
    .action(async (asked: string | undefined, flags: CommonFlags) => {
      const output = new Output(session.io, flags)
      const one = asked === undefined ? undefined : (await session.resolve(asked)).subject
      const listed = one
        ? { subjects: [one], strategies: [], schedulers: [] }
        : { subjects: registry, strategies, schedulers: choosers }
      // In quiet or JSON mode the list itself is the result: printed once.
      if (flags.json) output.json(listJson(listed))
      else output.say(listText(listed, output.paint))
    })
}
