import type { ReportTable } from '../report/pages/html-report.ts'
import { pageOfTrace } from '../report/pages/trace-page.ts'
import { type VerdictCell, verdictGrid } from '../report/plots/verdict-grid.ts'
import { counted, percent, thousands } from '../report/text/numbers.ts'
import { table } from '../report/text/table.ts'
import type { NamedTrace } from './named-trace.ts'
import { lookAt, type Scenario, type ScenarioEffort, type ScenarioFinding, surprise } from './scenario.ts'
import type { Findings, Study, StudyContext } from './study.ts'

/** What a study of scenarios asks, and the words of its report. */
interface ScenarioQuestion extends Pick<Study, 'name' | 'about'>, Pick<Findings, 'title' | 'intro'> {
  /** How many cells there are of each kind, and the seed, are said after the caption. */
  readonly picture: { readonly heading: string; readonly title: string; readonly caption: string }
  readonly effort: (quick: boolean) => Omit<ScenarioEffort, 'seed'>
  readonly scenarios: (quick: boolean) => readonly Scenario[]
}

/** Scenarios of a study, looked at one after the other; somewhere else, all at once. */
async function lookAtEach(
  scenarios: readonly Scenario[],
  effort: ScenarioEffort,
  { progress, elsewhere }: StudyContext,
): Promise<{ readonly found: readonly ScenarioFinding[]; readonly traces: readonly NamedTrace[] }> {
  const bar = progress(scenarios.length, 'scenarios')
  const found: ScenarioFinding[] = []
  const traces: NamedTrace[] = []
  const begun = elsewhere ? scenarios.map((scenario) => elsewhere.scenario(scenario, effort)) : []
  try {
    for (const [i, scenario] of scenarios.entries()) {
      const { n, b } = scenario.configuration
      bar.update(i, `${scenario.subject}, n = ${n}${b === undefined ? '' : `, b = ${b}`}`)
      const looked = await (begun[i] ?? lookAt(scenario, effort))
      found.push(...looked.findings)
      traces.push(...looked.traces)
    }
  } finally {
    bar.stop()
  }
  return { found, traces }
}

/** `proved`, `violated, 4 steps`, `not found, 1,000 runs`. */
export function verdictWords({ verdict, steps, runs }: ScenarioFinding): string {
  if (verdict === 'violated') return `violated, ${counted(steps ?? 0, 'step')}`
  if (verdict === 'not-found') return `not found, ${counted(runs, 'run')}`
  return verdict
}

/** The cells of the picture. */
export function verdictCells(found: readonly ScenarioFinding[]): VerdictCell[] {
  return found.map((one) => ({
    row: `${one.row}: ${one.claim}`,
    column: one.column,
    verdict: one.verdict,
    words: verdictWords(one),
    surprising: surprise(one).length > 0,
  }))
}

/** The cells as lines of text. */
export function verdictLines(found: readonly ScenarioFinding[]): string[] {
  const cells = verdictCells(found)
  const columns = [...new Set(cells.map(({ column }) => column))]
  const rows = [...new Set(cells.map(({ row }) => row))]
  const at = (row: string, column: string): string =>
    cells.find((cell) => cell.row === row && cell.column === column)?.words ?? ''
  return table([
    ['', ...columns.map((column) => column.replaceAll('\n', ' '))],
    ...rows.map((row) => [row, ...columns.map((column) => at(row, column))]),
  ])
}

/** What is known of a cell besides its verdict: how it was found out, and how far that carries. */
function evidence({ verdict, states, runs, upper95, shortest, witness }: ScenarioFinding): string {
  if (verdict === 'proved') return `${counted(states, 'state')}, all searched`
  if (verdict === 'not-found') return `at most ${percent(upper95)} of such runs violate it (95 %)`
  if (witness !== null) return shortest?.startsWith('certified') ? `${witness}; shortest: ${shortest}` : witness
  return runs > 0 ? 'nobody decided in any run' : ''
}

/** Every cell with its evidence, its trace and the command that repeats it. */
export function evidenceTable(found: readonly ScenarioFinding[], caption: string): ReportTable {
  return {
    caption,
    columns: ['case', 'setting', 'claim', 'theory', 'verdict', 'evidence', 'trace', 'again'],
    rows: found.map((one) => [
      one.row,
      one.column.replaceAll('\n', ' '),
      one.claim,
      one.expected,
      verdictWords(one),
      evidence(one),
      one.trace === null ? null : { text: 'trace', href: pageOfTrace(one.trace) },
      one.command,
    ]),
  }
}

/** How many cells were proved, broken, or only searched. */
export function tally(found: readonly ScenarioFinding[]): string {
  const count = (...verdicts: string[]): string =>
    thousands(found.filter(({ verdict }) => verdicts.includes(verdict)).length)
  const parts = [
    `${count('proved')} proved`,
    `${count('violated', 'stuck')} broken, each with a trace`,
    `${count('not-found')} not found in runs, which proves nothing`,
    ...(count('vacuous') === '0' ? [] : [`${count('vacuous')} vacuous`]),
  ]
  return `${counted(found.length, 'cell')}: ${parts.join(', ')}`
}

/** A study that looks at scenarios and shows, first of all, a picture of its verdicts. */
export function scenarioStudy({ name, about, title, intro, picture, effort, scenarios }: ScenarioQuestion): Study {
  return {
    ...{ name, about },
    async run(context): Promise<Findings> {
      const { seed, quick } = context
      const { found, traces } = await lookAtEach(scenarios(quick), { seed, ...effort(quick) }, context)
      const caption = `${picture.caption} ${tally(found)}. Seed ${seed}.`
      const plot = await verdictGrid(verdictCells(found), { name, title: picture.title, caption })
      const table = evidenceTable(found, tally(found))
      return {
        ...{ title, intro, traces },
        sections: [
          { heading: picture.heading, plots: [plot] },
          { heading: 'Every cell with its evidence', table },
        ],
        rows: found,
        summary: [...verdictLines(found), '', tally(found)],
        surprises: found.flatMap(surprise),
      }
    },
  }
}
