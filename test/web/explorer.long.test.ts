import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { explorerPage } from '../../src/report/pages/explorer-page.ts'
import { engine, explorer, ROOT } from '../../src/web/build.mjs'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { executablePath, inBrowser } from './open-page.ts'

const open = inBrowser()
let scripts: { readonly page: string; readonly engine: string }

beforeAll(async () => {
  scripts = { page: await explorer(), engine: await engine() }
})

/** The page that the command writes, with the scripts that the sources make now. */
async function written(...argv: string[]): Promise<string> {
  const folder = emptyFolder()
  const ran = await turncoat(ROOT, ['explore', ...argv, '--out', join(folder, 'page.html')])
  expect(ran.stderr).toBe('')
  const html = readFileSync(join(folder, 'page.html'), 'utf8')
  const [, given] = html.match(/id="turncoat-explored">([\s\S]*?)<\/script>/)!
  const [, title] = html.match(/<title>([\s\S]*?)<\/title>/)!
  return explorerPage(title!, JSON.parse(given!), scripts)
}

/** Takes the first step whose text is like this. */
async function take(tab: Page, text: RegExp): Promise<void> {
  const before = await tab.locator('.row').count()
  await tab.locator('.choice', { hasText: text }).first().click()
  await expect.poll(() => tab.locator('.row').count()).toBe(before + 1)
  await tab.locator('.choice').or(tab.getByText('Nothing: no rule')).first().waitFor()
}

/** Saves the trace, and replays it with the command line. */
async function replayed(tab: Page, claim: string, ...argv: string[]): Promise<{ code: number; text: string }> {
  const [download] = await Promise.all([
    tab.waitForEvent('download'),
    tab.getByRole('button', { name: `save as trace: breaks ${claim}` }).click(),
  ])
  const folder = emptyFolder()
  const file = join(folder, download.suggestedFilename())
  await download.saveAs(file)
  const { code, stdout, stderr } = await turncoat(ROOT, ['replay', file, ...argv])
  expect([stdout, stderr]).toEqual([expect.stringMatching(/^reproduced/), ''])
  return { code, text: readFileSync(file, 'utf8') }
}

describe.skipIf(executablePath === undefined)('the explorer in a browser', () => {
  test('a violation is made by hand, and its trace replays', async () => {
    const { tab, trouble } = await open(await written('two-phase-commit', '--n', '3', '--byzantine', '0'))
    await tab.locator('.choice').first().waitFor()
    expect(await tab.getByRole('button', { name: 'save as trace: breaks atomicity' }).count()).toBe(0)
    await take(tab, /r1 gets COMMIT.*from r0 \(Byzantine\)/)
    const breaking = tab.locator('.choice', { hasText: 'breaks atomicity' }).first()
    await breaking.click()
    await expect.poll(() => tab.locator('.banner').innerText()).toMatch(/✗ atomicity is violated: r\d/)
    const { code, text } = await replayed(tab, 'atomicity')
    expect(code).toBe(0)
    expect(JSON.parse(text)).toMatchObject({ protocol: 'two-phase-commit', claim: 'atomicity' })
    expect(JSON.parse(text).steps).toHaveLength(2)
    expect(trouble).toEqual([])
    await tab.close()
  })

  test('back, forth, forks, a walk, and keys', async () => {
    const { tab, trouble } = await open(await written('bracha', '--n', '4', '--byzantine', '3'))
    await tab.locator('.choice').first().waitFor()
    const rows = () => tab.locator('.row').count()
    for (const count of [1, 2, 3]) {
      await tab.keyboard.press('1')
      await expect.poll(rows).toBe(count)
      await tab.locator('.choice').first().waitFor()
    }
    await tab.keyboard.press('Backspace')
    await expect.poll(rows).toBe(2)
    await tab.keyboard.press('k')
    await expect.poll(() => tab.locator('.choices h2').innerText()).toContain('after step 1 a choice here forks')
    await tab.locator('.choice').nth(1).click()
    await expect.poll(() => tab.locator('.branches button').count()).toBe(2)
    expect(await tab.locator('.branches .current').innerText()).toBe('2: 2 steps fork of 1 at step 1')
    await tab.locator('.choice').first().waitFor()
    await tab.keyboard.press('r')
    await expect.poll(rows).toBeGreaterThan(3)
    const [walked, texts] = [await rows(), await tab.locator('.row .what').allInnerTexts()]
    await tab.keyboard.press('b')
    await expect.poll(rows).toBe(2)
    await tab.keyboard.press('b')
    await expect.poll(rows).toBe(walked)
    expect(await tab.locator('.row .what').allInnerTexts()).toEqual(texts)
    await tab.keyboard.press('?')
    expect(await tab.locator('[role=dialog]').innerText()).toContain('a random walk from here')
    expect(trouble).toEqual([])
    await tab.close()
  })

  test('search from here, stop, and a file of a user', async () => {
    const { tab, trouble } = await open(await written('examples/echo-broadcast.ts/f-plus-1', '--byzantine', '0'))
    await take(tab, /r1 gets SEND\(value a\)/)
    await tab.getByRole('button', { name: 'check from here' }).click()
    const results = tab.locator('.findings')
    await expect
      .poll(() => results.innerText(), { timeout: 60_000 })
      .toMatch(/violated agreement.*from here, and not in fewer/s)
    await results.getByRole('button', { name: 'show' }).first().click()
    await expect.poll(() => tab.locator('.banner').innerText()).toMatch(/agreement is violated/)
    expect((await replayed(tab, 'agreement', '--subject', 'examples/echo-broadcast.ts')).code).toBe(0)
    await tab.keyboard.press('Home')
    await tab.getByRole('button', { name: 'fuzz from here' }).click()
    await expect.poll(() => results.innerText(), { timeout: 60_000 }).toMatch(/violated agreement/)
    expect(trouble).toEqual([])
    await tab.close()
    const slow = await open(await written('pbft', '--n', '4', '--byzantine', '0', '--views', '4'))
    await slow.tab.locator('.choice').first().waitFor()
    await slow.tab.getByRole('button', { name: 'check', exact: true }).click()
    await slow.tab.getByRole('button', { name: 'stop' }).click()
    await expect.poll(() => slow.tab.getByRole('button', { name: 'stop' }).count()).toBe(0)
    await slow.tab.keyboard.press('1')
    await expect.poll(() => slow.tab.locator('.row').count()).toBe(1)
    expect(slow.trouble).toEqual([])
    await slow.tab.close()
  })

  test('a handler that never ends at the very start: the page says so, and can be stopped', async () => {
    const folder = join(ROOT, 'out/endless-test')
    mkdirSync(folder, { recursive: true })
    const code = readFileSync(join(ROOT, 'examples/echo-broadcast.ts'), 'utf8')
    const endless = code.replace(/^ {2}init: .*$/m, '  init: () => { for (;;) {} },')
    expect(endless).not.toBe(code)
    writeFileSync(join(folder, 'endless.ts'), endless)
    const { tab, trouble } = await open(await written(join(folder, 'endless.ts')))
    await tab.getByText('may never end').waitFor()
    await tab.getByRole('button', { name: 'stop' }).click()
    await tab.getByRole('alert').getByText('stopped; a handler never ended').waitFor()
    // What hung hangs again, and is stopped again.
    await tab.getByRole('button', { name: 'try again' }).click()
    await tab.getByText('may never end').waitFor()
    await tab.getByRole('button', { name: 'stop' }).click()
    await tab.getByRole('alert').waitFor()
    expect(trouble).toEqual([])
    rmSync(folder, { recursive: true })
    await tab.close()
  })

  test('text of a stranger runs nothing, and what does run reaches nothing', async () => {
    const evil = `<img src=x onerror=alert(1)></script><script>alert(2)</script>`
    const folder = join(ROOT, 'out/hostile-test')
    mkdirSync(folder, { recursive: true })
    const code = readFileSync(join(ROOT, 'examples/echo-broadcast.ts'), 'utf8')
      .replaceAll("['a', 'b']", `[${JSON.stringify(evil)}, 'b']`)
      .replaceAll("0: ['a']", `0: [${JSON.stringify(evil)}]`)
      .replace("about: 'Echo", `about: ${JSON.stringify(evil)} + 'Echo`)
    writeFileSync(join(folder, 'evil.ts'), code)
    const { tab, trouble } = await open(await written(join(folder, 'evil.ts'), '--byzantine', '1'))
    await tab.locator('.choice').first().click()
    await expect.poll(() => tab.locator('.row').count()).toBe(1)
    expect(await tab.locator('.row').first().innerText()).toContain('input <img')
    expect(await tab.locator('img').count()).toBe(0)
    expect(trouble).toEqual([])
    // Workers inherit the policy: what a protocol asks of a network is not even asked.
    const blocked = await tab.workers()[0]!.evaluate(
      () =>
        new Promise((done) => {
          addEventListener('securitypolicyviolation', (event) =>
            done((event as SecurityPolicyViolationEvent).effectiveDirective),
          )
          fetch('https://example.org/').then(
            () => done('reached'),
            () => setTimeout(() => done('failed otherwise'), 2_000),
          )
        }),
    )
    expect(blocked).toBe('connect-src')
    rmSync(folder, { recursive: true })
    await tab.close()
  })
})
