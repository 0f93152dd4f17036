import { afterAll, expect, test } from 'vitest'
import { strategies } from '../../src/adversary/index.ts'
import { check } from '../../src/check/check.ts'
import { endPrograms, external } from '../../src/external/index.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import type { Campaign } from '../../src/fuzz/campaign/result.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import { type Claim, program as inSetting, invariant, type Program, type Setting } from '../../src/model/index.ts'
import { apply, configure, type Step, start } from '../../src/system/index.ts'

afterAll(endPrograms)

interface Vote {
  state: object
  message: { type: 'VOTE'; value: string }
  output: { decided: string }
  rules: () => { quorum: number }
}

const voting = (way: string, quorum = 3) =>
  external<Vote>({
    ...{ name: 'voting', about: 'Votes.', messages: ['VOTE'], input: true, stateful: true },
    rules: () => ({ quorum }),
    defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: { 0: ['a'], 1: ['b'] }, bounds: { repeats: 1 } }),
    command: [process.execPath, 'keeping.mjs', way],
    cwd: import.meta.url,
  })

const claims: Claim<any>[] = [
  invariant({ name: 'agreement', about: 'One value.' }, ({ outputs }) => {
    const values = new Set(outputs.map(({ output }) => output.decided))
    return values.size > 1 ? [...values].join(' and ') : undefined
  }),
]

function checked(way: string, quorum?: number) {
  const protocol = voting(way, quorum)
  const program = inSetting(protocol, configure(protocol, { n: 4, byzantine: [] })[0]!)
  const { claims: judged, states } = check({ program, claims })
  const { verdict, steps, shortest } = judged.find(({ claim }) => claim === 'agreement')!
  return { program, steps, found: { verdict, states, length: steps?.length, shortest } }
}

test('a program that keeps its state is checked by its digest, and by snapshots, with the same result', () => {
  const { found } = checked('digest')
  expect(found.verdict).toBe('holds')
  expect(found.states).toBeGreaterThan(10)
  expect(checked('snapshots').found).toEqual(found)
})

test.each(['digest', 'snapshots'])('a %s that leaves something out makes one state of two, and is refused', (way) => {
  expect(() => checked(`${way}:forgets a vote`)).toThrow(/in two states with one digest or snapshot it does two things/)
})

/** The run again, where nothing is known of the one before: what is decided at its end. */
async function decidedAgain(program: Program, steps: readonly Step[]): Promise<Set<string>> {
  await endPrograms()
  const end = steps.reduce((system, step) => apply(program, system, step), start(program))
  return new Set(end.outputs.flat().map((output) => (output as { decided: string }).decided))
}

test.each(['digest', 'snapshots'])('its violation is found, and happens again in other processes (%s)', async (way) => {
  const { found, program, steps } = checked(way, 2)
  expect(found).toMatchObject({ verdict: 'violated', shortest: 'certified' })
  expect(await decidedAgain(program, steps!)).toEqual(new Set(['a', 'b']))
})

/** What the fuzzer finds: the steps to two decisions. */
async function fuzzed(protocol: ReturnType<typeof voting>, settings: readonly Setting[]): Promise<readonly Step[]> {
  const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name)
  const campaign: Campaign = {
    ...{ subject: 'voting', settings, claims: ['agreement'], runs: 40, firstRun: 0, seed: 1, maxSteps: 40 },
    ...{ strategies: names(strategies), schedulers: names(choosers) },
  }
  const { claims: judged } = await runHere(campaign, protocol, claims, {})
  return judged.find(({ claim }) => claim === 'agreement')!.found!.steps
}

test('a program that tells nothing of its state is searched by running it again', async () => {
  const protocol = voting('not at all', 2)
  const settings = configure(protocol, { n: 4, byzantine: [] })
  const steps = await fuzzed(protocol, settings)
  expect(await decidedAgain(inSetting(protocol, settings[0]!), steps)).toEqual(new Set(['a', 'b']))
})

test('a Byzantine replica needs no model: it says what the program could say', async () => {
  const protocol = voting('digest', 2)
  // Nobody correct says b by itself.
  const settings = configure(protocol, { n: 4, byzantine: [3], auth: 'channels', inputs: { 0: ['a'] } })
  const steps = await fuzzed(protocol, settings)
  expect(steps.some((step) => 'on' in step && step.on.from === 3)).toBe(true)
  expect(await decidedAgain(inSetting(protocol, settings[0]!), steps)).toEqual(new Set(['a', 'b']))
})
