import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { installedFrom } from '../../src/cli/commands/init.ts'
import { emptyFolder, turncoat } from './world.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const FILES = [
  '.github/workflows/test.yml',
  '.gitignore',
  'broadcast.test.ts',
  'broadcast.ts',
  'package.json',
  'tsconfig.json',
]

test('init makes a folder and says how to go on', async () => {
  const folder = emptyFolder()
  const ran = await turncoat(folder, ['init', 'deep/My Protocol'])
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  expect(ran.stdout).toMatch(/next:\n {2}cd 'deep\/My Protocol'\n {2}npm install\n {2}npm test\n/)
  const made = join(folder, 'deep/My Protocol')
  expect(ran.files.filter((name) => FILES.some((file) => name.endsWith(`/${file}`)))).toHaveLength(FILES.length)
  expect(readFileSync(join(made, '.gitignore'), 'utf8')).toContain('out/')
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const { vitest, typescript } = devDependencies
  expect(JSON.parse(readFileSync(join(made, 'package.json'), 'utf8'))).toMatchObject({
    name: 'my-protocol',
    type: 'module',
    dependencies: { turncoat: `file:${ROOT}` },
    devDependencies: { vitest, typescript },
  })
})

test('without a name the current folder is filled, and --json prints one object', async () => {
  const folder = emptyFolder()
  const { code, stdout } = await turncoat(folder, ['init', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ command: 'init', folder, files: FILES })
  expect(JSON.parse(stdout).next[0]).toBe('npm install')
})

test.each([
  ['a folder with a file in it', 'full', 'is not empty: there is mine.txt in it'],
  ['a file', 'full/mine.txt', 'is not a folder'],
  ['nothing', '', 'the folder has no name'],
  ['a folder below a file', 'full/mine.txt/deep', 'cannot be written'],
])('%s is refused, and stays as it is', async (_, name, why) => {
  const folder = emptyFolder()
  mkdirSync(join(folder, 'full'))
  writeFileSync(join(folder, 'full/mine.txt'), 'mine')
  const ran = await turncoat(folder, ['init', name])
  expect(ran.code).toBe(2)
  expect(ran.stderr).toContain(why)
  expect(ran.files).toEqual(['full', 'full/mine.txt'])
  expect(readFileSync(join(folder, 'full/mine.txt'), 'utf8')).toBe('mine')
})

test('the package that is installed is found where it came from', () => {
  const project = emptyFolder()
  const inside = join(project, 'node_modules/turncoat')
  const installed = (dependencies: object | undefined): string => {
    writeFileSync(join(project, 'package.json'), JSON.stringify({ dependencies }))
    return installedFrom(inside)
  }
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(installedFrom(inside)).toBe(version)
  expect(installed(undefined)).toBe(version)
  expect(installed({ turncoat: '^0.1.0' })).toBe(version)
  expect(installed({ turncoat: 'file:../turncoat.tgz' })).toBe(`file:${resolve(project, '../turncoat.tgz')}`)
  expect(installed({ turncoat: 'https://example.org/turncoat.tgz' })).toBe('https://example.org/turncoat.tgz')
  expect(installedFrom(ROOT)).toBe(`file:${ROOT}`)
})

test('what is copied is what the package has in its list of files', () => {
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(files).toContain('templates')
  expect(readdirSync(join(ROOT, 'templates')).filter((name) => name.startsWith('.'))).toEqual([])
})
