import type { Expectation } from '../src/model/index.ts'
import { registry } from '../src/protocols/index.ts'
import { replay, type Trace } from '../src/trace/index.ts'

export interface SavedTrace {
  readonly file: string
  readonly trace: Trace
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)]
}

/** What the properties say of the subject that a trace is about. */
export function violatedRows({ protocol, variant }: Trace): readonly Expectation[] {
  const subject = variant ? `${protocol}/${variant}` : protocol
  const found = registry.find((one) => one.protocol.definition.name === protocol)
  return (found?.properties.expected ?? []).filter(
    ({ verdict, ...one }) => verdict === 'violated' && one.subject === subject,
  )
}

/** The list of `traces/README.md`. */
export function listOfTraces(traces: readonly SavedTrace[]): string[] {
  const rows = traces.map(({ file, trace }) => [`[${file.replace('.json', '')}](${file})`, trace.claim, trace.title])
  return table(['trace', 'breaks', 'what it tells'], rows)
}

/** The table of `docs/shrinking.md`. */
export function shrinkingTable(traces: readonly SavedTrace[]): string[] {
  const rows = traces.map(({ file, trace }) => {
    const again = replay(trace)
    const deliveries = again.reproduced ? again.deliveries : '?'
    const raw = trace.found.scheduler === 'by hand' ? `${trace.found.steps} by hand` : trace.found.steps
    return [file.replace('.json', ''), raw, trace.steps.length, deliveries, trace.shortest, trace.eager]
  })
  return table(['trace', 'steps found', 'steps kept', 'deliveries', 'shortest', 'eager'], rows)
}

/** A page with the table between its marks replaced. */
export function withTable(page: string, lines: readonly string[]): string {
  const [before, after] = [page.split('<!-- table -->\n')[0]!, page.split('<!-- end of table -->')[1]!]
  return `${before}<!-- table -->\n\n${lines.join('\n')}\n\n<!-- end of table -->${after}`
}
