import { Command } from 'commander'
import { explain } from '../../explain/explain.ts'
import { UsageError } from '../../model/index.ts'
import { chapters, explainText } from '../../report/text/explain-text.ts'
import { view } from '../../view/view.ts'
import { readTrace } from '../files/trace-files.ts'
import type { Session } from '../flags/session.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'
import { rerun } from './trace-facts.ts'

interface ExplainFlags extends CommonFlags {
  readonly subject?: string
}

export function explainCommand(session: Session): Command {
  return new Command('explain')
    .description('explain why a trace breaks its claim: quorums, Byzantine messages, what is necessary')
    .argument('<file>', 'a trace')
    .option('--subject <FILE>', 'file that exports the protocol, if it is not a registered one')
    .action(async (file: string, flags: ExplainFlags) => {
      session.code = await explainTrace(file, flags, session)
    })
}

async function explainTrace(file: string, flags: ExplainFlags, session: Session): Promise<ExitCode> {
  const output = new Output(session.io, flags)
  const one = rerun(await readTrace(file, session.io.cwd), await session.finder(flags.subject))
  if (!one.replayed.reproduced) {
    const { step, why } = one.replayed.divergence
    throw new UsageError(
      `${file} does not replay, so there is nothing to explain: it diverges at step ${step}: ${why}`,
      `see turncoat replay ${file}`,
    )
  }
  const run = view(one, { truths: true })
  const found = explain(run, one, one.subject, one.claim)
  output.say(explainText(run, found, output.paint))
  output.json({ command: 'explain', trace: file, ...found, envelopes: run.envelopes, sentences: chapters(run, found) })
  return EXIT.holds
}
