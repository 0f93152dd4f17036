import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { engines } from '../../src/cli/workers/own-engines.ts'
import { emptyFolder, QUICK, type Ran, turncoat } from './world.ts'

const FUZZ = ['fuzz', 'bracha/deliver-one', '--claim', 'agreement', ...QUICK]
let folder: string
let found: Ran
let trace: string

beforeAll(async () => {
  folder = emptyFolder()
  found = await turncoat(folder, FUZZ)
  trace = found.files.find((file) => file.endsWith('.json')) ?? ''
})

test('fuzz finds, shrinks and saves a violation, and says how to go on', () => {
  expect(found.code).toBe(1)
  expect(found.stdout).toMatch(/violated {2}agreement: r\d decided \w, r\d decided \w/)
  expect(found.stdout).toMatch(/found in run \d+ by strategy .*, \d+ steps? shrunk to \d+/)
  expect(found.stdout).toContain(`turncoat replay ${trace}`)
  expect(found.stdout).toContain('not judged: totality, validity, integrity, liveness')
  expect(found.stdout).toContain(
    'again: turncoat fuzz bracha/deliver-one --claim agreement --byzantine 3 --runs 5 --seed 1',
  )
  expect(found.stderr).toBe('')
  expect(found.files).toEqual(['out', 'out/traces', trace])
})

test('the same search again writes nothing, and keeps a title that somebody gave the trace', async () => {
  const path = join(folder, trace)
  const titled = readFileSync(path, 'utf8').replace(/"title": ".*"/, '"title": "One READY is enough"')
  writeFileSync(path, titled)
  const again = await turncoat(folder, FUZZ)
  expect(again.stdout).toContain('trace is there already')
  expect(again.files).toEqual(found.files)
  expect(readFileSync(path, 'utf8')).toBe(titled)
})

test('another trace of the same name gets a number and overwrites nothing', async () => {
  const other = emptyFolder()
  writeFileSync(join(other, 'x.json'), 'something else')
  const ran = await turncoat(other, [...FUZZ, '--out', 'x.json'])
  expect(ran.files).toEqual(['x-2.json', 'x.json'])
  expect(readFileSync(join(other, 'x.json'), 'utf8')).toBe('something else')
})

test('replay reproduces, with the same digest each time', async () => {
  const once = await turncoat(folder, ['replay', trace, '--json'])
  const twice = await turncoat(folder, ['replay', trace, '--json'])
  expect(once.code).toBe(0)
  expect(once.stdout).toBe(twice.stdout)
  const object = JSON.parse(once.stdout)
  expect(object).toMatchObject({ command: 'replay', trace, reproduced: true, claim: 'agreement' })
  expect(object.digest).toMatch(/^[0-9a-f]{16}$/)
})

test('show tells the steps, marks Byzantine messages, and ends with the witness', async () => {
  const { code, stdout } = await turncoat(folder, ['show', trace])
  expect(code).toBe(0)
  expect(stdout).toContain('(Byzantine)')
  expect(stdout).toMatch(/delivered: null → \w/)
  expect(stdout).toContain('DECIDES')
  expect(stdout).toMatch(/violated agreement: r\d decided/)
  const object = JSON.parse((await turncoat(folder, ['show', trace, '--json'])).stdout)
  expect(object.steps.length).toBeGreaterThan(0)
})

test('shrinking again keeps title and story, and writes elsewhere where it is told to', async () => {
  const other = emptyFolder()
  const path = join(other, 'told.json')
  writeFileSync(
    path,
    readFileSync(join(folder, trace), 'utf8').replace(/"title": ".*"/, '"title": "Told",\n  "story": "Once"'),
  )
  const ran = await turncoat(other, ['shrink', 'told.json', '--json'])
  expect(ran.code).toBe(0)
  expect(JSON.parse(ran.stdout).result).toMatchObject({ title: 'Told', story: 'Once', claim: 'agreement' })
  expect(readFileSync(path, 'utf8')).toContain('"story": "Once"')
  expect((await turncoat(other, ['replay', 'told.json'])).code).toBe(0)
  const before = statSync(path).mtimeMs
  const copied = await turncoat(other, ['shrink', 'told.json', '--out', 'there'])
  expect(copied.files).toContain('there')
  expect(statSync(path).mtimeMs).toBe(before)
})

test('a search that finds nothing says so and writes nothing', async () => {
  const ran = await turncoat(emptyFolder(), ['fuzz', 'bracha', ...QUICK])
  expect(ran.code).toBe(0)
  expect(ran.stdout).toContain('not found agreement: no violation in 5 runs')
  expect(ran.stdout).toContain('this is no proof')
  expect(ran.files).toEqual([])
})

test('a search in which nobody decides is vacuous: exit 4', async () => {
  const ran = await turncoat(emptyFolder(), [
    'fuzz',
    'bracha',
    '--byzantine',
    'none',
    '--inputs',
    'none',
    '--runs',
    '3',
    '--json',
  ])
  expect(ran.code).toBe(4)
  expect(JSON.parse(ran.stdout).claims.map((claim: { verdict: string }) => claim.verdict)).toContain('vacuous')
})

test('--json prints exactly one object, and the rest to the error stream', async () => {
  const ran = await turncoat(folder, [...FUZZ, '--json'])
  expect(ran.stdout.trim().split('\n')).toHaveLength(1)
  const object = JSON.parse(ran.stdout)
  expect(object).toMatchObject({ command: 'fuzz', protocol: 'bracha', variant: 'deliver-one', seed: 1 })
  expect(object.setting).toMatchObject({ n: 4, f: 1, byzantine: [3] })
  expect(object.claims[0]).toMatchObject({ claim: 'agreement', verdict: 'violated', trace })
  expect(ran.stderr).toContain('violated')
})

test('with --time the number of runs is told, and given to the line that repeats it', async () => {
  const asked: number[] = []
  const own = {
    ...engines,
    runCampaign: async (campaign: { runs: number; seed: number }) => {
      asked.push(campaign.runs)
      return { seed: 1, runs: 400, steps: 1, decided: 1, cut: 0, unfinished: 0, neverFired: [], claims: [] }
    },
  }
  const ran = await turncoat(emptyFolder(), ['fuzz', 'bracha', '--time', '1s'], own)
  expect(asked[0]).toBeGreaterThan(1_000_000)
  expect(ran.stdout).toContain('again: turncoat fuzz bracha --runs 400 --seed 1')
})

test('list and show know every subject', async () => {
  const listed = await turncoat(folder, ['list'])
  expect(listed.stdout).toContain('bracha/echo-two')
  expect(listed.stdout).toContain('split-brain')
  const object = JSON.parse((await turncoat(folder, ['list', '--json'])).stdout)
  expect(object.protocols.map(({ name }: { name: string }) => name)).toContain('bracha')
  const shown = await turncoat(folder, ['show', 'bracha', '--n', '7'])
  expect(shown.stdout).toMatch(/echoQuorum +5/)
  const whole = await turncoat(folder, ['show', 'bracha', '--universe'])
  expect(whole.stdout).toContain('Byzantine replicas may send any of these 6 messages')
})

test('help and version are no errors', async () => {
  const help = await turncoat(folder, ['fuzz', '--help'])
  expect(help.code).toBe(0)
  expect(help.stdout).toContain('--byzantine <IDS>')
  const version = await turncoat(folder, ['--version'])
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
})

test("a user's file is searched, its bounds are flags, and its traces replay with --subject", async () => {
  const own = emptyFolder()
  copyFileSync(join(import.meta.dirname, 'files/first-wins.ts'), join(own, 'first-wins.ts'))
  const source = join(import.meta.dirname, '../../src/model/index.ts')
  const path = join(own, 'first-wins.ts')
  writeFileSync(path, readFileSync(path, 'utf8').replace('../../../src/model/index.ts', source))
  const ran = await turncoat(own, ['fuzz', './first-wins.ts', '--rounds', '1', '--runs', '20', '--byzantine', '0'])
  expect(ran.stderr).toBe('')
  expect(ran.code).toBe(1)
  const saved = ran.files.find((file) => file.endsWith('.json'))!
  expect(ran.stdout).toContain(`turncoat replay ${saved} --subject ./first-wins.ts`)
  const unknown = await turncoat(own, ['replay', saved])
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('name that file with --subject') })
  expect((await turncoat(own, ['replay', saved, '--subject', './first-wins.ts'])).code).toBe(0)
})

test("a variant of a user's file is a subject, and its traces replay", async () => {
  const own = emptyFolder()
  const example = join(import.meta.dirname, '../../examples/echo-broadcast.ts')
  const search = ['--claim', 'agreement', '--runs', '200', '--workers', '1']
  const ran = await turncoat(own, ['fuzz', `${example}/f-plus-1`, ...search])
  expect(ran.stderr).toBe('')
  expect(ran.code).toBe(1)
  const saved = ran.files.find((file) => file.endsWith('.json'))!
  expect(ran.stdout).toContain(`turncoat replay ${saved} --subject ${example}\n`)
  expect(ran.stdout).toContain(`again: turncoat fuzz ${example}/f-plus-1 --claim agreement`)
  expect((await turncoat(own, ['replay', saved, '--subject', example])).stdout).toContain('reproduced')
  const mistyped = await turncoat(own, ['fuzz', `${example}/f-plus-2`])
  expect(mistyped.code).toBe(2)
  expect(mistyped.stderr).toContain(`did you mean ${example}/f-plus-1?`)
})

test('help COMMAND is the help of the command, and a typing error gets a suggestion', async () => {
  const folder = emptyFolder()
  const [asked, flag, all, odd] = await Promise.all(
    [['help', 'check'], ['check', '--help'], ['help'], ['help', 'chekc']].map((words) => turncoat(folder, words)),
  )
  expect(asked).toEqual(flag)
  expect(all!.stdout).toContain('check [options] [subject]')
  expect(odd).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('check') })
})

test('list SUBJECT is about one protocol', async () => {
  const ran = await turncoat(emptyFolder(), ['list', 'bracha', '--json'])
  const { protocols, strategies } = JSON.parse(ran.stdout)
  expect(protocols.map(({ name }: { name: string }) => name)).toEqual(['bracha'])
  expect(strategies).toEqual([])
  expect(await turncoat(emptyFolder(), ['list', 'brahca'])).toMatchObject({ code: 2 })
  // Of a file, variants are listed as commands take them.
  const own = await turncoat(emptyFolder(), ['list', resolve('examples/echo-broadcast.ts')])
  expect(own.stdout).toContain(`${resolve('examples/echo-broadcast.ts')}/f-plus-1`)
})

test('--help shows the bounds of the subjects that are named, and of no others', async () => {
  const folder = emptyFolder()
  const [pbft, both, bracha, none] = await Promise.all(
    [['check', 'pbft'], ['sweep', 'pbft', 'ben-or/echo'], ['check', 'bracha'], ['fuzz']].map((words) =>
      turncoat(folder, [...words, '--help']),
    ),
  )
  expect(pbft!.stdout).toContain('--views <K>')
  expect(pbft!.stdout).not.toMatch(/--rounds|--ballots|Bounds are flags too/)
  expect(both!.stdout).toMatch(/--views <K>[\s\S]*--rounds <K>/)
  expect(bracha!.stdout).not.toMatch(/--views <K>|Bounds are flags too/)
  expect(none!.stdout).not.toMatch(/--views <K>/)
  expect(none!.stdout).toContain('Bounds are flags too')
})

test('--help says how far --time goes', async () => {
  const { stdout } = await turncoat(folder, ['fuzz', '--help'])
  expect(stdout.replace(/\s+/g, ' ')).toContain('stop after this time, shrinking included (30s, 2m)')
})
