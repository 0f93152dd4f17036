import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fillFolder } from '../../src/cli/files/new-folder.ts'
import { emptyFolder } from './world.ts'

test.each(['', 'new/deep'])('what cannot be written as a whole leaves nothing: in "%s"', async (name) => {
  const folder = emptyFolder()
  // A file of this name is in the way of the folder.
  const files = { 'a.txt': 'a', 'b/c.txt': 'c', 'a.txt/d.txt': 'd' }
  await expect(fillFolder(join(folder, name), files, 'it')).rejects.toThrow(/^it cannot be written: /)
  expect(readdirSync(folder)).toEqual([])
})

test('a file that appears while the folder is filled is neither overwritten nor removed', async () => {
  const folder = emptyFolder()
  const files = {
    'a.txt': 'a',
    get 'b.txt'() {
      writeFileSync(join(folder, 'b.txt'), 'theirs')
      return 'b'
    },
  }
  await expect(fillFolder(folder, files, 'it')).rejects.toThrow(/b\.txt/)
  expect(readdirSync(folder)).toEqual(['b.txt'])
})

test('a repository without files is empty', async () => {
  const folder = emptyFolder()
  mkdirSync(join(folder, '.git'))
  await fillFolder(folder, { 'a.txt': 'a' }, 'it')
  expect(readdirSync(folder).sort()).toEqual(['.git', 'a.txt'])
  await expect(fillFolder(folder, { 'b.txt': 'b' }, 'it')).rejects.toThrow(/a\.txt in it/)
})
