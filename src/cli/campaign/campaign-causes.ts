import { join } from 'node:path'
import { encode } from '../../trace/encode.ts'
import { traceOf } from '../../trace/violation-trace.ts'
import { saveFile } from '../files/save-file.ts'
import { fileName } from '../files/trace-files.ts'
import type { FoundCauses } from './campaign-engines.ts'

/** The list of causes, and the folder of their traces. */
const LIST = 'causes.json'
const FOLDER = 'causes'

/**
 * Writes one violation of each cause, as short as its shard has made it, and a list of them.
 * @param command what finds them again
 */
export async function writeCauses(
  { campaign, resolved, causes }: FoundCauses,
  command: string,
  folder: string,
): Promise<void> {
  if (causes.length === 0) return
  const names = new Set<string>()
  const list: object[] = []
  for (const { cause, first, windows } of causes) {
    const { claim, found, ...shrunk } = first
    const trace = traceOf(resolved.protocol, claim, shrunk, {
      ...{ command, seed: campaign.seed, run: found.run, strategy: found.strategies, scheduler: found.scheduler },
      stepsBeforeShrinking: found.steps,
    })
    const usual = fileName(trace)
    let name = usual
    for (let i = 2; names.has(name); i++) name = usual.replace(/\.json$/, `-${i}.json`)
    names.add(name)
    await saveFile(join(folder, FOLDER, name), encode(trace))
    const { n, byzantine } = shrunk.setting
    list.push({
      ...{ cause, claim, witness: shrunk.witness, n, b: byzantine.length, steps: shrunk.steps.length },
      ...{ firstRun: found.run, windows, trace: `${FOLDER}/${name}` },
    })
  }
  await saveFile(join(folder, LIST), `${JSON.stringify(list, undefined, 2)}\n`)
}
