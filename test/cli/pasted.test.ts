import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { COMMAND_NAMES, callOf, pasted } from '../../src/cli/terminal/pasted.ts'
import { emptyFolder, QUICK, turncoat } from './world.ts'

const GLOBAL = '/usr/local/bin/turncoat'
const npm = (command: string) => ({
  npm_command: command,
  npm_config_user_agent: 'npm/11.19.1 node/v20.20.2 linux x64',
})

test.each([
  ['from the PATH', {}, GLOBAL, 'turncoat'],
  ['by npx', npm('exec'), '/home/me/project/node_modules/.bin/turncoat', 'npx turncoat'],
  ['by npx, which took it from the PATH', npm('exec'), GLOBAL, 'npx turncoat'],
  ['by npm start in the repository', npm('start'), '/home/me/turncoat/dist/src/cli/main.js', 'npx turncoat'],
  ['by a script of a package', npm('run-script'), '/home/me/project/node_modules/.bin/turncoat', 'npx turncoat'],
  ['by an npm that does not say who it is', { npm_command: 'exec' }, GLOBAL, 'npx turncoat'],
  ['by its path', {}, '/home/me/project/node_modules/.bin/turncoat', 'npx turncoat'],
  ['by node', {}, '/home/me/project/node_modules/turncoat/dist/src/cli/main.js', 'npx turncoat'],
  [
    'by pnpm',
    { npm_command: 'exec', npm_config_user_agent: 'pnpm/9.1.0 npm/? node/v20' },
    GLOBAL,
    'pnpm exec turncoat',
  ],
  ['by yarn', { npm_config_user_agent: 'yarn/4.1.0 npm/? node/v20' }, GLOBAL, 'yarn turncoat'],
  ['by bunx', { npm_config_user_agent: 'bun/1.1.0 npm/? node/v20' }, GLOBAL, 'bunx turncoat'],
  ['by what nobody knows', { npm_config_user_agent: 'constructor/1' }, GLOBAL, 'turncoat'],
  ['from a test', npm('test'), '/home/me/project/node_modules/vitest/vitest.mjs', 'npx turncoat'],
])('started %s', (_, environment, script, call) => {
  expect(callOf(environment, script)).toBe(call)
})

test('commands are rewritten, and nothing else is', () => {
  const now = (text: string) => pasted(text, 'npx turncoat')
  for (const command of [...COMMAND_NAMES, 'help']) expect(now(`turncoat ${command}`)).toBe(`npx turncoat ${command}`)
  expect(now('`turncoat list` or "turncoat show x"')).toBe('`npx turncoat list` or "npx turncoat show x"')
  for (const same of [
    ...['turncoat: no such file', 'turncoat failed: x', 'turncoat contradicts itself', 'npx turncoat list'],
    ...[
      'pnpm exec turncoat list',
      'yarn turncoat list',
      'cd my-turncoat list',
      './turncoat list',
      'turncoat checks it',
    ],
  ]) {
    expect(now(same)).toBe(same)
    expect(pasted(now(same), 'pnpm exec turncoat')).toBe(same)
  }
})

/** The command line, started through npx. */
async function throughNpx(cwd: string, ...argv: string[]) {
  let [stdout, stderr, kept] = ['', '', '']
  const code = await run(argv, {
    ...{ cwd, isTTY: false, now: () => 0, environment: {}, call: 'npx turncoat' },
    stdout: (text) => {
      stdout += text
    },
    stderr: (text) => {
      stderr += text
    },
    keep: (known) => {
      kept = known.stdout
    },
  })
  return { code, stdout, stderr, kept }
}

const BROKEN = ['bracha/deliver-one', '--claim', 'agreement', ...QUICK]

test('what is printed can be pasted: results, what is kept of them, help, mistakes', async () => {
  const folder = emptyFolder()
  const found = await throughNpx(folder, 'fuzz', ...BROKEN)
  for (const line of [
    '  replay: npx turncoat replay out/',
    '  read:   npx turncoat show out/',
    '  why:    npx turncoat explain out/',
    'again: npx turncoat fuzz',
  ])
    expect(found.stdout).toContain(`\n${line}`)
  expect(found.kept).toContain('\n  read:   npx turncoat show out/')
  expect((await throughNpx(folder, 'check', '--help')).stdout).toContain('npx turncoat check pbft --help')
  expect((await throughNpx(folder, 'fuzz', 'brahca')).stderr).not.toMatch(/(?<!npx )turncoat [a-z]/)
  expect((await throughNpx(folder, 'fuzz')).stderr).toContain('`npx turncoat list`')
  expect((await throughNpx(folder, 'replay', 'none.json')).stderr).not.toMatch(/(?<!npx )turncoat [a-z]/)
  const script = await throughNpx(folder, 'completion', 'bash')
  expect(script.stdout).toBe((await turncoat(folder, ['completion', 'bash'])).stdout)
})

test('what is saved, and what programs read, does not depend on it', async () => {
  const [here, there] = [emptyFolder(), emptyFolder()]
  const made = await throughNpx(here, 'fuzz', ...BROKEN, '--out', 'a.json', '--json')
  const other = await turncoat(there, ['fuzz', ...BROKEN, '--out', 'a.json', '--json'])
  const timeless = (text: string) => ({ ...JSON.parse(text), seconds: 0 })
  expect(timeless(made.stdout)).toEqual(timeless(other.stdout))
  expect(readFileSync(join(here, 'a.json'))).toEqual(readFileSync(join(there, 'a.json')))
  for (const format of ['mermaid', 'json', 'itf'])
    expect((await throughNpx(here, 'show', 'a.json', '--format', format)).stdout).toBe(
      (await turncoat(there, ['show', 'a.json', '--format', format])).stdout,
    )
  // The button of a page copies what its reader can paste.
  const page = await throughNpx(here, 'show', 'a.json', '--format', 'html')
  expect(page.stdout).toContain('"command":"npx turncoat fuzz bracha/deliver-one')
})
