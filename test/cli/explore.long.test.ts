import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../docs/blocks.ts'
import { emptyFolder, turncoat } from './world.ts'

/** What the page is given. */
function given(
  folder: string,
  page = 'out/explore.html',
): { readonly code: Record<string, string> } & Record<string, unknown> {
  const html = readFileSync(join(folder, page), 'utf8')
  return JSON.parse(html.match(/id="turncoat-explored">([\s\S]*?)<\/script>/)![1]!)
}

test('a registered protocol is named, and brings no code', async () => {
  const folder = emptyFolder()
  const ran = await turncoat(folder, [
    'explore',
    'pbft/commit-2f',
    '--byzantine',
    '0',
    '--claim',
    'agreement',
    '--json',
  ])
  const command = 'turncoat explore pbft/commit-2f --byzantine 0 --claim agreement'
  expect(JSON.parse(ran.stdout)).toEqual({ command: 'explore', page: 'out/explore.html', reproduce: command })
  expect(ran.files).toContain('out/explore.html')
  expect(given(folder)).toMatchObject({
    source: { kind: 'registered', name: 'pbft/commit-2f' },
    code: {},
    configuration: { byzantine: [0] },
    claims: ['agreement', 'no-exception'],
    command,
  })
})

test('a file is put into the page with all that it imports, but for turncoat', async () => {
  const folder = emptyFolder()
  const ran = await turncoat(ROOT, [
    'explore',
    'examples/echo-broadcast.ts/f-plus-1',
    '--out',
    join(folder, 'page.html'),
  ])
  expect([ran.code, ran.stderr]).toEqual([0, ''])
  expect(ran.stdout).toContain(`saved: ${join(folder, 'page.html')}`)
  const { source, file, code } = given(folder, 'page.html')
  expect([source, file]).toEqual([
    { kind: 'file', path: 'echo-broadcast.ts', variant: 'f-plus-1' },
    'examples/echo-broadcast.ts',
  ])
  expect(code['echo-broadcast.ts']).toContain('require("turncoat")')
})

test('what a browser cannot do is said here', async () => {
  const folder = emptyFolder()
  const own = readFileSync(join(ROOT, 'examples/echo-broadcast.ts'), 'utf8')
  const file = join(ROOT, 'out', 'explore-test.ts')
  await turncoat(ROOT, ['explore', 'bracha', '--quiet'])
  writeFileSync(file, `import { cwd } from 'node:process'\n${own}\nexport const here = cwd()\n`)
  const ran = await turncoat(folder, ['explore', file])
  rmSync(file)
  expect(ran.code).toBe(2)
  expect(ran.stderr).toMatch(/cannot be made part of a page: Could not resolve "node:process" \(at explore-test.ts:1\)/)
  const pair = await turncoat(ROOT, ['explore', 'bracha against bracha'])
  expect([pair.code, pair.stderr]).toEqual([2, expect.stringContaining('a browser starts none')])
  expect((await turncoat(folder, ['explore', 'nobody'])).code).toBe(2)
  expect(ran.files).toEqual([])
})
