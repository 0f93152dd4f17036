import { join, resolve } from 'node:path'
import { HarnessError } from '../../model/index.ts'
import { htmlReport } from '../../report/pages/html-report.ts'
import { png } from '../../report/plots/index.ts'
import type { Findings } from '../../studies/study.ts'
import { saveFile } from '../files/save-file.ts'
import { rewriteTrace } from '../files/trace-files.ts'

/**
 * Writes all files of a study: each picture as SVG and PNG with its numbers beside it, one line of JSON for each row,
 * the traces, and the report, which links to them.
 * @returns their names, from the folder of the study
 */
export async function writeStudy(
  { title, intro, sections, rows, traces }: Findings,
  command: string,
  cwd: string,
  folder: string,
): Promise<readonly string[]> {
  const files = new Map<string, string | Uint8Array>()
  const add = (name: string, content: string | Uint8Array): void => {
    if (files.has(name)) throw new HarnessError(`a study has two files called ${name}`)
    files.set(name, content)
  }
  for (const plot of sections.flatMap((section) => section.plots ?? [])) {
    add(`${plot.name}.svg`, plot.svg)
    add(`${plot.name}.png`, await png(plot.svg))
    add(`${plot.name}.csv`, plot.csv)
  }
  add('results.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  add('report.html', htmlReport({ title, intro, sections, command }))
  const at = resolve(cwd, folder)
  for (const [name, content] of files) await saveFile(join(at, name), content)
  for (const { name, trace } of traces) await rewriteTrace(trace, join(at, name), cwd)
  return [...files.keys(), ...new Set(traces.map(({ name }) => name))].sort()
}
