import { explain } from '../src/explain/index.ts'
import { type Expectation, program, type Subject } from '../src/model/index.ts'
import { registry } from '../src/protocols/index.ts'
import { mermaid } from '../src/report/diagrams/mermaid.ts'
import { explainText } from '../src/report/text/explain-text.ts'
import { replay, type Trace } from '../src/trace/index.ts'
import { type RunView, type Viewed, view } from '../src/view/index.ts'

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
  const rows = traces.map(({ file, trace }) => {
    const name = file.replace('.json', '')
    return [`[${name}](#${name})`, trace.claim, trace.title]
  })
  return table(['trace', 'breaks', 'what it tells'], rows)
}

/** The diagrams of `traces/README.md`: what `turncoat show FILE --format mermaid` prints of each trace. */
export function diagramsOf(traces: readonly SavedTrace[]): string[] {
  return traces.flatMap(({ file, trace }) => [
    `### ${file.replace('.json', '')}`,
    '',
    `[${file}](${file}): ${trace.witness}`,
    '',
    `<details><summary>${trace.title}</summary>`,
    '',
    '```mermaid',
    ...mermaid(runOf(trace)).split('\n'),
    '```',
    '',
    '</details>',
    '',
  ])
}

/** The trace that `docs/showing-a-run.md` shows. */
const shown = (traces: readonly SavedTrace[]): Trace => traces.find(({ file }) => file === 'pbft-commit-2f.json')!.trace

/** Its diagram. */
export function exampleDiagram(traces: readonly SavedTrace[]): string[] {
  return ['```mermaid', ...mermaid(runOf(shown(traces))).split('\n'), '```']
}

/** What `explain` prints of it. */
export function exampleExplanation(traces: readonly SavedTrace[]): string[] {
  const trace = shown(traces)
  const { viewed, subject } = viewedOf(trace)
  const run = runOf(trace)
  const claim = subject.properties.claims.find(({ name }) => name === trace.claim)!
  return ['```text', ...explainText(run, explain(run, viewed, subject, claim)), '```']
}

function runOf(trace: Trace): RunView {
  return view(viewedOf(trace).viewed, { truths: true, healed: true })
}

function viewedOf(trace: Trace): { readonly viewed: Viewed; readonly subject: Subject } {
  const subject = registry.find(({ protocol }) => protocol.definition.name === trace.protocol)!
  const protocol = [subject.protocol, ...subject.variants].find((one) => one.variantName === trace.variant)!
  // That it replays is for the tests of each trace to say.
  const { claim, steps, witness } = trace
  const replayed = { reproduced: true, claim, steps: steps.length, deliveries: 0, digest: '', witness } as const
  return {
    viewed: { trace, program: program(protocol, trace.setting), claims: subject.properties.claims, replayed },
    subject,
  }
}

/** The table of `docs/shrinking.md`. */
export function shrinkingTable(traces: readonly SavedTrace[]): string[] {
  const rows = traces.map(({ file, trace }) => {
    const again = replay(trace)
    const deliveries = again.reproduced ? again.deliveries : '?'
    const raw =
      trace.origin.scheduler === 'by hand'
        ? `${trace.origin.stepsBeforeShrinking} by hand`
        : trace.origin.stepsBeforeShrinking
    return [file.replace('.json', ''), raw, trace.steps.length, deliveries, trace.shortest, trace.eager]
  })
  return table(['trace', 'steps found', 'steps kept', 'deliveries', 'shortest', 'eager'], rows)
}

/** A page with what stands between its marks replaced. */
export function withTable(page: string, lines: readonly string[], what = 'table'): string {
  const [before, after] = [page.split(`<!-- ${what} -->\n`)[0]!, page.split(`<!-- end of ${what} -->`)[1]!]
  return `${before}<!-- ${what} -->\n\n${lines.join('\n').trimEnd()}\n\n<!-- end of ${what} -->${after}`
}
