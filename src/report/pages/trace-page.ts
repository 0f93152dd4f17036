import type { RunView } from '../../view/run.ts'
import { svg } from '../diagrams/svg.ts'
import { htmlReport } from './html-report.ts'

/** Where the page of a trace is: beside its file, under the same name. */
export function pageOfTrace(path: string): string {
  return path.replace(/\.json$/, '.html')
}

/**
 * A saved violation as a page that a report can link to: the schedule as a picture, the steps in words, and the file.
 * @param steps in words, a line each
 * @param file the name of the trace, beside the page
 */
export function tracePage(run: RunView, steps: readonly string[], file: string): string {
  const { title, story = '', claim, witness, setting } = run
  const about = run.claims.find(({ name }) => name === claim)
  return htmlReport({
    title,
    intro: [
      story,
      witness === null ? 'The run diverges from its file.' : `Violated ${claim}: ${witness}.`,
      about ? `${claim}: ${about.about} Promised: ${about.promised}.` : '',
      `${run.subject}, n = ${setting.n}, f = ${setting.f}, Byzantine: ${setting.byzantine.map((id) => `r${id}`).join(', ') || 'nobody'}.`,
    ].join('\n\n'),
    sections: [
      { heading: 'The schedule', drawing: svg(run) },
      { heading: 'Step by step', listing: steps },
      { heading: 'The file', table: { columns: ['trace'], rows: [[{ text: file, href: file }]] } },
    ],
    command: `turncoat replay ${file}`,
    again: 'Runs it again, and compares every state:',
  })
}
