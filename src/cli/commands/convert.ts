import { Command } from 'commander'
import { UsageError } from '../../model/index.ts'
import { decode, FORMAT } from '../../trace/index.ts'
import { readTraceText, rewriteTrace } from '../files/trace-files.ts'
import type { Session } from '../flags/session.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'

const AFTER = `
A file that is in format ${FORMAT} already stays as it is. The steps are not run: \`turncoat replay\` does that.`

export function convertCommand(session: Session): Command {
  return new Command('convert')
    .description(`rewrite traces of older formats in format ${FORMAT}`)
    .argument('<files...>', 'traces')
    .addHelpText('after', AFTER)
    .action(async (files: string[], flags: CommonFlags) => {
      session.code = await convertAll(files, new Output(session.io, flags))
    })
}

async function convertAll(files: readonly string[], output: Output): Promise<ExitCode> {
  const traces: object[] = []
  let code: ExitCode = EXIT.holds
  for (const file of files) {
    try {
      const format = await convert(file, output)
      traces.push({ trace: file, from: format, to: FORMAT })
    } catch (error) {
      // A bad file does not keep the others from being converted.
      if (!(error instanceof UsageError)) throw error
      const message = error.message.includes(file) ? error.message : `${file}: ${error.message}`
      output.complain(message, error.suggestion)
      traces.push({ trace: file, error: message })
      code = EXIT.usage
    }
  }
  output.json({ command: 'convert', traces })
  return code
}

/** Rewrites one file. Returns the format that it was in. */
async function convert(file: string, output: Output): Promise<number> {
  const text = await readTraceText(file, output.io.cwd)
  const trace = await decode(text)
  const { turncoat: format } = JSON.parse(text) as { readonly turncoat: number }
  if (format === FORMAT) output.remark(`${file}: in format ${FORMAT} already`)
  else {
    await rewriteTrace(trace, file, output.io.cwd)
    output.remark(`${file}: format ${format} → ${FORMAT}`)
  }
  return format
}
