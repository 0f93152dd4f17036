import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { endPrograms } from '../../src/external/index.ts'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { ADAPTERS, adapters, lacking, MODEL } from './adapters.ts'

afterAll(endPrograms)

const CHECK = ['--claim', 'agreement', '--byzantine', '1', '--json']

/** What `check` found, but for what depends on how messages are read and on the clock. */
async function checked(file: string) {
  const { stdout, code } = await turncoat(emptyFolder(), ['check', file, ...CHECK])
  const { claims, states, transitions } = JSON.parse(stdout)
  return {
    ...{ code, states, transitions },
    claims: claims.map(({ claim, verdict, steps, deliveries, shortest }: any) => ({
      ...{ claim, verdict, steps, deliveries, shortest },
    })),
  }
}

/** The same of the model, searched once for all languages. */
const models = new Map<string, ReturnType<typeof checked>>()
function checkedModel(variant: string): ReturnType<typeof checked> {
  const known = models.get(variant) ?? checked(`${MODEL}${variant}`)
  models.set(variant, known)
  return known
}

describe.each(adapters)('the register in $language', (adapter) => {
  const missing = lacking(adapter)
  if (missing) {
    test.skip(`${adapter.language}: ${missing}`)
    return
  }
  const file = join(ADAPTERS, adapter.file)

  test('is proved as the model is, with as many states and transitions', async () => {
    const found = await checked(file)
    expect(found).toEqual(await checkedModel(''))
    expect(found.claims[0]).toMatchObject({ claim: 'agreement', verdict: 'holds' })
    expect(found.states).toBeGreaterThan(100)
  })

  test('with its planted bug breaks in as few steps as the model does', async () => {
    const found = await checked(`${file}/forgets-its-lock`)
    expect(found).toEqual(await checkedModel('/forgets-its-lock'))
    expect(found.claims[0]).toMatchObject({ verdict: 'violated', shortest: 'certified', steps: 12 })
  })

  test('has its planted bug found by fuzz, shrunk, and replayed by other processes', async () => {
    const folder = emptyFolder()
    const subject = `${file}/forgets-its-lock`
    const fuzzed = await turncoat(folder, [
      'fuzz',
      subject,
      '--claim',
      'agreement',
      '--runs',
      '3000',
      '--workers',
      '1',
      '--json',
    ])
    const [{ verdict, trace, steps, rawSteps }] = JSON.parse(fuzzed.stdout).claims
    expect(verdict).toBe('violated')
    expect(steps).toBeLessThanOrEqual(rawSteps)
    await endPrograms()
    const replayed = await turncoat(folder, ['replay', trace, '--subject', file])
    expect(replayed).toMatchObject({ code: 0 })
    // The program without the bug does something else with the same events.
    const mended = JSON.parse(readFileSync(join(folder, trace), 'utf8'))
    expect(mended.variant).toBe('forgets-its-lock')
  })
  test('is proved to do what the model does, and its planted bug is where they part', async () => {
    const against = (subject: string) => ['check', `${MODEL} against ${subject}`, '--byzantine', '1', '--json']
    const same = JSON.parse((await turncoat(emptyFolder(), against(file))).stdout)
    expect(same.claims[0]).toMatchObject({ claim: 'conforms', verdict: 'holds' })
    const other = JSON.parse((await turncoat(emptyFolder(), against(`${file}/forgets-its-lock`))).stdout)
    expect(other.claims[0]).toMatchObject({ claim: 'conforms', verdict: 'violated', shortest: 'certified', steps: 4 })
    expect(other.claims[0].witness).toMatch(/timeout view: the model sends .*"locked":{.*, the program .*"locked":null/)
  })
})
