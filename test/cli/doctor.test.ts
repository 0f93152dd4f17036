import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Computer, thisComputer } from '../../src/cli/commands/computer.ts'
import { diagnosis, isAtLeast, reportFindings } from '../../src/cli/commands/doctor.ts'
import { Output } from '../../src/cli/terminal/io.ts'
import { LONG } from '../tiers.ts'
import { emptyFolder, turncoat } from './world.ts'

const healthy: Computer = {
  node: '22.1.0',
  cores: 8,
  memory: 2 ** 33,
  heap: 2 ** 32,
  manifest: { engines: { node: '>=20.19' }, dependencies: { tsx: '4.0.0' } },
  canLoad: async () => {},
  canLoadTypeScript: async () => {},
  canWrite: async () => {},
}

const without = (...names: string[]): Computer => ({
  ...healthy,
  canLoad: async (name) => {
    if (names.includes(name)) throw new Error(`Cannot find package '${name}'\nRequire stack: many lines`)
  },
})

const broken = async (computer: Computer) => (await diagnosis(computer, '/nowhere')).filter(({ works }) => !works)

test.skipIf(!LONG)('this machine works, and the command changes nothing', async () => {
  const folder = emptyFolder()
  const { code, stdout, stderr, files } = await turncoat(folder, ['doctor'])
  expect({ code, stderr, files }).toEqual({ code: 0, stderr: '', files: [] })
  expect(stdout).toContain(`works    Node: ${process.versions.node}`)
  expect(stdout).toMatch(/works {4}machine: \d+ cores?, /)
  expect(stdout).toMatch(/Turncoat works here\.\n$/)
})

test.skipIf(!LONG)('an out that is not a folder breaks it: exit code 2, the reason, and a remedy', async () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'out'), '')
  const ran = await turncoat(folder, ['doctor', '--quiet'])
  expect(ran.code).toBe(2)
  expect(ran.stdout).toMatch(
    /^BROKEN {3}out\/: .*out is not a folder\n {9}needed for traces and pictures\n {9}go to .*\n$/,
  )
  const json = JSON.parse((await turncoat(folder, ['doctor', '--json'])).stdout)
  expect(json).toMatchObject({ command: 'doctor', works: false })
  expect(json.findings.find(({ works }: { works: boolean }) => !works).name).toBe('out/')
})

test('an out that is there, or is not there yet, will do', async () => {
  const folder = emptyFolder()
  const { canWrite } = thisComputer()
  await canWrite(join(folder, 'not/yet/there'))
  mkdirSync(join(folder, 'out'))
  await canWrite(join(folder, 'out'))
  writeFileSync(join(folder, 'file'), '')
  await expect(canWrite(join(folder, 'file/out'))).rejects.toThrow('file is not a folder')
})

test('nothing is wrong with a healthy machine', async () => {
  expect(await broken(healthy)).toEqual([])
})

test.each([
  ['vega', false, 'npm install vega@6 vega-lite@6'],
  ['@resvg/resvg-js', false, 'npm install @resvg/resvg-js@2'],
  ['ioredis', false, 'npm install bullmq@6 ioredis@6'],
  ['cli-progress', false, 'npm install cli-progress'],
  ['piscina', true, 'npm install piscina'],
])('without %s', async (name, main, remedy) => {
  const [finding, ...others] = await broken(without(name))
  expect(others).toEqual([])
  expect(finding).toMatchObject({ main, remedy, found: `Cannot find package '${name}'` })
})

test('without tsx there are no TypeScript files', async () => {
  const canLoadTypeScript = () => Promise.reject(new Error('no tsx'))
  const [finding] = await broken({ ...healthy, canLoadTypeScript })
  expect(finding).toMatchObject({
    name: 'TypeScript files',
    main: true,
    found: 'no tsx',
    remedy: 'npm install tsx@4.0.0',
  })
})

test('a Node that is too old breaks it', async () => {
  expect(await broken({ ...healthy, node: '20.18.3' })).toMatchObject([{ name: 'Node', main: true }])
})

test.each([
  ['20.19.0', true],
  ['20.19', true],
  ['20.20.2', true],
  ['22.0.0', true],
  ['20.18.9', false],
  ['20.9.0', false],
  ['18.20.0', false],
  ['20', false],
  ['100.1.0', true],
])('version %s is at least 20.19: %s', (version, is) => {
  expect(isAtLeast(version, '20.19')).toBe(is)
})

test('a package that is not there is found to be missing', async () => {
  await expect(thisComputer().canLoad('turncoat-has-no-such-package')).rejects.toThrow(/turncoat-has-no-such-package/)
})

test('a report says what does not work, what for, and what to do; only what most commands need decides', async () => {
  const reported = async (computer: Computer) => {
    const said: string[] = []
    const io = {
      stdout: (text: string) => said.push(text),
      stderr: () => {},
      cwd: '/',
      isTTY: false,
      now: () => 0,
      environment: {},
    }
    return { code: reportFindings(await diagnosis(computer, '/nowhere'), new Output(io, {})), text: said.join('') }
  }
  const optional = await reported(without('vega'))
  expect(optional.code).toBe(0)
  expect(optional.text).toContain(
    "missing  pictures: Cannot find package 'vega'\n         needed for the SVG files of `turncoat sweep` and `turncoat study`\n         npm install vega@6 vega-lite@6\n",
  )
  const main = await reported(without('piscina'))
  expect(main.code).toBe(2)
  expect(main.text).toMatch(/BROKEN {3}threads: [\s\S]*Turncoat does not work here: correct what is BROKEN\.\n$/)
  expect((await reported(healthy)).text).toContain('8 cores, 8.0 GB of memory; a search may fill 4.0 GB')
})
