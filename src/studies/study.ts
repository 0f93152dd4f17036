import type { ReportSection } from '../report/pages/html-report.ts'
import type { PointRecord } from '../sweep/cell.ts'
import type { Grid } from '../sweep/grid.ts'
import type { NamedTrace } from './named-trace.ts'
import type { CasesElsewhere } from './trials.ts'

/** What a study is run with. All that decides its result is the seed, and whether it is to be small. */
export interface StudyContext {
  /** Shows how much of something that takes long is done. */
  readonly progress: (
    total: number,
    unit: string,
  ) => { readonly update: (done: number, note?: string) => void; readonly stop: () => void }
  /** Examines all points of a grid, and saves each in the folder of the study as soon as it is known. */
  readonly sweep: (grid: Grid) => Promise<readonly PointRecord[]>
  /** Looks at cases somewhere else. Without it, they are looked at here, one by one. */
  readonly elsewhere?: CasesElsewhere | undefined
  /** A small version: fewer sizes, fewer runs. */
  readonly quick: boolean
  readonly seed: number
}

/** What came out. Everything in here is the same for the same seed, whatever the machine. */
export interface Findings {
  readonly title: string
  readonly intro: string
  /** What the report shows, pictures and tables. */
  readonly sections: readonly ReportSection[]
  /** One line of JSON each. */
  readonly rows: readonly object[]
  readonly traces: readonly NamedTrace[]
  /** What is printed. */
  readonly summary: readonly string[]
  /** What is not as theory says, one sentence each. */
  readonly surprises: readonly string[]
}

/** One question, answered by sweeps, searches or simulations. A new one is one file here and one line in `studies`. */
export interface Study {
  readonly name: string
  /** The question, in one sentence. */
  readonly about: string
  readonly run: (context: StudyContext) => Promise<Findings>
}

/** Measures at all points at once, which are worked on together where that is done somewhere else. */
export async function measureEach<P, M>(
  points: readonly P[],
  { progress }: Pick<StudyContext, 'progress'>,
  noteOf: (point: P) => string,
  measured: (point: P, index: number) => Promise<M>,
): Promise<M[]> {
  const bar = progress(points.length, 'points')
  try {
    const measurements = points.map((point, i) => {
      bar.update(i, noteOf(point))
      return measured(point, i)
    })
    return await Promise.all(measurements)
  } finally {
    bar.stop()
  }
}
