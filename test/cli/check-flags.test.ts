import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { searching } from './check-stub.ts'
import { emptyFolder, turncoat } from './world.ts'

test('flags reach the search; the guards against vacuity do too', async () => {
  const own = searching()
  const asked = async (...flags: string[]) => {
    const ran = await turncoat(emptyFolder(), ['check', 'bracha', '--byzantine', '0', ...flags], own)
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    return { request: own.requests.at(-1)!, again: ran.stdout.match(/^again: .*$/m)![0] }
  }
  const plain = (await asked()).request
  expect(plain).toMatchObject({ without: [], maxStates: 5_000_000, maxUniverse: 5_000 })
  expect(plain.claims.map(({ kind }) => kind)).toContain('sometimes')
  expect((await asked('--no-reduction')).request.without).toEqual(REDUCTIONS)
  expect((await asked('--no-reduction')).again).toBe('again: turncoat check bracha --byzantine 0 --no-reduction')
  expect((await asked('--without', 'symmetry,forget')).request.without).toEqual(['forget', 'symmetry'])
  expect((await asked('--without', 'quotient', '--without', 'lazy')).request.without).toEqual(['quotient', 'lazy'])
  const sized = await asked('--max-states', '7', '--max-universe', '8', '--time', '9s')
  expect(sized.request).toMatchObject({ maxStates: 7, maxUniverse: 8 })
  expect(sized.again).toBe('again: turncoat check bracha --byzantine 0 --max-states 7 --max-universe 8')
})

test.each([
  ['a mistyped pass', ['--without', 'quotent'], /there is no pass called quotent; did you mean quotient\?/],
  [
    'a pass that nothing is like',
    ['--without', 'lazy,xyzzy'],
    /no pass called xyzzy; known are by-slot, quotient, forget/,
  ],
  ['a pass that makes the tables', ['--without', 'close'], /close is how the tables are made; switch off any of/],
  ['a mistyped flag', ['--no-reductions'], /--no-reductions.*Did you mean --no-reduction/],
  ['no states at all', ['--max-states', '0'], /whole number/],
  ['no time', ['--time', 'soon'], /--time.*30s/],
  ['an unknown claim', ['--claim', 'agrement'], /did you mean agreement\?/],
  ['a bound that the protocol has not', ['--views', '3'], /no bound called views/],
  ['a flag of fuzz', ['--runs', '3'], /unknown option '--runs'/],
  ['a place where nothing can be written', ['--out', 'there/x.json'], /nothing can be written to there/],
])('%s: one paragraph and exit 2, before any search', async (_, flags, says) => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'there'), 'a file, and no folder')
  const own = searching()
  const ran = await turncoat(folder, ['check', 'bracha', '--byzantine', '0', ...flags], own)
  expect(ran).toMatchObject({ code: 2, stdout: '', files: ['there'] })
  expect(ran.stderr).toMatch(says)
  expect(ran.stderr).toMatch(/^turncoat: [^\n]+\n$/)
  expect(own.requests).toEqual([])
})
