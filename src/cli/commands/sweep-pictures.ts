import { join, resolve } from 'node:path'
import { UsageError } from '../../model/index.ts'
import type { SweepReport } from '../../report/text/sweep-report.ts'
import type { FindSubject } from '../../trace/index.ts'
import { saveFile } from '../files/save-file.ts'
import type { Output } from '../terminal/io.ts'
import { progress } from '../terminal/progress.ts'

export const PAGE = 'report.html'

/**
 * Looks for what draws before a sweep begins, which may take hours.
 * @throws UsageError where it is not installed
 */
export async function assertSweepPictures(): Promise<void> {
  const plots = await import('../../report/plots/index.ts')
  await plots.assertPictures().catch((error: Error) => {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(error.message, `${error.suggestion}; or sweep --without-pictures`)
  })
}

/** Every picture as SVG and PNG, with its numbers, and one page with all of them. */
export async function savePictures(report: SweepReport, output: Output, findSubject: FindSubject): Promise<void> {
  // Drawing takes its libraries, which nobody else waits for.
  const { sweepPlots } = await import('../../report/plots/sweep-plots.ts')
  const { sweepPage } = await import('../../report/pages/sweep-page.ts')
  const { png } = await import('../../report/plots/index.ts')
  const folder = resolve(output.io.cwd, report.folder)
  const pictures = await sweepPlots(report)
  const plots = pictures.flatMap((one) => one.plots)
  const bar = progress(output, plots.length, 'pictures')
  try {
    for (const [i, { name, svg, csv }] of plots.entries()) {
      await saveFile(join(folder, `${name}.svg`), svg)
      await saveFile(join(folder, `${name}.csv`), csv)
      await saveFile(join(folder, `${name}.png`), await png(svg))
      bar.update(i + 1)
    }
  } finally {
    bar.stop()
  }
  const { saveTracePages } = await import('./trace-pages.ts')
  await saveTracePages(join(folder, 'traces'), findSubject)
  await saveFile(join(folder, PAGE), sweepPage(report, pictures))
}
