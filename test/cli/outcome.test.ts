import { expect, test } from 'vitest'
import { asOutcome, settled } from '../../src/cli/workers/outcome.ts'
import { HarnessError, UsageError } from '../../src/model/index.ts'

/** There and back, as between two threads. */
async function across(work: () => Promise<number>): Promise<number> {
  return settled(structuredClone(await asOutcome(work)))
}

test('a value comes across', async () => {
  expect(await across(async () => 7)).toBe(7)
})

test('a mistake of the user keeps its class, its suggestion and where it came from', async () => {
  const error = new UsageError('no set', 'keep a list')
  const met = await across(() => Promise.reject(error)).catch((caught) => caught)
  expect(met).toBeInstanceOf(UsageError)
  expect(met).toMatchObject({ message: 'no set', suggestion: 'keep a list', stack: error.stack })
})

test('a bug of ours stays one, also where another copy of the class threw it', async () => {
  class Other extends Error {
    override readonly name = 'HarnessError'
  }
  for (const error of [new HarnessError('two engines disagree'), new Other('two engines disagree')]) {
    const met = await across(() => Promise.reject(error)).catch((caught) => caught)
    expect(met).toBeInstanceOf(HarnessError)
    expect(met.message).toBe('two engines disagree')
  }
})

test('what nobody expected is thrown on the spot', async () => {
  await expect(asOutcome(() => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError)
})
