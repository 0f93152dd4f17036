import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pageOfTrace, tracePage } from '../../report/pages/trace-page.ts'
import { stepList } from '../../report/text/step-list.ts'
import type { FindSubject } from '../../trace/index.ts'
import { view } from '../../view/view.ts'
import { saveFile } from '../files/save-file.ts'
import { readTrace } from '../files/trace-files.ts'
import { factsOfTrace, rerun } from './trace-facts.ts'

/**
 * Writes a page beside each trace of a folder, which the report of the folder links to.
 * @returns how many there are
 */
export async function saveTracePages(folder: string, findSubject: FindSubject): Promise<number> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort()
  for (const file of files) {
    const one = rerun(await readTrace(join(folder, file), '/'), findSubject)
    const run = view(one, { truths: true, healed: true })
    const steps = stepList(factsOfTrace(one).steps)
    await saveFile(join(folder, pageOfTrace(file)), tracePage(run, steps, basename(file)))
  }
  return files.length
}
