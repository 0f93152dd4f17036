import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { made } from './processes.ts'

const folder = emptyFolder()
const campaign = (...words: string[]) => turncoat(folder, ['campaign', ...words])

describe('a sweep on two machines', () => {
  const SWEEP = ['sweep', 'pbft/quorum-2f-plus-1', '--n', '5', '--b', '0..2', '--views', '1', '--runs', '4']
  const MORE = ['--claim', 'agreement', '--max-states', '0', '--boundary', '1', '--trials', '1', '--without-pictures']

  test('takes two rounds, and its bytes are those of one', async () => {
    expect((await campaign('run', ...SWEEP, ...MORE, '--out', 'sweep', '--quiet')).code).toBe(1)
    const out = (round: number, i: number): string => `sweep-${round}-${i}.jsonl`
    for (const [round, known] of [
      [1, []],
      [2, ['--with', out(1, 1), out(1, 2)]],
    ] as const) {
      for (const i of [1, 2]) {
        const ran = await campaign('run', ...SWEEP, ...MORE, '--shard', `${i}/2`, '--out', out(round, i), ...known)
        expect(ran).toMatchObject({ code: 0, stderr: '' })
      }
    }
    const first = await campaign('merge', out(1, 1), out(1, 2), '--out', 'first')
    expect(first).toMatchObject({ code: 2, stderr: expect.stringContaining('this is the next round') })
    const all = [1, 2].flatMap((round) => [out(round, 1), out(round, 2)])
    expect(await campaign('merge', ...all, '--out', 'both', '--quiet')).toMatchObject({ code: 1, stderr: '' })
    expect(made(join(folder, 'both'))).toEqual(made(join(folder, 'sweep')))
  })
})

test('a check on two machines says what one says', async () => {
  const CHECK = ['check', 'bracha', '--n', '4', '--b', '1', '--claim', 'agreement']
  expect((await campaign('run', ...CHECK, '--out', 'check', '--quiet')).code).toBe(0)
  for (const i of [1, 2]) await campaign('run', ...CHECK, '--shard', `${i}/2`, '--out', `check-${i}.jsonl`)
  const merged = await campaign('merge', 'check-1.jsonl', 'check-2.jsonl', '--out', 'checked', '--quiet')
  expect(merged).toMatchObject({ code: 0, stderr: '' })
  expect(made(join(folder, 'checked'))).toEqual(made(join(folder, 'check')))
  expect(readFileSync(join(folder, 'check-2.jsonl'), 'utf8').split('\n')).toHaveLength(3)
})
