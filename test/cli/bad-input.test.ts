import { closeSync, copyFileSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { engines } from '../../src/cli/workers/own-engines.ts'
import { HarnessError } from '../../src/model/index.ts'
import { emptyFolder, QUICK, turncoat } from './world.ts'

let sound: string

beforeAll(async () => {
  const folder = emptyFolder()
  const ran = await turncoat(folder, ['fuzz', 'bracha/deliver-one', '--claim', 'agreement', ...QUICK])
  sound = readFileSync(join(folder, ran.files.find((file) => file.endsWith('.json'))!), 'utf8')
})

/** One paragraph on the error stream, nothing on the other, nothing written. */
async function refuses(argv: readonly string[], code: number, says: RegExp, folder = emptyFolder()): Promise<void> {
  const before = (await turncoat(folder, ['list', '--quiet'])).files
  const ran = await turncoat(folder, argv)
  expect(ran.stderr).toMatch(says)
  expect(ran.stderr).toMatch(/^turncoat: [^\n]+\n$/)
  expect(ran.stderr.length).toBeLessThan(1_000)
  expect(ran.stdout).toBe('')
  expect(ran.code).toBe(code)
  expect(ran.files).toEqual(before)
}

test.each([
  ['a mistyped flag', ['fuzz', 'bracha', '--runz', '3'], /--runz.*Did you mean --runs/],
  ['a flag that nothing is like', ['fuzz', 'bracha', '--xyzzyxyzzy'], /unknown option.*turncoat fuzz --help/],
  ['a mistyped command', ['fuz', 'bracha'], /fuz.*Did you mean fuzz/],
  ['no subject', ['fuzz'], /no subject/],
  ['two subjects', ['fuzz', 'bracha', 'pbft'], /too many arguments/],
  ['an unknown protocol', ['fuzz', 'brahca'], /no protocol called brahca; did you mean bracha\?/],
  ['an unknown variant', ['fuzz', 'bracha/echo-twoo'], /did you mean bracha\/echo-two\?/],
  ['an unknown claim', ['fuzz', 'bracha', '--claim', 'agrement'], /did you mean agreement\?/],
  ['an unknown strategy', ['fuzz', 'bracha', '--strategy', 'eco'], /no strategy called eco; did you mean echo\?/],
  ['an unknown scheduler', ['fuzz', 'bracha', '--scheduler', 'poss'], /no scheduler called poss; did you mean pos\?/],
  ['b above n', ['fuzz', 'bracha', '--n', '4', '--b', '5'], /b is 5; give a whole number from 0 to 4/],
  ['a Byzantine id above n', ['fuzz', 'bracha', '--byzantine', '9'], /participant 9/],
  ['both ways to say who is Byzantine', ['fuzz', 'bracha', '--b', '1', '--byzantine', '2'], /give one of the two/],
  ['no number', ['fuzz', 'bracha', '--n', 'four'], /--n.*four.*whole number/],
  ['a negative number', ['fuzz', 'bracha', '--runs', '-3'], /whole number/],
  ['half a run', ['fuzz', 'bracha', '--runs', '1.5'], /whole number/],
  [
    'an unknown authentication',
    ['fuzz', 'bracha', '--auth', 'magic'],
    /Allowed choices are signatures, channels, none/,
  ],
  ['an unknown network', ['fuzz', 'bracha', '--network', 'loose'], /loose/],
  ['a bound that the protocol has not', ['fuzz', 'bracha', '--views', '3'], /no bound called views/],
  ['an input that is no value', ['fuzz', 'bracha', '--inputs', 'r0=z'], /input z/],
  ['clients where there are none', ['fuzz', 'bracha', '--clients', '1'], /models no clients/],
  ['a file that is not there', ['fuzz', './nothing.ts'], /no file \.\/nothing\.ts/],
  ['a trace that is not there', ['replay', 'nothing.json'], /no file nothing\.json/],
  ['a folder for a trace', ['replay', '.'], /is not a file/],
])('%s: one paragraph and exit 2', async (_, argv, says) => {
  await refuses(argv, 2, says)
})

test('in JSON mode the error is one object too', async () => {
  const ran = await turncoat(emptyFolder(), ['fuzz', 'brahca', '--json'])
  expect(ran.code).toBe(2)
  expect(JSON.parse(ran.stdout).error).toMatchObject({ kind: 'usage', suggestion: 'did you mean bracha?' })
})

/** A folder with one trace that somebody has changed. */
function withTrace(change: (text: string) => string): string {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'trace.json'), change(sound))
  return folder
}

test.each<[string, (text: string) => string, number, RegExp]>([
  ['cut off', (text) => text.slice(0, text.length / 2), 2, /trace\.json: .*cut off/],
  ['empty', () => '', 2, /trace\.json/],
  ['no JSON', () => 'hello', 2, /trace\.json/],
  ['nested 10,000 deep', () => '['.repeat(10_000) + ']'.repeat(10_000), 2, /nested/],
  ['of a future version', (text) => text.replace('"turncoat": 2', '"turncoat": 99'), 2, /format 99/],
  ['with a dangerous key', (text) => text.replace('"title"', '"__proto__": {}, "title"'), 2, /__proto__/],
  [
    'for a protocol that is gone',
    (text) => text.replace('"bracha"', '"brachiosaurus"'),
    2,
    /brachiosaurus.*does not exist/,
  ],
  ['for a variant that is gone', (text) => text.replace('"deliver-one"', '"deliver-two"'), 2, /deliver-two/],
  ['for a claim that is gone', (text) => text.replace('"claim": "agreement"', '"claim": "harmony"'), 2, /harmony/],
  ['with a setting that makes no sense', (text) => text.replace('"n":4', '"n":400'), 2, /setting/],
  ['with a flag for a number', (text) => text.replace('"n":4', '"n":true'), 2, /setting\.n/],
])('a trace %s is refused by replay, show and shrink', async (_, change, code, says) => {
  for (const command of ['replay', 'show', 'shrink'])
    await refuses([command, 'trace.json'], code, says, withTrace(change))
})

test('a trace that was edited by hand parts: exit 1, the step, what was expected, what is possible, what to run', async () => {
  const digest = /"digest":"[0-9a-f]{16}"/
  const folder = withTrace((text) => text.replace(digest, '"digest":"0000000000000000"'))
  const before = readFileSync(join(folder, 'trace.json'), 'utf8')
  const ran = await turncoat(folder, ['replay', 'trace.json'])
  expect(ran.code).toBe(1)
  expect(ran.stdout).toMatch(/diverged {3}trace\.json: at step 1/)
  expect(ran.stdout).toContain('expected: 0000000000000000')
  expect(ran.stdout).toContain('possible at step 1')
  expect(ran.stdout).toContain('turncoat fuzz bracha/deliver-one')
  for (const command of ['show', 'shrink']) expect((await turncoat(folder, [command, 'trace.json'])).code).toBe(1)
  expect(readFileSync(join(folder, 'trace.json'), 'utf8')).toBe(before)
})

test('a file of 100 MB is refused before it is read', async () => {
  const folder = emptyFolder()
  const file = openSync(join(folder, 'huge.json'), 'w')
  ftruncateSync(file, 100_000_000)
  closeSync(file)
  await refuses(['replay', 'huge.json'], 2, /100 MB/, folder)
})

test('bytes that are no text are refused', async () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'bytes.json'), Buffer.from([0xff, 0xfe, 0x00, 0x80]))
  await refuses(['replay', 'bytes.json'], 2, /not UTF-8/, folder)
})

test('one bad file does not keep the others from being replayed; the worst decides', async () => {
  const folder = withTrace((text) => text)
  writeFileSync(join(folder, 'bad.json'), '{}')
  const ran = await turncoat(folder, ['replay', 'bad.json', 'trace.json'])
  expect(ran.code).toBe(2)
  expect(ran.stdout).toContain('reproduced trace.json')
})

test.each([
  ['no-protocol.ts', 'export const claims = []\n', /exports no `protocol`/],
  ['no-object.ts', 'export const protocol = 3\nexport const claims = []\n', /`protocol` is not a protocol/],
  ['throws.ts', "const answer: number = 42\nthrow new Error('kaboom')\n", /cannot be loaded: kaboom/],
  ['throws.js', "throw new Error('kaboom')\n", /cannot be loaded: kaboom/],
  ['broken.ts', 'export const protocol = {{{\n', /cannot be loaded/],
])('a file %s that is no protocol is refused, and named', async (name, text, says) => {
  const folder = emptyFolder()
  writeFileSync(join(folder, name), text)
  await refuses(['fuzz', `./${name}`], 2, new RegExp(`${name.replace('.', '\\.')}.*${says.source}`), folder)
})

test('a file without claims is refused', async () => {
  const folder = emptyFolder()
  const model = join(import.meta.dirname, '../../src/model/index.ts')
  copyFileSync(join(import.meta.dirname, 'files/first-wins.ts'), join(folder, 'x.ts'))
  const text = readFileSync(join(folder, 'x.ts'), 'utf8').replace('../../../src/model/index.ts', model)
  writeFileSync(join(folder, 'x.ts'), text.replace('export const claims', 'export const promises'))
  await refuses(['fuzz', './x.ts'], 2, /x\.ts exports no `claims`/, folder)
})

test.each([
  ['a contradiction of ours', new HarnessError('two engines disagree'), /contradicts itself.*disagree.*report/],
  ['an exception nobody expected', new TypeError('x is not a function'), /failed: TypeError: x is not.*report/],
])('%s: exit 3, how to report it, and the command', async (_, error, says) => {
  const own = { ...engines, runCampaign: () => Promise.reject(error) }
  const ran = await turncoat(emptyFolder(), ['fuzz', 'bracha', '--n', '4'], own)
  expect(ran.code).toBe(3)
  expect(ran.stderr).toMatch(says)
  expect(ran.stderr).toContain('turncoat fuzz bracha --n 4')
  expect(ran.stderr).toMatch(/^turncoat: [^\n]+\n$/)
})

test('a place where nothing can be written is refused before the search', async () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'there'), 'a file, and no folder')
  const own = { ...engines, runCampaign: () => Promise.reject(new TypeError('searched all the same')) }
  for (const place of ['there', 'there/deeper', 'there/trace.json']) {
    const ran = await turncoat(folder, ['fuzz', 'bracha', '--out', place], own)
    expect(ran).toMatchObject({ code: 2, files: ['there'] })
    expect(ran.stderr).toContain(`nothing can be written to ${place}: there is not a folder; name another place`)
  }
})

test('a file outside that cannot find this package: how to install it', async () => {
  const folder = emptyFolder()
  writeFileSync(
    join(folder, 'mine.ts'),
    "import { defineProtocol } from 'turncoat'\nexport const protocol = defineProtocol\n",
  )
  const root = join(import.meta.dirname, '../..')
  const ran = await turncoat(folder, ['fuzz', './mine.ts'])
  expect(ran.code).toBe(2)
  expect(ran.stderr).toContain(`install this package beside it: cd ${folder} && npm install ${root}\n`)
})
