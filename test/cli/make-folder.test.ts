import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from '../../src/cli/files/make-folder.ts'
import { saveFile } from '../../src/cli/files/save-file.ts'
import { emptyFolder } from './world.ts'

test('a folder is made with those above it, and the first of these is said', async () => {
  const folder = emptyFolder()
  expect(await makeFolder(join(folder, 'a/b/c'))).toBe(join(folder, 'a'))
  expect(await makeFolder(join(folder, 'a/b/c'))).toBeUndefined()
  const both = [makeFolder(join(folder, 'x/y')), makeFolder(join(folder, 'x/y'))]
  await Promise.all(both)
  expect(readdirSync(join(folder, 'x'))).toEqual(['y'])
})

test('what cannot be made leaves nothing', async () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'file'), '')
  await expect(makeFolder(join(folder, 'file/a'))).rejects.toThrow(/EEXIST/)
  await expect(makeFolder(join(folder, 'new', 'n'.repeat(300)))).rejects.toThrow(/ENAMETOOLONG/)
  expect(readdirSync(folder)).toEqual(['file'])
})

// There, a recursive mkdir of Node goes on for ever.
test.runIf(existsSync('/proc/self'))('where no folder can be made, that is said', async () => {
  await expect(makeFolder('/proc/turncoat/a')).rejects.toThrow(/ENOENT/)
})

test('a file takes the place of a file, and of nothing else', async () => {
  const folder = emptyFolder()
  mkdirSync(join(folder, 'b'))
  execFileSync('mkfifo', [join(folder, 'c')])
  await saveFile(join(folder, 'a'), 'one')
  await saveFile(join(folder, 'a'), 'two')
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('two')
  await expect(saveFile(join(folder, 'b'), 'one')).rejects.toThrow(/b is a folder/)
  await expect(saveFile(join(folder, 'c'), 'one')).rejects.toThrow(/c is no file/)
  expect(lstatSync(join(folder, 'c')).isFIFO()).toBe(true)
  expect(readdirSync(folder)).toEqual(['a', 'b', 'c'])
})
