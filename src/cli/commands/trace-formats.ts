import { resolve } from 'node:path'
import { explain } from '../../explain/explain.ts'
import { UsageError } from '../../model/index.ts'
import { filtered, type PictureFilter } from '../../report/diagrams/filter.ts'
import { itf } from '../../report/diagrams/itf.ts'
import { mermaid } from '../../report/diagrams/mermaid.ts'
import { shiviz } from '../../report/diagrams/shiviz.ts'
import { svg } from '../../report/diagrams/svg.ts'
import { viewerPage } from '../../report/pages/viewer-page.ts'
import { type Chapter, chapters } from '../../report/text/explain-text.ts'
import type { RunView } from '../../view/run.ts'
import { view } from '../../view/view.ts'
import { saveFile } from '../files/save-file.ts'
import { webScript } from '../files/web-script.ts'
import type { Output } from '../terminal/io.ts'
import { pasted } from '../terminal/pasted.ts'
import type { Rerun } from './trace-facts.ts'

/** What a trace can be shown as, besides text. */
export const FORMATS = ['text', 'mermaid', 'svg', 'html', 'itf', 'shiviz', 'json'] as const

export type Format = (typeof FORMATS)[number]

async function written(run: RunView, one: Rerun, format: Exclude<Format, 'text'>): Promise<string> {
  switch (format) {
    case 'mermaid':
      return `${mermaid(run)}\n`
    case 'svg':
      return svg(run)
    case 'itf':
      return `${JSON.stringify(itf(run), null, 2)}\n`
    case 'shiviz':
      return shiviz(run)
    case 'json':
      return `${JSON.stringify(run, null, 2)}\n`
    case 'html':
      return viewerPage(run, chaptersOf(run, one), await webScript('viewer'))
  }
}

/** Why it breaks its claim; nothing where it does not replay. */
function chaptersOf(run: RunView, one: Rerun): Chapter[] {
  return one.replayed.reproduced ? chapters(run, explain(run, one, one.subject, one.claim)) : []
}

/** Prints a run in a format that other programs read, or saves it. */
export async function exportRun(
  one: Rerun,
  format: Exclude<Format, 'text'>,
  wanted: PictureFilter,
  output: Output,
  out: string | undefined,
): Promise<void> {
  if (output.flags.json) {
    throw new UsageError('--json and --format ask for two different things', 'leave out one of them')
  }
  // What a picture does not show need not be worked out.
  const isWhole = format === 'html' || format === 'json'
  const run = view(one, { truths: !isWhole, healed: !isWhole })
  // The page has filters of its own.
  const shown = format === 'html' ? { ...run, command: pasted(run.command, output.io.call) } : filtered(run, wanted)
  const text = await written(shown, one, format)
  if (out === undefined) output.io.stdout(text)
  else {
    await saveFile(resolve(output.io.cwd, out), text)
    output.remark(`saved: ${out}`)
  }
}
