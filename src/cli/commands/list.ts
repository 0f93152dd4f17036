import { Command } from 'commander'
import { strategies, strategiesFor } from '../../adversary/index.ts'
import { choosers } from '../../fuzz/schedule/choosers.ts'
import { choosersFor } from '../../fuzz/schedule/own-choosers.ts'
import type { Protocol } from '../../model/index.ts'
import { registry } from '../../protocols/index.ts'
import { type Listed, listJson, listText } from '../../report/text/list-text.ts'
import type { Session } from '../flags/session.ts'
import { fileIn } from '../subjects/subjects.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'

export function listCommand(session: Session): Command {
  return new Command('list')
    .description('list protocols, variants, named settings, claims, strategies and schedulers')
    .argument('[subject]', 'list only this protocol: a registered name, or a file that exports one')
    .action(async (asked: string | undefined, flags: CommonFlags) => {
      const output = new Output(session.io, flags)
      const one = asked === undefined ? undefined : await session.resolve(asked)
      const listed = one
        ? {
            subjects: [one.subject],
            ...broughtAlong(one.subject.protocol),
            ...(one.file ? { file: fileIn(one.file) } : {}),
          }
        : { subjects: registry, strategies, schedulers: choosers }
      // In quiet or JSON mode the list itself is the result: printed once.
      if (flags.json) output.json(listJson(listed))
      else output.say(listText(listed, output.paint))
    })
}

/** What a file exports besides its protocol; what there is for all of them is listed without a subject. */
function broughtAlong(protocol: Protocol): Pick<Listed, 'strategies' | 'schedulers'> {
  return {
    strategies: strategiesFor(protocol).filter((strategy) => !strategies.includes(strategy)),
    schedulers: choosersFor(protocol).filter((chooser) => !choosers.includes(chooser)),
  }
}
