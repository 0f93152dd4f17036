import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { explorerPage } from '../../src/report/pages/explorer-page.ts'
import { engine, playground, playgroundData, ROOT } from '../../src/web/build.mjs'
import { fragmentOf } from '../../src/web/share.ts'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { executablePath, inBrowser } from './open-page.ts'

const opening = inBrowser()
const data = playgroundData()
let html: string

beforeAll(async () => {
  html = explorerPage('Turncoat playground', data, { page: await playground(), engine: await engine() })
})

const open = async (hash = '') => {
  const opened = await opening(html, hash)
  await opened.tab.locator('.cm-content').waitFor()
  return opened
}

/** Types another line in the place of one that the editor shows. */
async function retype(tab: Page, line: RegExp, text: string): Promise<void> {
  await tab.locator('.cm-line', { hasText: line }).first().click()
  await tab.keyboard.press('Home')
  await tab.keyboard.press('Shift+End')
  await tab.keyboard.type(text)
}

const press = (tab: Page, name: string) => tab.getByRole('button', { name, exact: true }).first().click()
const list = (tab: Page, name: string) => tab.getByRole('combobox', { name: new RegExp(`^${name}`) })
const results = (tab: Page) => tab.locator('.findings')

describe.skipIf(executablePath === undefined)('the playground in a browser', () => {
  test('there is room to write on a telephone', async () => {
    const { tab } = await open()
    await tab.setViewportSize({ width: 400, height: 800 })
    const { width, height } = (await tab.locator('.editor').boundingBox())!
    expect([width > 300, height > 300]).toEqual([true, true])
    await tab.close()
  })

  test('a page of at most three million letters', () => {
    expect(html.length).toBeLessThan(3_000_000)
  })

  test('a mutant that is typed in breaks, is shown, and replays', async () => {
    const { tab, trouble } = await open()
    await press(tab, 'check')
    await expect.poll(() => results(tab).innerText(), { timeout: 60_000 }).toMatch(/✓ holds agreement/)
    await retype(tab, /quorum: Math.ceil/, 'quorum: f + 1,')
    await tab.keyboard.press('Control+Enter')
    await expect.poll(() => results(tab).innerText(), { timeout: 60_000 }).toMatch(/✗ violated agreement/)
    await press(tab, 'show')
    await expect.poll(() => tab.locator('.banner').innerText()).toMatch(/agreement is violated: r\d decided/)
    expect(await tab.locator('.row').count()).toBe(4)
    const folder = emptyFolder()
    const [trace] = await Promise.all([tab.waitForEvent('download'), press(tab, 'save as trace: breaks agreement')])
    await trace.saveAs(join(folder, 'trace.json'))
    await press(tab, '← code')
    const [code] = await Promise.all([tab.waitForEvent('download'), press(tab, 'save code')])
    const mine = join(ROOT, 'out', 'playground-test')
    await code.saveAs(join(mine, 'my.ts'))
    expect(readFileSync(join(mine, 'my.ts'), 'utf8')).toContain('quorum: f + 1,')
    const argv = ['replay', join(folder, 'trace.json'), '--subject', join(mine, 'my.ts')]
    const { code: exit, stdout } = await turncoat(ROOT, argv)
    rmSync(mine, { recursive: true })
    expect([exit, stdout]).toEqual([0, expect.stringMatching(/^reproduced .*agreement violated after 4 steps/)])
    expect(trouble).toEqual([])
    await tab.close()
  })

  test('a registered protocol is changed, its variants are tried, and fuzz finds', async () => {
    const { tab, trouble } = await open()
    await list(tab, 'protocol').selectOption('bracha')
    await list(tab, 'variant').selectOption('echo-two')
    await press(tab, 'fuzz')
    await expect.poll(() => results(tab).innerText(), { timeout: 90_000 }).toMatch(/violated/)
    await list(tab, 'variant').selectOption('')
    await press(tab, 'check')
    await expect.poll(() => results(tab).innerText(), { timeout: 60_000 }).toMatch(/✓ holds agreement/)
    await retype(tab, /echoQuorum: Math.ceil/, 'echoQuorum: f + 1,')
    expect(await tab.getByRole('button', { name: 'bracha.ts *', exact: true }).count()).toBe(1)
    await press(tab, 'check')
    await expect.poll(() => results(tab).innerText(), { timeout: 60_000 }).toMatch(/✗ violated totality/)
    expect(trouble).toEqual([])
    await tab.close()
  })

  test('mistakes have their line and their remedy', async () => {
    const { tab, trouble } = await open()
    const problem = () => tab.locator('.problem').innerText()
    await retype(tab, /quorum: Math.ceil/, 'quorum: Math.ceil(((n,')
    await press(tab, 'check')
    await expect.poll(problem).toMatch(/^my\.ts:3\d: SyntaxError: /)
    await retype(tab, /quorum: Math.ceil/, 'quorum: missing(n),')
    await press(tab, 'check')
    await expect
      .poll(() => results(tab).or(tab.locator('.problem')).first().innerText())
      .toMatch(/missing is not defined/)
    await tab.getByLabel('n: replicas').fill('four')
    await press(tab, 'check')
    await expect.poll(problem).toMatch(/n is "four": write a whole number/)
    await tab.getByLabel('n: replicas').fill('4')
    await tab.getByLabel('Byzantine replicas').fill('9')
    await press(tab, 'as it was')
    await press(tab, 'check')
    await expect.poll(problem).toMatch(/byzantine names participant 9; ids here are 0 to 3/)
    expect(trouble).toEqual([])
    await tab.close()
  })

  test('a handler that never ends is ended', async () => {
    const { tab, trouble } = await open()
    await retype(tab, /if \(ctx.from === ctx.rules.sender/, 'while (state.echoed === null) {}')
    await press(tab, 'explore')
    await press(tab, 'stop')
    await expect.poll(() => tab.getByRole('button', { name: 'stop' }).count()).toBe(0)
    await press(tab, 'as it was')
    await press(tab, 'explore')
    await tab.locator('.choice').first().waitFor()
    expect(trouble).toEqual([])
    await tab.close()
  })

  test('code of a link runs when a button is pressed, and not before', async () => {
    const hostile = `${data.own}\nglobalThis.ran = true\nthrow new Error('it ran <img src=x onerror=alert(1)>')\n`
    const { tab, trouble } = await open(
      await fragmentOf({ protocol: '', files: { 'my.ts': hostile }, form: { n: '4' } }),
    )
    await tab.getByRole('note').waitFor()
    await tab.locator('.cm-content').click()
    await tab.keyboard.press('Control+End')
    await expect.poll(() => tab.locator('.cm-content').innerText()).toContain('it ran')
    await tab.waitForTimeout(500)
    expect(tab.workers()).toEqual([])
    await press(tab, 'explore')
    await expect.poll(() => tab.locator('.problem').innerText()).toMatch(/^my\.ts:\d+: Error: it ran <img/)
    expect(await tab.evaluate(() => 'ran' in globalThis)).toBe(false)
    expect(await tab.locator('img').count()).toBe(0)
    const bad = await open('#code=AAAA')
    await expect.poll(() => bad.tab.locator('.problem').innerText()).toContain('the link cannot be read')
    expect([...trouble, ...bad.trouble]).toEqual([])
    await bad.tab.close()
    await tab.close()
  })

  test('a link that is copied brings the same', async () => {
    const { tab } = await open()
    await retype(tab, /quorum: Math.ceil/, 'quorum: f + 1,')
    await list(tab, 'variant').selectOption('final-unchecked')
    await press(tab, 'copy link')
    await expect.poll(() => new URL(tab.url()).hash).toMatch(/^#code=/)
    const again = await open(new URL(tab.url()).hash)
    await expect.poll(() => again.tab.locator('.cm-content').innerText()).toContain('quorum: f + 1,')
    expect(await list(again.tab, 'variant').inputValue()).toBe('final-unchecked')
    await again.tab.close()
    await tab.close()
  })
})
