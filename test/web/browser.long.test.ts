import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { explain } from '../../src/explain/index.ts'
import { chapters } from '../../src/report/text/explain-text.ts'
import type { RunView } from '../../src/view/index.ts'
import { savedRun } from '../saved-traces.ts'
import { executablePath, inBrowser } from './open-page.ts'
import { page, repeated } from './page.ts'

const opening = inBrowser()

const open = (run: RunView, hash = '', told: ReturnType<typeof chapters> = []) => opening(page(run, told), hash)

const title = (tab: Page) => tab.locator('.details h2').innerText()

describe.skipIf(executablePath === undefined)('the page in a browser', () => {
  test('keys, clicks, search and the address', async () => {
    const saved = await savedRun('pbft-commit-2f', true)
    const told = chapters(saved.run, explain(saved.run, saved, saved.subject, saved.claim))
    const { tab, trouble } = await open(saved.run, '#step=7', told)
    expect(await title(tab)).toBe('Step 7: r1')
    expect(await tab.locator('.banner').innerText()).toContain('r1 decided a in slot 1, r3 decided b')
    expect(await tab.locator('.banner').innerText()).toContain('share only r0 (Byzantine), and no correct replica')
    for (const [key, step] of [
      ['j', 8],
      ['ArrowUp', 7],
      ['End', 12],
      ['Home', 1],
      ['n', 4],
      ['n', 12],
      ['N', 4],
    ] as const) {
      await tab.keyboard.press(key)
      await expect.poll(() => [key, new URL(tab.url()).hash]).toEqual([key, `#step=${step}`])
    }
    expect(await tab.locator('.details').innerText()).toMatch(/✓ agreement\s+holds/)
    await tab.locator('[data-step="12"]').click()
    expect(await tab.locator('.details').innerText()).toMatch(/✗ agreement\s+r1 decided a in slot 1, r3 decided b/)
    // What has changed stands first.
    const rows = await tab
      .locator('.details section:has(h3:text("State of")) tr')
      .evaluateAll((all) => all.map((row) => row.className))
    expect(rows.lastIndexOf('changed')).toBeLessThan(rows.indexOf(''))
    await tab.keyboard.press('/')
    await tab.keyboard.type('timeout')
    await expect.poll(() => tab.locator('.row.found').count()).toBe(2)
    await tab.keyboard.press('Enter')
    await expect.poll(() => new URL(tab.url()).hash).toBe('#step=5')
    await tab.keyboard.press('Escape')
    await tab.keyboard.press('End')
    await tab.keyboard.press('c')
    await expect.poll(() => tab.locator('.row').count()).toBe(9)
    await tab.keyboard.press('c')
    await tab.keyboard.press('?')
    expect(await tab.locator('[role=dialog]').innerText()).toContain('next and previous decision')
    await tab.keyboard.press('Escape')
    expect(await tab.locator('[role=dialog]').count()).toBe(0)
    expect(trouble).toEqual([])
    await tab.close()
  })

  test('copy buttons and filters', async () => {
    const { run } = await savedRun('pbft-commit-2f')
    const { tab, trouble } = await open(run)
    await tab.getByText('copy Mermaid').click()
    await expect.poll(() => tab.getByText('copied Mermaid').count()).toBe(1)
    await tab.locator('summary').click()
    await tab.getByLabel('r3').uncheck()
    await expect.poll(() => tab.locator('.row').count()).toBe(9)
    await expect.poll(() => tab.locator('.head').count()).toBe(3)
    await tab.getByLabel('what never arrived').uncheck()
    await expect.poll(() => tab.locator('g.missing').count()).toBe(0)
    expect(trouble).toEqual([])
    await tab.close()
  })

  test('text of a stranger runs nothing, and a policy stands behind that', async () => {
    const { run } = await savedRun('pbft-commit-2f')
    const evil = `<img src=x onerror="alert(1)"><script>alert(2)</script></script><svg onload=alert(3)>`
    const text = (value: unknown): unknown =>
      typeof value === 'string'
        ? evil
        : Array.isArray(value)
          ? value.map(text)
          : typeof value === 'object' && value !== null
            ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, text(part)]))
            : value
    const bad: RunView = {
      ...run,
      ...{ title: evil, story: evil, witness: evil, command: evil, subject: evil, about: evil },
      envelopes: run.envelopes.map((envelope) => ({ ...envelope, message: text(envelope.message) as never })),
      states: run.states.map((state) => text(state) as never),
      events: run.events.map((event) => ({
        ...event,
        outputs: event.outputs.map(text) as never,
        name: evil,
        threw: evil,
      })),
    }
    const { tab, trouble } = await open(bad, '#step=4')
    await tab.keyboard.press('j')
    expect(await tab.locator('img').count()).toBe(0)
    expect(trouble).toEqual([])
    // Even where markup got in, the policy would stop it.
    await tab.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<button id="evil" onclick="document.title = 1">x</button>')
      document.getElementById('evil')!.click()
    })
    expect(await tab.title()).not.toBe('1')
    expect(trouble.join()).toContain('Content Security Policy')
    await tab.close()
  })

  test('nothing stands on anything else', async () => {
    for (const name of ['pbft-commit-2f', 'pbft-vc-unproved-checkpoint', 'ben-or-over-bound']) {
      const { run } = await savedRun(name)
      const { tab } = await open(run)
      const boxes = await tab
        .locator('.row')
        .evaluateAll((all) => all.map((row) => row.getBoundingClientRect()).map(({ top, bottom }) => ({ top, bottom })))
      for (const [i, box] of boxes.slice(1).entries()) expect(box.top).toBeGreaterThanOrEqual(boxes[i]!.bottom - 0.5)
      const spill = await tab
        .locator('.caption span')
        .evaluateAll(
          (all) =>
            all.filter(
              (one) => one.getBoundingClientRect().right > one.closest('.scroll')!.getBoundingClientRect().right + 1,
            ).length,
        )
      expect(spill).toBe(0)
      const heads = await tab.locator('.head').evaluateAll((all) => all.map((one) => one.scrollWidth - one.clientWidth))
      expect(Math.max(...heads)).toBeLessThanOrEqual(0)
      await tab.close()
    }
  })

  test('the words of a step can be read beside ten lanes, and on a telephone', async () => {
    const { run } = await savedRun('pbft-commit-2f')
    const many = { ...run, lanes: Array.from({ length: 10 }, (_, id) => ({ ...run.lanes[0]!, id, name: `r${id}` })) }
    for (const [shown, width] of [
      [many, 1280],
      [run, 400],
    ] as const) {
      const { tab } = await open(shown)
      await tab.setViewportSize({ width, height: 800 })
      await tab.locator('.diagram').evaluate((box) => box.scrollTo({ left: 10_000 }))
      // The whole page does not move sideways, and no step is under the edge of its box.
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      const [words, edge] = await tab.evaluate(() => [
        document.querySelector('.caption')!.getBoundingClientRect(),
        document.querySelector('.diagram')!.getBoundingClientRect(),
      ])
      expect(words!.width).toBeGreaterThan(200)
      expect(words!.right).toBeLessThanOrEqual(edge!.right + 1)
      await tab.close()
    }
  })

  test('ten thousand steps', async () => {
    const { run } = await savedRun('pbft-commit-2f')
    const long = repeated(run, 834)
    expect(long.events.length).toBeGreaterThan(10_000)
    const began = performance.now()
    const { tab, trouble } = await open(long)
    await tab.locator('.row').first().waitFor()
    const shown = performance.now() - began
    // Only what is in sight is there.
    expect(await tab.locator('.row').count()).toBeLessThan(80)
    await tab.keyboard.press('End')
    expect(await title(tab)).toBe(`Step ${long.events.length}: r1`)
    expect(await tab.locator('.row').count()).toBeLessThan(80)
    const each = await tab.evaluate(async () => {
      const box = document.querySelector('.scroll')!
      const times: number[] = []
      for (let i = 0; i < 60; i++) {
        const start = performance.now()
        box.scrollTop = i * 5_000
        await new Promise(requestAnimationFrame)
        times.push(performance.now() - start)
      }
      return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!
    })
    const press = performance.now()
    for (let i = 0; i < 20; i++) await tab.keyboard.press('k')
    const key = (performance.now() - press) / 20
    console.log(
      `10,000 steps: shown after ${Math.round(shown)} ms, ${Math.round(each)} ms a frame, ${Math.round(key)} ms a key`,
    )
    // Generous: other work may go on beside it.
    expect(each).toBeLessThan(100)
    expect(key).toBeLessThan(400)
    expect(trouble).toEqual([])
    await tab.close()
  })
})
