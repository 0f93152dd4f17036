import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { shardsIn } from '../../src/campaign/journal.ts'
import { emptyFolder, turncoat } from '../cli/world.ts'

const FOLDER = join(import.meta.dirname, '../../examples/campaign')
/** What the machine puts in the place of its number, and what stands around it. */
const INDEX = /\$SLURM_ARRAY_TASK_ID|\$\(\(JOB_COMPLETION_INDEX \+ 1\)\)|\$\{\{ matrix\.index \}\}/g

/** The one line that each machine runs, as the first one would. */
function command(file: string): string[] {
  const text = readFileSync(join(FOLDER, file), 'utf8').replace(/\\\n/g, ' ')
  const [found] = text.replace(INDEX, '1').match(/(?<=npx turncoat )campaign run[\s\S]*?\.jsonl/) ?? []
  return found!.replaceAll('"', '').split(/\s+/)
}

test.each(readdirSync(FOLDER))('examples/campaign/%s is a campaign that this version understands', async (file) => {
  // Two claims' worth of runs would take an hour: one block is enough to see that every word is understood.
  const argv = command(file).map((word, i, all) => {
    if (all[i - 1] === '--runs') return '20'
    if (all[i - 1] === '--out') return 'shard.jsonl'
    return all[i - 1] === '--workers' ? '1' : word
  })
  const folder = emptyFolder()
  const { code, stderr, stdout } = await turncoat(folder, argv)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/machine 1 of (100|8): 1 shard done/)
  expect(shardsIn(readFileSync(join(folder, 'shard.jsonl'), 'utf8'), 'shard.jsonl')?.answers.size).toBe(1)
})
