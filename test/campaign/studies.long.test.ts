import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { emptyFolder } from '../cli/world.ts'
import { made, started } from './processes.ts'

const folder = emptyFolder()
const go = (...argv: string[]) => started(folder, argv).done
vi.setConfig({ testTimeout: 300_000 })

/** What the study itself writes; the campaign adds its result, and is told of another folder. */
function files(of: string): Record<string, string> {
  const all = Object.entries(made(join(folder, of))).filter(([name]) => name !== '/result.json')
  return Object.fromEntries(all)
}

test.each(['why-3f-plus-1', 'partitions'])('two machines make of the study %s what one command makes', async (name) => {
  const study = ['study', name, '--quick']
  const alone = await go(...study, '--out', `alone ${name}`, '--quiet')
  expect(alone).toMatchObject({ code: 0, stderr: '' })
  for (const i of [1, 2]) {
    const turn = ['--shard', `${i}/2`, '--out', `${name}-${i}.jsonl`, '--quiet']
    expect(await go('campaign', 'run', ...study, ...turn)).toMatchObject({ code: 0, stderr: '' })
  }
  const half = await go('campaign', 'merge', `${name}-1.jsonl`, '--out', 'half')
  expect(half).toMatchObject({ code: 2, stderr: expect.stringContaining('let 2/2 run again') })
  const merged = await go('campaign', 'merge', `${name}-1.jsonl`, `${name}-2.jsonl`, '--out', `both ${name}`, '--quiet')
  expect(merged).toMatchObject({ code: 0, stderr: '' })
  expect(Object.keys(files(`alone ${name}`)).length).toBeGreaterThan(4)
  expect(files(`both ${name}`)).toEqual(files(`alone ${name}`))
})
